"""People, as their files say: civil status, what the registry holds, accounts at providers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from fcsim_hub.domain.identity import (
    ADDRESS_MEMBERS,
    BIRTHDATE,
    FRANCE,
    Gender,
    PivotIdentity,
    is_birthdate,
    is_cog,
    is_email,
)
from fcsim_hub.domain.numbers import is_nir, is_spi
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.domain.registry import (
    FORCED,
    Answer,
    Echo,
    Echoes,
    Found,
    Nobody,
    Rectified,
    RegistryRecord,
    Rejected,
    UsageNameOnly,
    registry_identity,
    stored_date,
)

KEY_MAX = 255
"""The longest name of a person."""
Declared = Literal["found", "rectified", "echo", "echoes", "usage_name_only", "not_found", "rejected", "deceased"]
Forced = Literal[
    "E010004", "E010006", "E010007", "E010008", "E010009",
    "E010011", "E010012", "E010013", "E010015", "E010016", "E010099",
]  # fmt: skip
Outcome = Literal[Declared, Forced]
"""What a login meets at the registry: a word declares what the civil status leads to, a code forces it."""

AccountState = Literal[
    "active", "locked", "no_account", "not_affiliated", "provisional_code", "not_installed",
    "blocked", "revoked", "expired", "unreadable",
]  # fmt: skip
"""Of an account: locked, never opened, of another scheme, opened with a code to be changed, without its application;
of its card: blocked by wrong codes, revoked, past its date, unreadable. Each provider knows those that suit it."""

_OUTCOMES: dict[type[Answer], Declared] = {
    Found: "found",
    Rectified: "rectified",
    Echo: "echo",
    Echoes: "echoes",
    UsageNameOnly: "usage_name_only",
    Nobody: "not_found",
    Rejected: "rejected",
}


@dataclass(frozen=True, kw_only=True)
class RegistryEntry:
    """What the registry holds of a person where it differs from the civil status."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    outcome: Outcome = "found"
    """What a login of this person meets: declared, or forced (E010004 …, whatever the record says)."""
    absent: bool = False
    pending: bool = False
    death_date: str = ""
    given_names: tuple[str, ...] | None = None
    family_name: str | None = None
    preferred_username: str | None = None
    gender: Gender | None = None
    birthdate: str | None = None
    birthplace: str | None = None
    birthcountry: str | None = None
    email: str | None = None
    """Of a civil status as people are written; the registry knows none (§9.1), so nothing reads it."""

    def __post_init__(self) -> None:
        if self.given_names is not None:
            check_given_names(self.given_names)
        if self.family_name == "":
            raise InvalidField("family_name", "a name (E010013 is the answer without one)", "''")
        for key in ("birthdate", "death_date"):
            if (value := getattr(self, key)) and not is_birthdate(stored_date(value)):
                raise InvalidField(key, "YYYY-MM-DD, or without the parts nobody knows", repr(value)[:80])


