"""/token on the wire (service-provider-side §9)."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import jwt
import pytest

from support.back_channel import error
from support.clock import MovableClock
from support.data_provider import OwnDataProvider
from support.relying_party import FORM, SCOPES, RelyingParty
from support.site import call

TOKEN_MEMBERS = {"access_token", "expires_in", "id_token", "scope", "token_type"}


def test_h045_a_code_gives_exactly_five_members(rp: RelyingParty) -> None:
    tokens = rp.redeem(rp.log_in())
    assert tokens.status == 200
    assert set(tokens.body) == TOKEN_MEMBERS
    assert (tokens.body["expires_in"], tokens.body["token_type"]) == (60, "Bearer")
    assert tokens.body["scope"] == SCOPES
    assert len(tokens.access_token) >= 43
    assert tokens.headers["Content-Type"] == "application/json"
    assert tokens.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in tokens.headers


NONCES = ["n" * 22, "@#&+%/=" * 10, "é" * 22, " \"'<>" * 5, "n" * 64, "n" * 384]


@pytest.mark.parametrize("nonce", NONCES)
def test_h088_the_nonce_comes_back_byte_for_byte(rp: RelyingParty, nonce: str) -> None:
    assert rp.verified(rp.redeem(rp.log_in(nonce=nonce)).body["id_token"])["nonce"] == nonce


@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_h088_the_id_token_has_two_header_members_and_eight_claims(rp: RelyingParty, alg: str) -> None:
    rp = rp.change(id_token_signed_response_alg=alg)
    nonce = "n" * 40
    token = rp.redeem(rp.log_in(nonce=nonce)).body["id_token"]
    header = jwt.get_unverified_header(token)
    assert set(header) == {"alg", "kid"}
    assert header["alg"] == alg
    claims = rp.verified(token)
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "acr"}
    assert (claims["exp"] - claims["iat"], claims["nonce"], claims["acr"]) == (60, nonce, "eidas1")
    assert claims["aud"] == rp.client_id


def test_hs256_is_keyed_with_the_secret_of_the_client_alone(rp: RelyingParty) -> None:
    rp = rp.change(id_token_signed_response_alg="HS256", userinfo_signed_response_alg="HS256")
    tokens = rp.redeem(rp.log_in())
    claims = jwt.decode(tokens.body["id_token"], rp.secret, ["HS256"], audience=rp.client_id)
    userinfo = jwt.decode(rp.userinfo(tokens.access_token).data, rp.secret, ["HS256"], audience=rp.client_id)
    assert claims["sub"] == userinfo["sub"]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(tokens.body["id_token"], "0" * 64, ["HS256"], audience=rp.client_id)


def test_amr_comes_when_asked_and_entitled(rp: RelyingParty) -> None:
    claims = json.dumps({"id_token": {"amr": {"essential": True}}})
    token = rp.redeem(rp.log_in(claims=claims)).body["id_token"]
    assert rp.verified(token)["amr"] == ["fc", "pwd", "mail"]


@pytest.mark.parametrize(
    ("changes", "status", "expected", "code"),
    [
        (
            {"client_secret": "wrong"},
            401,
            ("invalid_client", "client authentication failed (invalid secret provided)"),
            "Y0434A7B",
        ),
        (
            {"client_id": "unknown"},
            401,
            ("invalid_client", "client authentication failed (client not found)"),
            "Y0479FCE",
        ),
        (
            {"client_id": None, "client_secret": None},
            400,
            ("invalid_request", "no client authentication mechanism provided (undefined)"),
            "Y044FEB3",
        ),
        (
            {"client_secret": None},
            401,
            (
                "invalid_client",
                "client authentication failed (the provided authentication mechanism does not match "
                "the registered client authentication method)",
            ),
            "Y044D82C",
        ),
        (
            {"grant_type": "password"},
            400,
            ("unsupported_grant_type", "unsupported grant_type requested (undefined)"),
            "Y04C2044",
        ),
        (
            {"grant_type": None},
            400,
            ("invalid_request", "missing required parameter 'grant_type' (undefined)"),
            "Y04632E7",
        ),
        ({"code": ""}, 400, ("invalid_request", "missing required parameter 'code' (undefined)"), "Y048017B"),
        (
            {"code": "never-issued"},
            400,
            ("invalid_grant", "grant request is invalid (authorization code not found)"),
            "Y049E20B",
        ),
    ],
)
def test_token_refusals(rp: RelyingParty, changes: dict, status: int, expected: tuple[str, str], code: str) -> None:
    """H046, H047, H053, H062."""
    tokens = rp.redeem(changes.pop("code", "x"), **changes)
    assert tokens.status == status
    assert error(tokens.body, code) == expected


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({"redirect_uri": "https://rp.test/other"}, "authorization code redirect_uri mismatch", "Y04F8199"),
        ({"code_verifier": "v" * 43}, "PKCE verification failed", "Y0446550"),
    ],
)
def test_h055_a_refused_redemption_leaves_the_code_to_its_client(
    rp: RelyingParty, changes: dict[str, str], reason: str, code: str
) -> None:
    issued = rp.log_in()
    tokens = rp.redeem(issued, **changes)
    assert (tokens.status, error(tokens.body, code)[1]) == (400, f"grant request is invalid ({reason})")
    assert rp.redeem(issued).status == 200


def test_h051_a_code_of_another_client_is_refused_and_survives(rp: RelyingParty) -> None:
    thief = RelyingParty.register(rp.site)
    issued = rp.log_in()
    tokens = thief.redeem(issued, redirect_uri=rp.redirect_uri)
    assert error(tokens.body, "Y047A2EA")[1] == "grant request is invalid (client mismatch)"
    assert rp.redeem(issued).status == 200


@pytest.mark.parametrize(("seconds", "status"), [(28, 200), (31, 400)])
def test_h048_a_code_lives_thirty_seconds(rp: RelyingParty, clock: MovableClock, seconds: int, status: int) -> None:
    issued = rp.log_in()
    clock.advance(seconds)
    tokens = rp.redeem(issued)
    assert tokens.status == status
    if status == 400:
        assert error(tokens.body, "Y043F0A8")[1] == "grant request is invalid (authorization code is expired)"


def test_h049_a_second_use_of_a_code_revokes_what_the_first_gave(rp: RelyingParty) -> None:
    issued = rp.log_in()
    first = rp.redeem(issued)
    assert rp.userinfo(first.access_token).status == 200
    second = rp.redeem(issued)
    assert error(second.body, "Y0416228")[1] == "grant request is invalid (authorization code already consumed)"
    assert rp.userinfo(first.access_token).status == 401


def test_h049_a_replay_of_a_code_that_expired_meanwhile_revokes_too(rp: RelyingParty, clock: MovableClock) -> None:
    """oidcc-codereuse-30seconds. Userinfo ends with the grant; a data provider may ask until the token does."""
    provider = OwnDataProvider(rp.site)
    provider.register()
    issued = rp.log_in()
    token = rp.redeem(issued).access_token
    clock.advance(31)
    assert provider.introspect(token)["active"] is True
    assert error(rp.redeem(issued).body, "Y0416228")[0] == "invalid_grant"
    assert provider.introspect(token) == {"active": False}
    provider.stop()


def test_h050_of_many_parallel_redemptions_one_at_most_succeeds(rp: RelyingParty) -> None:
    issued = rp.log_in()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: rp.redeem(issued).status, range(16)))
    assert statuses.count(200) == 1
    assert set(statuses) == {200, 400}


@pytest.mark.parametrize("code", ["x" * 10_240, "é", "a\x00b", "../..", "A" * 43, "\ud7ff", "😀"])
def test_h052_a_mangled_code_is_an_invalid_grant(rp: RelyingParty, code: str) -> None:
    tokens = rp.redeem(code)
    assert (tokens.status, error(tokens.body, "Y049E20B")[0]) == (400, "invalid_grant")


def test_basic_is_accepted_as_the_library_of_franceconnect_happens_to(rp: RelyingParty) -> None:
    form = {"grant_type": "authorization_code", "code": rp.log_in(), "redirect_uri": rp.redirect_uri}
    credentials = base64.b64encode(f"{rp.client_id}:{rp.secret}".encode()).decode()
    headers = FORM | {"Authorization": f"Basic {credentials}"}
    assert call("POST", f"{rp.site.issuer}/token", body=urlencode(form), headers=headers).status == 200


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ("Basic !!!", 400, "Y047E9E5"),
        ("Basic bm9jb2xvbg==", 400, "Y047E9E5"),
        ("Bearer x", 400, "Y047E9E5"),
        ("Basic", 400, "Y047E9E5"),
        ("Basic \t", 400, "Y047E9E5"),
        ("Basic Og==", 400, "Y047E9E5"),
        (f"Basic {base64.b64encode(b'%zz:%zz').decode()}", 401, "Y0479FCE"),
        (f"Basic {base64.b64encode(bytes(range(128, 160))).decode()}", 400, "Y047E9E5"),
    ],
)
def test_h065_malformed_basic_credentials(rp: RelyingParty, header: str, status: int, code: str) -> None:
    body = urlencode({"grant_type": "authorization_code", "code": "x", "redirect_uri": "https://rp.test/callback"})
    answer = call("POST", f"{rp.site.issuer}/token", body=body, headers=FORM | {"Authorization": header})
    assert answer.status == status
    error(answer, code)


def test_h064_credentials_in_two_places_are_refused(rp: RelyingParty) -> None:
    credentials = base64.b64encode(f"{rp.client_id}:{rp.secret}".encode()).decode()
    body = urlencode({"grant_type": "authorization_code", "client_id": rp.client_id, "client_secret": rp.secret})
    answer = call(
        "POST", f"{rp.site.issuer}/token", body=body, headers=FORM | {"Authorization": f"Basic {credentials}"}
    )
    assert error(answer, "Y04DADA6")[0] == "invalid_request"


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_h056_only_form_bodies_are_read(rp: RelyingParty, content_type: str) -> None:
    answer = call("POST", f"{rp.site.issuer}/token", body="{}", headers={"Content-Type": content_type})
    assert answer.status == 400
    error(answer, "Y043C322")


def test_h056_a_parameter_twice_is_refused(rp: RelyingParty) -> None:
    answer = call("POST", f"{rp.site.issuer}/token", body="grant_type=a&grant_type=b", headers=FORM)
    error(answer, "Y0496E4A")
