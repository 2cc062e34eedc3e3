"""Single sign-on, sessions and cookies of FranceConnect+ (service-provider-side §7.2, §8; inside-the-hub §15.3)."""

from typing import Any

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller, Visitor
from support.clock import MovableClock
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import Site


def travel(party: RelyingParty, rogue: Rogue, **changes: str) -> Arrival | Stopped:
    return party.travel(Traveller("nobody", rogue.uid), **changes)


def acr_of(party: RelyingParty, end: Arrival | Stopped) -> str:
    assert isinstance(end, Arrival), end
    return str(party.verified(party.redeem(query_of(end.redirect_to)["code"]).body["id_token"])["acr"])


def second(party: RelyingParty) -> RelyingParty:
    """Another service in the same browser."""
    return RelyingParty(party.site, RelyingParty.register(party.site).record, party.visitor)


SIGN_ON: list[tuple[str, str, str, bool, str]] = [
    # first asked, provider answered, then asked; single sign-on; acr of the second
    ("eidas2", "eidas2", "eidas2", True, "eidas2"),
    ("eidas2", "eidas3", "eidas2", True, "eidas2"),
    ("eidas3", "eidas3", "eidas2", True, "eidas2"),
    ("eidas3", "eidas3", "eidas3", False, "eidas3"),
    ("eidas2", "eidas3", "eidas3", False, "eidas3"),
]


@pytest.mark.parametrize(("first", "answered", "then", "sso", "acr"), SIGN_ON)
def test_h163_single_sign_on_serves_eidas2_alone(
    plus_rp: RelyingParty, plus_rogue: Rogue, first: str, answered: str, then: str, sso: bool, acr: str
) -> None:
    plus_rogue.acr = answered
    end = travel(plus_rp, plus_rogue, acr_values=first)
    assert acr_of(plus_rp, end) == answered
    other = second(plus_rp)
    end = travel(other, plus_rogue, acr_values=then)
    assert len(plus_rogue.requests) == (1 if sso else 2)
    names = [event["event"] for event in other.site.events(end.flow_id)]
    assert ("FC_SSO_INITIATED" in names) == sso
    assert ("FC_SHOWED_IDP_CHOICE" in names) == (not sso)
    assert ("FC_REQUESTED_RNIPP" in names) == (not sso)
    assert "FC_SHOWED_CONSENT" in names
    assert acr_of(other, end) == acr


def test_an_sso_login_serves_a_third_service_and_keeps_the_browsing_session(
    plus_rp: RelyingParty, plus_rogue: Rogue
) -> None:
    plus_rogue.acr = "eidas3"
    travel(plus_rp, plus_rogue, acr_values="eidas3")
    ends = [travel(second(plus_rp), plus_rogue) for _ in range(2)]
    assert len(plus_rogue.requests) == 1
    browsing = {event["browsingSessionId"] for end in ends for event in plus_rp.site.events(end.flow_id)}
    assert len(browsing) == 1


def test_a_provider_excluded_by_the_second_service_ends_single_sign_on(
    plus_rp: RelyingParty, plus_rogue: Rogue
) -> None:
    travel(plus_rp, plus_rogue)
    other = second(plus_rp).change(idp_filter_list=[plus_rogue.uid])
    other = RelyingParty(other.site, other.record, plus_rp.visitor)
    end = travel(other, plus_rogue)
    assert isinstance(end, Stopped)  # the choice page, where that provider does not show
    names = [event["event"] for event in other.site.events(end.flow_id)]
    assert "FC_IDP_BLACKLISTED" in names
    assert len(plus_rogue.requests) == 1


def session_cookies(headers: Any) -> str:
    return next(one for one in headers.getlist("Set-Cookie") if one.startswith("fc_plus_session_id="))


def test_h151_cookies_of_the_platform_live_as_long_as_the_browser(plus_rp: RelyingParty) -> None:
    cookie = session_cookies(plus_rp.authorize().headers)
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_h154_a_session_ends_ten_minutes_after_authorize_whatever_was_done(
    plus_rp: RelyingParty, clock: MovableClock
) -> None:
    start = plus_rp.visitor.request("GET", plus_rp.url()).location
    for seconds, status in ((290, 200), (290, 200), (21, 401)):
        clock.advance(seconds)
        assert plus_rp.visitor.request("GET", start).status == status


