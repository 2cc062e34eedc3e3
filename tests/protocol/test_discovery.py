"""Browser and containers agree on one issuer: only back-channel endpoints follow the internal host name."""

import dataclasses
from urllib.parse import urlsplit

from fcsim_hub.clock import FrozenClock, ShiftedClock
from fcsim_hub.config import Settings
from fcsim_hub.fixtures import load_fixtures
from fcsim_hub.protocol.discovery import discovery_document

PLATFORMS = load_fixtures(Settings()).platforms()
PLATFORM, PLUS = PLATFORMS["franceconnect"], PLATFORMS["franceconnect-plus"]
ISSUER = "http://localhost:8000/api/v2"
BACK = {"token_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint"}


def test_only_the_back_channel_follows_the_internal_name() -> None:
    plain = discovery_document(PLATFORM, issuer=ISSUER, back_channel=ISSUER)
    inside = discovery_document(PLATFORM, issuer=ISSUER, back_channel="http://franceconnect:8000/api/v2")
    assert {key for key in plain if plain[key] != inside[key]} == BACK
    assert {urlsplit(inside[key]).netloc for key in BACK} == {"franceconnect:8000"}


OBSERVED = """
acr_values_supported authorization_endpoint claims_parameter_supported claims_supported code_challenge_methods_supported
end_session_endpoint grant_types_supported issuer jwks_uri authorization_response_iss_parameter_supported
response_modes_supported response_types_supported scopes_supported subject_types_supported
token_endpoint_auth_methods_supported token_endpoint_auth_signing_alg_values_supported token_endpoint
id_token_signing_alg_values_supported request_parameter_supported request_uri_parameter_supported
request_object_signing_alg_values_supported require_request_uri_registration userinfo_endpoint
userinfo_signing_alg_values_supported revocation_endpoint revocation_endpoint_auth_methods_supported
revocation_endpoint_auth_signing_alg_values_supported claim_types_supported
"""
"""The keys of FranceConnect's document, as served (§3.1)."""


def test_the_documents_order_is_the_observed_one() -> None:
    assert list(discovery_document(PLATFORM, issuer=ISSUER, back_channel=ISSUER)) == OBSERVED.split()


def test_scopes_and_algorithms_come_from_the_platform_s_record() -> None:
    high = dataclasses.replace(PLATFORM, signing_algs=("ES256",), default_signing_alg="ES256")
    document = discovery_document(high, issuer=ISSUER, back_channel=ISSUER)
    assert document["id_token_signing_alg_values_supported"] == ["ES256"]
    assert document["token_endpoint_auth_signing_alg_values_supported"] == ["ES256"]
    assert document["request_object_signing_alg_values_supported"] == ["ES256"]
    assert "cnam_caisse" in document["scopes_supported"]


def test_the_higher_platform_says_what_it_encrypts_with_beside_what_it_signs_with() -> None:
    """service-provider-side §3.2, key by key; the rest is as on FranceConnect."""
    document = discovery_document(PLUS, issuer=ISSUER, back_channel=ISSUER)
    assert document["acr_values_supported"] == ["eidas2", "eidas3"]
    for what in ("id_token_signing", "userinfo_signing", "token_endpoint_auth_signing", "request_object_signing"):
        assert document[f"{what}_alg_values_supported"] == ["ES256"]
    for what in ("id_token", "userinfo"):
        assert document[f"{what}_encryption_alg_values_supported"] == ["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"]
    assert document["request_object_encryption_alg_values_supported"] == ["ECDH-ES", "RSA-OAEP"]
    for what in ("id_token", "userinfo", "request_object"):
        assert document[f"{what}_encryption_enc_values_supported"] == ["A256GCM"]
    low = list(discovery_document(PLATFORM, issuer=ISSUER, back_channel=ISSUER))
    assert [key for key in document if "encryption" not in key] == low
    keys = list(document)
    for what in ("id_token", "userinfo", "request_object"):
        rank = keys.index(f"{what}_signing_alg_values_supported")
        assert keys[rank + 1 : rank + 3] == [f"{what}_encryption_{part}_values_supported" for part in ("alg", "enc")]
    assert document == discovery_document(PLUS, issuer=ISSUER, back_channel=ISSUER)


def test_the_scopes_and_claims_of_the_higher_platform() -> None:
    document = discovery_document(PLUS, issuer=ISSUER, back_channel=ISSUER)
    claims, scopes = set(document["claims_supported"]), set(document["scopes_supported"])
    pivot = {"gender", "family_name", "birthdate", "birthplace", "birthcountry", "given_name"}
    assert {f"rnipp_{claim}" for claim in pivot} | {"rnipp_given_name_array"} <= claims
    assert not {"given_name_array", "idp_birthdate", "idp_id"} & claims
    assert {f"rnipp_{scope}" for scope in (*pivot, "profile", "birth", "identite_pivot")} <= scopes
    assert not {"idp_birthdate", "idp_id", "offline_access", "address", "phone", "mesri_identite"} & scopes
    assert {"dgfip_rfr", "cnam_caisse", "cnous_email"} <= scopes


def test_clocks_tell_the_time_they_are_told() -> None:
    frozen = FrozenClock(100.0)
    frozen.advance(5)
    assert (frozen.now(), ShiftedClock(60, frozen).now()) == (105.0, 165.0)
