"""People made at run time: known to the registry, the providers and the console at once."""

from typing import Any
from urllib.parse import urlencode

import pytest

from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.jeanne import JEANNE
from support.provider_login import request_url
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import Site, call

CIVIL_STATUS = {
    "given_name": "Jeanne Marie",
    "family_name": "DURAND",
    "birthdate": "1962-08-24",
    "gender": "female",
    "birthplace": "75107",
    "birthcountry": "99100",
    "email": "jeanne@fcsim.test",
}
ACCOUNT = {"accounts": {"impots": {"login": "0199999999220", "password": "secret"}}}


def test_a_person_is_made_read_changed_and_removed(site: Site, person: str) -> None:
    status, made = site.api("PUT", f"/people/{person}", JEANNE)
    assert (status, made["name"], made["birthcountry"]) == (201, person, "99100")
    assert site.api("PUT", f"/people/{person}", JEANNE)[0] == 200
    assert site.api("PATCH", f"/people/{person}", {"preferred_username": "MARTIN"})[1]["family_name"] == "DURAND"
    assert site.api("GET", f"/people/{person}")[1]["preferred_username"] == "MARTIN"
    assert site.api("DELETE", f"/people/{person}")[0] == 204
    assert site.api("GET", f"/people/{person}")[0] == 404
    assert site.api("DELETE", f"/people/{person}")[0] == 404


def test_someone_without_nir_nor_account_here_logs_in_through_a_provider_of_ones_own(
    rp: RelyingParty, rogue: Rogue, person: str
) -> None:
    rp.site.api("PUT", f"/people/{person}", JEANNE)
    rogue.userinfo = lambda claims: claims.update(CIVIL_STATUS)
    end = rp.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Arrival), end
    assert "code" in query_of(end.redirect_to)


def test_an_account_made_here_opens_at_the_provider_and_closes_with_its_person(rp: RelyingParty, person: str) -> None:
    body = {"authorization_url": rp.url(), "person": person, "provider": "impots"}
    assert rp.site.api("PUT", f"/people/{person}", JEANNE | ACCOUNT)[0] == 201
    status, end = rp.site.api("POST", "/logins", body)
    assert status == 200, end
    traveller = Traveller("nobody", rp.site.uid("impots"), "0199999999220", "secret")
    assert isinstance(rp.travel(traveller), Arrival)
    rp.site.api("PATCH", f"/people/{person}", {"accounts": {}})
    assert isinstance(RelyingParty(rp.site, rp.record).travel(traveller), Stopped)


def test_a_login_that_someone_has_is_refused_and_nothing_is_kept(site: Site, person: str) -> None:
    taken = {"accounts": {"impots": {"login": "0100000001367", "password": "x"}}}
    status, problem = site.api("PUT", f"/people/{person}", JEANNE | taken)
    assert (status, "angela-dubois" in problem["detail"]) == (409, True)
    assert site.api("GET", f"/people/{person}")[0] == 404


@pytest.mark.parametrize(
    ("outcome", "expected", "event"),
    [
        ("E010004", ("Y010004", 403), "FC_RECEIVED_INVALID_RNIPP"),
        ("E010006", ("Y010006", 403), "FC_RECEIVED_INVALID_RNIPP"),
        ("E010007", ("Y010007", 403), "FC_RECEIVED_INVALID_RNIPP"),
        ("E010008", ("Y010008", 403), "FC_RECEIVED_INVALID_RNIPP"),
        ("E010009", ("Y010009", 403), "FC_FAILED_RNIPP"),
        ("E010011", ("Y010011", 504), "FC_FAILED_RNIPP"),
        ("E010012", ("Y010012", 504), "FC_FAILED_RNIPP"),
        ("E010013", ("Y010013", 400), "FC_RECEIVED_INVALID_RNIPP"),
        ("E010015", ("Y010015", 403), "FC_RECEIVED_DECEASED_RNIPP"),
        ("E010016", ("Y010015", 403), "FC_RECEIVED_DECEASED_RNIPP"),
        ("E010099", ("Y010013", 400), "FC_RECEIVED_INVALID_RNIPP"),
    ],
)
def test_an_answer_of_the_registry_is_forced(
    rp: RelyingParty, rogue: Rogue, person: str, outcome: str, expected: tuple[str, int], event: str
) -> None:
    """inside-the-hub §9.3, §9.9; §20 test 21: code, status and event of each answer."""
    assert rp.site.api("PUT", f"/people/{person}", JEANNE | {"registry": {"outcome": outcome}})[0] == 201
    rogue.userinfo = lambda claims: claims.update(CIVIL_STATUS)
    end = rp.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Stopped)
    assert (end.code, end.status) == expected
    assert [one["event"] for one in rp.site.events(end.flow_id)][-2:] == ["FC_REQUESTED_RNIPP", event]
    rp.site.api("PATCH", f"/people/{person}", {"registry": {}})
    assert isinstance(rp.travel(Traveller("nobody", rogue.uid)), Arrival)


