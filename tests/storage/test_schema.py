"""The schema: made at once or by migrations, it is the same, on both backends, for hub and providers."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import inspect, text

from fcsim_hub.storage.database import Database
from fcsim_hub.storage.schema import HEAD, ForeignDatabase, upgrade


def described(database: Database) -> dict[str, Any]:
    """Tables, columns, keys and indexes, as the database tells them."""
    with database.restructure() as connection:
        found = inspect(connection)
        return {
            name: (
                sorted((one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(name)),
                found.get_pk_constraint(name)["constrained_columns"],
                sorted((one["name"], tuple(one["column_names"]), one["unique"]) for one in found.get_indexes(name)),
                sorted((one["name"], tuple(one["column_names"])) for one in found.get_unique_constraints(name)),
            )
            for name in found.get_table_names()
            if not name.endswith("_version")
        }


@pytest.mark.parametrize("package", ["fcsim_hub", "fcsim_providers"])
def test_migrations_and_tables_give_one_schema(empty_database: Database, package: str) -> None:
    schema = import_module(f"{package}.storage.schema")
    own: Any = import_module(f"{package}.storage.database").Database(
        empty_database.url.render_as_string(hide_password=False)
    )
    schema.migrate(own, schema.HEAD)
    migrated = described(empty_database)
    with empty_database.restructure() as connection:
        schema.metadata.drop_all(connection)
        connection.execute(text(f"DROP TABLE {schema.VERSION_TABLE}"))
    getattr(schema, "upgrade_database", schema.upgrade)(own)
    own.close()
    assert described(empty_database) == migrated
    assert len(migrated) == len(schema.metadata.tables)


def test_upgrading_again_changes_nothing(empty_database: Database) -> None:
    upgrade(empty_database)
    before = described(empty_database)
    upgrade(empty_database)
    assert described(empty_database) == before


def test_r16_applications_that_start_together_prepare_one_schema(empty_database: Database) -> None:
    others = [Database(empty_database.url.render_as_string(hide_password=False)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(upgrade, others)) == [HEAD] * 4
    for other in others:
        other.close()


def test_r11_a_foreign_database_is_refused_with_one_line(empty_database: Database) -> None:
    with empty_database.restructure() as connection:
        connection.execute(text("CREATE TABLE clients (name TEXT)"))
    with pytest.raises(ForeignDatabase, match="clients exist without a version"):
        upgrade(empty_database)


def test_a_newer_database_is_refused(empty_database: Database) -> None:
    upgrade(empty_database)
    with empty_database.restructure() as connection:
        connection.execute(text("UPDATE fcsim_hub_version SET version_num = '9999'"))
    with pytest.raises(ForeignDatabase, match="9999"):
        upgrade(empty_database)
