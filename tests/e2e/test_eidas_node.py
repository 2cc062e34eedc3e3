"""The simulated node of the other member states (inside-the-hub §4.2, §5, §10; service-provider-side §8, §10.5)."""

import json
import tomllib
from typing import Any

import pytest

from fcsim_hub.domain.people import Person
from fcsim_hub.fixture_files import built_in
from fcsim_hub.gateways.html_forms import Page, read_page
from fcsim_hub.gateways.visitor import Arrival, Response, Stopped, Traveller, Visitor
from support.relying_party import RelyingParty, query_of
from support.site import Site

UID = "8aa849db-8402-4f2e-bad9-7471dd21ff94"
SCOPE = "openid identite_pivot preferred_username email"
PIVOT = ("given_name", "family_name", "birthdate", "gender", "birthplace")


EUROPEANS = [
    file.stem
    for file in sorted((built_in() / "people").glob("*.toml"))
    if "eidas" in tomllib.loads(file.read_text(encoding="utf-8")).get("accounts", {})
]


def country(person: Person) -> str:
    return person.accounts["eidas"].login[:2]


def said(person: Person) -> dict[str, str]:
    """What the person's country says of them."""
    known = {
        "given_name": " ".join(person.given_names),
        "family_name": person.family_name,
        "birthdate": person.birthdate,
        "gender": person.gender,
        "birthplace": person.birthplace,
    } | person.accounts["eidas"].claims
    return {claim: value for claim, value in known.items() if value}


def follow(visitor: Visitor, answer: Response) -> Response:
    while answer.location:
        answer = visitor.request("GET", answer.location)
    return answer


def at_the_node(party: RelyingParty, **changes: str | None) -> Response:
    """The node's first page, by its button."""
    form = read_page(party.choice_page(**changes).text).form_with("interaction-eidas-button")
    assert form is not None
    return follow(party.visitor, party.visitor.request("POST", party.site.hub + form.action, form.fields))


def press(party: RelyingParty, page: Response, mark: str, **fields: str) -> Response:
    form = read_page(page.text).form_with(mark)
    assert form is not None, read_page(page.text).title
    return follow(
        party.visitor, party.visitor.request("POST", party.site.providers + form.action, form.fields | fields)
    )


def tokens(party: RelyingParty, end: Arrival | Stopped) -> dict[str, Any]:
    assert isinstance(end, Arrival), end
    return party.redeem(query_of(end.redirect_to)["code"]).body


def identity(party: RelyingParty, end: Arrival | Stopped) -> dict[str, Any]:
    return party.verified(party.userinfo(tokens(party, end)["access_token"]).data.decode())


def code_of(page: Response) -> str:
    return read_page(page.text).texts.get("error-code", "").rpartition(" ")[2]


def test_there_are_people_of_several_states_with_the_names_that_break_forms(plus: Site) -> None:
    people = [plus.person(name) for name in EUROPEANS]
    assert len({country(person) for person in people}) >= 3
    assert any(len(person.family_name) == 1 for person in people)
    assert any(not person.family_name.isascii() for person in people)
    assert any({"gender", "birthplace"}.isdisjoint(said(person)) for person in people)


@pytest.mark.parametrize("name", EUROPEANS)
def test_each_person_arrives_with_what_their_country_says_and_nothing_else(plus_rp: RelyingParty, name: str) -> None:
    """§10.5: birthcountry and email are absent; the registry is not asked, no mail leaves (§9.6, §14.1)."""
    end = plus_rp.walk(name, "eidas", scope=SCOPE)
    claims = identity(plus_rp, end)
    assert {claim: claims[claim] for claim in PIVOT if claim in claims} == said(plus_rp.site.person(name))
    assert {"birthcountry", "email", "rnipp_family_name"}.isdisjoint(claims)
    events = [event["event"] for event in plus_rp.site.events(end.flow_id)]
    assert "FC_VERIFIED" in events
    assert not [event for event in events if "RNIPP" in event]
    assert plus_rp.site.api("GET", f"/mails?flow={end.flow_id}")[1] == []


