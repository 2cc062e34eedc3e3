"""Failures that no other test's count against."""

import pytest

from support.site import Site


@pytest.fixture(autouse=True)
def _forgotten_failures(site: Site) -> None:
    """Wrong logins of the tests before are not held against this one: all come from one address."""
    assert site.api("DELETE", "/login-failures")[0] == 200
