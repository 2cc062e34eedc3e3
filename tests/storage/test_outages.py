"""A database that is away is told by one name wherever it is met: whoever waits for it goes on waiting (R14, R20)."""

import time
from collections.abc import Iterator
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError

from fcsim_hub.clock import SystemClock
from fcsim_hub.domain.errors import HubError
from fcsim_hub.gateways.smtp import Postman
from fcsim_hub.listeners import bind
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.outages import OUTAGES, why
from fcsim_hub.storage.schema import upgrade


@pytest.fixture
def away() -> Iterator[Database]:
    """A PostgreSQL server that does not run: its port is nobody's."""
    listener = bind("127.0.0.1", 0)
    port = listener.port
    listener.close()
    database = Database(f"postgresql+psycopg://qz-user:qz-secret@127.0.0.1:{port}/fcsim")
    yield database
    database.close()


def test_r14_a_server_that_is_away_is_an_outage(away: Database) -> None:
    for opened in (away.read, away.write):
        with pytest.raises(OUTAGES) as met, opened():
            pass
        told = why(met.value)
        assert "refused" in told
        assert "qz-secret" not in told
        assert "\n" not in told


def test_r20_the_postman_outlives_an_outage(away: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """He would never come again: mails of every later login would wait for ever."""
    monkeypatch.setattr("fcsim_hub.gateways.smtp.ROUND_SECONDS", 0.001)
    rounds, thrice = [0], Event()
    postman = Postman(away, "smtp://127.0.0.1:1", SystemClock())
    deliver = postman.deliver_due

    def count() -> int:
        rounds[0] += 1
        if rounds[0] == 3:
            thrice.set()
        return deliver()

    monkeypatch.setattr(postman, "deliver_due", count)
    postman.start()
    assert thrice.wait(10)
    postman.stop()


def test_a_connection_lost_while_a_refusal_is_undone_leaves_the_refusal(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_: Connection) -> None:
        raise OperationalError("ROLLBACK", None, Exception("lost"))

    upgrade(empty_database)
    with monkeypatch.context() as broken:
        broken.setattr(Connection, "rollback", lose)
        with pytest.raises(HubError), empty_database.write():
            raise HubError("a refusal")
    began = time.monotonic()
    with empty_database.write():
        pass  # the writer's turn was given back
    assert time.monotonic() - began < 2