def test_the_method_told_to_the_service_is_eidas(plus_rp: RelyingParty) -> None:
    asked = json.dumps({"id_token": {"amr": {"essential": True}}})
    end = plus_rp.walk("min-ji-o", "eidas", claims=asked)
    assert plus_rp.verified(tokens(plus_rp, end)["id_token"])["amr"] == ["eidas"]


@pytest.mark.parametrize(
    ("asked", "returned", "code", "told"),
    [
        ("eidas2", "eidas2", "", "eidas2"),
        ("eidas2", "eidas3", "", "eidas3"),
        ("eidas3", "eidas3", "", "eidas3"),
        ("eidas3", "eidas2", "Y100001", ""),
        ("eidas2", "eidas1", "Y100001", ""),
        ("eidas2", "none", "Y020030", ""),
    ],
)
def test_the_level_a_tester_chooses_is_the_one_the_hub_judges(
    plus_rp: RelyingParty, asked: str, returned: str, code: str, told: str
) -> None:
    """inside-the-hub §10.2: chosen on the first page, kept by the country's own."""
    first = at_the_node(plus_rp, acr_values=asked)
    assert f'value="{asked}" selected' in first.text
    screen = press(plus_rp, first, "country-IT", acr=returned)
    assert f'value="{returned}" selected' in screen.text
    page = press(plus_rp, screen, "quick-login-giulia-rossi")
    assert code_of(page) == code
    if told:
        form = read_page(page.text).form_with("consent-form")
        assert form is not None
        answer = plus_rp.visitor.request("POST", plus_rp.site.hub + form.action, form.fields)
        back = plus_rp.visitor.request("GET", answer.location).location
        body = plus_rp.redeem(query_of(back)["code"]).body
        assert plus_rp.verified(body["id_token"])["acr"] == told


def test_a_country_shows_its_people_alone_and_another_can_be_chosen(plus_rp: RelyingParty) -> None:
    screen = press(plus_rp, at_the_node(plus_rp), "country-EE")
    assert [mark for form in read_page(screen.text).forms for mark in form.buttons] == [
        "quick-login-aleksandr-stserbakov"
    ]
    assert "nobody-here" in press(plus_rp, at_the_node(plus_rp), "country-LU").text
    again = screen.text.split('data-testid="other-country"')[0].rpartition('href="')[2].partition('"')[0]
    page = plus_rp.visitor.request("GET", plus_rp.site.providers + again.replace("&amp;", "&"))
    assert "country-EE" in page.text


@pytest.mark.parametrize("fields", [{"country": "FR"}, {"country": ""}, {"login": "nonsense"}, {"login": "ZZ/FR/1"}])
def test_a_country_the_node_does_not_know_shows_the_list_again(plus_rp: RelyingParty, fields: dict[str, str]) -> None:
    page = press(plus_rp, at_the_node(plus_rp), "login-form", **fields)
    assert "login-error" in read_page(page.text).texts
    assert "country-IT" in page.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_from_the_node_on_is_in_english(plus_rp: RelyingParty, language: str) -> None:
    plus_rp.visitor.language = language
    first = at_the_node(plus_rp)
    screen = press(plus_rp, first, "country-ES")
    consent = press(plus_rp, screen, "quick-login-ana-maria-garcia-lopez")
    wrong = press(plus_rp, first, "login-form", country="FR")
    for page in (first, screen, wrong, consent):
        assert '<html lang="en"' in page.text
    assert "consent-form" in consent.text
    assert "mail-announced" not in consent.text


@pytest.mark.parametrize("deep", [False, True])
def test_cancelling_leads_back_to_the_choice_page(plus_rp: RelyingParty, deep: bool) -> None:
    page = at_the_node(plus_rp)
    if deep:
        page = press(plus_rp, page, "country-BE")
    cancel = page.text.split('data-testid="return-to-franceconnect"')[0].rpartition('href="')[2].partition('"')[0]
    back: Page = read_page(follow(plus_rp.visitor, plus_rp.visitor.request("GET", cancel.replace("&amp;", "&"))).text)
    assert "eIDAS" in back.texts["interaction-error-message"]


def test_the_node_can_be_hinted_by_a_service_that_may(plus_rp: RelyingParty) -> None:
    party = plus_rp.change(allowed_idp_hints=[UID])
    page = follow(party.visitor, party.visitor.request("GET", party.url(idp_hint=UID)))
    assert "country-IT" in page.text


