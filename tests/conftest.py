"""What every test may ask for: a whole fcsim on free ports, its clock, and a relying party of the test's own."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from fcsim_hub.config import Addresses, Settings
from fcsim_hub.stack import Stack, build_stack
from fcsim_hub.storage.database import Database
from support.clock import MovableClock
from support.key_server import KeyServer
from support.postgres import NO_SERVER, SERVER, make_database, settings_on
from support.relying_party import RelyingParty
from support.rogue_provider import GIULIA, Rogue, registered
from support.site import Site
from support.someone import Someone
from support.v1_party import PLATFORM, V1Party

# The first text a strategy draws builds a table for seconds on a slow machine; no example is timed here.
settings.register_profile("fcsim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fcsim")


def free_settings(data: Path, **more: object) -> Settings:
    """Settings of an installation that keeps nothing and takes any free port."""
    urls = Addresses(**dict.fromkeys(Addresses.model_fields, "http://localhost:0"))
    return Settings(data=data, urls=urls, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def stack_clock() -> MovableClock:
    """The clock of the session's fcsim."""
    return MovableClock()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, stack_clock: MovableClock) -> Iterator[Stack]:
    """A whole fcsim, on real sockets, one for each test process."""
    built = build_stack(free_settings(tmp_path_factory.mktemp("fcsim")), clock=stack_clock)
    built.start()
    yield built
    built.stop()


@pytest.fixture
def clock(stack_clock: MovableClock) -> Iterator[MovableClock]:
    """The clock, set right again after the test."""
    yield stack_clock
    stack_clock.reset()


@pytest.fixture
def site(stack: Stack) -> Site:
    """The addresses of the session's fcsim and its control API."""
    return Site(stack)


@pytest.fixture
def rp(site: Site) -> Iterator[RelyingParty]:
    """A relying party that nobody else uses: public, ES256, every identity scope."""
    party = RelyingParty.register(site)
    yield party
    party.forget()


@pytest.fixture
def rogue(site: Site) -> Iterator[Rogue]:
    """A provider of the test's own, registered with the hub by its URLs alone."""
    with registered(Rogue(), site) as provider:
        yield provider


@pytest.fixture
def plus(site: Site) -> Site:
    """The same fcsim, seen from FranceConnect+."""
    return site.plus


@pytest.fixture
def plus_rp(plus: Site) -> Iterator[RelyingParty]:
    """A relying party of FranceConnect+: public, signed answers, every identity scope."""
    party = RelyingParty.register(plus)
    yield party
    party.forget()


@pytest.fixture
def plus_rogue(plus: Site, clock: MovableClock) -> Iterator[Rogue]:
    """A provider of FranceConnect+ of the test's own, substantial and high."""
    with registered(Rogue(acr="eidas2", levels=("eidas2", "eidas3"), now=clock.now), plus) as provider:
        yield provider


@pytest.fixture
def node(plus: Site) -> Iterator[Rogue]:
    """The node of the other member states."""
    rogue = Rogue(uid="rogue-node", acr="eidas2", levels=("eidas2", "eidas3"), identity=dict(GIULIA))
    with registered(rogue, plus):
        rogue.register(plus, kind="eidas", amr=["eidas"])
        yield rogue


@pytest.fixture
def own_keys() -> Iterator[KeyServer]:
    """Public encryption keys of the test's own, at an address."""
    server = KeyServer()
    server.publish()
    yield server
    server.withdraw()


@pytest.fixture
def person(site: Site) -> Iterator[str]:
    """A name for a person that the test makes."""
    name = f"person-{secrets.token_hex(4)}"
    yield name
    site.api("DELETE", f"/people/{name}")


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


@pytest.fixture
def platform(site: Site) -> Iterator[Callable[..., Any]]:
    """Changes the platform FranceConnect; it is as its file says again after the test."""

    def change(**members: Any) -> Any:
        status, body = site.api("PATCH", "/platforms/franceconnect", members)
        assert status == 200, body
        return body

    yield change
    site.api("DELETE", "/platforms/franceconnect")


@pytest.fixture(scope="session")
def v1_stack_clock() -> MovableClock:
    """The clock of the fcsim that serves v1 too."""
    return MovableClock()


@pytest.fixture(scope="session")
def v1_site(tmp_path_factory: pytest.TempPathFactory, v1_stack_clock: MovableClock) -> Iterator[Site]:
    """An fcsim that was asked for FranceConnect v1 too, one for each test process that needs it."""
    settings = free_settings(tmp_path_factory.mktemp("v1"), extra_platforms=(PLATFORM,))
    built = build_stack(settings, clock=v1_stack_clock)
    built.start()
    yield Site(built)
    built.stop()


@pytest.fixture
def v1_clock(v1_stack_clock: MovableClock) -> Iterator[MovableClock]:
    """Its clock, set right again after the test."""
    yield v1_stack_clock
    v1_stack_clock.reset()


@pytest.fixture
def v1(v1_site: Site) -> V1Party:
    """A service of a test's own on v1."""
    return V1Party.register(v1_site)


@pytest.fixture
def v2(v1: V1Party) -> RelyingParty:
    """The same organisation, registered anew on v2 of the same fcsim."""
    return RelyingParty.register(v1.site, entity_id=v1.record["entity_id"])


@pytest.fixture(scope="session")
def server_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A whole fcsim on PostgreSQL, both databases in one."""
    with make_database(SERVER) as url:
        built = build_stack(settings_on(url, tmp_path_factory.mktemp("postgres")))
        built.start()
        yield built
        built.stop()


def backends() -> list[object]:
    """The databases to test on: PostgreSQL where a server is named."""
    skip = pytest.mark.skipif(not SERVER, reason=NO_SERVER)
    return ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, skip])]


@pytest.fixture(params=backends())
def any_site(request: pytest.FixtureRequest) -> Site:
    """A running fcsim on each backend."""
    return Site(request.getfixturevalue("stack" if request.param == "sqlite" else "server_stack"))


@pytest.fixture(params=backends())
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database on each backend."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}")
        yield database
        database.close()
        return
    with make_database(SERVER) as url:
        database = Database(url)
        yield database
        database.close()
