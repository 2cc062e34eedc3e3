"""The keys of identity providers: when they are fetched, and which of a set are used (inside-the-hub §3.7)."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from fcsim_hub.domain.levels import Level
from fcsim_hub.domain.platforms import SigningAlg
from fcsim_hub.domain.providers import Provider
from fcsim_hub.gateways.http import Answer, HttpCaller
from fcsim_hub.gateways.provider_keys import ProviderKeys

BASE = "http://idp.test"
PROVIDER = Provider(
    uid="mine",
    name="mine",
    title="Mine",
    allowed_acr=(Level.EIDAS1,),
    issuer=BASE,
    authorization_endpoint=f"{BASE}/authorize",
    token_endpoint=f"{BASE}/token",
    userinfo_endpoint=f"{BASE}/userinfo",
    jwks_uri=f"{BASE}/jwks",
    client_id="hub",
    client_secret="s" * 64,
)
KEY = ECKey.generate_key("P-256").as_dict(private=False)
RSA = RSAKey.generate_key(2048).as_dict(private=False)


class Published(HttpCaller):
    """Answers what a provider publishes, and counts who asks."""

    def __init__(self, *keys: object, body: bytes = b"") -> None:
        super().__init__(1)
        self.calls = 0
        self.body = body
        if keys:
            self.publish(*keys)

    def publish(self, *keys: object) -> None:
        self.body = json.dumps({"keys": keys}).encode()

    def call(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> Answer:
        self.calls += 1
        return Answer(200, "application/json", self.body)


def named(key: Mapping[str, Any], kid: str = "k1", **members: object) -> dict[str, Any]:
    return {**key, "kid": kid, **members}


def tried(keys: ProviderKeys, kid: str | None, now: float = 0, alg: SigningAlg = "ES256") -> list[dict[str, Any]]:
    """Every key that would be tried on a token that none verifies."""
    return [dict(key.as_dict(private=False)) for key in keys.find(PROVIDER, alg, kid, now)]


def test_h136_a_thousand_forged_kids_in_a_minute_are_six_fetches() -> None:
    http = Published(named(KEY))
    keys = ProviderKeys(http)
    assert next(keys.find(PROVIDER, "ES256", "k1", 0))
    for rank in range(1000):
        with pytest.raises(ValueError, match="no ES256 key with kid 'forged-"):
            tried(keys, f"forged-{rank}", rank * 0.06)
    assert http.calls <= 1 + 6
    assert next(keys.find(PROVIDER, "ES256", "k1", 60))


def test_h136_a_thousand_signatures_that_do_not_verify_are_six_fetches_too() -> None:
    http = Published(named(KEY))
    keys = ProviderKeys(http)
    for rank in range(1000):
        assert len(tried(keys, "k1", rank * 0.06)) == 1
    assert http.calls <= 1 + 6


@pytest.mark.parametrize("kid", ["k1", "k2"])
def test_m53_a_new_key_is_found_at_once_also_under_the_name_of_the_old_one(kid: str) -> None:
    http = Published(named(KEY))
    keys = ProviderKeys(http)
    assert next(keys.find(PROVIDER, "ES256", "k1", 0))
    for second in range(1, 4):
        new = named(ECKey.generate_key("P-256").as_dict(private=False), kid)
        http.publish(new)
        assert any(key.as_dict(private=False)["x"] == new["x"] for key in keys.find(PROVIDER, "ES256", kid, second))


def test_m80_the_old_key_serves_as_long_as_it_is_published() -> None:
    http = Published(named(KEY))
    keys = ProviderKeys(http)
    http.publish(named(KEY), named(ECKey.generate_key("P-256").as_dict(private=False), "k2"))
    assert next(keys.find(PROVIDER, "ES256", "k2", 0))
    assert next(keys.find(PROVIDER, "ES256", "k1", 1)).as_dict(private=False)["x"] == KEY["x"]
    assert http.calls == 1


UNUSABLE: list[Any] = [
    *({"kty": "FOO"}, {"kid": "k0"}, {}, "text", 5, None, ["x"], {"kty": ["EC"]}, {"kty": {}}),
    *({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "EC", "crv": "P-256"}, named(KEY) | {"kid": 5}),
    *({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}, {"kty": "oct", "k": "AA"}),
]


@pytest.mark.parametrize("unusable", UNUSABLE, ids=[str(rank) for rank in range(len(UNUSABLE))])
def test_m77_a_key_that_cannot_be_used_does_not_spoil_the_set_it_is_in(unusable: object) -> None:
    """RFC 7517 §5: unknown kinds, missing members and values out of range are left out, one by one."""
    assert [key["x"] for key in tried(ProviderKeys(Published(unusable, named(KEY))), "k1")] == [KEY["x"]]


@pytest.mark.parametrize(
    "other",
    [
        named(RSA),
        named(KEY, use="enc"),
        named(KEY, alg="ES512"),
        named(ECKey.generate_key("P-384").as_dict(private=False)),
    ],
    ids=["RSA", "to encrypt", "of another algorithm", "of another curve"],
)
def test_a_key_of_another_purpose_is_not_taken_for_the_one_that_signs(other: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no ES256 key with kid 'k1'"):
        tried(ProviderKeys(Published(other)), "k1")
    assert [key["x"] for key in tried(ProviderKeys(Published(other, named(KEY))), None)] == [KEY["x"]]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"5", b"null", b"{}", b'{"keys": null}', b'{"keys": []}', b'{"keys": ["a"]}', b"[" * 5000],
    ids=lambda body: body.decode()[:16],
)
def test_m77_what_is_no_key_set_is_an_error_and_asked_again_at_the_next_login(body: bytes) -> None:
    http = Published(body=body)
    keys = ProviderKeys(http)
    with pytest.raises(ValueError, match="the provider's JWKS"):
        tried(keys, "k1")
    http.publish(named(KEY))
    assert len(tried(keys, "k1", 1)) == 1


def test_hs256_needs_no_key_set() -> None:
    http = Published(body=b"")
    assert len(tried(ProviderKeys(http), "k1", alg="HS256")) == 1
    assert http.calls == 0
