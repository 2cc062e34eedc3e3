"""What may be registered (service-provider-side §4; security-and-reliability H034–H042)."""

from typing import Any

import pytest

from fcsim_hub.config import Settings
from fcsim_hub.domain.clients import Client, check_client
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.fixtures import load_fixtures
from fcsim_hub.storage.documents import from_record, to_dict

PLATFORM = load_fixtures(Settings()).platforms()["franceconnect"]
RIGHT: dict[str, Any] = {
    "client_id": "any text, even é",
    "client_secret": "s",
    "name": "Service",
    "redirect_uris": ["https://rp.test/cb?tenant=1", "https://rp.test/other"],
}


def read(**changes: Any) -> Client:
    client = from_record(Client, RIGHT | changes)
    check_client(client, PLATFORM)
    return client


def test_a_record_reads_back_as_it_was_written() -> None:
    client = read(scopes=["openid", "email"], allowed_idp_hints=[])
    assert from_record(Client, to_dict(client)) == client
    assert client.allowed_idp_hints == ()
    assert read().allowed_idp_hints is None


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"unknown": 1}, "unknown"),
        ({"active": "false"}, "active"),
        ({"client_id": ""}, "client_id"),
        ({"client_secret": ""}, "client_secret"),
        ({"type": "other"}, "type"),
        ({"eidas": 4}, "eidas"),
        ({"scopes": "openid"}, "scopes"),
        ({"scopes": ["openid", "nonsense"]}, "scopes"),
        ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": ["https://a.test/", "https://b.test/"]}, "redirect_uris"),
        *(
            ({"redirect_uris": [uri]}, "redirect_uris.0")
            for uri in (
                *(
                    "/callback",
                    "rp.test/cb",
                    "javascript:alert(1)",
                    "data:text/html,x",
                    "file:///etc/passwd",
                    "app:/cb",
                ),
                *("https://rp.test/cb#f", "https://rp.test/*", "https://user@rp.test/cb", "https://rp.test\\@evil/"),
                *("https://rp.test/cb?code=1", "https://rp.test/cb?a=1&state=x", "https://rp.test/c b", "https:///cb"),
                *("https://rp.test/cb\u00a0", "https://rp.test/\u3000", "https://rp.test/<b>", "https://@rp.test/cb"),
            )
        ),
        ({"post_logout_redirect_uris": ["nowhere"]}, "post_logout_redirect_uris.0"),
    ],
)
def test_wrong_records_are_refused_with_their_key(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidField) as refused:
        read(**changes)
    assert refused.value.key == key
    assert str(refused.value).startswith(f"{key}: expected ")


def test_several_hosts_need_a_sector_identifier() -> None:
    uris = ["https://a.test/", "https://b.test/"]
    assert read(redirect_uris=uris, sector_identifier_uri="https://a.test/sector.json").redirect_uris == tuple(uris)


@pytest.mark.parametrize(
    ("exclude", "listed", "accepted"),
    [(True, [], True), (True, ["x"], False), (False, [], False), (False, ["x"], True)],
)
def test_provider_filters(exclude: bool, listed: list[str], accepted: bool) -> None:
    assert read(idp_filter_exclude=exclude, idp_filter_list=listed).accepts_provider("x") is accepted


@pytest.mark.parametrize(
    ("kind", "declared", "required"), [("public", True, False), ("private", False, False), ("private", True, True)]
)
def test_consent_is_for_private_services_that_declare_it(kind: str, declared: bool, required: bool) -> None:
    assert read(type=kind, identity_consent=declared).consent_required is required
