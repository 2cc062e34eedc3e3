"""The journal of business events, written in the transaction of what they tell."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, insert, select

from fcsim_hub.domain.events import FIELDS, STEPS, Event
from fcsim_hub.domain.realms import Realm
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.tables import events

_INSERT = insert(events)
_LAST = (
    select(events)
    .where(
        events.c.world == bindparam("w"),
        events.c.platform == bindparam("p"),
        events.c.id > bindparam("after"),
    )
    .order_by(events.c.id.desc())
    .limit(bindparam("n"))
)
_OF_FLOW = (
    select(events).where(events.c.flow == bindparam("flow"), events.c.world == bindparam("w")).order_by(events.c.id)
)


def write_events(connection: Connection, realm: Realm, traces: Iterable[Event], now: float) -> None:
    """Append events, in order."""
    rows = [
        {
            "world": realm.world,
            "platform": realm.platform,
            "time": now,
            "event": trace.name,
            "flow": trace.flow,
            "document": json.dumps(dict(trace.fields)),
        }
        for trace in traces
    ]
    if rows:
        connection.execute(_INSERT, rows)


def list_events(connection: Connection, realm: Realm, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """The newest `limit` events after an id, oldest first, flat."""
    key = {"w": realm.world, "p": realm.platform, "after": after, "n": limit}
    return [_flat(row) for row in reversed(connection.execute(_LAST, key).all())]


def list_events_of_flow(connection: Connection, flow: str, world: str) -> list[dict[str, Any]]:
    """Every event of one journey, oldest first, flat."""
    return [_flat(row) for row in connection.execute(_OF_FLOW, {"flow": flow, "w": world})]


def _flat(row: Any) -> dict[str, Any]:
    """§16.2: `time` in milliseconds, every field there."""
    step, category = STEPS.get(row.event, (None, None))
    members = {"id": row.id, "time": round(row.time * 1000), "level": "info", "service": row.platform}
    place = {"platform": row.platform, "step": step, "category": category, "event": row.event, "flow": row.flow}
    fields: dict[str, Any] = json.loads(row.document)
    return members | place | dict.fromkeys(FIELDS) | fields
