"""The pairwise sub: golden vectors (service-provider-side §11, inside-the-hub §11.2)."""

import base64
import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from typing import Any

import pytest

from fcsim_hub.config import Settings
from fcsim_hub.domain.identity import GENDERS, PivotIdentity
from fcsim_hub.domain.people import certified_identity
from fcsim_hub.domain.subject import foreign_identity_hash, identity_hash, pairwise_sub
from fcsim_hub.fixtures import load_fixtures

SECRET, ENTITY = "franceconnect-local-simulator-secret", "entity-demo-1"


def person(given: str, family: str, birthdate: str, gender: str, place: str, country: str) -> PivotIdentity:
    return PivotIdentity(
        given_names=tuple(given.split(" ")),
        family_name=family,
        birthdate=birthdate,
        gender=gender,  # type: ignore[arg-type]
        birthplace=place,
        birthcountry=country,
    )


VECTORS = [
    (
        person("Angela Claire Louise", "DUBOIS", "1962-08-24", "female", "75107", "99100"),
        "Sr1x7B9YHc4uoiIcvqx8lzxq6nvLg1rN/n1klPFSgGA=",
        "75c4d499ee84f6b5a89bd3ceb4bd0b1ef2463f2002d44e50ed93912ed68e9f73v1",
    ),
    (
        person("Joëlle Françoise", "DUBINÔRE", "1992-08-15", "female", "75117", "99100"),
        "J2WdqlpnUQ1WxMA3BngwBCPo0Al6bxKgBb/PVNZlZZs=",
        "af5273a7b6e298ca024a698ebee6443e90308fd1084b0131a46b6318c183f3eav1",
    ),
    (
        person("Vincent Guillaume", "MARTIN", "1963-12-05", "male", "", "99352"),
        "BUMjqqam+zpOfm1tDe5pqWfkBMFARtHvED+YB8cPro8=",
        "591060f4fd86d58ba4e36ab9a6f1dcfb9abb655bbe0f206dd8a3177ce83ddcf7v1",
    ),
    (
        person("JulieéàèùòœæŒÆ", "DURANTÉÀÈÙÒŒÆŒÆ", "1972-06-14", "female", "2B002", "99100"),
        "VH+ngG5B0qiKcD86HV68iFJaDqVdxdoEYh22Kvl8lLA=",
        "17316f61d28871946cc87a3b005252ea64359ad827e550eb9c7429506a7f8c17v1",
    ),
]


@pytest.mark.parametrize(("identity", "hashed", "sub"), VECTORS)
def test_vectors(identity: PivotIdentity, hashed: str, sub: str) -> None:
    assert identity_hash(identity) == hashed
    assert pairwise_sub(ENTITY, hashed, SECRET) == sub


def test_the_golden_vector_of_the_acceptance_tests() -> None:
    secret = "9ed64cd3762973c8a5219e0774671940a3550ae1050af86831d613193e825caa"
    entity = "a0cd64372db6ecf39c317c0c74ce90f02d8ad7d510ce054883b759d666a996bc"
    sub = "34f4e38b510841db1a83716b981f7298badec51dc52e91af245903b56e2d72bbv1"
    assert pairwise_sub(entity, identity_hash(VECTORS[1][0]), secret) == sub


def test_the_control_hash_of_a_real_fixture() -> None:
    jeanne = person("Jeanne", "DURAND", "1962-08-24", "female", "75107", "99100")
    assert identity_hash(jeanne) == "ieFUFlBzMSDN+mz+DSHCjgmaPbOd2OPRsSP4QbUMvxE="


PERSONAS = {
    "P02": "9c8b61ebdd",
    "P04": "0fe3e28239",
    "P10": "babebe1e79",
    "P17": "099cd5f6b7",
    "P18": "d1bd9ab17e",
    "P21": "fb24f6015e",
    "P23a": "9b3622d451",
    "P23b": "9b3622d451",
}
"""Their first ten digits (inside-the-hub §11.2); the last two are homonyms born the same day in the same town."""


@pytest.mark.parametrize(("persona", "digits"), PERSONAS.items())
def test_the_vectors_of_personas(persona: str, digits: str) -> None:
    (found,) = (one for one, _ in load_fixtures(Settings()).people().values() if one.persona == persona)
    assert pairwise_sub(ENTITY, identity_hash(certified_identity(found)), SECRET).startswith(digits)


