"""Civil status: the pivot identity, and the schema enforced on what providers say (inside-the-hub §4)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Gender = Literal["male", "female", "unspecified"]
GENDERS: tuple[Gender, ...] = ("male", "female", "unspecified")
FRANCE = "99100"
NAME_MAX = 256
ADDRESS_MEMBERS = ("formatted", "street_address", "locality", "region", "postal_code", "country")

_COG = re.compile(r"(?:2[AB]|[0-9]{2})[0-9]{3}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class PivotIdentity:
    """The identity that the registry certifies; its date is complete."""

    given_names: tuple[str, ...]
    family_name: str
    birthdate: str
    gender: Gender | Literal[""]
    """Empty: unknown, which only another member state leaves so."""
    birthplace: str
    """COG code of the commune, empty for a birth abroad."""
    birthcountry: str
    """Empty: unknown, which only another member state leaves so."""

    @property
    def given_name(self) -> str:
        """Every given name, one space between."""
        return " ".join(self.given_names)


@dataclass(frozen=True, kw_only=True)
class ProviderIdentity:
    """What an identity provider said of a person, its schema checked."""

    sub: str
    given_name: str
    family_name: str
    preferred_username: str = ""
    gender: Gender | Literal[""]
    birthdate: str
    birthplace: str
    birthcountry: str
    email: str
    phone_number: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    """The members of OpenID Connect's address claim (Core §5.1.1)."""


class InvalidIdentity(ValueError):
    """A claim breaks the schema; the value found is personal and stays out of the text."""

    def __init__(self, claim: str, expected: str) -> None:
        super().__init__(f"{claim}: expected {expected}")
        self.claim = claim
        self.expected = expected


class MissingSub(ValueError):
    """The identity has no usable `sub`."""


def is_cog(code: str) -> bool:
    """Whether a text has the shape of an INSEE geographic code."""
    return _COG.fullmatch(code) is not None


BIRTHDATE = "a day of the calendar (YYYY-MM-DD), YYYY-MM-00 or YYYY-00-00"
"""What is expected, in words."""


def is_birthdate(text: str) -> bool:
    """A calendar date, or one whose day, or day and month, are unknown (`-00`)."""
    if not (parts := _DATE.fullmatch(text)):
        return False
    year, month, day = (int(part) for part in parts.groups())
    if month == 0:
        return day == 0 and year > 0
    try:
        date(year, month, day or 1)
    except ValueError:
        return False
    return True


def complete_date(text: str) -> str:
    """A partial date completed to the first day and the first month (inside-the-hub §9.4)."""
    year, month, day = text.split("-")
    return f"{year}-{'01' if month == '00' else month}-{'01' if day == '00' else day}"


def is_email(text: str) -> bool:
    """One plain address: nothing that could become two recipients or a header."""
    return len(text) <= 320 and _EMAIL.fullmatch(text) is not None


def read_identity(claims: Mapping[str, object]) -> ProviderIdentity:
    """The identity in userinfo claims; other claims are dropped. Raises MissingSub, InvalidIdentity."""
    sub = _sub(claims)
    birthcountry = _matching(claims, "birthcountry", "the COG code of a country", is_cog)
    return ProviderIdentity(
        sub=sub,
        given_name=_name(claims, "given_name"),
        family_name=_name(claims, "family_name"),
        preferred_username=_optional(claims, "preferred_username"),
        gender=_gender(claims),
        birthdate=_matching(claims, "birthdate", BIRTHDATE, is_birthdate),
        birthplace=_birthplace(claims, birthcountry),
        birthcountry=birthcountry,
        email=_matching(claims, "email", "an e-mail address", is_email),
        phone_number=_clean(claims.get("phone_number")),
        address=_address(claims.get("address")),
    )


def read_foreign_identity(claims: Mapping[str, object]) -> ProviderIdentity:
    """The identity another member state sent: no code, no e-mail (§4.2). Raises MissingSub, InvalidIdentity."""
    return ProviderIdentity(
        sub=_sub(claims),
        given_name=_name(claims, "given_name"),
        family_name=_name(claims, "family_name"),
        preferred_username=_optional(claims, "preferred_username"),
        gender="" if claims.get("gender") is None else _gender(claims),
        birthdate=_name(claims, "birthdate"),
        birthplace=_optional(claims, "birthplace"),
        birthcountry="",
        email="",
    )


def foreign_pivot(identity: ProviderIdentity) -> PivotIdentity:
    """The same identity where the registry's would stand: the registry does not know it."""
    return PivotIdentity(
        given_names=(identity.given_name,),
        family_name=identity.family_name,
        birthdate=identity.birthdate,
        gender=identity.gender,
        birthplace=identity.birthplace,
        birthcountry=identity.birthcountry,
    )


def _sub(claims: Mapping[str, object]) -> str:
    sub = claims.get("sub")
    if not isinstance(sub, str) or not sub or not sub.isascii() or _CONTROL.search(sub):
        raise MissingSub("sub: expected an ASCII text that is not empty")
    return sub


def _optional(claims: Mapping[str, object], claim: str) -> str:
    return "" if claims.get(claim) is None else _text(claims, claim)


def _clean(value: object) -> str:
    """A text that is not part of the schema: what cannot be used is dropped, and refuses nobody."""
    return value if isinstance(value, str) and len(value) <= NAME_MAX and not _CONTROL.search(value) else ""


def _address(value: object) -> dict[str, str]:
    """The usable members of an address (OpenID Connect Core §5.1.1)."""
    members = value if isinstance(value, Mapping) else {}
    return {name: text for name in ADDRESS_MEMBERS if (text := _clean(members.get(name)))}


def _text(claims: Mapping[str, object], claim: str) -> str:
    value = claims.get(claim)
    if value is None:
        raise InvalidIdentity(claim, "a text, and it is missing or null")
    if not isinstance(value, str) or _CONTROL.search(value):
        raise InvalidIdentity(claim, "a text without control characters")
    return value


def _name(claims: Mapping[str, object], claim: str) -> str:
    value = _text(claims, claim)
    if not 1 <= len(value) <= NAME_MAX:
        raise InvalidIdentity(claim, f"1 to {NAME_MAX} characters")
    return value


def _matching(claims: Mapping[str, object], claim: str, expected: str, is_valid: Callable[[str], bool]) -> str:
    value = _text(claims, claim)
    if not is_valid(value):
        raise InvalidIdentity(claim, expected)
    return value


def _gender(claims: Mapping[str, object]) -> Gender:
    value = claims.get("gender")
    for gender in GENDERS:
        if value == gender:
            return gender
    raise InvalidIdentity("gender", "female, male or unspecified")


def _birthplace(claims: Mapping[str, object], birthcountry: str) -> str:
    """Required in France; abroad any text passes (inside-the-hub §4.1)."""
    if birthcountry == FRANCE:
        return _matching(claims, "birthplace", "the COG code of a commune, for a birth in France", is_cog)
    return _optional(claims, "birthplace")
