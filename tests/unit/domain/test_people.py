"""People files: valid numbers, declared outcomes that are the computed ones."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from fcsim_hub.config import Settings
from fcsim_hub.domain.identity import ProviderIdentity
from fcsim_hub.domain.matching import match
from fcsim_hub.domain.numbers import is_permanent
from fcsim_hub.domain.people import Person, outcome_of, registry_record
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.domain.registry import RegistryQuestion
from fcsim_hub.fixtures import load_fixtures
from fcsim_hub.storage.documents import from_record

PEOPLE = {name: person for name, (person, _) in load_fixtures(Settings()).people().items()}
RECORDS = [record for name, person in PEOPLE.items() if (record := registry_record(person, name))]


def claims(person: Person, slug: str) -> ProviderIdentity:
    known = {
        "given_name": " ".join(person.given_names),
        "family_name": person.family_name,
        "gender": person.gender,
        "birthdate": person.birthdate,
        "birthplace": person.birthplace,
        "birthcountry": person.birthcountry,
        "email": person.email,
    }
    return ProviderIdentity(sub="x", **(known | person.accounts[slug].claims))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_says_what_is_particular_in_both_languages(name: str) -> None:
    person = PEOPLE[name]
    assert person.summary
    assert person.summary_fr
    assert person.summary_in("en") == person.summary != person.summary_in("fr") == person.summary_fr


def test_without_french_a_page_shows_the_english() -> None:
    person = replace(PEOPLE["angela-dubois"], summary="Particular", summary_fr="")
    assert (person.summary_in("fr"), person.summary_in("en")) == ("Particular", "Particular")


@pytest.mark.parametrize("name", PEOPLE)
def test_the_declared_outcome_is_the_computed_one(name: str) -> None:
    person = PEOPLE[name]
    for slug, account in person.accounts.items():
        if slug == "eidas":
            continue  # nobody asks the registry about people of other member states (inside-the-hub §9.6)
        answer = match(RegistryQuestion.about(claims(person, slug)), RECORDS)
        assert outcome_of(answer) == (account.outcome or person.registry.outcome), slug


@pytest.mark.parametrize("name", PEOPLE)
def test_a_permanent_nir_tells_the_place_of_birth(name: str) -> None:
    person = PEOPLE[name]
    if person.nir and is_permanent(person.nir):
        assert person.nir[5:10] == (person.birthplace or person.birthcountry)
        assert person.nir[1:3] == person.birthdate[2:4]


def test_logins_are_unique_at_each_provider() -> None:
    logins = [(slug, account.login) for person in PEOPLE.values() for slug, account in person.accounts.items()]
    assert len(logins) == len(set(logins))


def test_the_cases_that_integrators_need_are_there() -> None:
    outcomes = {person.registry.outcome for person in PEOPLE.values()}
    assert {"found", "deceased", "not_found", "echo", "echoes"} <= outcomes
    assert any("'" in person.family_name for person in PEOPLE.values())
    assert any(person.preferred_username for person in PEOPLE.values())
    assert any(person.birthdate.endswith("-00-00") for person in PEOPLE.values())
    assert PEOPLE["angela-dubois"].given_names == ("Angela", "Claire", "Louise")


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"given_names": []}, "given_names"),
        ({"birthdate": "1990"}, "birthdate"),
        ({"birthplace": "Paris"}, "birthplace"),
        ({"nir": "123"}, "nir"),
        ({"spi": "0100000001368"}, "spi"),
        ({"email": "nobody"}, "email"),
        ({"gender": "F"}, "gender"),
        ({"shoe_size": 42}, "shoe_size"),
        ({"registry": {"outcome": "maybe"}}, "registry.outcome"),
    ],
)
def test_wrong_files_are_refused_with_their_key(changes: dict[str, object], key: str) -> None:
    file = Path(__file__).parents[3] / "fixtures" / "people" / "angela-dubois.toml"
    with pytest.raises(InvalidField) as refused:
        from_record(Person, tomllib.loads(file.read_text(encoding="utf-8")) | changes)
    assert refused.value.key == key