SYLLABLES = [f"{consonant}{vowel}" for consonant, vowel in product("bcdfghjklmnprstvz", "aeiouéèïô")]
CIVIL_STATUSES = [10_000, pytest.param(1_000_000, marks=pytest.mark.thorough)]


def identities(count: int) -> Iterator[PivotIdentity]:
    """As many civil statuses, no two alike: names of syllables, days of ninety years, communes and countries."""
    names = product(SYLLABLES, SYLLABLES, SYLLABLES[::3])
    for rank, (first, second, third) in enumerate(islice(names, count)):
        is_abroad = rank % 5 == 0
        yield PivotIdentity(
            given_names=(f"{first}{second}".capitalize(), f"{third}l".capitalize())[: 1 + rank % 2],
            family_name=f"{third}{second}{first}".upper(),
            birthdate=f"{1920 + rank % 90}-{1 + rank % 12:02d}-{1 + rank % 28:02d}",
            gender=GENDERS[rank % 3],
            birthplace="" if is_abroad else f"{1 + rank % 95:02d}{rank % 1000:03d}",
            birthcountry=f"99{101 + rank % 400}" if is_abroad else "99100",
        )


@pytest.mark.parametrize("count", CIVIL_STATUSES)
def test_h099_no_two_persons_and_no_two_organisations_share_a_sub(count: int) -> None:
    """A million identities at three organisations."""
    subs: set[bytes] = set()
    for identity in identities(count):
        hashed = identity_hash(identity)
        subs.update(bytes.fromhex(pairwise_sub(entity, hashed, SECRET)[:64]) for entity in (ENTITY, "other", "third"))
    assert len(subs) == 3 * count


ALIKE = [
    ({"birthplace": "90900", "birthcountry": "99352"}, {"birthplace": "", "birthcountry": "99352"}),
    ({"given_names": ("Ann", "Lee")}, {"given_names": ("Ann Lee",)}),
    # No separator, and one byte a character: two properties of FranceConnect's formula, kept to the letter.
    ({"given_names": ("AnnE",), "family_name": "MARTIN"}, {"given_names": ("Ann",), "family_name": "EMARTIN"}),
    ({"family_name": "Œ"}, {"family_name": "R"}),
]
DIFFERENT = [
    ({"family_name": "DUBINÔRE"}, {"family_name": "DUBINORE"}),
    ({"family_name": "LE GOFF"}, {"family_name": "LE-GOFF"}),
    ({"family_name": "LE GOFF"}, {"family_name": "LEGOFF"}),
    ({"family_name": "Dubois"}, {"family_name": "DUBOIS"}),
    ({"given_names": ("Anne", "Marie")}, {"given_names": ("Marie", "Anne")}),
    ({"birthdate": "1990-01-01"}, {"birthdate": "1990-01-02"}),
    ({"gender": "female"}, {"gender": "unspecified"}),
    ({"birthplace": "75107"}, {"birthplace": "75108"}),
    ({"birthplace": "", "birthcountry": "99352"}, {"birthplace": "", "birthcountry": "99353"}),
    ({"family_name": "É"}, {"family_name": unicodedata.normalize("NFD", "É")}),
]


def hash_of(changes: dict[str, Any]) -> str:
    return identity_hash(replace(VECTORS[0][0], **changes))


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_the_formula_does_not_tell_apart(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert hash_of(one) == hash_of(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_h099_accents_spaces_case_and_order_count(one: dict[str, Any], other: dict[str, Any]) -> None:
    """inside-the-hub §11.2. A decomposed accent counts too: it is the registry's spelling that is hashed."""
    assert hash_of(one) != hash_of(other)


def test_h100_nobody_derives_a_sub_without_the_secret_of_the_platform() -> None:
    hashed = VECTORS[0][1]
    subs = {pairwise_sub(ENTITY, hashed, secret) for secret in (SECRET, SECRET + " ", SECRET[:-1], "")}
    assert len(subs) == 4


def test_a_citizen_of_another_state_is_known_by_what_their_state_calls_them() -> None:
    hashed = foreign_identity_hash("IT/FR/giulia")
    assert base64.b64decode(hashed) == hashlib.sha256(b"IT/FR/giulia").digest()
    assert foreign_identity_hash("IT/FR/giulio") != hashed
