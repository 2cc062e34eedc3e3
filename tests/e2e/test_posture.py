"""Posture `standard`: unlisted parameters ignored, PKCE S256 honoured, addresses byte for byte, userinfo by POST."""

import base64
import hashlib
import secrets

import pytest

from support.relying_party import RelyingParty, query_of
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
    assert query_of(lax.authorize(**changes).headers["Location"])["error"] == "invalid_request"


def test_h034_addresses_are_compared_byte_for_byte(lax: RelyingParty) -> None:
    assert "Y04C013C" in lax.authorize(redirect_uri="https://RP.test/callback").data.decode()


def test_h079_userinfo_by_post_works(lax: RelyingParty) -> None:
    token = lax.redeem(lax.log_in()).access_token
    answer = call("POST", f"{lax.site.issuer}/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200


def test_what_franceconnect_demands_stays_demanded(lax: RelyingParty) -> None:
    for missing in ("nonce", "state", "acr_values"):
        assert lax.authorize(**{missing: None}).status == 400
