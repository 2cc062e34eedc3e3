"""The civil registry (RNIPP): its records, a question, one of ten answers (inside-the-hub §9). See matching.py.

Dates are stored as files write them: `YYYY-MM-DD`, unknown parts `-00`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from fcsim_hub.domain.identity import (
    FRANCE,
    Gender,
    PivotIdentity,
    ProviderIdentity,
    complete_date,
    is_cog,
)

_BETWEEN_WORDS = re.compile(r"[\s\-'\u2010-\u2015\u2018\u2019\u02bc\u00b4`]+")
"""Spaces, hyphens and apostrophes, as keyboards have them."""
_LETTERS = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D", "ß": "SS"})


def asked_place(birthplace: str, birthcountry: str) -> str:
    """A COG-shaped birthplace wins over the country, even abroad (§9.1)."""
    return birthplace if is_cog(birthplace) else birthcountry


@dataclass(frozen=True, kw_only=True)
class RegistryRecord:
    """One person as the registry holds it; `pending` rows are invisible."""

    id: str
    birth_name: str
    given_names: tuple[str, ...]
    birthdate: str
    sex: Gender
    birthplace: str
    birthcountry: str
    usage_name: str = ""
    death_date: str = ""
    status: Literal["certified", "pending"] = "certified"
    nir: str = ""
    forced: str = ""
    """One of the answers of FORCED, given to whoever asks about this person: a test's switch."""

    @property
    def manager(self) -> str:
        """Who corrects the record: INSEE for births in France, CNAV abroad (§9.8)."""
        return "INSEE" if self.birthcountry == FRANCE else "CNAV"

    @property
    def place(self) -> str:
        """As it is asked: what looks like the code of a commune, else the country (§9.1)."""
        return asked_place(self.birthplace, self.birthcountry)


@dataclass(frozen=True, kw_only=True)
class RegistryQuestion:
    """What the hub asks (§9.1)."""

    family_name: str
    given_name: str
    birthdate: str
    gender: str
    place: str

    @classmethod
    def about(cls, identity: ProviderIdentity) -> "RegistryQuestion":
        """The question about a provider's identity."""
        return cls.of(
            family_name=identity.family_name,
            given_name=identity.given_name,
            birthdate=identity.birthdate,
            gender=identity.gender,
            birthplace=identity.birthplace,
            birthcountry=identity.birthcountry,
        )

    @classmethod
    def of(
        cls, *, family_name: str, given_name: str, birthdate: str, gender: str, birthplace: str, birthcountry: str
    ) -> "RegistryQuestion":
        """The question about a civil status."""
        place = asked_place(birthplace, birthcountry)
        return cls(family_name=family_name, given_name=given_name, birthdate=birthdate, gender=gender, place=place)


@dataclass(frozen=True)
class Found:
    """The person, as asked."""

    code: ClassVar[int] = 2
    record: RegistryRecord


@dataclass(frozen=True)
class Rectified:
    """The person, with one feature set right."""

    code: ClassVar[int] = 3
    record: RegistryRecord
    divergences: tuple[str, ...]


@dataclass(frozen=True)
class Echo:
    """One close person, not the one asked."""

    code: ClassVar[int] = 4


@dataclass(frozen=True)
class Echoes:
    """Several persons fit, or come close."""

    code: ClassVar[int] = 6


@dataclass(frozen=True)
class UsageNameOnly:
    """The name sent as birth name is a usage name."""

    code: ClassVar[int] = 7


@dataclass(frozen=True)
class Nobody:
    """Nobody comes close."""

    code: ClassVar[int] = 8


@dataclass(frozen=True)
class Rejected:
    """The question is malformed."""

    code: ClassVar[int] = 9


@dataclass(frozen=True)
class Unusable:
    """An answer with a code nobody knows, or with a known one and no usable civil status."""

    code: int = 99


@dataclass(frozen=True)
class Unavailable:
    """The registry failed, or what came back is not a registry answer."""

    code: ClassVar[None] = None


@dataclass(frozen=True)
class TimedOut:
    """No answer within the time the hub waits (§9.1: 6 s)."""

    code: ClassVar[None] = None


Answer = Found | Rectified | Echo | Echoes | UsageNameOnly | Nobody | Rejected | Unusable | Unavailable | TimedOut

FORCED: Mapping[str, Answer | None] = {
    "E010004": Echo(),
    "E010006": Echoes(),
    "E010007": UsageNameOnly(),
    "E010008": Nobody(),
    "E010009": Rejected(),
    "E010011": TimedOut(),
    "E010012": Unavailable(),
    "E010013": Unusable(Found.code),
    "E010015": None,
    "E010016": None,
    "E010099": Unusable(),
}
"""The switches of FranceConnect's own mock (§9.9) -> the answer; None: the person, dead."""
FORCED_DEATH = "2024-02-02"


def stored_date(text: str) -> str:
    """The registry's own partial dates (§9.2) as records hold them: `1977-03` is `1977-03-00`."""
    return text + "-00" * (2 - text.count("-"))


def normalise(name: str) -> str:
    """A name as it is compared: upper case, no accents, ligatures opened, one space between words.

    Every other character counts: who is called `D"%_` is found under that name alone (H150).
    """
    plain = unicodedata.normalize("NFKD", name.upper().translate(_LETTERS))
    return _BETWEEN_WORDS.sub(" ", "".join(char for char in plain if not unicodedata.combining(char))).strip()


def registry_identity(record: RegistryRecord) -> PivotIdentity:
    """The record as claims: names as stored, date completed, no place for a birth abroad (§9.4)."""
    return PivotIdentity(
        given_names=record.given_names,
        family_name=record.birth_name,
        birthdate=complete_date(record.birthdate),
        gender=record.sex,
        birthplace=record.birthplace if record.birthcountry == FRANCE else "",
        birthcountry=record.birthcountry,
    )


QUESTION_KEYS = 6
"""How many keys a question has: the pairs of four features."""
KEY_MAX = 512
"""What storage has room for. Two long names that begin alike share a key; the rules compare them whole."""


def candidate_keys(question: RegistryQuestion) -> tuple[str, ...]:
    """The keys under which storage finds every record that the rules could answer with."""
    return _keys(question.family_name, question.given_name, question.birthdate, question.gender, question.place)


def record_keys(record: RegistryRecord) -> tuple[str, ...]:
    """The keys under which a record is stored; its usage name counts as a name."""
    given_name = " ".join(record.given_names)
    return tuple(
        dict.fromkeys(
            key
            for name in (record.birth_name, record.usage_name)
            if name
            for key in _keys(name, given_name, record.birthdate, record.sex, record.place)
        )
    )


def _keys(name: str, given_name: str, birthdate: str, gender: str, place: str) -> tuple[str, ...]:
    """A record that answers differs in two features at most: two of any four of them must then agree.

    Features kept: name (N), given names (G), date (D), place (P). Every pair of them is a key, so two agreeing
    features among the four always meet in one.
    """
    features = {"N": normalise(name), "G": normalise(given_name), "D": birthdate, "P": place}
    letters = "NGDP"
    pairs = [a + b for rank, a in enumerate(letters) for b in letters[rank + 1 :]]
    return tuple(f"{pair}:{features[pair[0]]}|{features[pair[1]]}"[:KEY_MAX] for pair in pairs)
