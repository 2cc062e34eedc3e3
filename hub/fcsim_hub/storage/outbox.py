"""Mails to citizens, written in the transaction of the login they tell; delivered later, at least once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from fcsim_hub.domain.notices import Notice
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_json, to_json
from fcsim_hub.storage.tables import notices

WAITING, SENT, DEAD = "waiting", "sent", "dead"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A notice and where its delivery stands. `status`: waiting, sent, or dead (refused for good)."""

    notice: Notice
    status: str
    attempts: int
    sent_at: float | None
    last_error: str | None


_INSERT = insert(notices)
_SELECT = select(notices).where(notices.c.world == bindparam("w"))
_ONE = _SELECT.where(notices.c.id == bindparam("id"))
_LIST = (
    _SELECT.where(
        or_(bindparam("to") == "", notices.c.recipient == bindparam("to")),
        or_(bindparam("flow") == "", notices.c.flow == bindparam("flow")),
    )
    .order_by(notices.c.created_at.desc(), notices.c.id.desc())
    .limit(bindparam("n"))
)
_DUE = (
    select(notices)
    .where(notices.c.status == WAITING, notices.c.next_attempt_at <= bindparam("now"))
    .order_by(notices.c.next_attempt_at)
    .limit(bindparam("n"))
)
_LEASE = (
    update(notices)
    .where(
        notices.c.world == bindparam("w"),
        notices.c.id == bindparam("mail"),
        notices.c.status == WAITING,
        notices.c.next_attempt_at == bindparam("seen"),
    )
    .values(next_attempt_at=bindparam("until"), attempts=notices.c.attempts + 1)
)
_SETTLE = (
    update(notices)
    .where(
        notices.c.world == bindparam("w"), notices.c.id == bindparam("mail"), notices.c.attempts == bindparam("attempt")
    )
    .values(
        status=bindparam("new_status"),
        sent_at=bindparam("at"),
        last_error=bindparam("why"),
        next_attempt_at=bindparam("retry_at"),
    )
)


def insert_notice(connection: Connection, world: str, notice: Notice) -> None:
    """Put a mail in the outbox."""
    connection.execute(
        _INSERT,
        {
            "world": world,
            "id": notice.id,
            "recipient": notice.to,
            "flow": notice.flow,
            "document": to_json(notice),
            "created_at": notice.created_at,
            "status": WAITING,
            "attempts": 0,
            "next_attempt_at": notice.created_at,
            "sent_at": None,
            "last_error": None,
        },
    )


def list_mails(connection: Connection, world: str, *, to: str = "", flow: str = "", limit: int = 100) -> list[Mail]:
    """Mails, newest first, of one recipient and one journey where asked."""
    rows = connection.execute(_LIST, {"w": world, "to": to, "flow": flow, "n": limit})
    return [_mail(row) for row in rows]


def find_mail(connection: Connection, world: str, mail_id: str) -> Mail | None:
    """One mail."""
    row = connection.execute(_ONE, {"w": world, "id": mail_id}).first()
    return _mail(row) if row else None


def delete_mails(connection: Connection, world: str, *, to: str = "", flow: str = "") -> int:
    """Forget mails, those of one recipient and one journey where asked; returns how many."""
    statement = delete(notices).where(notices.c.world == world)
    if to:
        statement = statement.where(notices.c.recipient == to)
    if flow:
        statement = statement.where(notices.c.flow == flow)
    return connection.execute(statement).rowcount


def lease_due(connection: Connection, now: float, *, seconds: float, limit: int = 20) -> list[tuple[str, Mail]]:
    """Take mails whose turn has come, each with its world: nobody else takes them before `seconds` have passed."""
    taken = []
    for row in connection.execute(_DUE, {"now": now, "n": limit}).all():
        key = {"w": row.world, "mail": row.id, "seen": row.next_attempt_at, "until": now + seconds}
        if connection.execute(_LEASE, key).rowcount == 1:
            taken.append((row.world, _mail(row)))
    return taken


def settle(
    connection: Connection,
    world: str,
    mail_id: str,
    attempt: int,
    status: str,
    now: float,
    *,
    why: str,
    retry_at: float,
) -> None:
    """Write what became of an attempt, unless it took so long that another began.

    `retry_at` counts only while the mail waits.
    """
    key = {
        "w": world,
        "mail": mail_id,
        "attempt": attempt,
        "new_status": status,
        "why": why or None,
        "retry_at": retry_at,
    }
    connection.execute(_SETTLE, {**key, "at": now if status == SENT else None})


def _mail(row: Any) -> Mail:
    return Mail(
        notice=from_json(Notice, row.document),
        status=row.status,
        attempts=row.attempts,
        sent_at=row.sent_at,
        last_error=row.last_error,
    )
