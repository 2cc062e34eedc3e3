"""The providers' engines, and the only two ways to a connection: `read()` and `write()`."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

BUSY_TIMEOUT_MS = 5_000
START_SECONDS = 30.0
STATEMENT_TIMEOUT_MS = 5_000


class Database:
    """One database, reached through pools of connections."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url, _begin_immediate) if self.is_sqlite else _server_engine(self.url)
        self._reader = _sqlite_engine(self.url, _begin_nothing) if self.is_sqlite else self.engine
        self._one_writer = Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading, outside any transaction on SQLite."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        # SQLite has one writer: waiting here is fair and prompt, its own busy handler sleeps and guesses.
        with self._one_writer, self.engine.begin() as connection:
            yield connection

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Let a database server that starts beside us come up; a SQLite file needs no waiting."""
        ends_at = time.monotonic() + seconds
        while not self.is_sqlite:
            try:
                self.engine.connect().close()
                return
            except OperationalError:
                if time.monotonic() > ends_at:
                    raise
                time.sleep(0.5)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        self._reader.dispose()


def _server_engine(url: URL) -> Engine:
    """A database server: bounded waits, connections checked before use."""
    waits = {"connect_timeout": 5, "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"}
    return create_engine(url, pool_size=12, max_overflow=20, pool_timeout=5, pool_pre_ping=True, connect_args=waits)


def _sqlite_engine(url: URL, begin: Any) -> Engine:
    """A SQLite file. The last connection used is taken again: its caches are warm."""
    engine = create_engine(url, pool_size=12, max_overflow=20, pool_timeout=5, pool_use_lifo=True)
    event.listen(engine, "connect", _prepare_sqlite)
    # Set on the dialect rather than by an event: events on an engine cost every statement a look-up.
    engine.dialect.do_begin = begin  # type: ignore[method-assign]
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must open no transaction of its own: writers begin IMMEDIATE, so that two of them wait for
    # each other instead of failing at their first write.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()
    _log_ahead(connection)


def _log_ahead(connection: Any) -> None:
    """WAL, for ever once it is set. Programs that open a new file at once do not wait for each other here by
    themselves: SQLite's own busy handler is not asked."""
    ends_at = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError:
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.01)


def _begin_immediate(connection: Any) -> None:
    connection.execute("BEGIN IMMEDIATE")


def _begin_nothing(_connection: Any) -> None:
    """Reads see one statement at a time: nothing to begin."""
