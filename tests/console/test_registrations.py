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
