"""Levels and sessions of FranceConnect+, over HTTP (service-provider-side §6.4, §7.2, §8; inside-the-hub §10)."""

from typing import Any

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site

LEVELS = ["eidas1", "eidas2", "eidas3"]
EXPECTED = "acr_value is not valid, should be equal one of these values, expected {expected}, got {got}"

SENT: list[tuple[str, str, str]] = [
    # acr_values, FranceConnect, FranceConnect+; what is no level of the platform is refused
    ("eidas1", "eidas1", "refused eidas1"),
    ("eidas2", "refused eidas2", "eidas2"),
    ("eidas3", "refused eidas3", "eidas3"),
    ("eidas2 eidas3", "refused eidas2", "eidas2"),
    ("eidas3 eidas2", "refused eidas2", "eidas2"),
    ("eidas1 eidas2 eidas3", "eidas1", "refused eidas1"),
    ("eidas2 eidas1", "eidas1", "refused eidas1"),
    ("inconnu", "eidas1", "eidas3"),
    ("eidas2 inconnu", "refused eidas2", "eidas2"),
    ("inconnu eidas3", "refused eidas3", "eidas3"),
    ("", "eidas1", "eidas3"),
]


def travel(party: RelyingParty, rogue: Rogue, **changes: str) -> Arrival | Stopped:
    return party.travel(Traveller("nobody", rogue.uid), **changes)


def acr_of(party: RelyingParty, end: Arrival | Stopped) -> str:
    assert isinstance(end, Arrival), end
    return str(party.verified(party.redeem(query_of(end.redirect_to)["code"]).body["id_token"])["acr"])


@pytest.mark.parametrize("platform", ["franceconnect", "franceconnect-plus"])
@pytest.mark.parametrize(("sent", "low", "high"), SENT)
def test_the_level_asked_on_each_platform(site: Site, platform: str, sent: str, low: str, high: str) -> None:
    there, outcome = (site, low) if platform == "franceconnect" else (site.plus, high)
    rogue = Rogue(levels=tuple(LEVELS), acr=outcome.removeprefix("refused "))
    with registered(rogue, there):
        party = RelyingParty.register(there)
        end = travel(party, rogue, acr_values=sent, state="s" * 32)
        if not outcome.startswith("refused"):
            assert rogue.requests[-1]["acr_values"] == outcome
            assert acr_of(party, end) == outcome
            return
        assert isinstance(end, Arrival)
        assert [(step.method, step.status) for step in end.steps] == [("GET", 303)] * 3
        answer = query_of(end.redirect_to)
        served = ",".join(there.platform.levels)
        assert answer == {
            "error": "invalid_acr",
            "error_description": EXPECTED.format(expected=served, got=outcome.removeprefix("refused ")),
            "state": "s" * 32,
            "iss": there.issuer,
        }
        assert not rogue.requests


def test_an_absent_acr_values_is_y030007(plus_rp: RelyingParty) -> None:
    answer = plus_rp.authorize(acr_values=None)
    assert (answer.status, b"Y030007" in answer.data) == (400, True)


ANSWERED: list[tuple[str, Any, list[str], str]] = [
    ("eidas2", "eidas2", ["eidas2", "eidas3"], "eidas2"),
    ("eidas2", "eidas3", ["eidas2", "eidas3"], "eidas3"),
    ("eidas3", "eidas2", ["eidas2", "eidas3"], "500 Y100001"),
    ("eidas3", "eidas3", ["eidas3"], "eidas3"),
    ("eidas2", "eidas1", ["eidas1", "eidas2"], "500 Y100001"),
    ("eidas2", "eidas3", ["eidas2"], "400 Y100018"),
    ("eidas2", "eidas4", ["eidas2"], "500 Y100001"),
    ("eidas2", "loa2", ["eidas2"], "500 Y100001"),
    ("eidas2", None, ["eidas2"], "500 Y020030"),
    ("eidas2", "", ["eidas2"], "500 Y020030"),
    ("eidas2", "eidas-2", ["eidas2"], "500 Y020030"),
    ("eidas2", 2, ["eidas2"], "500 Y020030"),
]


