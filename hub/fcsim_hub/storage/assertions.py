"""Assertions that authenticated a client: a second use of one is told from the first, in every process (H072)."""

from sqlalchemy import bindparam, delete, insert
from sqlalchemy.exc import IntegrityError

from fcsim_hub.domain.realms import Realm
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.sealed import digest
from fcsim_hub.storage.tables import client_assertions

_INSERT = insert(client_assertions)
_FORGET_EXPIRED = delete(client_assertions).where(
    client_assertions.c.world == bindparam("w"),
    client_assertions.c.platform == bindparam("p"),
    client_assertions.c.client_id == bindparam("c"),
    client_assertions.c.jti_hash == bindparam("j"),
    client_assertions.c.expires_at <= bindparam("now"),
)
_PURGE = delete(client_assertions).where(client_assertions.c.expires_at <= bindparam("now"))


def claim_assertion(
    database: Database, realm: Realm, client_id: str, jti: str, *, expires_at: float, now: float
) -> bool:
    """Use an assertion, once; False when somebody already did.

    A transaction of its own: the assertion is spent whatever becomes of the request it came with.
    """
    key, owner = digest(jti), {"world": realm.world, "platform": realm.platform, "client_id": client_id}
    try:
        with database.write() as connection:
            where = {"w": realm.world, "p": realm.platform, "c": client_id, "j": key, "now": now}
            connection.execute(_FORGET_EXPIRED, where)
            connection.execute(_INSERT, {**owner, "jti_hash": key, "expires_at": expires_at})
    except IntegrityError:
        return False
    return True


def purge_assertions(connection: Connection, now: float) -> None:
    """Drop those that expired: their replay is refused for their age."""
    connection.execute(_PURGE, {"now": now})
