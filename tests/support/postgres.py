"""A PostgreSQL database for one test."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from fcsim_hub.config import Addresses, Settings

SERVER = os.environ.get("FCSIM_TEST_POSTGRES_URL", "")
NO_SERVER = "FCSIM_TEST_POSTGRES_URL names no PostgreSQL server"


def settings_on(url: str, folder: Path) -> Settings:
    """Settings of an installation that has both its databases on a server."""
    return Settings(
        data=folder,
        urls=Addresses(**dict.fromkeys(Addresses.model_fields, "http://localhost:0")),
        database_url=SecretStr(url),
        providers_database_url=SecretStr(url),
    )


@contextmanager
def make_database(server: str) -> Iterator[str]:
    """The URL of a new database on a server, dropped afterwards."""
    name = f"fcsim_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
