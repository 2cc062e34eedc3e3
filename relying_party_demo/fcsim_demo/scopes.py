"""What each scope of FranceConnect brings, from its public documentation (service-provider-side §10.2–10.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_PROFILE = ("given_name", "family_name", "birthdate", "gender", "preferred_username")
_BIRTH = ("birthplace", "birthcountry")
_PIVOT = ("given_name", "family_name", "birthdate", "gender", *_BIRTH)
_RECTIFIED = frozenset(_PIVOT)


def _twins(claims: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for claim in claims for name in ((claim, f"rnipp_{claim}") if claim in _RECTIFIED else (claim,)))


IDENTITY: Mapping[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "profile": _PROFILE,
    "birth": _BIRTH,
    "identite_pivot": _PIVOT,
    **{claim: (claim,) for claim in (*_PIVOT, "email", "preferred_username", "idp_birthdate", "amr", "idp_id")},
    "rnipp_profile": _twins(_PROFILE),
    "rnipp_birth": _twins(_BIRTH),
    "rnipp_identite_pivot": _twins(_PIVOT),
    **{f"rnipp_{claim}": _twins((claim,)) for claim in _PIVOT},
}
"""Scope -> the claims of userinfo it brings, as far as a service may count on them."""


@dataclass(frozen=True)
class Asked:
    """What a scope parameter asks for."""

    claims: tuple[str, ...]
    data: tuple[str, ...]
    """Scopes that bring nothing here, and open a data provider's API."""


def asked(scope: str) -> Asked:
    """What a scope parameter asks for, each once."""
    scopes = scope.split()
    claims = dict.fromkeys(claim for one in scopes for claim in IDENTITY.get(one, ()))
    return Asked(tuple(claims), tuple(one for one in scopes if one not in IDENTITY))


def missing(scope: str, claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Claims asked for and not received: a person has no usage name, a European citizen hardly any of them."""
    return tuple(claim for claim in asked(scope).claims if claim not in claims)
