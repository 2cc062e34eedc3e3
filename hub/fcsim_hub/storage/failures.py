"""Failed proofs on the back channel, counted in the database: every process counts the same (H075, H087)."""

from sqlalchemy import bindparam, delete, func, insert, select

from fcsim_hub.domain.realms import Realm
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.sealed import digest
from fcsim_hub.storage.tables import failures

_COUNT = select(func.count()).where(
    failures.c.world == bindparam("w"),
    failures.c.platform == bindparam("p"),
    failures.c.caller_hash == bindparam("c"),
    failures.c.at > bindparam("since"),
)
_INSERT = insert(failures)
_PURGE = delete(failures).where(failures.c.at < bindparam("limit"))


def count_failures(connection: Connection, realm: Realm, caller: str, since: float) -> int:
    """How often this caller failed since a time (seconds since the epoch)."""
    key = {"w": realm.world, "p": realm.platform, "c": digest(caller), "since": since}
    return int(connection.execute(_COUNT, key).scalar())


def note_failure(connection: Connection, realm: Realm, caller: str, now: float) -> None:
    """One more."""
    row = {"world": realm.world, "platform": realm.platform, "caller_hash": digest(caller), "at": now}
    connection.execute(_INSERT, row)


def purge_failures(connection: Connection, limit: float) -> None:
    """Drop what is older than `limit`."""
    connection.execute(_PURGE, {"limit": limit})