@dataclass(frozen=True, kw_only=True)
class PersonAccount:
    """An account at one provider: what to type, and what that provider says differently."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    login: str
    password: str
    state: AccountState = "active"
    """As the provider first knows it; its control API changes it."""
    claims: dict[str, str] = field(default_factory=dict)
    outcome: Outcome | None = None
    """The registry's outcome through this account, where its claims change it."""
    mandates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a professional helper: the person helped, by name -> perimeters of their mandate (§4, `rep_scope`)."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person; the name is the file's."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    persona: str = ""
    summary: str = ""
    """What is particular about them, in English, for those who choose a person to test with."""
    summary_fr: str = ""
    """The same in French; pages in French show the English where there is none."""
    given_names: tuple[str, ...]
    family_name: str
    preferred_username: str = ""
    gender: Gender
    birthdate: str
    birthplace: str = ""
    birthcountry: str = "99100"
    email: str = ""
    phone_number: str = ""
    address: dict[str, str] = field(default_factory=dict)
    """The members of OpenID Connect's address claim; only FranceConnect v1 transmits it."""
    nir: str = ""
    spi: str = ""
    cnie_certified: bool = False
    """Whether their identity card was certified at a town hall or a consulate (§6.3), as France Identité+ asks."""
    registry: RegistryEntry = field(default_factory=RegistryEntry)
    accounts: dict[str, PersonAccount] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_given_names(self.given_names)
        if not self.family_name:
            raise InvalidField("family_name", "a name", "''")
        if not is_birthdate(self.birthdate):
            raise InvalidField("birthdate", BIRTHDATE, repr(self.birthdate))
        check_places(self.birthplace, self.birthcountry)
        check_places(self.held("birthplace"), self.held("birthcountry"), within="registry.")
        if self.email and not is_email(self.email):
            raise InvalidField("email", "an e-mail address", repr(self.email))
        for key in self.address:
            if key not in ADDRESS_MEMBERS:
                raise InvalidField(f"address.{key}", f"one of {', '.join(ADDRESS_MEMBERS)}", "another member")
        if self.nir and not (len(self.nir) == 13 and is_nir(self.nir)):
            raise InvalidField("nir", "the 13 characters of a NIR, without its key", "something else")
        if self.spi and not is_spi(self.spi):
            raise InvalidField("spi", "13 digits whose last three are the first ten modulo 511", "something else")

    def held(self, key: str) -> str:
        """What the registry holds under a name of the civil status."""
        own = getattr(self.registry, key)
        return str(getattr(self, key) if own is None else own)

    def summary_in(self, language: str) -> str:
        """What is particular about them, in the language of a page."""
        return (self.summary_fr if language == "fr" else "") or self.summary


def check_given_names(names: Sequence[str]) -> None:
    """At least one, and none empty. Raises InvalidField."""
    if not names or not all(names):
        raise InvalidField("given_names", "at least one name", repr(list(names)))


def check_places(birthplace: str, birthcountry: str, within: str = "") -> None:
    """COG codes, where they are known; any text for a place abroad (§4.1). Raises InvalidField."""
    codes = {"birthcountry": birthcountry, "birthplace": birthplace if birthcountry in ("", FRANCE) else ""}
    for key, code in codes.items():
        if code and not is_cog(code):
            raise InvalidField(within + key, "a COG code of five characters", repr(code)[:80])


def find_helper(people: Iterable[Person], name: str, provider: str) -> PersonAccount | None:
    """The account, at a provider, of a helper who holds a mandate of this person."""
    theirs = (one.accounts[provider] for one in people if provider in one.accounts)
    return next((account for account in theirs if name in account.mandates), None)


def registry_record(person: Person, name: str) -> RegistryRecord | None:
    """The registry's row about a person; None when it never heard of them."""
    if person.registry.absent and person.registry.outcome not in FORCED:
        return None
    return _record(person, name)


def certified_identity(person: Person) -> PivotIdentity:
    """The identity that the registry certifies, or would, for a person it never heard of."""
    return registry_identity(_record(person, ""))


def _record(person: Person, name: str) -> RegistryRecord:
    entry, held = person.registry, person.held
    gender: Gender = entry.gender or person.gender
    return RegistryRecord(
        id=name,
        birth_name=held("family_name"),
        usage_name=held("preferred_username"),
        given_names=entry.given_names or person.given_names,
        birthdate=stored_date(held("birthdate")),
        sex=gender,
        birthplace=held("birthplace"),
        birthcountry=held("birthcountry") or (FRANCE if held("birthplace") else ""),  # a commune is in France (§9.4)
        death_date=entry.death_date,
        status="pending" if entry.pending else "certified",
        nir=person.nir,
        forced=entry.outcome if entry.outcome in FORCED else "",
    )


def outcome_of(answer: Answer) -> Declared:
    """The word for an answer of the registry, death included."""
    if isinstance(answer, Found | Rectified) and answer.record.death_date:
        return "deceased"
    return _OUTCOMES[type(answer)]