def test_h154_the_login_renews_the_session(plus_rp: RelyingParty, plus_rogue: Rogue, clock: MovableClock) -> None:
    url = plus_rp.visitor.request("GET", plus_rp.url()).location
    form = read_page(plus_rp.visitor.request("GET", url).text).form_with(f"idp-{plus_rogue.uid}")
    assert form is not None
    answer = plus_rp.visitor.request("POST", plus_rp.site.hub + form.action, form.fields)
    clock.advance(550)
    while answer.location:
        answer = plus_rp.visitor.request("GET", answer.location)
    consent = read_page(answer.text).form_with("consent-form")
    assert consent is not None
    answer = plus_rp.visitor.request("POST", plus_rp.site.hub + consent.action, consent.fields)
    plus_rp.visitor.request("GET", answer.location)
    clock.advance(590)  # 1140 s after authorize, 590 s after the login
    travel(second(plus_rp), plus_rogue)
    assert len(plus_rogue.requests) == 1


def test_h154_ten_minutes_after_the_login_single_sign_on_is_over(
    plus_rp: RelyingParty, plus_rogue: Rogue, clock: MovableClock
) -> None:
    travel(plus_rp, plus_rogue)
    clock.advance(601)
    travel(second(plus_rp), plus_rogue)
    assert len(plus_rogue.requests) == 2


def test_h154_single_sign_on_begun_again_does_not_last_longer(
    plus_rp: RelyingParty, plus_rogue: Rogue, clock: MovableClock
) -> None:
    travel(plus_rp, plus_rogue)
    clock.advance(500)
    other = second(plus_rp)
    started = plus_rp.visitor.request("GET", other.url()).location
    assert plus_rp.visitor.request("GET", started).location.endswith("/verify")
    clock.advance(101)  # the session of that authorize lives; the login is more than ten minutes old
    travel(other, plus_rogue)
    assert len(plus_rogue.requests) == 2


def test_the_two_platforms_share_a_browser_and_nothing_else(site: Site, rp: RelyingParty, plus_rogue: Rogue) -> None:
    """On one host name, with cookies that ignore ports: sessions, accounts, keys and subs stay apart."""
    visitor = Visitor()
    low = RelyingParty(site, rp.record, visitor)
    high = RelyingParty(site.plus, RelyingParty.register(site.plus, entity_id=rp.record["entity_id"]).record, visitor)
    first = low.verified(low.redeem(low.log_in()).body["id_token"])
    end = travel(high, plus_rogue)
    assert len(plus_rogue.requests) == 1  # no single sign-on from the other platform
    assert isinstance(end, Arrival)
    tokens = high.redeem(query_of(end.redirect_to)["code"])
    second_one = high.verified(tokens.body["id_token"])
    assert isinstance(low.walk(), Arrival)  # the first platform's session outlived it
    names = set(visitor.cookies["localhost"])
    assert {"fc_session_id", "_session", "fc_plus_session_id", "_plus_session"} <= names
    assert (first["iss"], second_one["iss"]) == (site.issuer, site.plus.issuer)
    assert first["sub"] == second_one["sub"]  # same person, organisation and secret: the formula alone decides
    assert low.userinfo(tokens.access_token).status == 401
    accounts = [site.api("GET", f"{there.place}/accounts/angela-dubois") for there in (site, site.plus)]
    assert [status for status, _ in accounts] == [200, 200]
    assert accounts[0][1]["id"] != accounts[1][1]["id"]


def test_a_client_of_one_platform_is_unknown_to_the_other(site: Site, rp: RelyingParty, plus_rp: RelyingParty) -> None:
    for party, elsewhere in ((rp, site.plus), (plus_rp, site)):
        there = RelyingParty(elsewhere, party.record)
        answer = there.authorize()
        assert (answer.status, b"Y04EA6EF" in answer.data) == (400, True)
        tokens = there.redeem("x")
        assert (tokens.status, query_of(tokens.body["error_uri"])["code"]) == (401, "Y0479FCE")
