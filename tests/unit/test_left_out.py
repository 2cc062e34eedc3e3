"""Registrations that FranceConnect would not load are unknown, each with its reason (service-provider-side §4)."""

import json
from pathlib import Path
from typing import Any

import pytest

from fcsim_hub.config import Settings
from fcsim_hub.fixtures import FixtureError, Fixtures, load_fixtures

PLATFORMS = load_fixtures(Settings()).platforms()
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
    files = {f"{rank}.toml": record for rank, record in enumerate(records)}
    fixtures = Fixtures({"clients": files, "services": {}, "providers": {}, "data_providers": {}})
    kept = fixtures.clients(PLATFORMS[platform])
    assert fixtures.left_out(PLATFORMS[platform]) == kept.left_out
    return [client.client_id for client in kept.values()], kept.left_out


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


def test_a_registration_on_a_platform_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    """One of a platform that exists and is not served, as FranceConnect v1 is at first, is not."""
    (tmp_path / "clients").mkdir()
    for name in ("franceconnect+", "franceconnect-v1"):
        members = RIGHT | {"platform": name, "client_id": name}
        text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in members.items())
        (tmp_path / "clients" / f"{name}.toml").write_text(text, encoding="utf-8")
    expected = "one of franceconnect, franceconnect-plus, franceconnect-v1"
    assert load_fixtures(Settings(fixtures=(tmp_path,))).strays() == [
        f"{tmp_path}/clients/franceconnect+.toml: platform: expected {expected}, found 'franceconnect+'"
    ]


@pytest.mark.parametrize("changes", [{"shoe": 1}, {"active": "true"}, {"scopes": "openid"}, {"redirect_uris": None}])
def test_a_file_that_is_no_registration_at_all_stops_the_start(changes: dict[str, Any]) -> None:
    with pytest.raises(FixtureError, match=r"^0\.toml: "):
        read(RIGHT | changes)
