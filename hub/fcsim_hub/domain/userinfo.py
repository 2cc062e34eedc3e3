"""What a service receives of a person: the claims of its scopes (service-provider-side §10, inside-the-hub §5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fcsim_hub.domain.identity import PivotIdentity, ProviderIdentity
from fcsim_hub.domain.subject import foreign_identity_hash, identity_hash

Claims = dict[str, object]

PIVOT_CLAIMS = ("given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry")


@dataclass(frozen=True, kw_only=True)
class Person:
    """The verified person behind a grant."""

    sub: str
    identity: PivotIdentity
    provider: ProviderIdentity
    provider_uid: str
    provider_name: str = ""
    provider_title: str = ""
    provider_acr: str = ""
    amr: tuple[str, ...]

    @property
    def in_registry(self) -> bool:
        """False for a person of another member state, whose birth has no country code (inside-the-hub §4.2)."""
        return bool(self.identity.birthcountry)

    @property
    def account_key(self) -> str:
        """What the account is found by, and every `sub` is made of (service-provider-side §11)."""
        return identity_hash(self.identity) if self.in_registry else foreign_identity_hash(self.provider.sub)


def delivered(
    identity: PivotIdentity, answer: ProviderIdentity, source: Literal["registry", "provider"]
) -> PivotIdentity | ProviderIdentity:
    """The identity that the platform gives to services (inside-the-hub §2), and greets the citizen by."""
    return identity if source == "registry" else answer


def all_claims(person: Person, source: Literal["registry", "provider"]) -> Claims:
    """Every claim the hub could release, absent data absent; `source` is the platform's `identity_from`."""
    return {
        **pivot_claims(delivered(person.identity, person.provider, source)),
        **(_twins(person) if source == "provider" and person.in_registry else {}),
        "sub": person.sub,
        "given_name_array": list(person.identity.given_names),
        "idp_birthdate": person.provider.birthdate,
        "email": person.provider.email or None,
        "preferred_username": person.provider.preferred_username or None,
        "phone_number": person.provider.phone_number or None,
        "address": dict(person.provider.address) or None,
        "amr": list(person.amr),
        "idp_id": person.provider_uid,
    }


def release(person: Person, source: Literal["registry", "provider"], claims: Iterable[str]) -> Claims:
    """The claims asked for, those the person lacks left out (never null)."""
    known = all_claims(person, source)
    return {claim: known[claim] for claim in claims if known.get(claim) is not None}


def _twins(person: Person) -> Claims:
    """What the registry says, beside what the provider said (inside-the-hub §5)."""
    twins: Claims = {f"rnipp_{claim}": value for claim, value in pivot_claims(person.identity).items()}
    return twins | {"rnipp_given_name_array": list(person.identity.given_names)}


def pivot_claims(identity: PivotIdentity | ProviderIdentity) -> Claims:
    """The six claims of an identity."""
    claims: dict[str, object] = {claim: getattr(identity, claim) for claim in PIVOT_CLAIMS}
    if not identity.birthcountry:
        # Of a person of another member state, what its node left out is absent; an empty place means "abroad".
        return {claim: value for claim, value in claims.items() if value}
    return claims
