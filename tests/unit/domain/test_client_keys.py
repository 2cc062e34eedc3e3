"""What a client may register of keys, encryption and assertions, on FranceConnect+ (H074, H083)."""

from typing import Any

import pytest
from jwcrypto import jwk

from fcsim_hub.config import Settings
from fcsim_hub.domain.clients import Client, check_client
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.fixtures import load_fixtures
from support.key_server import make_key, public
from support.relying_party import encrypted

EC, RSA = make_key("ECDH-ES", kid="ec"), make_key("RSA-OAEP", kid="rsa")
SIG = make_key("ES256", use="sig", kid="sig")
PLUS = load_fixtures(Settings()).platforms()["franceconnect-plus"]
URI = "https://rp.test/jwks"


def register(**members: Any) -> None:
    client = Client(client_id="c", client_secret="s", name="n", redirect_uris=("https://rp.test/cb",), **members)
    check_client(client, PLUS)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {**encrypted("ECDH-ES"), "jwks": public(EC)},
        {**encrypted("RSA-OAEP"), "jwks": public(RSA, EC, SIG)},
        {**encrypted("RSA-OAEP-256"), "jwks_uri": URI},
        {**encrypted("", userinfo="ECDH-ES"), "jwks": public(EC)},
        {"jwks": public(SIG), "token_endpoint_auth_method": "private_key_jwt"},
        {"jwks_uri": URI, "token_endpoint_auth_method": "private_key_jwt"},
    ],
)
def test_a_registration_that_can_be_honoured_is_accepted(members: dict[str, Any]) -> None:
    register(**members)


def with_member(key: jwk.JWK, **members: Any) -> dict[str, Any]:
    return {"keys": [key.export_public(as_dict=True) | members]}


WEAK_RSA = jwk.JWK.generate(kty="RSA", size=1024, use="enc")


@pytest.mark.parametrize(
    ("jwks", "key", "found"),
    [
        ({}, "jwks.keys", "none"),
        ({"keys": []}, "jwks.keys", "none"),
        ({"keys": {"a": 1}}, "jwks.keys", "none"),
        ({"keys": ["text"]}, "jwks.keys.0", "something else"),
        ({"keys": [EC.export(as_dict=True)]}, "jwks.keys.0", "the private member 'd'"),
        ({"keys": [*public(EC)["keys"], RSA.export(as_dict=True)]}, "jwks.keys.1", "the private member 'd'"),
        ({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}, "jwks.keys.0", "a shared secret (kty oct)"),
        (public(WEAK_RSA), "jwks.keys.0", "1024 bits"),
        (with_member(RSA, n="!!"), "jwks.keys.0", "0 bits"),
        (with_member(EC, crv="P-192"), "jwks.keys.0", "'P-192'"),
        (with_member(EC, crv="secp256k1"), "jwks.keys.0", "'secp256k1'"),
        (public(EC, EC), "jwks.keys.1.kid", "'ec'"),
    ],
)
def test_h074_a_key_nobody_should_publish_is_refused_with_its_rank_and_the_reason(
    jwks: dict[str, Any], key: str, found: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        register(jwks=jwks)
    assert (refused.value.key, refused.value.found) == (key, found)


@pytest.mark.parametrize(
    ("members", "key", "expected"),
    [
        ({**encrypted("ECDH-ES"), "jwks": public(SIG)}, "jwks", "a key that fits ECDH-ES"),
        ({**encrypted("ECDH-ES"), "jwks": public(RSA)}, "jwks", "a key that fits ECDH-ES"),
        ({**encrypted("RSA-OAEP"), "jwks": public(EC)}, "jwks", "a key that fits RSA-OAEP"),
        (encrypted("ECDH-ES"), "jwks_uri", "the address of the keys that id_token_encrypted_response_alg needs"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "jwks_uri", "the address of the keys"),
        ({"token_endpoint_auth_method": "private_key_jwt", "jwks": public(EC)}, "jwks", "a key that fits ES256"),
        (
            {"id_token_encrypted_response_alg": "ECDH-ES", "jwks_uri": URI},
            "id_token_encrypted_response_enc",
            "one of A256GCM, with id_token_encrypted_response_alg",
        ),
        (
            {"userinfo_encrypted_response_enc": "A256GCM"},
            "userinfo_encrypted_response_enc",
            "none without userinfo_encrypted_response_alg",
        ),
        (
            {**encrypted("ECDH-ES"), "jwks_uri": URI, "userinfo_signed_response_alg": ""},
            "userinfo_signed_response_alg",
            "what is encrypted is signed first",
        ),
        ({"jwks": public(EC), "jwks_uri": URI}, "jwks_uri", "jwks or jwks_uri, not both"),
        ({"jwks_uri": "/jwks"}, "jwks_uri", "an absolute http or https address"),
        ({"id_token_signed_response_alg": "RS256"}, "id_token_signed_response_alg", "one of ES256"),
        ({"id_token_signed_response_alg": "HS256"}, "id_token_signed_response_alg", "one of ES256"),
    ],
)
def test_h074_h083_what_the_platform_cannot_honour_is_refused_with_its_key(
    members: dict[str, Any], key: str, expected: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        register(**members)
    assert refused.value.key == key
    assert expected in refused.value.expected