def test_a_session_from_the_node_serves_no_other_service(plus_rp: RelyingParty) -> None:
    """service-provider-side §8: it lacks the registry identity."""
    assert isinstance(plus_rp.walk("jurgen-weiss", "eidas", acr_values="eidas2"), Arrival)
    other = RelyingParty.register(plus_rp.site)
    page = RelyingParty(other.site, other.record, plus_rp.visitor).choice_page(acr_values="eidas2")
    assert "main-providers" in page.text
    other.forget()


def test_the_node_is_a_door_of_franceconnect_plus_alone(rp: RelyingParty, plus_rp: RelyingParty) -> None:
    assert "interaction-eidas-button" not in rp.choice_page().text
    page = plus_rp.choice_page().text
    assert page.index("main-providers") < page.index("interaction-eidas-button")
    assert f"idp-{UID}" not in page
    status, _ = plus_rp.site.api("PATCH", f"{plus_rp.site.place}/providers/{UID}", {"active": False})
    assert status == 200
    try:
        assert read_page(plus_rp.choice_page().text).form_with("interaction-eidas-button") is None
        plus_rp.site.api("PATCH", f"{plus_rp.site.place}/providers/{UID}", {"active": True, "display": False})
        assert "interaction-eidas-button" not in plus_rp.choice_page().text
    finally:
        plus_rp.site.api("PATCH", f"{plus_rp.site.place}/providers/{UID}", {"active": True, "display": True})
    hidden = plus_rp.change(idp_filter_exclude=True, idp_filter_list=[UID])
    assert "interaction-eidas-button" not in hidden.choice_page().text


def test_a_headless_login_reaches_the_person_by_their_country(plus_rp: RelyingParty) -> None:
    body = {"authorization_url": plus_rp.url(), "person": "jurgen-weiss", "provider": "eidas"}
    status, end = plus_rp.site.api("POST", "/logins", body)
    assert status == 200, end
    assert plus_rp.redeem(query_of(end["redirect_to"])["code"]).status == 200


def test_a_person_of_another_state_made_at_run_time_signs_in_by_their_country(
    plus_rp: RelyingParty, person: str
) -> None:
    """Nobody asks the registry, which holds nothing of them; the node shows them on their country's screen at once."""
    record = {
        "given_names": ["Lou"],
        "family_name": "WÉBER",
        "gender": "unspecified",
        "birthdate": "1979-02-03",
        "birthcountry": "99137",
        "registry": {"absent": True, "outcome": "not_found"},
        "accounts": {"eidas": {"login": f"LU/FR/{person}", "password": "-", "claims": {"birthplace": "Esch"}}},
    }
    assert plus_rp.site.api("PUT", f"/people/{person}", record)[0] == 201
    screen = press(plus_rp, at_the_node(plus_rp), "country-LU")
    assert f"quick-login-{person}" in screen.text
    claims = identity(plus_rp, plus_rp.travel(Traveller(person, UID, login=f"LU/FR/{person}"), scope=SCOPE))
    assert (claims["given_name"], claims["family_name"], claims["birthplace"]) == ("Lou", "WÉBER", "Esch")
    assert {"birthcountry", "email"}.isdisjoint(claims)
    assert plus_rp.site.api("DELETE", f"/people/{person}")[0] == 204
    assert "nobody-here" in press(plus_rp, at_the_node(plus_rp), "country-LU").text


def test_the_same_person_has_the_same_sub_and_no_account_of_a_french_one(plus_rp: RelyingParty) -> None:
    """service-provider-side §11: the hash is of the `sub` that the node sends, whatever the names."""
    party = RelyingParty(plus_rp.site, plus_rp.record)
    subs = {one.verified(tokens(one, one.walk("giulia-rossi", "eidas"))["id_token"])["sub"] for one in (plus_rp, party)}
    assert len(subs) == 1
    other = RelyingParty(plus_rp.site, plus_rp.record)
    assert other.verified(tokens(other, other.walk("jurgen-weiss", "eidas"))["id_token"])["sub"] not in subs
