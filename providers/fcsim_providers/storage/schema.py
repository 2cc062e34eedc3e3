"""Bringing the providers' database to the schema this version needs.

An empty database is created at once from the tables and stamped; an older one goes through Alembic, which
costs a quarter of a second to import and is therefore imported only then. A test proves both give one schema.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from fcsim_providers.storage.database import Database
from fcsim_providers.storage.tables import metadata

HEAD = "0003"
VERSION_TABLE = "fcsim_providers_version"
START_LOCK = 4_242_002
MIGRATIONS = Path(__file__).parent / "migrations"


class ForeignDatabase(Exception):
    """The database holds something that is not ours, or comes from a newer version."""


def upgrade(database_url: str) -> None:
    """Bring the database at this URL to the schema. Raises ForeignDatabase."""
    database = Database(database_url)
    try:
        upgrade_database(database)
    finally:
        database.close()


def upgrade_database(database: Database) -> str:
    """Create or migrate the schema; returns the version reached. Raises ForeignDatabase."""
    with database.write() as connection:
        wait_for_others(database, connection)
        version = _current_version(connection)
        if version == HEAD:
            return HEAD
        if version is None:
            _create(connection)
            return HEAD
    if version > HEAD:
        raise ForeignDatabase(f"the database is at version {version}, this fcsim knows {HEAD}")
    migrate(database, HEAD)
    return HEAD


def wait_for_others(database: Database, connection: Connection) -> None:
    """Several applications start together on one server: one prepares at a time, until its transaction ends."""
    if not database.is_sqlite:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({START_LOCK})"))


def _current_version(connection: Connection) -> str | None:
    names = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in names:
        if foreign := names & set(metadata.tables):
            raise ForeignDatabase(
                f"tables {', '.join(sorted(foreign))} exist without a version: not a database of fcsim"
            )
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - a constant
    return str(found.scalar_one())


def _create(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES (:head)"), {"head": HEAD})  # noqa: S608 - a constant


def migrate(database: Database, revision: str) -> None:
    """Run the migrations up to a revision."""
    from alembic import command  # imported late: see the docstring of this module
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
