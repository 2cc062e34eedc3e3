"""A statement the database refuses: told without the values it met, which a traceback would print (H197)."""

import traceback

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from fcsim_hub.storage.database import Database
from fcsim_hub.storage.schema import upgrade
from fcsim_hub.storage.tables import people

ROW = {"world": "w", "name": "kanari-name", "document": "kanari-document", "origin": "api", "updated_at": 0.0}


def test_h197_a_refused_row_is_not_quoted(empty_database: Database) -> None:
    upgrade(empty_database)
    with pytest.raises(IntegrityError) as refused, empty_database.write() as connection:  # noqa: PT012 - rolled back
        connection.execute(insert(people), ROW)
        connection.execute(insert(people), ROW)
    text = "".join(traceback.format_exception(refused.value))
    assert "INSERT INTO people" in text
    assert "unique" in text.lower()
    assert "kanari" not in text.replace('"kanari-name", "document"', "")
    with empty_database.read() as connection:
        assert connection.execute(select(people)).all() == []
