"""Two processes serve one platform from one database: what may happen once happens once (H050, H058, H072, H099)."""

import os
import secrets
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier, Event
from time import perf_counter
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from conftest import free_settings
from fcsim_hub.endpoints import token
from fcsim_hub.stack import Stack, build_stack
from support.data_provider import OwnDataProvider
from support.key_server import make_key, public
from support.postgres import make_database
from support.relying_party import RelyingParty, Tokens, query_of
from support.site import Site
from support.worker import Worker, second_worker

pytestmark = pytest.mark.thorough  # starts processes or whole stacks of its own
SERVER = os.environ.get("FCSIM_TEST_POSTGRES_URL", "")
BACKENDS = [
    "sqlite",
    pytest.param(
        "postgresql",
        marks=[
            pytest.mark.postgres,
            pytest.mark.skipif(not SERVER, reason="FCSIM_TEST_POSTGRES_URL names no PostgreSQL server"),
        ],
    ),
]
KEY = make_key("ES256", use="sig")


@dataclass(frozen=True)
class Elsewhere(Site):
    """A site whose back channel is the second worker's; the issuer is the same."""

    base: str = ""

    @property
    def issuer(self) -> str:
        return self.base + self.platform.prefix


@dataclass(frozen=True)
class Two:
    """One client, as each of the two workers meets it."""

    here: RelyingParty
    there: RelyingParty

    def changed(self, **members: Any) -> "Two":
        here = self.here.change(**members)
        return Two(here, replace(self.there, record=here.record))


@pytest.fixture(scope="module", params=BACKENDS)
def workers(
    request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stack, Worker]]:
    """The first worker is in this process, so that a test can hold it; the second is another process."""
    if not sys.platform.startswith("linux"):
        pytest.skip("two workers on one port need a second loopback address")
    with ExitStack() as undo:
        if request.param == "postgresql":
            stack = undo.enter_context(on_postgresql(tmp_path_factory.mktemp("workers")))
        worker = undo.enter_context(second_worker(stack))
        assert worker.pid != os.getpid()
        yield stack, worker


@contextmanager
def on_postgresql(folder: Path) -> Iterator[Stack]:
    """A whole fcsim on a database server."""
    with make_database(SERVER) as url:
        databases = dict.fromkeys(("database_url", "providers_database_url"), SecretStr(url))
        built = build_stack(free_settings(folder, **databases))
        built.start()
        yield built
        built.stop()


@pytest.fixture
def two(workers: tuple[Stack, Worker]) -> Iterator[Two]:
    stack, worker = workers
    here = RelyingParty.register(Site(stack))
    yield Two(here, replace(here, site=Elsewhere(stack, base=worker.base)))
    here.forget()


def code_of(tokens: Tokens) -> str:
    return query_of(tokens.body["error_uri"])["code"] if "error_uri" in tokens.body else ""


@dataclass(frozen=True)
class Answered:
    """An answer, and when it was asked for and came."""

    tokens: Tokens
    begin: float
    end: float


def at_once(two: Two, form: dict[str, str | None], code: str) -> tuple[Answered, Answered]:
    """The same request to both workers in the same moment."""
    barrier = Barrier(2)

    def redeem(party: RelyingParty) -> Answered:
        barrier.wait(5)
        begin = perf_counter()
        tokens = party.redeem(code, **form)
        return Answered(tokens, begin, perf_counter())

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(redeem, (two.here, two.there))
    return one, other


def overlap(pair: tuple[Answered, Answered]) -> bool:
    one, other = pair
    return one.begin < other.end and other.begin < one.end


def test_both_workers_are_one_issuer(two: Two) -> None:
    assert two.here.site.issuer != two.there.site.issuer  # two addresses
    documents = [party.discovery() for party in (two.here, two.there)]
    assert documents[0] == documents[1]


