"""The registry's own tables: one row a person, and the keys under which a question may find it."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select

from fcsim_hub.domain.registry import QUESTION_KEYS, RegistryRecord, record_keys
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_cached_json, to_json
from fcsim_hub.storage.tables import registry_keys, registry_records

_KEYS = tuple(f"key{rank}" for rank in range(QUESTION_KEYS))
_FIND = (
    select(registry_records.c.id, registry_records.c.document)
    .join(
        registry_keys,
        (registry_keys.c.world == registry_records.c.world) & (registry_keys.c.record_id == registry_records.c.id),
    )
    .where(
        registry_keys.c.world == bindparam("w"),
        registry_keys.c.search_key.in_([bindparam(name) for name in _KEYS]),
    )
    .distinct()
    .order_by(registry_records.c.id)
    .limit(bindparam("n"))
)
_INSERT = insert(registry_records)
_INSERT_KEYS = insert(registry_keys)
_DELETE = delete(registry_records).where(
    registry_records.c.world == bindparam("w"), registry_records.c.id == bindparam("i")
)
_DELETE_KEYS = delete(registry_keys).where(
    registry_keys.c.world == bindparam("w"), registry_keys.c.record_id == bindparam("i")
)

CANDIDATES = 200
"""More rows than this under one key are all homonyms: the answer is the same with fewer."""


def find_candidates(connection: Connection, world: str, keys: Sequence[str]) -> list[RegistryRecord]:
    """Every record that could answer a question with these keys."""
    asked = dict(zip(_KEYS, keys, strict=True))
    rows = connection.execute(_FIND, {"w": world, "n": CANDIDATES, **asked})
    return [from_cached_json(RegistryRecord, row.document) for row in rows]


def put_record(connection: Connection, world: str, record: RegistryRecord) -> None:
    """Create or replace a record with its keys."""
    delete_record(connection, world, record.id)
    connection.execute(_INSERT, {"world": world, "id": record.id, "document": to_json(record)})
    rows = [{"world": world, "search_key": key, "record_id": record.id} for key in sorted(set(record_keys(record)))]
    connection.execute(_INSERT_KEYS, rows)


def delete_record(connection: Connection, world: str, record_id: str) -> bool:
    """Remove a record; False when there was none."""
    connection.execute(_DELETE_KEYS, {"w": world, "i": record_id})
    return connection.execute(_DELETE, {"w": world, "i": record_id}).rowcount == 1
