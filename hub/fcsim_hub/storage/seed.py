"""Bringing a world to what the fixture files say; what was made at run time stays."""

from collections.abc import Mapping

from sqlalchemy import select

from fcsim_hub.domain.people import Person, registry_record
from fcsim_hub.domain.realms import Realm
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import to_json
from fcsim_hub.storage.people import delete_person, put_person
from fcsim_hub.storage.registrations import API, Registrations, T
from fcsim_hub.storage.registry import delete_record, put_record
from fcsim_hub.storage.tables import people as people_table


def seed(
    connection: Connection, realm: Realm, registrations: Registrations[T], records: Mapping[str, T], now: float
) -> None:
    """Registrations of one kind and platform, by file. What did not change is not written."""
    key = registrations.key
    wanted = {getattr(record, key): (record, origin) for origin, record in records.items()}
    stored = {name: (record, origin) for name, record, origin in registrations.every(connection, realm)}
    for name, (_, origin) in stored.items():
        if name not in wanted and origin != API:
            registrations.delete(connection, realm, name)
    for name, (record, origin) in wanted.items():
        if stored.get(name) != (record, origin):
            registrations.put(connection, realm, record, now, origin=origin)


def seed_people(connection: Connection, world: str, people: Mapping[str, tuple[Person, str]], now: float) -> None:
    """People and the registry's records about them, by name."""
    rows = connection.execute(select(people_table).where(people_table.c.world == world)).all()
    stored = {row.name: (row.document, row.origin) for row in rows}
    for name, (_, origin) in stored.items():
        if name not in people and origin != API:
            delete_person(connection, world, name)
            delete_record(connection, world, name)
    for name, (person, origin) in people.items():
        if stored.get(name) == (to_json(person), origin):
            continue
        put_person(connection, world, name, person, now, origin=origin)
        delete_record(connection, world, name)
        if record := registry_record(person, name):
            put_record(connection, world, record)