def test_h050_a_code_sent_to_two_workers_at_once_gives_tokens_once_and_the_replay_revokes_them(two: Two) -> None:
    pairs = []
    for _ in range(10):
        pair = at_once(two, {}, two.here.log_in())
        pairs.append(pair)
        statuses = sorted(one.tokens.status for one in pair)
        assert statuses == [200, 400]
        (winner,), (loser,) = ([one.tokens for one in pair if one.tokens.status == status] for status in (200, 400))
        assert code_of(loser) == "Y0416228"
        for party in (two.here, two.there):
            assert party.userinfo(winner.access_token).status == 401
    assert any(map(overlap, pairs)), "the requests were never under way together"


def test_h072_an_assertion_sent_to_two_workers_at_once_is_accepted_once(two: Two) -> None:
    two = two.changed(jwks=public(KEY))
    pairs = []
    for _ in range(10):
        form = two.here.assertion(KEY, aud=two.here.site.issuer)
        pair = at_once(two, form, "never-issued")
        pairs.append(pair)
        assert sorted(code_of(one.tokens) for one in pair) == ["Y0486328", "Y049E20B"]
        assert sorted(one.tokens.status for one in pair) == [400, 401]
    assert any(map(overlap, pairs)), "the requests were never under way together"


def held(monkeypatch: pytest.MonkeyPatch, *, fails: bool) -> tuple[Event, Event]:
    """Stop this process's worker between the claim of a code and the storage of its token, inside the transaction."""
    entered, released, real = Event(), Event(), token.insert_token

    def hold(*arguments: Any) -> None:
        entered.set()
        assert released.wait(4)
        if fails:
            raise OperationalError("INSERT", {}, Exception("the disk is full"))
        real(*arguments)

    monkeypatch.setattr(token, "insert_token", hold)
    return entered, released


@pytest.mark.parametrize(("fails", "expected"), [(False, (200, 400)), (True, (503, 200))])
def test_h050_h058_while_one_worker_holds_a_code_the_other_waits_and_then_knows(
    two: Two, monkeypatch: pytest.MonkeyPatch, fails: bool, expected: tuple[int, int]
) -> None:
    """Both are under way at the same time, by construction; a failure of the first leaves the code to the second."""
    code = two.here.log_in()
    entered, released = held(monkeypatch, fails=fails)
    with ThreadPoolExecutor(2) as pool:
        here: Future[Tokens] = pool.submit(two.here.redeem, code)
        assert entered.wait(5)
        there: Future[Tokens] = pool.submit(two.there.redeem, code)
        assert not wait([there], timeout=0.05).done, "the second worker did not wait"
        released.set()
        found = (here.result(10), there.result(10))
    assert (found[0].status, found[1].status) == expected
    alive = [one for one in found if one.status == 200]
    assert [two.there.userinfo(one.access_token).status for one in alive] == [401 if not fails else 200]


def test_what_one_worker_issued_the_other_redeems_tells_and_revokes(two: Two) -> None:
    tokens = two.there.redeem(two.here.log_in())
    assert two.here.userinfo(tokens.access_token).status == 200
    assert two.there.revoke(tokens.access_token).status == 200
    assert two.here.userinfo(tokens.access_token).status == 401


def test_h099_two_workers_compute_the_same_sub(two: Two) -> None:
    """At /checktoken it is computed for each answer."""
    provider = OwnDataProvider(two.here.site)
    provider.register()
    token = two.here.redeem(two.here.log_in()).access_token
    told = []
    for party in (two.here, two.there):
        provider.site = party.site
        told.append(provider.introspect(token))
    provider.stop()
    assert told[0] == told[1]
    assert told[0]["sub"].endswith("v1")


def test_h099_the_sub_outlives_a_restart_and_the_loss_of_every_account(
    site: Site, v1_site: Site, tmp_path: Path
) -> None:
    """A sub is stored for its organisation; one that is lost is computed again, the same."""
    entity = f"entity-{secrets.token_hex(8)}"
    subs = []
    for where in (site, v1_site):
        subs.append(RelyingParty.register(where, entity_id=entity).identity()["sub"])
    for _ in range(2):
        built = build_stack(free_settings(tmp_path))
        built.start()
        subs.append(RelyingParty.register(Site(built), entity_id=entity).identity()["sub"])
        built.stop()
    assert len(subs) == 4
    assert len(set(subs)) == 1
