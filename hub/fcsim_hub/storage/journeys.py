"""Browser sessions, each with the journey under way. The browser holds a random id, the row only its digest."""

from sqlalchemy import bindparam, delete, insert, select, update

from fcsim_hub.domain.journey import Session
from fcsim_hub.domain.realms import Realm
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_json, to_bytes
from fcsim_hub.storage.sealed import Seal, digest
from fcsim_hub.storage.tables import sessions

_KEY = (
    (sessions.c.world == bindparam("w"))
    & (sessions.c.platform == bindparam("p"))
    & (sessions.c.id_hash == bindparam("i"))
)
_LIVE = sessions.c.expires_at > bindparam("now")
_FIND = select(sessions.c.sealed).where(_KEY, _LIVE)
_CLAIM = _FIND.with_for_update()
_FIND_BY_LOGIN = select(sessions.c.sealed, sessions.c.expires_at).where(
    sessions.c.world == bindparam("w"),
    sessions.c.platform == bindparam("p"),
    sessions.c.login_hash == bindparam("l"),
)
_INSERT = insert(sessions)
_UPDATE = update(sessions).where(_KEY).values(sealed=bindparam("s"), expires_at=bindparam("e"))
_MARK_LOGIN = update(sessions).where(_KEY).values(login_hash=bindparam("l"))
_DELETE = delete(sessions).where(_KEY)
_PURGE = delete(sessions).where(sessions.c.expires_at <= bindparam("now"))


def _key(realm: Realm, session_id: str) -> dict[str, object]:
    return {"w": realm.world, "p": realm.platform, "i": digest(session_id)}


def find_session(
    connection: Connection, realm: Realm, seal: Seal, session_id: str, now: float, *, claim: bool = False
) -> Session | None:
    """The live session of this id; `claim` locks it until the transaction ends (PostgreSQL; SQLite has one writer)."""
    sealed = connection.execute(_CLAIM if claim else _FIND, {**_key(realm, session_id), "now": now}).scalar()
    plain = seal.open(sealed) if sealed else None
    return from_json(Session, plain) if plain else None


def find_session_of_login(
    connection: Connection, realm: Realm, seal: Seal, login_id: str
) -> tuple[Session, float] | None:
    """The session a finished login belongs to and when it expires, found by the login cookie (§12.2)."""
    key = {"w": realm.world, "p": realm.platform, "l": digest(login_id)}
    row = connection.execute(_FIND_BY_LOGIN, key).first()
    plain = seal.open(row.sealed) if row else None
    return (from_json(Session, plain), row.expires_at) if row and plain else None


def insert_session(connection: Connection, realm: Realm, seal: Seal, session: Session, expires_at: float) -> None:
    """Store a session that has a new id."""
    row = {
        "world": realm.world,
        "platform": realm.platform,
        "id_hash": digest(session.id),
        "login_hash": None,
    }
    connection.execute(_INSERT, {**row, "sealed": seal.close(to_bytes(session)), "expires_at": expires_at})


def update_session(connection: Connection, realm: Realm, seal: Seal, session: Session, expires_at: float) -> None:
    """Store what changed in a session."""
    connection.execute(_UPDATE, {**_key(realm, session.id), "s": seal.close(to_bytes(session)), "e": expires_at})


def mark_login(connection: Connection, realm: Realm, session_id: str, login_id: str) -> None:
    """Tie the login cookie to its session."""
    connection.execute(_MARK_LOGIN, {**_key(realm, session_id), "l": digest(login_id)})


def delete_session(connection: Connection, realm: Realm, session_id: str) -> None:
    """Forget a session: its id answers no more."""
    connection.execute(_DELETE, _key(realm, session_id))


def purge_sessions(connection: Connection, now: float) -> int:
    """Drop expired sessions; returns how many."""
    return connection.execute(_PURGE, {"now": now}).rowcount
