"""Posture `standard`: unlisted parameters ignored, PKCE S256 honoured, addresses byte for byte, no token in a query,
userinfo and logout by POST."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from fcsim_hub.gateways.visitor import Visitor
from support.key_server import KeyServer
from support.relying_party import FORM, RelyingParty, query_of
from support.site import call

VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.fixture
def lax(rp: RelyingParty) -> RelyingParty:
    return rp.change(posture="standard")


def test_unlisted_parameters_are_ignored(lax: RelyingParty) -> None:
    assert lax.redeem(lax.log_in(foo="1", login_hint="x", max_age="0")).status == 200


def test_h054_pkce_is_honoured_and_then_enforced(lax: RelyingParty) -> None:
    assert lax.redeem(lax.log_in(**PKCE), code_verifier=VERIFIER).status == 200
    for verifier in (None, "", "v" * 42, "v" * 129, "é" * 43, "v" * 43):
        fresh = RelyingParty(lax.site, lax.record)
        tokens = fresh.redeem(fresh.log_in(**PKCE), code_verifier=verifier)
        assert (tokens.status, tokens.body["error"]) == (400, "invalid_grant"), verifier


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": CHALLENGE},
        {"code_challenge": CHALLENGE, "code_challenge_method": "plain"},
        {"code_challenge": "short", "code_challenge_method": "S256"},
        {"code_challenge_method": "S256"},
    ],
)
def test_h054_any_other_challenge_is_an_invalid_request(lax: RelyingParty, changes: dict[str, str]) -> None:
    told = query_of(lax.authorize(**changes).headers["Location"])
    wrong = "code_challenge " if changes.get("code_challenge_method") == "S256" else "not supported value of code_cha"
    assert (told["error"], told["error_description"].startswith(wrong)) == ("invalid_request", True)


def request_object(rp: RelyingParty, **header: str) -> str:
    inside = rp.parameters(redirect_uri="https://evil.test/cb", client_id="another", iss=rp.client_id, aud="nobody")
    parts = (json.dumps(part).encode() for part in ({"alg": "none", **header}, {**inside, "exp": 1}))
    return ".".join((*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), "c2lnbmF0dXJl"))


@pytest.mark.parametrize("header", [{}, {"alg": "ES256", "kid": "unknown"}, {"alg": "HS256"}], ids=str)
@pytest.mark.parametrize("where", ["https://rp.test/callback", "https://evil.test/cb"])
def test_h024_a_request_object_is_refused_unread_and_its_address_never_answered(
    lax: RelyingParty, header: dict[str, str], where: str
) -> None:
    answer = lax.authorize(redirect_uri=where, request=request_object(lax, **header))
    if where != lax.redirect_uri:
        assert (answer.status, b"Y04C013C" in answer.data, "Location" in answer.headers) == (400, True, False)
        return
    told = query_of(answer.headers["Location"])
    assert answer.headers["Location"].startswith("https://rp.test/callback?")
    assert (told["error"], told["error_description"]) == (
        "request_not_supported",
        "request parameter provided but not supported",
    )


def test_h024_h025_the_address_of_a_request_object_is_refused_unfetched(lax: RelyingParty, own_keys: KeyServer) -> None:
    told = query_of(lax.authorize(request_uri=own_keys.jwks_uri).headers["Location"])
    assert told["error"] == "request_uri_not_supported"
    assert own_keys.jwks_calls == 0


def test_h034_addresses_are_compared_byte_for_byte(lax: RelyingParty) -> None:
    assert "Y04C013C" in lax.authorize(redirect_uri="https://RP.test/callback").data.decode()


def test_h079_userinfo_by_post_works(lax: RelyingParty) -> None:
    token = lax.redeem(lax.log_in()).access_token
    answer = call("POST", f"{lax.site.issuer}/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200


def test_what_franceconnect_demands_stays_demanded(lax: RelyingParty) -> None:
    for missing in ("nonce", "state", "acr_values"):
        assert lax.authorize(**{missing: None}).status == 400


def test_h079_a_token_is_read_from_the_header_and_from_a_posted_body_and_from_no_query(lax: RelyingParty) -> None:
    token = lax.redeem(lax.log_in()).access_token
    url = f"{lax.site.issuer}/userinfo"
    assert call("POST", url, body=f"access_token={token}", headers=FORM).status == 200
    for answer in (call("GET", f"{url}?access_token={token}"), call("POST", f"{url}?access_token={token}")):
        assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
        assert answer.json()["error_description"].startswith("access token must not be provided in the query")
        assert 'error="invalid_request"' in answer.headers["WWW-Authenticate"]
    assert lax.userinfo(token).status == 200


def test_the_posture_of_a_platform_is_the_one_of_its_clients_unless_they_say_otherwise(
    rp: RelyingParty, platform: Callable[..., Any]
) -> None:
    platform(posture="standard")
    assert rp.authorize(foo="1").status == 303
    assert rp.change(posture="faithful").authorize(foo="1").status == 400


def logout_form(rp: RelyingParty, **more: str) -> dict[str, str]:
    hint = str(rp.redeem(rp.log_in()).body["id_token"])
    return {"id_token_hint": hint, "post_logout_redirect_uri": "https://rp.test/bye", "state": "é&="} | more


def test_h114_logout_by_post_works_and_goes_on_as_a_get(lax: RelyingParty) -> None:
    form = logout_form(lax, foo="1")
    answer = lax.visitor.request("POST", f"{lax.site.issuer}/session/end", form)
    assert answer.status == 303
    assert query_of(answer.location) == form
    page = lax.visitor.request("GET", answer.location)
    assert 'data-testid="logout-form"' in page.text


def test_h114_logout_by_post_is_not_routed_in_faithful_posture(rp: RelyingParty) -> None:
    answer = rp.visitor.request("POST", f"{rp.site.issuer}/session/end", logout_form(rp))
    assert (answer.status, "Y000404" in answer.text) == (404, True)


def test_h108_without_a_session_the_citizen_still_ends_at_the_service(lax: RelyingParty) -> None:
    form = logout_form(lax)
    url = f"{lax.site.issuer}/session/end?{urlencode(form)}"
    stranger = Visitor()
    assert stranger.request("GET", url).location == "https://rp.test/bye?state=%C3%A9%26%3D"
    form.pop("post_logout_redirect_uri")
    end = stranger.request("GET", f"{lax.site.issuer}/session/end?{urlencode(form)}")
    assert end.location.startswith(f"{lax.site.issuer}/session/end/success?")


@pytest.mark.parametrize(("posture", "status"), [("standard", 400), ("faithful", 200)])
def test_h112_the_hint_of_one_person_does_not_log_another_one_out(rp: RelyingParty, posture: str, status: int) -> None:
    party = rp.change(posture=posture)
    somebody = RelyingParty(party.site, party.record)
    hint = str(somebody.redeem(somebody.log_in("claire-moreau", "ameli")).body["id_token"])
    party.log_in()
    answer = party.visitor.request("GET", f"{party.site.issuer}/session/end?{urlencode({'id_token_hint': hint})}")
    assert answer.status == status
    stays = [step.url for step in party.walk().steps if step.url.startswith(party.site.providers)] == []
    assert stays or posture == "faithful"
