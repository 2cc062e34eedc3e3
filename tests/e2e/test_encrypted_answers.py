"""id_token and userinfo as JWE(JWS) on FranceConnect+, opened with jwcrypto (service-provider-side §9.3, §10.1)."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.clock import MovableClock
from support.key_server import KeyServer, make_key, public
from support.relying_party import RelyingParty, encrypted, query_of
from support.rogue_provider import Rogue

ALGS = ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES"]


@pytest.fixture
def code(plus_rp: RelyingParty, plus_rogue: Rogue) -> Callable[..., str]:
    """A fresh code of a whole login."""

    def log_in(**changes: str) -> str:
        end = plus_rp.travel(Traveller("nobody", plus_rogue.uid), **changes)
        assert isinstance(end, Arrival), end
        return query_of(end.redirect_to)["code"]

    return log_in


def refusal(body: dict[str, Any]) -> tuple[str, str, str]:
    """error, error_description and code of the three members."""
    assert set(body) == {"error", "error_description", "error_uri"}
    return body["error"], body["error_description"], query_of(body["error_uri"])["code"]


def check_header(header: dict[str, Any], party: RelyingParty, keys: KeyServer) -> None:
    members = {"alg", "enc", "cty", "kid", "iss", "aud"} | ({"epk"} if keys.alg == "ECDH-ES" else set())
    assert set(header) == members
    assert (header["alg"], header["enc"], header["cty"]) == (keys.alg, "A256GCM", "JWT")
    assert header["kid"] == keys.key["kid"]
    assert (header["iss"], header["aud"]) == (party.site.issuer, party.client_id)


@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("where", ["jwks_uri", "jwks"])
def test_h091_id_token_and_userinfo_are_signed_then_encrypted_to_the_key_of_the_client(
    plus_rp: RelyingParty, code: Callable[..., str], own_keys: KeyServer, alg: str, where: str
) -> None:
    own_keys.change_key(alg)
    keys = {"jwks_uri": own_keys.jwks_uri} if where == "jwks_uri" else {"jwks": public(own_keys.key)}
    party = plus_rp.change(**encrypted(alg), **keys)
    tokens = party.redeem(code())
    assert tokens.status == 200, tokens
    header, id_token = own_keys.decrypted(tokens.body["id_token"])
    check_header(header, party, own_keys)
    assert set(jwt.get_unverified_header(id_token)) == {"alg", "kid"}
    claims = party.verified(id_token)
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "acr"}
    answer = party.userinfo(tokens.access_token)
    assert answer.headers["Content-Type"] == "application/jwt"
    header, userinfo = own_keys.decrypted(answer.data.decode())
    check_header(header, party, own_keys)
    assert jwt.get_unverified_header(userinfo)["alg"] == "ES256"
    assert party.verified(userinfo)["sub"] == claims["sub"]


@pytest.mark.parametrize(("id_token", "userinfo"), [("ECDH-ES", ""), ("", "ECDH-ES")])
def test_each_answer_is_encrypted_as_its_own_registration_says(
    plus_rp: RelyingParty, code: Callable[..., str], own_keys: KeyServer, id_token: str, userinfo: str
) -> None:
    party = plus_rp.change(**encrypted(id_token, userinfo=userinfo), jwks_uri=own_keys.jwks_uri)
    tokens = party.redeem(code())
    assert tokens.body["id_token"].count(".") == (4 if id_token else 2)
    assert party.userinfo(tokens.access_token).data.count(b".") == (4 if userinfo else 2)


UNUSABLE = {
    "of another kind": public(make_key("RSA-OAEP")),
    "to sign with": public(make_key("ECDH-ES", use="sig")),
    "for another algorithm": public(make_key("ECDH-ES", alg="ECDH-ES+A256KW")),
    "private": {"keys": [make_key("ECDH-ES").export(as_dict=True)]},
    "off its curve": {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "use": "enc"}]},
    "absent": {"keys": []},
}
FAILURES: list[tuple[int, str, str, str]] = [
    *((200, json.dumps(jwks), "Y046B607", "no suitable encryption key found (ECDH-ES)") for jwks in UNUSABLE.values()),
    *(
        (
            status,
            "{}",
            "Y04C6357",
            "client JSON Web Key Set failed to be refreshed "
            f"(unexpected jwks_uri response status code, expected 200 OK, got {status})",
        )
        for status in (500, 404, 301)
    ),
    *(
        (
            200,
            body,
            "Y044D511",
            "client JSON Web Key Set failed to be refreshed (the jwks_uri answered no JSON Web Key Set)",
        )
        for body in ("<html>", "[]", "{}", '{"keys": 1}', "[" * 100_000)
    ),
    (
        200,
        " " * 300_000,
        "Y044D511",
        "client JSON Web Key Set failed to be refreshed (the jwks_uri could not be fetched)",
    ),
]


def test_h083_a_modulus_that_is_none_is_found_out_in_time(
    plus_rp: RelyingParty, code: Callable[..., str], own_keys: KeyServer
) -> None:
    own_keys.body = json.dumps({"keys": [{"kty": "RSA", "e": "AQAB", "n": "__8" * 200, "use": "enc"}]})
    party = plus_rp.change(**encrypted("RSA-OAEP"), jwks_uri=own_keys.jwks_uri)
    assert refusal(party.redeem(code()).body) == (
        "invalid_client_metadata",
        "no suitable encryption key found (RSA-OAEP)",
        "Y046B607",
    )


@pytest.mark.parametrize(("status", "body", "expected", "description"), FAILURES)
def test_h083_without_a_usable_key_nothing_is_told_in_clear_and_the_code_is_kept(
    plus_rp: RelyingParty,
    code: Callable[..., str],
    own_keys: KeyServer,
    clock: MovableClock,
    status: int,
    body: str,
    expected: str,
    description: str,
) -> None:
    party = plus_rp.change(**encrypted("ECDH-ES"), jwks_uri=own_keys.jwks_uri)
    good, issued = own_keys.body, code()
    own_keys.status, own_keys.body = status, body
    refused = party.redeem(issued)
    assert (refused.status, *refusal(refused.body)) == (400, "invalid_client_metadata", description, expected)
    own_keys.status, own_keys.body = 200, good
    clock.advance(11)
    assert party.redeem(issued).status == 200  # H055: the same code


def test_h083_userinfo_is_refused_the_same_way(
    plus_rp: RelyingParty, code: Callable[..., str], own_keys: KeyServer
) -> None:
    party = plus_rp.change(**encrypted("", userinfo="ECDH-ES"), jwks_uri=own_keys.jwks_uri)
    token = party.redeem(code()).access_token
    own_keys.status = 500
    answer = party.userinfo(token)
    assert (answer.status, refusal(json.loads(answer.data))[2]) == (400, "Y04C6357")
    assert "WWW-Authenticate" not in answer.headers


def test_an_address_that_does_not_answer_is_y044d511(plus_rp: RelyingParty, code: Callable[..., str]) -> None:
    party = plus_rp.change(**encrypted("RSA-OAEP"), jwks_uri="http://localhost:1/jwks")
    assert refusal(party.redeem(code()).body)[2] == "Y044D511"


def test_a_request_that_is_wrong_anyway_is_refused_for_its_own_reason(
    plus_rp: RelyingParty, code: Callable[..., str]
) -> None:
    party = plus_rp.change(**encrypted("RSA-OAEP"), jwks_uri="http://localhost:1/jwks")
    assert refusal(party.redeem("never-issued").body)[2] == "Y049E20B"
    assert refusal(party.redeem(code(), redirect_uri="https://rp.test/other").body)[2] == "Y04F8199"


def test_a_replay_still_revokes_while_keys_are_down(
    plus_rp: RelyingParty, code: Callable[..., str], own_keys: KeyServer
) -> None:
    issued = code()
    token = plus_rp.redeem(issued).access_token
    party = plus_rp.change(**encrypted("ECDH-ES", userinfo=""), jwks_uri="http://localhost:1/jwks")
    assert refusal(party.redeem(issued).body)[2] == "Y0416228"
    assert party.userinfo(token).status == 401


def test_keys_are_kept_600_seconds_and_used_while_their_address_is_down(
    plus_rp: RelyingParty, code: Callable[..., str], own_keys: KeyServer, clock: MovableClock
) -> None:
    party = plus_rp.change(**encrypted("ECDH-ES"), jwks_uri=own_keys.jwks_uri)
    assert party.redeem(code()).status == 200
    own_keys.status = 503
    clock.advance(590)
    assert party.redeem(code()).status == 200
    assert own_keys.jwks_calls == 1
    clock.advance(11)
    assert party.redeem(code()).status == 400
    assert own_keys.jwks_calls == 2


def test_a_rotated_key_is_fetched_when_none_fits_at_most_once_in_ten_seconds(
    plus_rp: RelyingParty, code: Callable[..., str], own_keys: KeyServer, clock: MovableClock
) -> None:
    party = plus_rp.change(**encrypted("ECDH-ES"), jwks_uri=own_keys.jwks_uri)
    assert party.redeem(code()).status == 200
    party = party.change(**encrypted("RSA-OAEP-256"))
    for _ in range(3):  # the set was fetched less than ten seconds ago
        assert refusal(party.redeem(code()).body)[2] == "Y046B607"
    assert own_keys.jwks_calls == 1
    clock.advance(11)
    for _ in range(3):
        assert refusal(party.redeem(code()).body)[2] == "Y046B607"
    assert own_keys.jwks_calls == 2
    own_keys.change_key("RSA-OAEP-256")
    clock.advance(11)
    assert own_keys.decrypted(party.redeem(code()).body["id_token"])[0]["kid"] == own_keys.key["kid"]
    assert own_keys.jwks_calls == 3


def test_the_best_of_several_keys_is_chosen(
    plus_rp: RelyingParty, code: Callable[..., str], own_keys: KeyServer
) -> None:
    bare, named = make_key("ECDH-ES", use=None), make_key("ECDH-ES", alg="ECDH-ES")
    own_keys.key, own_keys.body = named, json.dumps(public(make_key("RSA-OAEP"), bare, named))
    party = plus_rp.change(**encrypted("ECDH-ES"), jwks_uri=own_keys.jwks_uri)
    assert own_keys.decrypted(party.redeem(code()).body["id_token"])[0]["kid"] == named["kid"]


def test_logout_takes_the_decrypted_id_token_and_explains_what_to_do_with_the_encrypted_one(
    plus_rp: RelyingParty, code: Callable[..., str], own_keys: KeyServer
) -> None:
    party = plus_rp.change(**encrypted("ECDH-ES"), jwks_uri=own_keys.jwks_uri)
    token = party.redeem(code()).body["id_token"]
    url = f"{party.site.issuer}/session/end?post_logout_redirect_uri=https://rp.test/bye&id_token_hint="
    refused = party.visitor.request("GET", url + token)
    assert refused.status == 400
    assert "Y04FEDB9" in refused.text
    assert "decrypt it first" in refused.text
    accepted = party.visitor.request("GET", url + own_keys.decrypted(token)[1])
    assert accepted.status == 200
    assert "error-code" not in accepted.text
