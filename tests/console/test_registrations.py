"""What is common to registrations of every kind."""

import secrets
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from support.site import Site

RIGHT = {"client_secret": "s" * 40, "name": "Essai", "redirect_uris": ["https://rp.test/cb"], "scopes": ["openid"]}


@pytest.fixture
def place(site: Site) -> Iterator[str]:
    """Where a client of the test may be registered."""
    where = f"/platforms/franceconnect/clients/{quote(f'client {secrets.token_hex(6)}')}"
    yield where
    site.api("DELETE", where)


@pytest.mark.parametrize("named", ["franceconnect", ["franceconnect-plus", "franceconnect"]])
def test_a_registration_may_name_its_platform_as_its_file_does(site: Site, place: str, named: object) -> None:
    """service-provider-side §4: `platform`, if present, must be the instance's."""
    status, made = site.api("PUT", place, RIGHT | {"platform": named})
    assert (status, "platform" in made) == (201, False)
    assert site.api("PATCH", place, {"platform": named})[0] == 200


@pytest.mark.parametrize("named", ["franceconnect-plus", [], None, 5])
def test_a_registration_of_another_platform_is_refused(site: Site, place: str, named: object) -> None:
    status, problem = site.api("PUT", place, RIGHT | {"platform": named})
    assert (status, problem["errors"][0]["key"]) == (400, "platform")


def test_null_is_nothing_for_what_may_be_empty(site: Site, place: str) -> None:
    site.api("PUT", place, RIGHT | {"post_logout_redirect_uris": ["https://rp.test/bye"], "signup_id": "12"})
    empty = dict.fromkeys(("post_logout_redirect_uris", "signup_id", "jwks_uri", "allowed_prompts", "entity_id"))
    status, changed = site.api("PATCH", place, empty)
    assert status == 200, changed
    assert {key: changed[key] for key in empty} == dict.fromkeys(empty, "") | {
        "post_logout_redirect_uris": [],
        "allowed_prompts": [],
    }
    assert site.api("PUT", place, RIGHT | empty) == (200, changed)


@pytest.mark.parametrize("member", ["name", "redirect_uris", "active", "type", "scopes"])
def test_null_is_refused_for_what_is_always_something(site: Site, place: str, member: str) -> None:
    site.api("PUT", place, RIGHT)
    status, problem = site.api("PATCH", place, {member: None})
    assert (status, problem["errors"][0]["key"]) == (400, member)
    assert "found null" in problem["detail"]


def test_somebody_without_usage_name_may_be_written_with_null(site: Site, person: str) -> None:
    record = {"given_names": ["Ada"], "family_name": "LENOIR", "gender": "female", "birthdate": "1991-12-10"}
    nothing = dict.fromkeys(("preferred_username", "birthplace", "email"))
    status, made = site.api("PUT", f"/people/{person}", record | nothing | {"birthcountry": "99352"})
    assert status == 201, made
    assert {key: made[key] for key in nothing} == dict.fromkeys(nothing, "")
