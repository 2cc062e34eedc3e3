"""Connections to a SQLite file are used again, unless something went wrong on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.schema import upgrade
from fcsim_hub.storage.tables import people

ROW = {"world": "w", "name": "n", "document": "{}", "origin": "api", "updated_at": 0.0}
_NAMES = select(people.c.name)
_INSERT = insert(people)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    """A database of its own."""
    database = Database(f"sqlite:///{tmp_path / 'file.sqlite3'}")
    upgrade(database)
    yield database
    database.close()


def test_a_connection_is_used_again(file: Database) -> None:
    with file.read() as first, file.read() as other:
        assert first is not other
    with file.write() as again:
        assert again is first


def test_a_connection_on_which_something_failed_is_not(file: Database) -> None:
    with pytest.raises(LookupError), file.read() as first:
        raise LookupError
    with file.read() as other:
        assert other is not first


def test_a_transaction_that_cannot_end_leaves_nothing_and_blocks_nobody(
    file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_connection: Connection) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Connection, "commit", fail)
        with pytest.raises(OSError, match="full"), file.write() as connection:
            connection.execute(_INSERT, ROW)
    with file.write() as connection:
        assert connection.execute(_NAMES).all() == []
        connection.execute(_INSERT, ROW)
    with file.read() as connection:
        assert connection.execute(_NAMES).scalar() == "n"
