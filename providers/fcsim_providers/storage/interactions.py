"""Second factors under way. Every move is one conditional statement, so that parallel ones count exactly.

An interaction is found by its id, of which only the digest is kept: whoever reads the table cannot go on with one.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from fcsim_providers.request import Request
from fcsim_providers.storage.accounts import WORLD
from fcsim_providers.storage.grants import digest
from fcsim_providers.storage.tables import provider_interactions as interactions

WAITING, APPROVED, REFUSED, DEAD, DONE = "waiting", "approved", "refused", "dead", "done"
KEPT_SECONDS = 3600.0
"""How long an ended interaction is remembered, so that its pages say what became of it."""
COLLECT_SECONDS = 300.0
"""How long an approval waits for its browser."""


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """One second factor of one login in one browser."""

    id: str
    slug: str
    factor: str
    browser_hash: str
    request: Request
    login: str | None
    status: str
    reason: str
    tries: int
    sends: int
    code_hash: str | None
    code_expires_at: float | None
    expires_at: float

    def stage(self, now: float) -> str:
        """The status, or `expired`: nothing needs to write that."""
        return "expired" if self.status in (WAITING, APPROVED) and self.expires_at <= now else self.status


_IS = (interactions.c.world == bindparam("w")) & (interactions.c.id_hash == bindparam("i"))
_OPEN = _IS & (interactions.c.status == WAITING) & (interactions.c.expires_at > bindparam("now"))
_FIND = select(interactions).where(_IS)
_INSERT = insert(interactions)
_SETTLE = update(interactions).where(_OPEN).values(status=bindparam("to"), reason=bindparam("why"))
_APPROVE = update(interactions).where(_OPEN).values(status=APPROVED, expires_at=bindparam("until"))
_CLAIM = (
    update(interactions)
    .where(_IS, interactions.c.status == APPROVED, interactions.c.expires_at > bindparam("now"))
    .values(status=DONE)
)
_TRY = (
    update(interactions).where(_OPEN, interactions.c.tries < bindparam("most")).values(tries=interactions.c.tries + 1)
)
_SEND = (
    update(interactions).where(_OPEN, interactions.c.sends < bindparam("most")).values(sends=interactions.c.sends + 1)
)
_UNSEND = update(interactions).where(_OPEN, interactions.c.sends > 0).values(sends=interactions.c.sends - 1)
_PUT_CODE = update(interactions).where(_OPEN).values(code_hash=bindparam("c"), code_expires_at=bindparam("until"))
_PUT_LOGIN = update(interactions).where(_OPEN).values(login=bindparam("l"))
_PURGE = delete(interactions).where(interactions.c.expires_at < bindparam("before"))


def open_interaction(connection: Connection, interaction: Interaction, now: float) -> None:
    """Store a new one, and forget those long over."""
    connection.execute(_PURGE, {"before": now - KEPT_SECONDS})
    row: dict[str, Any] = {name: value for name, value in vars(interaction).items() if name not in ("id", "request")}
    row |= {"world": WORLD, "id_hash": digest(interaction.id), "request": json.dumps(asdict(interaction.request))}
    connection.execute(_INSERT, row)


def find_interaction(connection: Connection, interaction_id: str) -> Interaction | None:
    """The interaction of an id, at any provider."""
    row = connection.execute(_FIND, _key(interaction_id)).first()
    if row is None:
        return None
    columns = dict(row._mapping) | {"id": interaction_id, "request": Request(**json.loads(row.request))}
    return Interaction(**{name: columns[name] for name in Interaction.__dataclass_fields__})


def count_try(connection: Connection, interaction_id: str, most: int, now: float) -> bool:
    """Take one of the tries left; False when none is left or nothing waits any more."""
    return _moves(connection, _TRY, _key(interaction_id) | {"most": most, "now": now})


def approve(connection: Connection, interaction_id: str, now: float) -> bool:
    """The person did what was asked."""
    return _moves(connection, _APPROVE, _key(interaction_id) | {"until": now + COLLECT_SECONDS, "now": now})


def end(connection: Connection, interaction_id: str, status: str, reason: str, now: float) -> bool:
    """Refused, or dead for a reason."""
    return _moves(connection, _SETTLE, _key(interaction_id) | {"to": status, "why": reason, "now": now})


def claim(connection: Connection, interaction_id: str, now: float) -> bool:
    """Use an approval, once."""
    return _moves(connection, _CLAIM, _key(interaction_id) | {"now": now})


def count_send(connection: Connection, interaction_id: str, most: int, now: float) -> bool:
    """Take one of the mails left; False when none is left or nothing waits any more."""
    return _moves(connection, _SEND, _key(interaction_id) | {"most": most, "now": now})


def uncount_send(connection: Connection, interaction_id: str, now: float) -> bool:
    """The mail did not leave: it is left again."""
    return _moves(connection, _UNSEND, _key(interaction_id) | {"now": now})


def put_code(connection: Connection, interaction_id: str, code_hash: str, until: float, now: float) -> bool:
    """Make a code the only right one."""
    return _moves(connection, _PUT_CODE, _key(interaction_id) | {"c": code_hash, "until": until, "now": now})


def put_login(connection: Connection, interaction_id: str, login: str | None, now: float) -> bool:
    """Say whose login it is: a card was placed, or taken away."""
    return _moves(connection, _PUT_LOGIN, _key(interaction_id) | {"l": login, "now": now})


def _key(interaction_id: str) -> dict[str, Any]:
    return {"w": WORLD, "i": digest(interaction_id)}


def _moves(connection: Connection, statement: Any, values: dict[str, Any]) -> bool:
    return bool(connection.execute(statement, values).rowcount == 1)
