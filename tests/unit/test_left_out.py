"""Registrations that FranceConnect would not load are unknown, each with its reason (service-provider-side §4)."""

from typing import Any

import pytest

from support.registrations import PLATFORMS, fixtures_of

RIGHT = {
    "platform": "franceconnect",
    "client_id": "mine",
    "client_secret": "s" * 64,
    "name": "Mine",
    "entity_id": "e" * 32,
    "redirect_uris": ["https://rp.test/cb"],
}


def read(*records: dict[str, Any], platform: str = "franceconnect") -> tuple[list[str], list[str]]:
    """The client_ids that are known, and why the others are not."""
    fixtures = fixtures_of("clients", *records)
    known = fixtures.clients(PLATFORMS[platform])
    assert fixtures.in_use("clients").keys() == known.keys()
    return [client.client_id for client in known.values()], fixtures.left_out()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"client_id": ""}, "client_id"),
    ({"client_id": "a\nb"}, "client_id"),
    ({"client_secret": ""}, "client_secret"),
    ({"name": ""}, "name"),
    ({"entity_id": "e" * 256}, "entity_id"),
    ({"type": "other"}, "type"),
    ({"eidas": 4}, "eidas"),
    ({"signup_id": "12345678"}, "signup_id"),
    ({"posture": "lax"}, "posture"),
    ({"token_endpoint_auth_method": "client_secret_jwt"}, "token_endpoint_auth_method"),
    ({"redirect_uris": []}, "redirect_uris"),
    ({"redirect_uris": ["https://rp.test/cb", "rp.test/cb"]}, "redirect_uris.1"),
    ({"redirect_uris": ["https://a.test/cb", "https://b.test/cb"]}, "redirect_uris"),
    ({"post_logout_redirect_uris": ["rp.test"]}, "post_logout_redirect_uris.0"),
    ({"sector_identifier_uri": "rp.test/sector.json"}, "sector_identifier_uri"),
    ({"jwks_uri": "file:///keys"}, "jwks_uri"),
    ({"scopes": ["openid", "rnipp_profile"]}, "scopes"),
    ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
    ({"id_token_signed_response_alg": "PS256"}, "id_token_signed_response_alg"),
    ({"userinfo_signed_response_alg": "none"}, "userinfo_signed_response_alg"),
    ({"id_token_encrypted_response_alg": "ECDH-ES"}, "id_token_encrypted_response_alg"),
    ({"id_token_encrypted_response_alg": "RSA1_5"}, "id_token_encrypted_response_alg"),
    ({"userinfo_encrypted_response_enc": "A128GCM"}, "userinfo_encrypted_response_enc"),
]


@pytest.mark.parametrize(("changes", "key"), WRONG, ids=[str(changes)[:60] for changes, _ in WRONG])
def test_a_value_that_franceconnect_refuses_leaves_its_record_out_and_no_other(
    changes: dict[str, Any], key: str
) -> None:
    known, left_out = read(RIGHT | changes, RIGHT | {"client_id": "another"})
    assert known == ["another"]
    assert [line.startswith(f"0.toml: {key}: expected ") for line in left_out] == [True], left_out


PLUS = RIGHT | {"platform": "franceconnect-plus", "id_token_encrypted_response_enc": "A256GCM"}
WRONG_ON_PLUS: list[tuple[dict[str, Any], str]] = [
    ({"id_token_signed_response_alg": "RS256"}, "id_token_signed_response_alg"),
    ({"id_token_signed_response_alg": "HS256"}, "id_token_signed_response_alg"),
    ({"scopes": ["openid", "idp_birthdate"]}, "scopes"),
    ({"id_token_encrypted_response_alg": "ECDH-ES"}, "jwks_uri"),  # mandatory when encryption is on
    ({"id_token_encrypted_response_alg": ""}, "id_token_encrypted_response_enc"),
]


