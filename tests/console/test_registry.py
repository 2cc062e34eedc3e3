"""The registry asked over the control API (inside-the-hub §9)."""

from typing import Any

import pytest

from support.jeanne import JEANNE
from support.site import Site


@pytest.mark.parametrize(
    ("changes", "code", "deceased"),
    [
        ({}, 2, False),
        ({"given_names": ["Jeanne"]}, 3, False),
        ({"family_name": "AUTRE", "birthdate": "1999-01-01", "gender": "male"}, 8, False),
        ({"birthdate": "1962-24-08"}, 9, False),
    ],
)
def test_the_registry_is_asked(site: Site, person: str, changes: dict[str, Any], code: int, deceased: bool) -> None:
    site.api("PUT", f"/people/{person}", JEANNE)
    asked = {key: value for key, value in JEANNE.items() if key != "email"} | changes
    status, answer = site.api("POST", "/registry/lookup", asked)
    assert (status, answer["code"], answer["deceased"]) == (200, code, deceased)
    assert (answer["identity"] or {}).get("given_name") == ("Jeanne Marie" if code in (2, 3) else None)


@pytest.mark.parametrize(("outcome", "code"), [("E010004", 4), ("E010013", 2), ("E010099", 99), ("E010012", None)])
def test_a_forced_answer_is_the_one_that_is_looked_up(site: Site, person: str, outcome: str, code: int | None) -> None:
    """§9.9: E010013 is a person found without a usable civil status, E010012 no answer at all."""
    site.api("PUT", f"/people/{person}", JEANNE | {"registry": {"outcome": outcome}})
    expected = {"code": code, "identity": None, "deceased": False}
    assert site.api("POST", "/registry/lookup", JEANNE) == (200, expected)


def test_without_an_entry_of_its_own_the_registry_holds_the_civil_status(site: Site, person: str) -> None:
    site.api("PUT", f"/people/{person}", JEANNE | {"registry": {"outcome": "E010004"}})
    assert site.api("PATCH", f"/people/{person}", {"registry": None})[1]["registry"]["outcome"] == "found"
    assert site.api("POST", "/registry/lookup", JEANNE)[1]["code"] == 2


@pytest.mark.parametrize(("held", "code"), [("1962-08", 3), ("1962", 3), ("1962-08-24", 2)])
def test_the_registry_may_hold_a_partial_date(site: Site, person: str, held: str, code: int) -> None:
    """inside-the-hub §9.2: `1977-03` and `1961` are how it writes them."""
    assert site.api("PUT", f"/people/{person}", JEANNE | {"registry": {"birthdate": held}})[0] == 201
    answer = site.api("POST", "/registry/lookup", JEANNE)[1]
    assert answer["code"] == code
    if answer["identity"]:
        assert answer["identity"]["birthdate"] == f"{held}-01-01"[:10]


def test_a_commune_of_the_registry_is_in_france(site: Site, person: str) -> None:
    """inside-the-hub §9.4: the country, else 99100 where a commune is held."""
    site.api("PUT", f"/people/{person}", JEANNE | {"registry": {"birthcountry": ""}})
    assert site.api("POST", "/registry/lookup", JEANNE)[1]["identity"]["birthcountry"] == "99100"


def test_the_registry_takes_a_civil_status_as_people_are_written(site: Site, person: str) -> None:
    """The e-mail address and the usage name are part of it; the registry is asked about neither (§9.1)."""
    site.api("PUT", f"/people/{person}", JEANNE)
    asked = JEANNE | {"birthcountry": "99100", "preferred_username": "MARTIN"}
    assert site.api("POST", "/registry/lookup", asked)[1]["code"] == 2
    assert site.api("POST", "/registry/lookup", asked | {"preferred_username": None})[1]["code"] == 2


def test_the_registry_says_who_is_dead(site: Site) -> None:
    georges = site.person("georges-fabre")
    asked = {
        "given_name": " ".join(georges.given_names),
        "family_name": georges.family_name,
        "birthdate": georges.birthdate,
        "gender": georges.gender,
        "birthplace": georges.birthplace,
        "birthcountry": georges.birthcountry,
    }
    assert site.api("POST", "/registry/lookup", asked)[1]["deceased"] is True


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"nom": "X"}, "nom"),
        ({"given_names": "X"}, "given_names"),
        ({"given_names": [1]}, "given_names"),
        ({"given_name": 1}, "given_name"),
        ({"gender": 1}, "gender"),
        ({"email": ["x"]}, "email"),
    ],
)
def test_a_wrong_question_to_the_registry_is_refused(site: Site, members: dict[str, Any], key: str) -> None:
    status, problem = site.api("POST", "/registry/lookup", members)
    assert (status, problem["errors"][0]["key"]) == (400, key)


def test_the_record_may_be_a_whole_civil_status(site: Site, person: str) -> None:
    held = JEANNE | {"given_names": ["Jeanne", "Marie", "Zoé"], "preferred_username": "MARTIN", "birthcountry": "99100"}
    assert site.api("PUT", f"/people/{person}", JEANNE | {"registry": held})[0] == 201
    answer = site.api("POST", "/registry/lookup", JEANNE)[1]
    assert (answer["code"], answer["identity"]["given_names"]) == (3, held["given_names"])