def test_the_record_the_registry_holds_is_the_one_given(rp: RelyingParty, rogue: Rogue, person: str) -> None:
    held = {"given_names": ["Jeanne", "Marie", "Zoé"], "birthdate": "1962-08-24"}
    rp.site.api("PUT", f"/people/{person}", JEANNE | {"registry": held})
    rogue.userinfo = lambda claims: claims.update(CIVIL_STATUS)
    end = rp.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Arrival)
    tokens = rp.redeem(query_of(end.redirect_to)["code"])
    claims = rp.verified(rp.userinfo(tokens.access_token).data.decode())
    assert claims["given_name_array"] == ["Jeanne", "Marie", "Zoé"]


@pytest.mark.parametrize("place", ["Alger", "", "90900"])
def test_a_place_abroad_may_be_any_text(rp: RelyingParty, rogue: Rogue, person: str, place: str) -> None:
    """inside-the-hub §4.1, §9.1, §17.2: a code of no commune is asked as it is, a text is left out for the country."""
    abroad = {"birthplace": place, "birthcountry": "99352"}
    assert rp.site.api("PUT", f"/people/{person}", JEANNE | abroad)[0] == 201
    assert rp.site.api("POST", "/registry/lookup", JEANNE | abroad)[1]["identity"]["birthplace"] == ""
    rogue.userinfo = lambda claims: claims.update(CIVIL_STATUS | abroad)
    end = rp.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Arrival), end


@pytest.mark.parametrize(
    ("where", "members", "key"),
    [
        ("/people/{person}", {"birthdate": "1962"}, "birthdate"),
        ("/people/{person}", {"gender": "F"}, "gender"),
        ("/people/{person}", {"given_names": []}, "given_names"),
        ("/people/{person}", {"family_name": ""}, "family_name"),
        ("/people/{person}", {"registry": {"given_names": [""]}}, "registry.given_names"),
        ("/people/{person}", {"registry": {"family_name": ""}}, "registry.family_name"),
        ("/people/{person}", {"registry": {"birthdate": "1962-13"}}, "registry.birthdate"),
        ("/people/{person}", {"registry": {"death_date": "yesterday"}}, "registry.death_date"),
        ("/people/{person}", {"registry": {"birthplace": "Paris"}}, "registry.birthplace"),
        ("/people/{person}", {"registry": {"birthcountry": "FR"}}, "registry.birthcountry"),
        ("/people/{person}", {"registry": {"outcome": "E019999"}}, "registry.outcome"),
        ("/people/{person}", {"birthplace": "Paris"}, "birthplace"),
        ("/people/{person}", {"birthplace": "Paris", "birthcountry": "99100"}, "birthplace"),
        (
            "/people/{person}",
            {"birthplace": "Alger", "birthcountry": "99352", "registry": {"birthcountry": "99100"}},
            "registry.birthplace",
        ),
        ("/people/{person}", {"email": "nobody"}, "email"),
        ("/people/{person}", {"name": "other"}, "name"),
        ("/people/{person}", {"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_person_is_refused_with_its_key(
    site: Site, person: str, where: str, members: dict[str, Any], key: str
) -> None:
    status, problem = site.api("PUT", where.format(person=person), JEANNE | members)
    assert (status, problem["errors"][0]["key"]) == (400, key)
    assert site.api("GET", f"/people/{person}")[0] == 404


@pytest.mark.parametrize(
    ("changes", "english", "french"),
    [
        ({"summary": "Left-handed", "summary_fr": "Gauchère"}, "Left-handed", "Gauchère"),
        ({"summary": "Left-handed"}, "Left-handed", "Left-handed"),
    ],
)
def test_pages_say_what_is_particular_about_a_person_in_their_language(
    site: Site, person: str, changes: dict[str, str], english: str, french: str
) -> None:
    # First of everyone's names, so that the provider's short list holds it.
    name = f"a-{person}"
    status, made = site.api("PUT", f"/people/{name}", JEANNE | ACCOUNT | changes)
    assert status == 201, made
    for language, words in (("en", english), ("fr", french)):
        headers = {"Accept-Language": language}
        login = call("GET", request_url(site, "impots"), headers=headers)
        quick = login.data.decode().partition(f'data-testid="quick-login-{name}"')[2].partition("</button>")[0]
        assert f"<small>{words}</small>" in quick
        for searched in (name, words):
            page = call("GET", f"{site.console}/people?{urlencode({'q': searched})}", headers=headers).data.decode()
            assert f"<p>{words}</p>" in page
    site.api("DELETE", f"/people/{name}")
