"""The one table of scopes: what each releases, and the words the consent page shows for it.

Discovery, the consent page, userinfo and the documentation all read this table.
Source: service-provider-side §7.7, §10.2–§10.4, §17.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fcsim_hub.domain.data_scopes import DATA_SCOPES, DataScope
from fcsim_hub.domain.words import N_

LABELS: Mapping[str, str] = {
    "family_name": N_("Birth name"),
    "preferred_username": N_("Usage name"),
    "given_name": N_("Given name(s)"),
    "gender": N_("Sex"),
    "birthdate": N_("Date of birth"),
    "birthplace": N_("Place of birth"),
    "birthcountry": N_("Country of birth"),
    "address": N_("Postal address"),
    "email": N_("E-mail address"),
    "phone_number": N_("Phone number"),
}
"""Claim -> words (msgid) on the consent page, in the order they are listed; a claim without words is not shown."""

_PROFILE = ("given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username")
_BIRTH = ("birthplace", "birthcountry")
_PIVOT = ("given_name", "given_name_array", "family_name", "birthdate", "gender", *_BIRTH)

_FRANCECONNECT: Mapping[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "profile": _PROFILE,
    "birth": _BIRTH,
    "identite_pivot": _PIVOT,
    "given_name": ("given_name", "given_name_array"),
    **{
        claim: (claim,)
        for claim in (
            *("family_name", "gender", "birthdate", "birthplace", "birthcountry", "email"),
            *("preferred_username", "idp_birthdate", "amr", "idp_id"),
        )
    },
}

_RECTIFIED = ("gender", "family_name", "birthdate", "birthplace", "birthcountry")


def _twins(*claims: str) -> tuple[str, ...]:
    """Each claim of the provider with the registry's, and the list of the registry's given names (§10.3)."""
    pairs = [name for claim in claims for name in (claim, f"rnipp_{claim}")]
    return tuple(pairs + (["rnipp_given_name_array"] if "given_name" in claims else []))


_FRANCECONNECT_PLUS: Mapping[str, tuple[str, ...]] = {
    **{
        scope: tuple(claim for claim in claims if claim != "given_name_array")
        for scope, claims in _FRANCECONNECT.items()
        if scope not in ("idp_birthdate", "idp_id")
    },
    **{f"rnipp_{claim}": _twins(claim) for claim in _RECTIFIED},
    "rnipp_given_name": _twins("given_name"),
    "rnipp_profile": (*_twins("given_name", "family_name", "birthdate", "gender"), "preferred_username"),
    "rnipp_birth": _twins(*_BIRTH),
    "rnipp_identite_pivot": _twins("given_name", "family_name", "birthdate", "gender", *_BIRTH),
}
_PLUS_DATA = {name: scope for name, scope in DATA_SCOPES.items() if scope.provider in ("DGFiP", "CNAM", "CNOUS")}
_FRANCECONNECT_V1: Mapping[str, tuple[str, ...]] = {
    **_FRANCECONNECT,
    "identite_pivot": (*_PIVOT, "preferred_username"),
    "address": ("address",),
    "phone": ("phone_number",),
}


@dataclass(frozen=True, kw_only=True)
class ScopeCatalogue:
    """The scopes of one platform."""

    identity: Mapping[str, tuple[str, ...]]
    """Scope -> claims it releases in userinfo."""
    data: Mapping[str, DataScope]
    """Scopes that only authorise a call to a data provider."""

    def known(self, scope: str) -> bool:
        """Whether the platform has this scope; FranceConnect silently ignores the others."""
        return scope in self.identity or scope in self.data

    def names(self) -> tuple[str, ...]:
        """Every scope, as discovery lists them."""
        return (*self.identity, *self.data)

    def claims(self, scopes: Iterable[str]) -> tuple[str, ...]:
        """The claims that these scopes release, each once."""
        return tuple(dict.fromkeys(claim for scope in scopes for claim in self.identity.get(scope, ())))

    def all_claims(self) -> tuple[str, ...]:
        """Every claim the platform can release, for discovery."""
        return self.claims(self.identity)

    def labels(self, scopes: Iterable[str]) -> tuple[str, ...]:
        """The words (msgids) for the identity that these scopes release, in FranceConnect's order."""
        released = self.claims(scopes)
        return tuple(words for claim, words in LABELS.items() if claim in released)

    def data_labels(self, scopes: Iterable[str]) -> dict[str, list[str]]:
        """Data provider -> the words for what these scopes open there."""
        groups: dict[str, list[str]] = {}
        for scope in scopes:
            if (data := self.data.get(scope)) is not None:
                groups.setdefault(data.provider, []).append(data.label)
        return groups


CATALOGUES: Mapping[str, ScopeCatalogue] = {
    "franceconnect": ScopeCatalogue(identity=_FRANCECONNECT, data=DATA_SCOPES),
    "franceconnect-plus": ScopeCatalogue(identity=_FRANCECONNECT_PLUS, data=_PLUS_DATA),
    "franceconnect-v1": ScopeCatalogue(identity=_FRANCECONNECT_V1, data=DATA_SCOPES),
}
"""Named by `scope_catalogue` in a platform's file."""
