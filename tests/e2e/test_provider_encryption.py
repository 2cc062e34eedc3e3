"""Providers of FranceConnect+ speak encrypted (inside-the-hub §2, §3.5–§3.7; H126, H128, H132)."""

import json
import time
import zlib
from collections.abc import Callable
from functools import cache
from html import unescape
from typing import Any

import jwt
import pytest
from jwcrypto.jwk import JWK
from urllib3 import BaseHTTPResponse

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.encrypted import ANSWERS, PLUS, refused, register
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.sealing import b64, key_for, seal, seal_by_hand
from support.site import Site, call

ALGS = ("ECDH-ES", "RSA-OAEP", "RSA-OAEP-256")
Wrap = Callable[[str], str]


def keys_answer(site: Site) -> BaseHTTPResponse:
    return call("GET", f"{site.issuer}/client/.well-known/keys")


def test_the_hub_publishes_an_encryption_key_of_each_kind(plus: Site) -> None:
    answer = keys_answer(plus)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=600")
    assert "Set-Cookie" not in answer.headers
    keys = json.loads(answer.data)["keys"]
    assert {key["kty"] for key in keys} == {"EC", "RSA"}
    assert {key["use"] for key in keys} == {"enc"}
    assert all(not JWK(**key).has_private for key in keys)
    signing = json.loads(call("GET", f"{plus.issuer}/jwks").data)["keys"]
    assert {key["use"] for key in signing} == {"sig"}
    assert not {key["kid"] for key in keys} & {key["kid"] for key in signing}


def test_a_platform_that_encrypts_nothing_publishes_an_empty_set(site: Site) -> None:
    answer = keys_answer(site)
    assert (answer.status, json.loads(answer.data)) == (200, {"keys": []})


def test_fetching_the_encryption_keys_is_an_event(plus: Site) -> None:
    _, before = plus.api("GET", f"/events?platform={PLUS}&limit=1000")
    keys_answer(plus)
    _, after = plus.api("GET", f"/events?platform={PLUS}&after={before[-1]['id'] if before else 0}&limit=1000")
    assert "IDP_REQUESTED_FC_JWKS" in {event["event"] for event in after}


@pytest.mark.parametrize("level", ["eidas2", "eidas3"])
@pytest.mark.parametrize("provider", ["laposte", "france-identite"])
def test_a_login_through_each_provider_of_franceconnect_plus(party: RelyingParty, provider: str, level: str) -> None:
    if (provider, level) == ("laposte", "eidas3"):
        page = read_page(party.choice_page(acr_values=level).text)
        assert page.form_with(f"idp-{party.site.uid(provider)}") is None
        return
    end = party.walk(provider=provider, acr_values=level, claims='{"id_token": {"amr": {"essential": true}}}')
    assert isinstance(end, Arrival), end
    tokens = party.redeem(query_of(end.redirect_to)["code"])
    claims = party.verified(tokens.body["id_token"])
    assert (claims["acr"], claims["amr"]) == (level, ["fc", "pop", "pin", "mfa"])
    identity = party.verified(party.userinfo(tokens.access_token).data.decode())
    assert identity["family_name"] == party.site.person("angela-dubois").family_name


def test_the_providers_of_franceconnect_plus_are_the_documented_ones_in_order(party: RelyingParty) -> None:
    _, found = party.site.api("GET", f"/platforms/{PLUS}/providers")
    shown = {one["uid"]: (one["order"], one["allowed_acr"], one["amr"]) for one in found}
    amr = ["fc", "pop", "pin", "mfa"]
    assert shown["87e69e8d-dc70-40c7-9d9f-48a7a33d6dfd"] == (1, ["eidas2"], amr)
    assert shown["eda17ef8-55a2-45b6-bf3f-e2406240949c"] == (2, ["eidas2", "eidas3"], amr)
    text = party.choice_page().text
    assert text.index("idp-87e69e8d") < text.index("idp-eda17ef8")


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "identité est-elle certifiée en mairie\u00a0?"), ("en", "certified at a town hall?")]
)
def test_france_identite_asks_first_whether_the_identity_was_certified(
    party: RelyingParty, rp: RelyingParty, language: str, words: str
) -> None:
    """In the language of the page; a question without English words is asked as it is written (§3.9)."""
    question = f"provider-selection-modal-{party.site.uid('france-identite')}"
    party.visitor.language = language
    page = party.choice_page().text
    assert question in page
    assert words in unescape(page)
    assert "provider-selection-modal" not in rp.choice_page().text


