"""Alembic's entry: runs inside the connection that storage/schema.py opened."""

from alembic import context

from fcsim_providers.storage.schema import VERSION_TABLE
from fcsim_providers.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
