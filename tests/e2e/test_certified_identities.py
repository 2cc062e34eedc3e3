"""Identities certified in person: France Identité on FranceConnect+ (inside-the-hub §6.1, §6.3, §8.3; §20 test 50)."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Response, Stopped, Traveller
from fcsim_hub.stack import Stack
from support.relying_party import RelyingParty, query_of
from support.walks import choose, code_of, form_of

NAME = "france-identite"
TITOUAN = "titouan-hoarau"
LEVELS = pytest.mark.parametrize("level", ["eidas2", "eidas3"])


def travel(rp: RelyingParty, person: str, way: str, level: str | None = None) -> Arrival | Stopped:
    """One login: in one click, or with the card placed on the phone."""
    seen = rp.site.traveller(person, NAME)
    traveller = seen if way == "one click" else Traveller("nobody", seen.provider_uid, seen.login, seen.password)
    return rp.travel(traveller, **({"acr_values": level} if level else {}))


WAYS = pytest.mark.parametrize("way", ["one click", "card"])


@WAYS
def test_p27_signs_in_to_franceconnect(rp: RelyingParty, way: str) -> None:
    end = travel(rp, TITOUAN, way)
    assert isinstance(end, Arrival), end
    assert rp.redeem(query_of(end.redirect_to)["code"]).status == 200


@LEVELS
@WAYS
def test_p27_is_refused_on_franceconnect_plus(plus_rp: RelyingParty, level: str, way: str) -> None:
    end = travel(plus_rp, TITOUAN, way, level)
    assert isinstance(end, Stopped), end
    assert (end.status, "not certified" in end.title, end.code) == (403, True, "")


def at_the_phone(rp: RelyingParty, level: str) -> tuple[Response, Response]:
    """Both screens once the card was placed and its code typed, from the choice page on."""
    visitor, account = rp.visitor, rp.site.person(TITOUAN).accounts[NAME]
    first = visitor.request("GET", choose(rp, visitor, NAME, acr_values=level))
    url = urljoin(rp.site.providers, form_of(first, "login-form").action)
    url = visitor.request("POST", url, form_of(first, "login-form").fields).location
    phone = re.search(r'href="([^"]*/phone/[^"]+)"', visitor.request("GET", url).text)
    assert phone is not None
    visitor.request("POST", f"{phone[1]}/card", {"card": account.login})
    visitor.request("POST", f"{phone[1]}/code", {"code": account.password})
    return visitor.request("GET", url), visitor.request("GET", phone[1])


@LEVELS
def test_p27_is_asked_then_told_after_the_card_and_comes_back_to_another_account(
    plus_rp: RelyingParty, level: str
) -> None:
    """The dialog of the choice page, the provider's page, the banner, then nobody signed in anywhere."""
    asked = read_page(plus_rp.choice_page(acr_values=level).text)
    assert any("certified" in text or "certifiée" in text for text in asked.texts.values())
    computer, phone = at_the_phone(plus_rp, level)
    assert (computer.status, 'data-reason="uncertified"' in computer.text) == (403, True)
    assert level in read_page(computer.text).texts["step-error"] or level in computer.text
    assert (phone.status, "never certified" in read_page(phone.text).texts["phone-ended"]) == (403, True)
    back = re.search(r'href="([^"]+)" data-testid="return-to-franceconnect"', computer.text)
    assert back is not None
    answer = plus_rp.visitor.request("GET", unescape(back[1]))
    flow = answer.location.rpartition("/")[2]
    answer = plus_rp.visitor.request("GET", answer.location)
    assert "France Identité" in read_page(answer.text).texts["interaction-error-message"]
    assert "IDP_CALLEDBACK_WITH_ERROR" in [event["event"] for event in plus_rp.site.events(flow)]
    end = RelyingParty(plus_rp.site, plus_rp.record).walk("angela-dubois", "laposte", acr_values="eidas2")
    assert isinstance(end, Arrival)


@pytest.mark.parametrize(("chosen", "code"), [("eidas1", "Y100001"), ("eidas3", ""), ("eidas4", "Y100001")])
def test_a_level_that_a_tester_chose_is_returned_without_certification(
    plus_rp: RelyingParty, chosen: str, code: str
) -> None:
    """As at the official mock (§18.1): another level than the one asked is the tester's, not the person's."""
    visitor = plus_rp.visitor
    page = visitor.request("GET", choose(plus_rp, visitor, NAME, acr_values="eidas2"))
    form = form_of(page, "login-form")
    answer = visitor.request(
        "POST", urljoin(plus_rp.site.providers, form.action), form.fields | {"person": TITOUAN, "acr": chosen}
    )
    assert "code" in query_of(answer.location)
    while answer.location:
        answer = visitor.request("GET", answer.location)
    if code:
        assert code_of(answer)[1] == code
    else:
        assert read_page(answer.text).form_with("consent-form")


@pytest.fixture
def made(plus_rp: RelyingParty, person: str) -> Iterator[str]:
    """A person with a card, not certified yet."""
    record: dict[str, Any] = {
        "given_names": ["Tom"],
        "family_name": f"CARD {''.join(chr(65 + int(digit, 16)) for digit in person[-8:])}",
        "gender": "male",
        "birthdate": "1990-01-01",
        "birthplace": "75101",
        "email": "tom.card@fcsim.test",
        "accounts": {NAME: {"login": f"T{person[-8:].upper()}", "password": "123456"}},
    }
    assert plus_rp.site.api("PUT", f"/people/{person}", record)[0] == 201
    return person


def test_certification_is_given_and_taken_by_the_control_api(plus_rp: RelyingParty, made: str) -> None:
    site = plus_rp.site

    def log_in() -> tuple[int, Any]:
        asked = {"authorization_url": plus_rp.url(acr_values="eidas3"), "person": made, "provider": NAME}
        return site.api("POST", "/logins", asked)  # type: ignore[no-any-return]

    status, problem = log_in()
    assert (status, problem["error"]["status"]) == (422, 403)
    assert site.api("PATCH", f"/people/{made}", {"cnie_certified": True})[1]["cnie_certified"] is True
    status, arrived = log_in()
    assert status == 200, arrived
    tokens = plus_rp.redeem(query_of(arrived["redirect_to"])["code"])
    assert plus_rp.verified(tokens.body["id_token"])["acr"] == "eidas3"
    site.api("PATCH", f"/people/{made}", {"cnie_certified": False})
    assert log_in()[0] == 422


def test_everyone_with_a_card_ends_as_their_file_declares(plus_rp: RelyingParty, stack: Stack) -> None:
    """The provider lets in exactly those whose file says so; what the registry says of them is another matter."""
    for name, (person, _) in stack.fixtures.people().items():
        account = person.accounts.get(NAME)
        if account is None or account.state != "active":
            continue
        party = RelyingParty(plus_rp.site, plus_rp.record)
        page = party.visitor.request("GET", choose(party, party.visitor, NAME, acr_values="eidas2"))
        form = form_of(page, "login-form")
        url = urljoin(plus_rp.site.providers, form.action)
        answer = party.visitor.request("POST", url, form.fields | {"person": name})
        assert ("code" in query_of(answer.location)) == person.cnie_certified, name


def test_the_personas_are_certified_as_the_sheet_says(stack: Stack) -> None:
    """inside-the-hub §8.3: P01 and P29 certified, P27 not."""
    found = {person.persona: person.cnie_certified for person, _ in stack.fixtures.people().values()}
    assert (found["P01"], found["P29"], found["P27"]) == (True, True, False)
