"""An outbox with one mail in it."""

from fcsim_hub.domain.notices import Notice
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.outbox import insert_notice
from fcsim_hub.storage.schema import upgrade

NOTICE = Notice(
    id="abc123",
    kind="connection",
    to="angela.dubois@fcsim.test",
    sender="ne-pas-repondre@fcsim.test",
    language="fr",
    flow="flow",
    created_at=1_772_719_620.0,
    person="Angela Dubois",
    service="Impôts\r\nBcc: evil@x.test",
    provider="Ameli",
    platform="FranceConnect",
    browsing_id="code",
)


def with_one_mail(database: Database) -> Database:
    """The same database, at this version's schema, with that mail waiting."""
    upgrade(database)
    with database.write() as connection:
        insert_notice(connection, "default", NOTICE)
    return database
