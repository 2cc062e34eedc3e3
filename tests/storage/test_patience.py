"""A PostgreSQL server that accepts and says no more: who waits for it is told in time (R15)."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from fcsim_hub.storage.database import Database
from fcsim_hub.storage.outages import why
from support.postgres import NO_SERVER, SERVER

pytestmark = [pytest.mark.postgres, pytest.mark.skipif(not SERVER, reason=NO_SERVER)]
ONE = select(1)


class Wire:
    """A way to the server, on which nothing passes any more once it is held."""

    def __init__(self, host: str, port: int) -> None:
        self.server, self.held, self.ends = (host, port), False, list[socket.socket]()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, far = self.listener.accept()[0], socket.create_connection(self.server)
                self.ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(65_536):
                if not self.held:
                    other.sendall(said)

    def close(self) -> None:
        for one in (self.listener, *self.ends):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    server = make_url(SERVER)
    made = Wire(server.host or "127.0.0.1", server.port or 5432)
    yield made
    made.close()


@pytest.fixture
def database(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr("fcsim_hub.storage.patience.PatientConnection.patience", 0.3)
    monkeypatch.setattr("fcsim_hub.storage.patience.PING_SECONDS", 0.2)
    made = Database(make_url(SERVER).set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False))
    yield made
    made.close()


def test_r15_a_statement_without_answer_is_an_outage_and_its_connection_is_closed(
    wire: Wire, database: Database
) -> None:
    began = time.monotonic()
    with pytest.raises(OperationalError) as met, database.write() as connection:  # noqa: PT012 - the second fails
        connection.execute(ONE)
        wire.held = True
        connection.execute(ONE)
    assert time.monotonic() - began < 3
    assert "the server did not answer within 0.3 s" in why(met.value)
    wire.held = False
    with database.read() as connection:
        assert connection.execute(ONE).scalar() == 1


def test_r15_a_kept_connection_that_is_dead_is_found_out_and_replaced(wire: Wire, database: Database) -> None:
    with database.read() as connection:
        connection.execute(ONE)
    wire.held = True
    began = time.monotonic()
    with pytest.raises(OperationalError), database.read():
        pass
    assert time.monotonic() - began < 5
    wire.held = False
    with database.read() as connection:
        assert connection.execute(ONE).scalar() == 1
