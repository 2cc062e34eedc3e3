"""The hub's engines, and the only two ways to a connection: `read()` and `write()`."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from threading import Lock
from typing import Any

from sqlalchemy import Connection as SchemaConnection
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from fcsim_hub.storage.connection import Connection, named

BUSY_TIMEOUT_MS = 5_000
START_SECONDS = 30.0
STATEMENT_TIMEOUT_MS = 5_000
CONNECT_SECONDS = 2
BEGIN = "BEGIN IMMEDIATE"


class Database:
    """One database, reached through connections that are kept."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _server_engine(self.url)
        # SQLite has one writer: waiting here is fair and prompt, its own busy handler sleeps and guesses.
        self.one_writer = Lock() if self.is_sqlite else nullcontext()
        self._idle: list[Connection] = []
        """Of a SQLite file: open connections nobody uses, the last one used at the end. A pool that counts, resets and
        asks each of them whether it lives costs more than most statements; a file neither goes away nor counts."""

    def read(self) -> "_Reading":
        """A connection for reading, outside any transaction on SQLite."""
        return _Reading(self)

    def write(self) -> "_Writing":
        """One transaction: committed when the block ends, rolled back when it raises."""
        return _Writing(self)

    @contextmanager
    def restructure(self) -> Iterator[SchemaConnection]:
        """One transaction for what SQLAlchemy and Alembic do themselves: creating and migrating tables."""
        with self.one_writer, self.engine.begin() as connection:
            yield connection

    def connect(self) -> Connection:
        """A connection, to be released. Raises sqlalchemy.exc.SQLAlchemyError where the database does not answer."""
        with suppress(IndexError):
            return self._idle.pop()
        try:
            return Connection(self.engine.raw_connection(), self.engine.dialect)
        except self.engine.dialect.loaded_dbapi.Error as failure:  # of the driver: SQLAlchemy names none given out raw
            raise named(self.engine.dialect, "", failure) from None

    def release(self, connection: Connection) -> None:
        """Give a connection back, nothing open on it."""
        if self.is_sqlite:
            self._idle.append(connection)
        else:
            connection.close()

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
        """Close every connection that nobody uses."""
        while self._idle:
            self._idle.pop().close()
        self.engine.dispose()


def _server_engine(url: URL) -> Engine:
    """A database server: bounded waits, connections checked before use."""
    waits = {"connect_timeout": CONNECT_SECONDS, "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"}
    engine = create_engine(url, pool_size=12, max_overflow=20, pool_timeout=5, pool_pre_ping=True, connect_args=waits)
    if engine.dialect.driver == "psycopg":
        from fcsim_hub.storage.patience import make_patient  # the driver is an extra: not where there is but SQLite

        make_patient(engine)
    return engine


def _sqlite_engine(url: URL) -> Engine:
    """A SQLite file. The last connection used is taken again: its caches are warm."""
    engine = create_engine(url, pool_size=12, max_overflow=20, pool_timeout=5, pool_use_lifo=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(BEGIN))
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


class _Reading:
    """The block of a read."""

    __slots__ = ("_connection", "_database")

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Connection:
        self._connection = self._database.connect()
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_failure: object) -> None:
        if kind is None:
            self._database.release(self._connection)
        else:
            self._connection.close()


class _Writing:
    """The block of a transaction."""

    __slots__ = ("_connection", "_database")

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Connection:
        self._database.one_writer.__enter__()
        try:
            self._connection = self._database.connect()
            try:
                if self._database.is_sqlite:
                    self._connection.run(BEGIN)
            except BaseException:
                self._connection.close()
                raise
        except BaseException:
            self._database.one_writer.__exit__(None, None, None)
            raise
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_failure: object) -> None:
        try:
            if kind is None:
                self._connection.commit()
            else:
                self._connection.rollback()
            self._database.release(self._connection)
        except BaseException as failed:
            self._connection.close()  # its pool undoes what is still open
            if kind is None or not isinstance(failed, SQLAlchemyError):
                raise  # else it was lost, and undone there: what the block raised is told
        finally:
            self._database.one_writer.__exit__(None, None, None)