@pytest.mark.parametrize(("asked", "answered", "allowed", "expected"), ANSWERED)
def test_the_level_that_a_provider_answers(
    plus_rp: RelyingParty, plus_rogue: Rogue, asked: str, answered: Any, allowed: list[str], expected: str
) -> None:
    plus_rogue.register(plus_rp.site, allowed_acr=allowed)
    plus_rogue.id_token = lambda claims: claims.update(acr=answered) if answered is not None else claims.pop("acr")
    end = travel(plus_rp, plus_rogue, acr_values=asked)
    if isinstance(end, Stopped):
        assert f"{end.status} {end.code}" == expected
    else:
        assert acr_of(plus_rp, end) == expected


@pytest.mark.parametrize(
    ("asked", "allowed", "sent"),
    [
        ("eidas2", ["eidas2", "eidas3"], "eidas2"),
        ("eidas3", ["eidas2", "eidas3"], "eidas3"),
        ("eidas2", ["eidas3"], "eidas3"),
    ],
)
def test_the_level_and_scope_asked_of_a_provider(
    plus_rp: RelyingParty, plus_rogue: Rogue, asked: str, allowed: list[str], sent: str
) -> None:
    plus_rogue.register(plus_rp.site, allowed_acr=allowed)
    plus_rogue.acr = sent
    assert acr_of(plus_rp, travel(plus_rp, plus_rogue, acr_values=asked)) == sent
    request = plus_rogue.requests[-1]
    assert (request["acr_values"], request["prompt"]) == (sent, "login")
    assert request["scope"] == "openid profile email preferred_username birthplace birthcountry"


@pytest.mark.parametrize(("asked", "usable"), [("eidas2", True), ("eidas3", False)])
def test_a_provider_below_the_level_is_greyed(
    plus_rp: RelyingParty, plus_rogue: Rogue, asked: str, usable: bool
) -> None:
    plus_rogue.register(plus_rp.site, allowed_acr=["eidas2"])
    page = plus_rp.choice_page(acr_values=asked)
    assert "Rogue" in page.text
    assert (read_page(page.text).form_with(f"idp-{plus_rogue.uid}") is not None) == usable


def test_a_provider_of_franceconnect_alone_is_unknown_here(plus_rp: RelyingParty, plus_rogue: Rogue) -> None:
    page, uid = plus_rp.choice_page(), plus_rp.site.on("franceconnect").uid("impots")
    assert uid not in page.text
    form = read_page(page.text).form_with(f"idp-{plus_rogue.uid}")
    assert form is not None
    answer = plus_rp.visitor.request("POST", plus_rp.site.hub + form.action, form.fields | {"providerUid": uid})
    assert (answer.status, "Y020019" in answer.text) == (500, True)


def test_h148_no_field_of_the_browser_raises_the_level(plus_rp: RelyingParty, plus_rogue: Rogue) -> None:
    page = read_page(plus_rp.choice_page(acr_values="eidas2").text).form_with(f"idp-{plus_rogue.uid}")
    assert page is not None
    assert set(page.fields) == {"providerUid", "csrfToken"}
    forged = page.fields | {"acr": "eidas3", "acr_values": "eidas3"}
    there = plus_rp.visitor.request("POST", plus_rp.site.hub + page.action, forged).location
    assert query_of(there)["acr_values"] == "eidas2"
    back = plus_rp.visitor.request("GET", there).location
    answer = plus_rp.visitor.request("GET", f"{back}&acr=eidas3&acr_values=eidas3")
    while answer.location and not answer.location.startswith("https://rp.test"):
        answer = plus_rp.visitor.request("GET", answer.location)
    consent = read_page(answer.text).form_with("consent-form")
    assert consent is not None
    answer = plus_rp.visitor.request("POST", plus_rp.site.hub + consent.action, consent.fields | {"acr": "eidas3"})
    end = plus_rp.visitor.request("GET", answer.location)
    tokens = plus_rp.redeem(query_of(end.location)["code"])
    assert plus_rp.verified(tokens.body["id_token"])["acr"] == "eidas2"
