"""Data providers over the control API (service-provider-side §14)."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.site import Site

KEY = "data-provider-of-a-test-of-the-control-api"
PLACE = f"/platforms/franceconnect/data-providers/{KEY}"
RECORD: dict[str, Any] = {
    "title": "Données de test",
    "client_id": KEY,
    "client_secret": "s" * 32,
    "scopes": ["dgfip_rfr"],
    "jwks_uri": "http://localhost:1/jwks",
}
CHOICES = {
    "active": True,
    "checktoken_signed_response_alg": "ES256",
    "checktoken_encrypted_response_alg": "ECDH-ES",
    "checktoken_encrypted_response_enc": "A256GCM",
}


@pytest.fixture
def made(site: Site) -> Iterator[dict[str, Any]]:
    status, found = site.api("PUT", PLACE, RECORD)
    assert status == 201
    yield found
    site.api("DELETE", PLACE)


def test_it_is_made_listed_changed_and_removed(site: Site, made: dict[str, Any]) -> None:
    assert made == RECORD | CHOICES | {"uid": made["uid"]}
    assert made in site.api("GET", "/platforms/franceconnect/data-providers")[1]
    assert site.api("PATCH", PLACE, {"active": False})[1] == made | {"active": False}
    assert site.api("GET", PLACE)[1]["active"] is False
    assert site.api("DELETE", PLACE)[0] == 204
    assert site.api("GET", PLACE)[0] == 404


def test_the_uid_made_for_it_stays(site: Site, made: dict[str, Any]) -> None:
    assert site.api("PUT", PLACE, RECORD)[1] == made
    another = "6d2d1a0c-6d3a-4c05-8d2c-0c1d6c7b7b11"
    assert site.api("PUT", PLACE, RECORD | {"uid": another})[1]["uid"] == another


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"client_secret": "s" * 31}, "client_secret"),
        ({"uid": "x"}, "uid"),
        ({"uid": "6d2d1a0c-6d3a-1c05-8d2c-0c1d6c7b7b11"}, "uid"),
        ({"title": ""}, "title"),
        ({"scopes": ["dgfip_unknown"]}, "scopes"),
        ({"scopes": "dgfip_rfr"}, "scopes"),
        ({"active": "true"}, "active"),
        ({"jwks_uri": ""}, "jwks_uri"),
        ({"jwks_uri": "ftp://localhost/jwks"}, "jwks_uri"),
        ({"checktoken_signed_response_alg": "HS256"}, "checktoken_signed_response_alg"),
        ({"checktoken_encrypted_response_alg": ""}, "checktoken_encrypted_response_alg"),
        ({"client_id": "d" * 32}, "client_id"),
        ({"mandatory": True}, "mandatory"),
    ],
)
def test_a_wrong_one_is_refused_with_its_key(
    site: Site, made: dict[str, Any], members: dict[str, Any], key: str
) -> None:
    status, problem = site.api("PUT", PLACE, RECORD | members)
    assert (status, problem["errors"][0]["key"]) == (400, key)
    assert "s" * 31 not in str(problem)
    assert site.api("GET", PLACE)[1] == made


def test_a_key_too_short_is_refused(site: Site) -> None:
    status, problem = site.api("PUT", "/platforms/franceconnect/data-providers/short", RECORD | {"client_id": "short"})
    assert (status, problem["errors"][0]["key"]) == (400, "client_id")
