"""People of a test's own, and failures that no other test's count against."""

from collections.abc import Callable, Iterator

import pytest

from support.site import Site
from support.someone import Someone


@pytest.fixture
def make_someone(site: Site) -> Iterator[Callable[[], Someone]]:
    """Makes people; they are gone after the test."""
    made = []

    def make() -> Someone:
        someone = Someone.register(site)
        made.append(someone.name)
        return someone

    yield make
    for name in made:
        site.api("DELETE", f"/people/{name}")


@pytest.fixture
def someone(make_someone: Callable[[], Someone]) -> Someone:
    """One person of the test's own."""
    return make_someone()


@pytest.fixture(autouse=True)
def _forgotten_failures(site: Site) -> None:
    """Wrong logins of the tests before are not held against this one: all come from one address."""
    assert site.api("DELETE", "/login-failures")[0] == 200
