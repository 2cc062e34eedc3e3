"""Browser and containers agree on one issuer: only back-channel endpoints follow the internal host name."""

import dataclasses
from urllib.parse import urlsplit

from fcsim_hub.clock import FrozenClock, ShiftedClock
from fcsim_hub.config import Settings
from fcsim_hub.fixtures import load_fixtures
from fcsim_hub.protocol.discovery import discovery_document

PLATFORM = load_fixtures(Settings()).platforms()["franceconnect"]
ISSUER = "http://localhost:8000/api/v2"
BACK = {"token_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint"}


def test_only_the_back_channel_follows_the_internal_name() -> None:
    plain = discovery_document(PLATFORM, issuer=ISSUER, back_channel=ISSUER)
    inside = discovery_document(PLATFORM, issuer=ISSUER, back_channel="http://franceconnect:8000/api/v2")
    assert {key for key in plain if plain[key] != inside[key]} == BACK
    assert {urlsplit(inside[key]).netloc for key in BACK} == {"franceconnect:8000"}


def test_the_documents_order_is_the_observed_one() -> None:
    keys = list(discovery_document(PLATFORM, issuer=ISSUER, back_channel=ISSUER))
    assert keys[:4] == [
        "acr_values_supported",
        "authorization_endpoint",
        "claims_parameter_supported",
        "claims_supported",
    ]
    assert keys[-1] == "claim_types_supported"


def test_scopes_and_algorithms_come_from_the_platform_s_record() -> None:
    high = dataclasses.replace(PLATFORM, signing_algs=("ES256",), default_signing_alg="ES256")
    document = discovery_document(high, issuer=ISSUER, back_channel=ISSUER)
    assert document["id_token_signing_alg_values_supported"] == ["ES256"]
    assert document["token_endpoint_auth_signing_alg_values_supported"] == ["ES256"]
    assert document["request_object_signing_alg_values_supported"] == ["ES256"]
    assert "cnam_caisse" in document["scopes_supported"]


def test_clocks_tell_the_time_they_are_told() -> None:
    frozen = FrozenClock(100.0)
    frozen.advance(5)
    assert (frozen.now(), ShiftedClock(60, frozen).now()) == (105.0, 165.0)