def test_on_franceconnect_the_same_providers_stay_signed_alone(rp: RelyingParty) -> None:
    _, found = rp.site.api("GET", "/platforms/franceconnect/providers")
    own = [one for one in found if one["name"] in ("laposte", "france-identite")]
    assert {one["id_token_encrypted_response_alg"] for one in own} == {""}
    assert rp.identity(provider="laposte")["family_name"] == rp.identity(provider="impots")["family_name"]


@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("named", [True, False], ids=["kid", "no kid"])
def test_a_stranger_using_another_library_is_understood(
    party: RelyingParty, stranger: Rogue, alg: str, named: bool
) -> None:
    register(stranger, party.site, alg)
    if not named:
        jwk = {name: value for name, value in key_for(party.site, alg).items() if name != "kid"}
        stranger.wrap_id_token = stranger.wrap_userinfo = lambda token: seal(token, jwk, alg)
    assert isinstance(party.travel(Traveller("nobody", stranger.uid)), Arrival)


@cache
def _foreign_key() -> dict[str, str]:
    """A public key that is not the hub's."""
    return dict(json.loads(JWK.generate(kty="RSA", size=2048).export_public()))


@cache
def _bomb() -> bytes:
    """Fifty megabytes, deflated to nothing."""
    return zlib.compress(b"a" * 50_000_000, 9)[2:-4]


def _hostile(site: Site) -> dict[str, tuple[Wrap, str]]:
    """What is done to a signed answer -> what the developer is told."""
    rsa, ec = key_for(site, "RSA-OAEP-256"), key_for(site, "ECDH-ES")
    foreign = _foreign_key() | {"kid": rsa["kid"]}

    def damaged(token: str) -> str:
        parts = seal(token, rsa, "RSA-OAEP-256").split(".")
        return ".".join([*parts[:3], b64(b"x" * 40), parts[4]])

    def by_hand(**header: Any) -> Wrap:
        return lambda token: seal_by_hand(token.encode(), rsa, **header)

    return {
        "signed alone": (str, "signed and not encrypted: registered for RSA-OAEP-256 with A256GCM"),
        "ECDH-ES": (lambda t: seal(t, ec, "ECDH-ES"), "alg is 'ECDH-ES': registered for RSA-OAEP-256"),
        "RSA-OAEP": (lambda t: seal(t, rsa, "RSA-OAEP"), "alg is 'RSA-OAEP': registered for RSA-OAEP-256"),
        "RSA1_5": (by_hand(alg="RSA1_5"), "alg is 'RSA1_5': registered for RSA-OAEP-256"),
        "dir": (by_hand(alg="dir"), "alg is 'dir'"),
        "enc as a list": (by_hand(enc=["A256GCM"]), "registered for A256GCM"),
        "A128CBC-HS256": (lambda t: seal(t, rsa, "RSA-OAEP-256", "A128CBC-HS256"), "enc is 'A128CBC-HS256'"),
        "zip": (by_hand(zip="DEF"), "asks for an extension: zip"),
        "bomb": (lambda _: seal_by_hand(_bomb(), rsa, zip="DEF"), "asks for an extension: zip"),
        "crit": (by_hand(crit=["x"], x=1), "asks for an extension: crit"),
        "b64": (by_hand(b64=False), "asks for an extension: b64"),
        "unknown kid": (by_hand(kid="yesterday"), "encrypted for kid 'yesterday'"),
        "kid of the other kind": (by_hand(kid=ec["kid"]), "this hub has no such RSA-OAEP-256 key"),
        "kid that is no text": (by_hand(kid=1), "kid is not a text"),
        "key of another": (lambda t: seal(t, foreign, "RSA-OAEP-256"), "does not open with the hub's key"),
        "damaged": (damaged, "does not open with the hub's key"),
        "five parts of nothing": (lambda _: "a.b.c.d.e", "header is not readable"),
        "header that is no object": (lambda _: f"{b64(b'[]')}.b.c.d.e", "header is not an object"),
        "deep header": (lambda _: f"{b64(b'[' * 40_000)}.b.c.d.e", "header is not readable"),
        "four parts": (lambda _: "a.b.c.d", "4 parts instead of 5"),
        "too long": (lambda t: by_hand()(t + "a" * 200_000), "longer than"),
        "no text inside": (lambda _: seal_by_hand(b"\xff\xfe", rsa), "does not hold a signed one"),
        "claims that nobody signed": (lambda _: seal_by_hand(b'{"sub": "angela"}', rsa), "not a signed JWT"),
        "alg none inside": (lambda _: seal_by_hand(b"eyJhbGciOiJub25lIn0.e30.", rsa), "signed with 'none'"),
        "a signature that is another's": (lambda t: seal_by_hand(f"{t[:-8]}AAAAAAAA".encode(), rsa), "does not verify"),
        "encrypted twice": (lambda t: by_hand()(by_hand()(t)), "not a signed JWT"),
    }


