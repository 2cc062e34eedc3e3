"""Wrong logins of the last quarter of an hour, by login and by address; both are kept as keyed digests."""

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from fcsim_providers.storage.accounts import WORLD
from fcsim_providers.storage.tables import provider_failures as failures

_RECENT = (failures.c.world == bindparam("w")) & (failures.c.at > bindparam("since"))
_TIMES = select(failures.c.at).order_by(failures.c.at.desc()).limit(bindparam("n"))
_OF_LOGIN = _TIMES.where(_RECENT, failures.c.login_hash == bindparam("k"))
_OF_ADDRESS = _TIMES.where(_RECENT, failures.c.address_hash == bindparam("k"))
_INSERT = insert(failures)
_FORGIVE = (
    update(failures)
    .where(failures.c.world == bindparam("w"), failures.c.login_hash == bindparam("k"))
    .values(login_hash="")
)
_TURN = text("SELECT pg_advisory_xact_lock(:key)")
_PURGE = delete(failures).where(failures.c.at < bindparam("before"))


def take_turns(connection: Connection, *digests: str) -> None:
    """Wait until no other transaction works on any of these, and keep others waiting until this one ends.

    SQLite has one writer at a time: there, the transaction itself is the turn.
    """
    if connection.dialect.name == "postgresql":
        for key in sorted(int(one[:15], 16) for one in digests):  # always in one order: nobody waits in a circle
            connection.execute(_TURN, {"key": key})


def latest_of_login(connection: Connection, login_hash: str, since: float, most: int) -> list[float]:
    """When the latest failures of a login were, newest first, `most` at most."""
    return _times(connection, _OF_LOGIN, login_hash, since, most)


def latest_of_address(connection: Connection, address_hash: str, since: float, most: int) -> list[float]:
    """When the latest failures from an address were, newest first, `most` at most."""
    return _times(connection, _OF_ADDRESS, address_hash, since, most)


def _times(connection: Connection, statement: object, key: str, since: float, most: int) -> list[float]:
    values = {"w": WORLD, "k": key, "since": since, "n": most}
    return [row.at for row in connection.execute(statement, values)]  # type: ignore[call-overload]  # one of the two


def insert_failure(connection: Connection, login_hash: str, address_hash: str, now: float, since: float) -> None:
    """Remember one, and forget those too old to count."""
    connection.execute(_PURGE, {"before": since})
    connection.execute(_INSERT, {"world": WORLD, "login_hash": login_hash, "address_hash": address_hash, "at": now})


def forgive_login(connection: Connection, login_hash: str) -> None:
    """A success resets the login's counter; the address keeps its own."""
    connection.execute(_FORGIVE, {"w": WORLD, "k": login_hash})


def forget_failures(connection: Connection) -> int:
    """Forget all of them; returns how many."""
    return connection.execute(delete(failures).where(failures.c.world == WORLD)).rowcount
