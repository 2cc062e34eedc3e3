"""Encrypted answers, made by jwcrypto: opened only as registered (M60, M61; service-provider-side §9.3, §12.1)."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from support.demo import detail, finish, texts, told
from support.fake_hub import Envelope, FakeHub
from support.key_server import make_key
from support.relying_party import query_of

ALGS = ["RSA-OAEP-256", "ECDH-ES", "RSA-OAEP"]
KINDS = ["id_token", "userinfo"]


def registered(alg: str) -> dict[str, str]:
    """The registration of a service whose answers are encrypted."""
    return {
        f"{kind}_encrypted_response_{name}": value
        for kind in KINDS
        for name, value in (("alg", alg), ("enc", "A256GCM"))
    }


def envelopes(client: Any, alg: str) -> dict[str, Envelope]:
    """The right encryption of each kind of token, to the key that the service publishes."""
    keys = client.get("/trial/jwks").json["keys"]
    (key,) = [one for one in keys if one["use"] == "enc"]
    return {kind: Envelope(key, alg) for kind in KINDS}


@pytest.mark.parametrize("alg", ALGS)
def test_what_is_encrypted_as_registered_is_opened_and_shown(make: Callable[..., Any], hub: FakeHub, alg: str) -> None:
    client = make(registered(alg))
    hub.envelopes = envelopes(client, alg)
    assert finish(client, hub).status_code == 303
    page = texts(client)
    assert page["claim-given_name"] == "Ana"
    for kind in ("id-token", "userinfo"):
        envelope = json.loads(page[f"{kind}-envelope"])
        assert (envelope["alg"], envelope["enc"], envelope["cty"]) == (alg, "A256GCM", "JWT")
        assert json.loads(page[f"{kind}-header"]) == {"alg": "ES256", "kid": "k"}
        assert json.loads(page[f"{kind}-payload"])["sub"] == "s"
        assert page[f"{kind}-raw"].count(".") == 4
    assert alg in page["protection"]


@pytest.mark.parametrize("alg", ALGS)
def test_its_keys_are_public_for_encryption_and_of_the_registered_kind(make: Callable[..., Any], alg: str) -> None:
    (key,) = make(registered(alg)).get("/trial/jwks").json["keys"]
    assert (key["use"], key["alg"]) == ("enc", alg)
    assert key["kty"] == ("EC" if alg == "ECDH-ES" else "RSA")
    assert key["kid"]
    assert not {"d", "p", "q"} & set(key)


def test_a_service_without_encryption_publishes_no_key(client: Any) -> None:
    assert client.get("/trial/jwks").json == {"keys": []}


@pytest.mark.parametrize("kind", KINDS)
def test_m60_a_token_in_clear_is_refused_where_encryption_is_registered(
    make: Callable[..., Any], hub: FakeHub, kind: str
) -> None:
    client = make(registered("ECDH-ES"))
    hub.envelopes = envelopes(client, "ECDH-ES")
    del hub.envelopes[kind]
    answer = finish(client, hub)
    assert told(answer) == (502, kind)
    assert "in clear" in detail(answer)
    assert client.get("/trial/identity").status_code == 303


@pytest.mark.parametrize("kind", KINDS)
def test_an_envelope_is_refused_where_none_is_registered(make: Callable[..., Any], hub: FakeHub, kind: str) -> None:
    sealing = make(registered("ECDH-ES"))
    hub.envelopes = {kind: envelopes(sealing, "ECDH-ES")[kind]}
    answer = finish(make(), hub)
    assert told(answer) == (502, kind)
    assert "registered no encryption" in detail(answer)


HEADERS = [
    ({"cty": None}, "cty"),
    ({"cty": "JOSE"}, "cty"),
    ({"kid": None}, "kid"),
    ({"kid": "another"}, "kid"),
    ({"enc": "A128GCM"}, "enc"),
    ({"enc": "A256CBC-HS512"}, "enc"),
    ({"zip": "DEF"}, "zip"),
    ({"iss": "https://evil.test"}, "iss"),
    ({"aud": "other"}, "aud"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("changes", "member"), HEADERS)
def test_m61_every_member_of_the_header_is_the_expected_one(
    make: Callable[..., Any], hub: FakeHub, kind: str, changes: dict[str, Any], member: str
) -> None:
    client = make(registered("RSA-OAEP-256"))
    hub.envelopes = envelopes(client, "RSA-OAEP-256")
    hub.envelopes[kind].changes = changes
    answer = finish(client, hub)
    assert told(answer) == (502, kind)
    assert f"JWE header: {member} " in detail(answer)


@pytest.mark.parametrize("alg", ["RSA-OAEP", "RSA1_5"])
@pytest.mark.parametrize("kind", KINDS)
def test_m61_another_algorithm_than_the_registered_one_is_refused(
    make: Callable[..., Any], hub: FakeHub, kind: str, alg: str
) -> None:
    client = make(registered("RSA-OAEP-256"))
    hub.envelopes = envelopes(client, "RSA-OAEP-256")
    hub.envelopes[kind].key.pop("alg")
    hub.envelopes[kind].changes = {"alg": alg}
    answer = finish(client, hub)
    assert told(answer) == (502, kind)
    assert "JWE header: alg " in detail(answer)


@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("kind", KINDS)
def test_m61_what_is_encrypted_to_another_key_is_refused(
    make: Callable[..., Any], hub: FakeHub, kind: str, alg: str
) -> None:
    client = make(registered(alg))
    hub.envelopes = envelopes(client, alg)
    own = hub.envelopes[kind].key["kid"]
    hub.envelopes[kind].key = make_key(alg).export_public(as_dict=True) | {"kid": own}
    answer = finish(client, hub)
    assert told(answer) == (502, kind)
    assert "does not open" in detail(answer)


def _header(members: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


NOT_TOKENS = ["", "nonsense", "a.b", "a.b.c.d.e", ".....", _header(["alg"]) + ".a.b.c.d", "\u00e9.b.c.d.e"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("received", NOT_TOKENS[1:])
def test_what_is_no_token_at_all_has_its_page(make: Callable[..., Any], hub: FakeHub, kind: str, received: str) -> None:
    client = make(registered("ECDH-ES"))
    hub.envelopes = envelopes(client, "ECDH-ES")
    hub.raw[kind] = received
    assert told(finish(client, hub)) == (502, kind)


@pytest.mark.parametrize("received", ["nonsense", "a.b", "\u00e9.b.c"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_signed_token_has_its_page(client: Any, hub: FakeHub, kind: str, received: str) -> None:
    hub.raw[kind] = received
    assert told(finish(client, hub)) == (502, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_inside_an_envelope_is_verified_as_ever(make: Callable[..., Any], hub: FakeHub, kind: str) -> None:
    client = make(registered("RSA-OAEP"))
    hub.envelopes = envelopes(client, "RSA-OAEP")
    hub.signer[kind] = hub.foreign
    assert told(finish(client, hub)) == (502, kind)


@pytest.mark.parametrize(
    ("member", "value", "kind"),
    [
        ("id_token", {"aud": "other"}, "id_token"),
        ("id_token", {"nonce": "other"}, "id_token"),
        ("id_token", {"acr": "eidas0"}, "acr"),
        ("userinfo", {"sub": "somebody else"}, "userinfo"),
    ],
)
def test_the_claims_inside_an_envelope_are_checked_too(
    make: Callable[..., Any], hub: FakeHub, member: str, value: dict[str, str], kind: str
) -> None:
    client = make(registered("ECDH-ES"))
    hub.envelopes = envelopes(client, "ECDH-ES")
    setattr(hub, member, value)
    assert told(finish(client, hub)) == (502, kind)


def test_the_hint_of_a_logout_is_the_signed_token_out_of_its_envelope(make: Callable[..., Any], hub: FakeHub) -> None:
    client = make(registered("RSA-OAEP-256"))
    hub.envelopes = envelopes(client, "RSA-OAEP-256")
    finish(client, hub)
    hint = query_of(client.post("/trial/logout").headers["Location"])["id_token_hint"]
    assert hint.count(".") == 2


def test_a_login_that_exists_survives_an_envelope_that_does_not_open(make: Callable[..., Any], hub: FakeHub) -> None:
    client = make(registered("ECDH-ES"))
    hub.envelopes = envelopes(client, "ECDH-ES")
    finish(client, hub)
    hub.envelopes["userinfo"].changes = {"kid": "another"}
    answer = finish(client, hub)
    assert "600 seconds" in detail(answer)
    assert texts(client)["claim-given_name"] == "Ana"
