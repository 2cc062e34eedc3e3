"""What a service receives of a person: the claims of its scopes (service-provider-side §10, inside-the-hub §5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fcsim_hub.domain.identity import PivotIdentity, ProviderIdentity

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


def all_claims(person: Person, source: Literal["registry", "provider"]) -> Claims:
    """Every claim the hub could release, absent data absent; `source` is the platform's `identity_from`."""
    registry = _pivot_claims(person.identity)
    return {
        **(registry if source == "registry" else _pivot_claims(person.provider)),
        **({} if source == "registry" else {f"rnipp_{claim}": value for claim, value in registry.items()}),
        "sub": person.sub,
        "given_name_array": list(person.identity.given_names),
        "idp_birthdate": person.provider.birthdate,
        "email": person.provider.email or None,
        "preferred_username": person.provider.preferred_username or None,
        "amr": list(person.amr),
        "idp_id": person.provider_uid,
    }


def release(person: Person, source: Literal["registry", "provider"], claims: Iterable[str]) -> Claims:
    """The claims asked for, those the person lacks left out (never null)."""
    known = all_claims(person, source)
    return {claim: known[claim] for claim in claims if known.get(claim) is not None}


def _pivot_claims(identity: PivotIdentity | ProviderIdentity) -> Claims:
    claims: dict[str, object] = {claim: getattr(identity, claim) for claim in PIVOT_CLAIMS}
    if not identity.birthcountry:
        # Of a person of another member state, what its node left out is absent; an empty place means "abroad".
        return {claim: value for claim, value in claims.items() if value}
    return claims
