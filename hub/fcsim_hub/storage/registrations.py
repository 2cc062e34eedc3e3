"""What is registered in a realm: clients and providers, each one JSON document under its key."""

import re
from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy import Table, bindparam, delete, insert, select, update

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.data_providers import DataProvider
from fcsim_hub.domain.providers import Provider
from fcsim_hub.domain.realms import Realm
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_cached_json, to_json
from fcsim_hub.storage.tables import clients, data_providers, providers

_UNASKABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, and halves of characters as only a JSON escape makes them."""

T = TypeVar("T", Client, Provider, DataProvider)

API = "api"
"""The origin of what was registered at run time; the rest names its fixture file."""


class Registrations(Generic[T]):
    """The registrations of one kind, read afresh at each request: a change acts at once, in every process.

    A stored record that this version refuses is no registration: unknown, not a failure (service-provider-side §4).
    """

    def __init__(self, kind: type[T], table: Table, key: str) -> None:
        realm = (table.c.world == bindparam("w")) & (table.c.platform == bindparam("p"))
        one = realm & (table.c[key] == bindparam("k"))
        self.kind: type[T] = kind
        self._noun = table.name
        self.key = key
        self._find = select(table.c.document).where(one)
        columns = (table.c[key].label("key"), table.c.document, table.c.origin)
        self._list = select(*columns).where(realm).order_by(table.c.registered_at, table.c[key])
        self._delete = delete(table).where(one)
        self._replace = update(table).where(one).values(document=bindparam("d"), origin=bindparam("o"))
        self._insert = insert(table)

    def find(self, connection: Connection, realm: Realm, key: str) -> T | None:
        """The registration under this key, active or not."""
        if _UNASKABLE.search(key):
            return None  # no key holds one, and a database refuses to be asked
        document = connection.execute(self._find, {"w": realm.world, "p": realm.platform, "k": key}).scalar()
        found = self._read(document) if document else None
        return None if isinstance(found, InvalidField) else found

    def list(self, connection: Connection, realm: Realm) -> list[tuple[T, str]]:
        """Every registration with its origin, oldest first."""
        every = self.every(connection, realm)
        return [(found, origin) for _, found, origin in every if not isinstance(found, InvalidField)]

    def left_out(self, connection: Connection, realm: Realm) -> Sequence[str]:
        """Stored records that are no registration, with the reason, a line each."""
        return [
            f"{self._noun} {key!r} of {realm.platform}, stored earlier: {found}"
            for key, found, _ in self.every(connection, realm)
            if isinstance(found, InvalidField)
        ]

    def every(self, connection: Connection, realm: Realm) -> Sequence[tuple[str, T | InvalidField, str]]:
        """Every stored record: its key, the registration or why it is none, its origin."""
        rows = connection.execute(self._list, {"w": realm.world, "p": realm.platform})
        return [(row.key, self._read(row.document), row.origin) for row in rows]

    def _read(self, document: str) -> T | InvalidField:
        try:
            return from_cached_json(self.kind, document)
        except InvalidField as invalid:
            return invalid

    def put(self, connection: Connection, realm: Realm, record: T, now: float, *, origin: str = API) -> bool:
        """Create, or replace in its place of the list (inside-the-hub §3.9: createdAt); True when it is new."""
        key, document = getattr(record, self.key), to_json(record)
        one = {"w": realm.world, "p": realm.platform, "k": key, "d": document, "o": origin}
        if connection.execute(self._replace, one).rowcount == 1:
            return False
        row = {"world": realm.world, "platform": realm.platform, self.key: key, "origin": origin}
        connection.execute(self._insert, {**row, "document": document, "registered_at": now})
        return True

    def delete(self, connection: Connection, realm: Realm, key: str) -> bool:
        """Remove; False when there was none."""
        return connection.execute(self._delete, {"w": realm.world, "p": realm.platform, "k": key}).rowcount == 1


CLIENTS = Registrations(Client, clients, "client_id")
DATA_PROVIDERS = Registrations(DataProvider, data_providers, "client_id")
PROVIDERS = Registrations(Provider, providers, "uid")
