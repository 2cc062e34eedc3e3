"""private_key_jwt at /token and /token/revocation, on both platforms (service-provider-side §15.4; H069–H073)."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from jwcrypto import jwk

from support.clock import MovableClock
from support.key_server import make_key, public
from support.platforms import BOTH
from support.relying_party import FORM, RelyingParty, Tokens, query_of
from support.site import Site, call

KEY = make_key("ES256", use="sig")
RSA = make_key("RS256", use="sig")
NOW = int(time.time())
UNKNOWN = "never-issued"
AUTHENTICATED = (400, "Y049E20B")
"""What an unknown code is told, once the client is known: the assertion was accepted."""


@pytest.fixture(params=BOTH)
def party(request: pytest.FixtureRequest, site: Site) -> Iterator[RelyingParty]:
    there = site if request.param == "franceconnect" else site.plus
    party = RelyingParty.register(there, jwks=public(KEY))
    yield party
    party.forget()


def verdict(tokens: Tokens) -> tuple[int, str]:
    assert set(tokens.body) == {"error", "error_description", "error_uri"}
    return tokens.status, query_of(tokens.body["error_uri"])["code"]


def told(tokens: Tokens) -> str:
    return str(tokens.body["error_description"])


def test_h069_a_right_assertion_authenticates_on_both_platforms(party: RelyingParty) -> None:
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY))) == AUTHENTICATED
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY), client_id=None)) == AUTHENTICATED


def test_h069_a_whole_login_ends_with_an_assertion(rp: RelyingParty) -> None:
    party = rp.change(jwks=public(KEY), token_endpoint_auth_method="private_key_jwt")
    tokens = party.redeem(party.log_in(), **party.assertion(KEY))
    assert tokens.status == 200
    body = {"token": tokens.access_token, **party.assertion(KEY)}
    form = urlencode({name: value for name, value in body.items() if value is not None})
    assert call("POST", f"{party.site.issuer}/token/revocation", body=form, headers=FORM).status == 200
    assert party.userinfo(tokens.access_token).status == 401


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"exp": None}, "Y0480889", "expiration must be specified in the client_assertion JWT"),
    ({"exp": NOW - 300}, "Y0480889", "jwt expired"),
    ({"exp": "soon"}, "Y0480889", "invalid exp value"),
    ({"exp": True}, "Y0480889", "invalid exp value"),
    *(({"exp": exp}, "Y0480889", "invalid exp value") for exp in (float("inf"), float("nan"), 10**400, -(10**400))),
    ({"jti": None}, "Y04C5ACB", "unique jti (JWT ID) must be provided in the client_assertion JWT"),
    ({"jti": ""}, "Y04C5ACB", "unique jti (JWT ID) must be provided in the client_assertion JWT"),
    ({"jti": "\ud800"}, "Y04C5ACB", "unique jti (JWT ID) must be provided in the client_assertion JWT"),
    ({"jti": {"a": 1}}, "Y04C5ACB", "unique jti (JWT ID) must be provided in the client_assertion JWT"),
    ({"iss": None}, "Y0421A2A", "iss (JWT issuer) must be the client_id"),
    ({"iss": "other"}, "Y0421A2A", "iss (JWT issuer) must be the client_id"),
    ({"aud": None}, "Y045642B", "aud (JWT audience) must be provided in the client_assertion JWT"),
    ({"aud": []}, "Y045642B", "aud (JWT audience) must be provided in the client_assertion JWT"),
    (
        {"aud": "https://evil.test"},
        "Y04C17F5",
        "audience (aud) must equal the issuer identifier or token endpoint url",
    ),
    (
        {"aud": ["https://evil.test", 1]},
        "Y04C17F5",
        "audience (aud) must equal the issuer identifier or token endpoint url",
    ),
    ({"iat": NOW + 3600}, "Y040001", "jwt not active yet"),
    ({"nbf": NOW + 3600}, "Y040001", "jwt not active yet"),
    ({"nbf": "x"}, "Y040001", "invalid nbf value"),
    ({"sub": None}, "Y040001", "sub (JWT subject) must be provided in the client_assertion JWT"),
    ({"sub": "\ud800"}, "Y040001", "sub (JWT subject) must be provided in the client_assertion JWT"),
    ({"sub": 1}, "Y040001", "sub (JWT subject) must be provided in the client_assertion JWT"),
]


@pytest.mark.parametrize(("claims", "code", "reason"), REFUSED)
def test_h069_h070_h071_an_assertion_that_is_not_for_now_and_here(
    party: RelyingParty, claims: dict[str, Any], code: str, reason: str
) -> None:
    tokens = party.redeem(UNKNOWN, **party.assertion(KEY, **claims))
    assert verdict(tokens) == (401, code)
    assert told(tokens) == f"client authentication failed ({reason})"


@pytest.mark.parametrize("seconds", [8, -60])
@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_h070_a_clock_eight_seconds_ahead_is_accepted(
    plus_rp: RelyingParty, clock: MovableClock, name: str, seconds: int
) -> None:
    party = plus_rp.change(jwks=public(KEY))
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY, **{name: int(clock.now()) + seconds}))) == AUTHENTICATED


def test_h070_sixty_seconds_ahead_is_refused(plus_rp: RelyingParty) -> None:
    party = plus_rp.change(jwks=public(KEY))
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY, iat=int(time.time()) + 60)))[0] == 401


@pytest.mark.parametrize("kind", ["foreign key", "none", "HS256 keyed with the public key", "garbage", "encrypted"])
def test_h069_an_assertion_signed_otherwise(party: RelyingParty, kind: str) -> None:
    form = party.assertion(make_key("ES256", use="sig", kid=KEY["kid"]))
    expected = "Y040001"
    if kind == "HS256 keyed with the public key":
        pem = jwk.JWK(kty="oct", k=jwk.base64url_encode(KEY.export_to_pem()))
        form, expected = party.assertion(pem, alg="HS256"), "Y046737D"
    elif kind == "none":
        payload = str(form["client_assertion"]).split(".")[1]
        form["client_assertion"], expected = f"eyJhbGciOiJub25lIn0.{payload}.", "Y046737D"
    elif kind in ("garbage", "encrypted"):
        form["client_assertion"] = "a.b.c" if kind == "garbage" else "a.b.c.d.e"
    assert verdict(party.redeem(UNKNOWN, **form)) == (401, expected)


@pytest.mark.parametrize("header", [{"crit": ["x"]}, {"b64": False}, {"zip": "DEF"}, {"kid": 1}])
def test_h069_a_header_that_asks_for_more_is_refused(party: RelyingParty, header: dict[str, Any]) -> None:
    head = {"alg": "ES256", "kid": KEY["kid"]} | header
    encoded = jwk.base64url_encode(json.dumps(head))
    _, payload, signature = str(party.assertion(KEY)["client_assertion"]).split(".")
    form = party.assertion(KEY) | {"client_assertion": f"{encoded}.{payload}.{signature}"}
    tokens = party.redeem(UNKNOWN, **form)
    assert verdict(tokens) == (401, "Y040001")
    assert told(tokens) == "client authentication failed (invalid JWT)"


@pytest.mark.parametrize(("platform", "expected"), [("franceconnect", AUTHENTICATED), ("plus", (401, "Y046737D"))])
def test_h069_rs256_where_the_platform_signs_with_it(site: Site, platform: str, expected: tuple[int, str]) -> None:
    there = site.plus if platform == "plus" else site
    party = RelyingParty.register(there, jwks=public(KEY, RSA))
    assert verdict(party.redeem(UNKNOWN, **party.assertion(RSA, alg="RS256"))) == expected
    party.forget()


def test_h071_the_audiences_that_franceconnect_takes_and_that_posture_standard_takes(party: RelyingParty) -> None:
    issuer = party.site.issuer
    audiences = [issuer, [issuer], f"{issuer}/token", [f"{issuer}/token", "https://other.test"]]
    for posture, accepted in (("faithful", [True] * 4), ("standard", [True, False, False, False])):
        party = party.change(posture=posture)
        found = [verdict(party.redeem(UNKNOWN, **party.assertion(KEY, aud=aud))) for aud in audiences]
        assert [one == AUTHENTICATED for one in found] == accepted
        assert all(one in (AUTHENTICATED, (401, "Y04C17F5")) for one in found)


def test_h095_the_host_that_a_caller_names_is_no_audience(party: RelyingParty) -> None:
    """An assertion made for a hostile server must not serve here because that server sends its own name along."""
    form = party.assertion(KEY, aud="http://evil.test/api/v2/token")
    body = {"grant_type": "authorization_code", "code": UNKNOWN, "redirect_uri": party.redirect_uri, **form}
    sent = urlencode({name: value for name, value in body.items() if value is not None})
    answer = call("POST", f"{party.site.issuer}/token", body=sent, headers=FORM | {"Host": "evil.test"})
    assert verdict(Tokens(answer.status, json.loads(answer.data))) == (401, "Y04C17F5")


def test_h072_an_assertion_serves_once(party: RelyingParty) -> None:
    form = party.assertion(KEY)
    assert verdict(party.redeem(UNKNOWN, **form)) == AUTHENTICATED
    again = party.redeem(UNKNOWN, **form)
    assert verdict(again) == (401, "Y0486328")
    assert told(again) == "client authentication failed (client assertion tokens must only be used once)"


def test_h072_of_many_at_once_one_is_accepted(party: RelyingParty) -> None:
    form = party.assertion(KEY)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: verdict(party.redeem(UNKNOWN, **form)), range(8)))
    assert sorted(found) == sorted([AUTHENTICATED, *[(401, "Y0486328")] * 7])


def test_h072_a_stranger_cannot_spend_the_jti_of_a_client(party: RelyingParty) -> None:
    forged = party.assertion(make_key("ES256", use="sig", kid=KEY["kid"]), jti="mine")
    assert verdict(party.redeem(UNKNOWN, **forged)) == (401, "Y040001")
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY, jti="mine"))) == AUTHENTICATED


def test_an_assertion_replayed_on_revocation_is_refused(party: RelyingParty) -> None:
    form = party.assertion(KEY)
    party.redeem(UNKNOWN, **form)
    body = urlencode({"token": "t" * 43, **{name: value for name, value in form.items() if value is not None}})
    answer = call("POST", f"{party.site.issuer}/token/revocation", body=body, headers=FORM)
    assert (answer.status, "Y0486328" in answer.data.decode()) == (401, True)
