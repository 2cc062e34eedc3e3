"""What a provider says of a person, for the scopes asked (inside-the-hub §2, §4)."""

import hashlib
from collections.abc import Iterable
from typing import Any

from fcsim_providers.config import PersonFile, Provider

Claims = dict[str, Any]
"""Texts, but the address, an object of texts."""

SCOPES: dict[str, tuple[str, ...]] = {
    "profile": ("given_name", "family_name", "preferred_username", "gender", "birthdate"),
    "birth": ("birthplace", "birthcountry"),
    "email": ("email",),
    "phone": ("phone_number",),
    "address": ("address",),
    "preferred_username": ("preferred_username",),
    "birthplace": ("birthplace",),
    "birthcountry": ("birthcountry",),
}


def subject(slug: str, login: str) -> str:
    """The person's stable `sub` at this provider."""
    return hashlib.sha256(f"{slug}:{login}".encode()).hexdigest()


def account_claims(person: PersonFile, provider: Provider) -> Claims:
    """Everything this provider says of a person, its own differences applied; an empty difference removes the claim."""
    own = person.accounts[provider.slug].claims if provider.slug in person.accounts else {}
    known: Claims = {
        "given_name": " ".join(person.given_names),
        "family_name": person.family_name,
        "preferred_username": person.preferred_username,
        "gender": person.gender,
        "birthdate": person.birthdate,
        "birthplace": person.birthplace,
        "birthcountry": person.birthcountry,
        "email": person.email,
        "phone_number": person.phone_number,
        "address": person.address,
    }
    merged = {claim: own.get(claim, value) for claim, value in (known | own).items()}
    # A birth abroad has an empty place; any other empty claim is one the account lacks.
    said = {claim: value for claim, value in merged.items() if claim not in provider.personality.withholds}
    return {claim: value for claim, value in said.items() if value or (claim == "birthplace" and claim not in own)}


def release(claims: Claims, scopes: Iterable[str]) -> Claims:
    """The claims these scopes ask for."""
    asked = {claim for scope in scopes for claim in SCOPES.get(scope, ())}
    return {claim: value for claim, value in claims.items() if claim in asked}
