"""Logout, from the service to the provider and back (service-provider-side §12)."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Traveller
from support.clock import MovableClock
from support.logout import end_url, follow
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.walks import code_of


def logged_in(rp: RelyingParty) -> str:
    return str(rp.redeem(rp.log_in()).body["id_token"])


def test_h101_a_logout_ends_at_the_service_with_its_state_after_the_providers(rp: RelyingParty) -> None:
    tokens = rp.redeem(rp.log_in())
    hint = str(tokens.body["id_token"])
    url = end_url(rp, hint, post_logout_redirect_uri="https://rp.test/bye", state="my state")
    end = follow(rp, rp.visitor.request("GET", url))
    assert (end.status, end.location) == (303, "https://rp.test/bye?state=my+state")
    assert any("/impots/session/end" in step.url for step in rp.visitor.steps)
    assert "fc_session_id" not in rp.visitor.cookies["localhost"]
    assert rp.userinfo(tokens.access_token).status == 401
    _, events = rp.site.api("GET", "/events?limit=50")
    told = [one for one in events if one["spId"] == rp.client_id][-3:]
    assert [one["event"] for one in told] == [
        *("SP_REQUESTED_LOGOUT", "FC_REQUESTED_LOGOUT_FROM_IDP", "FC_SESSION_TERMINATED")
    ]
    for one in told:
        assert (one["spName"], one["spType"], one["idpName"]) == (rp.record["name"], "public", "impots")
        assert one["accountId"]
        assert one["browsingSessionId"]


def test_h113_after_logout_the_next_authorize_shows_the_choice(rp: RelyingParty) -> None:
    hint = logged_in(rp)
    follow(rp, rp.visitor.request("GET", end_url(rp, hint)))
    page = rp.visitor.request("GET", rp.visitor.request("GET", rp.url()).location)
    assert 'data-testid="main-providers"' in page.text


def test_h107_without_an_address_the_hub_says_it_is_done(rp: RelyingParty) -> None:
    end = follow(rp, rp.visitor.request("GET", end_url(rp, logged_in(rp))))
    assert 'data-testid="logged-out-title"' in end.text


def test_h104_an_expired_hint_is_accepted(rp: RelyingParty, clock: MovableClock) -> None:
    hint = logged_in(rp)
    clock.advance(600)
    end = follow(rp, rp.visitor.request("GET", end_url(rp, hint, post_logout_redirect_uri="https://rp.test/bye")))
    assert end.location == "https://rp.test/bye"


def test_a_provider_without_logout_is_left_out_of_the_chain(rp: RelyingParty) -> None:
    rogue = Rogue(uid="rogue-without-logout")
    served = rogue.serve()
    rogue.register(rp.site)
    try:
        end = rp.travel(Traveller("nobody", rogue.uid))
        hint = str(rp.redeem(query_of(end.redirect_to)["code"]).body["id_token"])
        answer = rp.visitor.request("GET", end_url(rp, hint, post_logout_redirect_uri="https://rp.test/bye"))
        form = read_page(answer.text).form_with("logout-form")
        assert form is not None
        assert (form.method, form.action) == ("get", f"{rp.site.issuer}/client/logout-callback")
        assert follow(rp, answer).location == "https://rp.test/bye"
    finally:
        rogue.forget(rp.site)
        served.stop()


@pytest.mark.parametrize("more", [{"foo": "1"}, {"id_token_hint": ""}])
def test_h102_h114_a_missing_hint_or_an_unlisted_parameter(rp: RelyingParty, more: dict[str, str]) -> None:
    hint = logged_in(rp)
    answer = rp.visitor.request("GET", end_url(rp, None if "id_token_hint" in more else hint, **more))
    assert code_of(answer) == (400, "Y000400")


def test_a_refused_logout_speaks_of_signing_out(rp: RelyingParty) -> None:
    """Not of a sign-in that the citizen never asked for."""
    answer = rp.visitor.request("GET", end_url(rp, "x"))
    assert read_page(answer.text).texts["error-section-title"] == "You could not be signed out"


def test_h103_h105_h106_hints_and_addresses_that_are_refused(rp: RelyingParty) -> None:
    hint = logged_in(rp)
    head, body, signature = hint.split(".")
    forged = jws.serialize_compact(
        {"alg": "ES256"},
        json.dumps({"aud": rp.client_id, "iss": rp.site.issuer, "exp": time.time()}),
        ECKey.generate_key("P-256"),
        algorithms=["ES256"],
    )
    other_issuer = jws.serialize_compact(
        {"alg": "ES256"}, json.dumps({"aud": "nobody"}), ECKey.generate_key("P-256"), algorithms=["ES256"]
    )
    cases = {
        "garbage": ("x", {}, "Y04FEDB9"),
        "encrypted": ("a.b.c.d.e", {}, "Y04FEDB9"),
        "not an object": (f"{head}.MQ.{signature}", {}, "Y04FEDB9"),
        "huge": ("a" * 30_000 + ".b.c", {}, "Y04FEDB9"),
        "other client_id": (hint, {"client_id": "other"}, "Y0467882"),
        "unknown audience": (other_issuer, {}, "Y0429C91"),
        "bad signature": (f"{head}.{body}.{signature[:-4]}AAAA", {}, "Y045AFAE"),
        "foreign key": (forged, {}, "Y045AFAE"),
        "unregistered": (hint, {"post_logout_redirect_uri": "https://rp.test/bye/"}, "Y04CFAEF"),
        "script": (hint, {"post_logout_redirect_uri": "javascript:alert(1)"}, "Y000400"),
        "no scheme": (hint, {"post_logout_redirect_uri": "//rp.test/bye"}, "Y000400"),
        "relative": (hint, {"post_logout_redirect_uri": "/bye"}, "Y000400"),
        "empty": (hint, {"post_logout_redirect_uri": ""}, "Y000400"),
        "no port": (hint, {"post_logout_redirect_uri": "https://rp.test:port/bye"}, "Y000400"),
        "no URL and no hint": ("x", {"post_logout_redirect_uri": "bye"}, "Y000400"),
    }
    for name, (sent, more, code) in cases.items():
        answer = rp.visitor.request("GET", end_url(rp, sent, **more))
        assert code_of(answer) == (400, code), name
    assert follow(rp, rp.visitor.request("GET", end_url(rp, hint))).status == 200


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("http://localhost:3000/bye", "Y000400"),
        ("https://intranet/bye", "Y000400"),
        ("http://rp.test/bye", "Y000400"),
        ("https://rp.test/bye/", "Y04CFAEF"),
    ],
)
def test_where_localhost_is_not_allowed_the_address_is_public_and_https(
    rp: RelyingParty, platform: Callable[..., Any], uri: str, code: str
) -> None:
    """§12.1: as a redirect_uri."""
    hint = logged_in(rp)
    platform(allow_localhost=False)
    assert code_of(rp.visitor.request("GET", end_url(rp, hint, post_logout_redirect_uri=uri))) == (400, code)
    assert follow(rp, rp.visitor.request("GET", end_url(rp, hint, post_logout_redirect_uri="https://rp.test/bye")))


def test_the_hint_is_verified_with_the_algorithm_the_client_has_now(rp: RelyingParty) -> None:
    hint = logged_in(rp)
    rp.change(id_token_signed_response_alg="RS256")
    assert code_of(rp.visitor.request("GET", end_url(rp, hint))) == (400, "Y045AFAE")


def test_logout_from_a_browser_without_login_or_whose_session_expired(rp: RelyingParty, clock: MovableClock) -> None:
    hint = logged_in(rp)
    stranger = RelyingParty(rp.site, rp.record)
    assert code_of(stranger.visitor.request("GET", end_url(rp, hint))) == (400, "Y100019")
    clock.advance(1801)
    assert code_of(rp.visitor.request("GET", end_url(rp, hint))) == (401, "Y190001")


def test_h109_confirm_needs_its_own_xsrf_value(rp: RelyingParty) -> None:
    hint = logged_in(rp)
    assert code_of(rp.visitor.request("POST", f"{rp.site.issuer}/session/end/confirm", {"xsrf": "x"})) == (
        400,
        "Y047B9D9",
    )
    rp.visitor.request("GET", end_url(rp, hint))
    assert code_of(rp.visitor.request("POST", f"{rp.site.issuer}/session/end/confirm", {"xsrf": "x"})) == (
        400,
        "Y04976CE",
    )


def test_h110_the_logout_callback_called_directly_ends_nothing(rp: RelyingParty) -> None:
    logged_in(rp)
    assert code_of(rp.visitor.request("GET", f"{rp.site.issuer}/client/logout-callback?state=x")) == (400, "Y047B9D9")
    end = rp.walk()
    assert not any(rp.site.providers in step.url for step in end.steps)
    assert query_of(end.redirect_to)["code"]