HOSTILE = (
    *("signed alone", "ECDH-ES", "RSA-OAEP", "RSA1_5", "dir", "enc as a list", "A128CBC-HS256", "zip", "bomb", "crit"),
    *("b64", "unknown kid", "kid of the other kind", "kid that is no text", "key of another", "damaged"),
    *("five parts of nothing", "header that is no object", "deep header", "four parts", "too long", "no text inside"),
    *("claims that nobody signed", "alg none inside", "a signature that is another's", "encrypted twice"),
)


@pytest.mark.parametrize(("answer", "code"), ANSWERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_h126_h128_h132_an_answer_encrypted_otherwise_is_refused_and_explained(
    party: RelyingParty, stranger: Rogue, kind: str, answer: str, code: str
) -> None:
    wrap, told = _hostile(party.site)[kind]
    setattr(stranger, f"wrap_{answer}", wrap)
    began = time.process_time()
    status, found, detail = refused(party, stranger)
    assert (status, found) == (502, code)
    assert told in detail
    assert time.process_time() - began < 2


@pytest.mark.parametrize("epk", [None, "x", 1, {}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "foreign"])
def test_h128_a_strange_ephemeral_key_is_no_key(party: RelyingParty, stranger: Rogue, epk: Any) -> None:
    register(stranger, party.site, "ECDH-ES")
    epk = json.loads(JWK.generate(kty="EC", crv="P-521").export_public()) if epk == "foreign" else epk
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key_for(party.site, "ECDH-ES")["kid"], "epk": epk}
    stranger.wrap_id_token = lambda _: f"{b64(json.dumps(header).encode())}..{b64(b'i' * 12)}.AAAA.{b64(b't' * 16)}"
    status, code, detail = refused(party, stranger)
    assert (status, code, "does not open" in detail) == (502, "Y020026", True)


@pytest.mark.parametrize(("answer", "code"), ANSWERS)
def test_an_encrypted_answer_where_none_is_registered_is_refused(
    party: RelyingParty, stranger: Rogue, answer: str, code: str
) -> None:
    register(stranger, party.site, "")
    key = key_for(party.site, "RSA-OAEP-256")
    setattr(stranger, f"wrap_{answer}", lambda token: seal(token, key, "RSA-OAEP-256"))
    status, found, detail = refused(party, stranger)
    assert (status, found) == (502, code)
    assert "registered for answers that are signed alone" in detail


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"id_token_encrypted_response_alg": "RSA1_5"}, "id_token_encrypted_response_alg"),
        ({"userinfo_encrypted_response_enc": "A128CBC-HS256"}, "userinfo_encrypted_response_enc"),
        ({"id_token_encrypted_response_enc": ""}, "id_token_encrypted_response_enc"),
        ({"userinfo_encrypted_response_alg": ""}, "userinfo_encrypted_response_enc"),
        ({"userinfo_signed_response_alg": ""}, "userinfo_signed_response_alg"),
    ],
)
def test_a_registration_that_the_platform_cannot_honour_is_refused_with_its_key(
    plus: Site, stranger: Rogue, members: dict[str, str], key: str
) -> None:
    status, problem = plus.api("PATCH", f"{plus.place}/providers/{stranger.uid}", members)
    assert (status, problem["errors"][0]["key"]) == (400, key)


@pytest.mark.parametrize("provider", ["laposte", "france-identite"])
def test_logout_hands_the_provider_its_own_token_opened(party: RelyingParty, provider: str) -> None:
    """§3.8: the hub alone can open what was encrypted for it, so the provider could read no other hint."""
    end = party.walk(provider=provider)
    assert isinstance(end, Arrival), end
    token = party.redeem(query_of(end.redirect_to)["code"]).body["id_token"]
    party.visitor.request("GET", f"{party.site.issuer}/session/end?id_token_hint={token}")
    there = party.visitor.request("POST", f"{party.site.issuer}/client/disconnect-from-idp", {}).location
    issuer = f"{party.site.providers}/{provider}"
    assert there.startswith(f"{issuer}/session/end?")
    hint = query_of(there)["id_token_hint"]
    kid = jwt.get_unverified_header(hint)["kid"]
    keys = json.loads(call("GET", f"{issuer}/jwks").data)["keys"]
    key = next(jwt.PyJWK(one) for one in keys if one["kid"] == kid)
    claims = jwt.decode(hint, key, ["ES256"], audience=query_of(there)["client_id"], issuer=issuer)
    assert claims["nonce"]
    assert party.visitor.request("GET", there).location.startswith(f"{party.site.issuer}/client/logout-callback?")