@pytest.mark.parametrize(("changes", "key"), WRONG_ON_PLUS, ids=[str(changes)[:60] for changes, _ in WRONG_ON_PLUS])
def test_what_the_higher_platform_does_not_honour_is_left_out_there(changes: dict[str, Any], key: str) -> None:
    known, left_out = read(PLUS | changes, platform="franceconnect-plus")
    assert (known, [line.startswith(f"0.toml: {key}: ") for line in left_out]) == ([], [True]), left_out


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "private", "identity_consent": True},
        {"post_logout_redirect_uris": []},
        {"redirect_uris": ["https://a.test/", "https://b.test/"], "sector_identifier_uri": "https://a.test/s.json"},
        {"redirect_uris": ["https://rp.test/", "https://rp.test:8443/"]},
        {"redirect_uris": ["http://localhost:3000/cb"]},
        *({"id_token_signed_response_alg": alg} for alg in ("ES256", "RS256", "HS256")),
        *({"userinfo_signed_response_alg": alg} for alg in ("ES256", "RS256", "HS256", "")),
        {"claims": ["amr"], "rep_scope": ["Logement", "Papier-Citoyenneté-Elections"]},
        {"idp_filter_exclude": False, "idp_filter_list": []},
        {"allowed_idp_hints": []},
        {"allowed_prompts": ["login", "consent"]},
        {"active": False},
        {"eidas": 3},
        {"title": "Mon service", "signup_id": "1234567", "site": "https://rp.test", "emails": ["dev@rp.test"]},
    ],
    ids=str,
)
def test_every_field_of_the_model_is_taken(changes: dict[str, Any]) -> None:
    assert read(RIGHT | changes) == (["mine"], [])


def test_of_two_files_with_one_client_id_the_second_is_left_out() -> None:
    known, left_out = read(RIGHT, RIGHT | {"name": "Twin"})
    assert known == ["mine"]
    assert left_out == ["1.toml: client_id: expected one that no other file has, found that of 0.toml"]


KNOWN = "expected one of franceconnect, franceconnect-plus, franceconnect-v1"
MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"shoe": 1}, "shoe: expected a known key, found an unknown one"),
    ({"active": "true"}, "active: expected a valid boolean, found 'true'"),
    ({"scopes": "openid"}, "scopes: expected a valid array, found 'openid'"),
    ({"redirect_uris": None}, "redirect_uris: expected a valid array, found null"),
    ({"client_secret": 5}, "client_secret: expected a valid string, found another value"),
    ({"platform": "franceconect"}, f"platform: {KNOWN}, found 'franceconect'"),
    ({"platform": ["franceconnect", "elsewhere"]}, f"platform: {KNOWN}, found 'elsewhere'"),
    ({"platform": []}, f"platform: {KNOWN}, found none"),
    ({"platform": [[]]}, f"platform: {KNOWN}, found []"),
    ({"platform": {}}, f"platform: {KNOWN}, found {{}}"),
]


@pytest.mark.parametrize(("changes", "reason"), MALFORMED, ids=[str(changes) for changes, _ in MALFORMED])
def test_a_file_that_is_no_registration_at_all_is_left_out_and_no_other(changes: dict[str, Any], reason: str) -> None:
    assert read(RIGHT | changes, RIGHT | {"client_id": "another"}) == (["another"], [f"0.toml: {reason}"])


@pytest.mark.parametrize("key", sorted(RIGHT.keys() - {"entity_id"}))
def test_a_file_without_a_key_that_it_needs_is_left_out_and_no_other(key: str) -> None:
    known, left_out = read({name: value for name, value in RIGHT.items() if name != key}, RIGHT | {"client_id": "b"})
    assert (known, len(left_out)) == (["b"], 1)
    assert left_out[0].startswith(f"0.toml: {key}: expected ")
    assert left_out[0].endswith(", found none")


def test_what_several_platforms_refuse_is_said_once_and_what_one_takes_is_in_use() -> None:
    both = ["franceconnect", "franceconnect-plus"]
    assert read(RIGHT | {"platform": both, "shoe": 1})[1] == [
        "0.toml: shoe: expected a known key, found an unknown one"
    ]
    known, left_out = read(RIGHT | {"platform": both, "scopes": ["openid", "idp_birthdate"]})
    assert (known, len(left_out)) == (["mine"], 1)


def test_a_file_of_a_platform_that_is_not_served_waits() -> None:
    assert read(RIGHT | {"platform": "franceconnect-v1", "shoe": 1}) == ([], [])


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ({"monogram": "X"}, f"client.platform: {KNOWN}, found none"),
        ({"client": "secret"}, f"client.platform: {KNOWN}, found none"),
        ({"client": RIGHT | {"shoe": 1}}, "client.shoe: expected a known key, found an unknown one"),
    ],
)
def test_a_demo_service_whose_client_is_none_is_left_out(service: dict[str, Any], reason: str) -> None:
    fixtures = fixtures_of("services", service, {"client": RIGHT})
    assert fixtures.left_out() == [f"0.toml: {reason}"]
    assert [*fixtures.in_use("services")] == [*fixtures.clients(PLATFORMS["franceconnect"])] == ["1.toml"]
