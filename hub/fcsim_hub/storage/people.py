"""People of a world, as their files say, for the console; what the registry and the providers know is theirs alone."""

from sqlalchemy import bindparam, delete, insert, select

from fcsim_hub.domain.people import Person
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_cached_json, to_json
from fcsim_hub.storage.tables import people

_LIST = select(people.c.name, people.c.document).where(people.c.world == bindparam("w")).order_by(people.c.name)
_ONE = select(people.c.document).where(people.c.world == bindparam("w"), people.c.name == bindparam("n"))
_DELETE = delete(people).where(people.c.world == bindparam("w"), people.c.name == bindparam("n"))
_INSERT = insert(people)


def list_people(connection: Connection, world: str) -> dict[str, Person]:
    """Name -> person, by name."""
    rows = connection.execute(_LIST, {"w": world})
    return {row.name: person for row in rows if (person := _read(row.document)) is not None}


def find_person(connection: Connection, world: str, name: str) -> Person | None:
    """One person."""
    document = connection.execute(_ONE, {"w": world, "n": name}).scalar()
    return _read(document) if document else None


def _read(document: str) -> Person | None:
    """The person of a document; None for one that an older version wrote and this one refuses: a PUT replaces it."""
    try:
        return from_cached_json(Person, document)
    except InvalidField:
        return None


def put_person(connection: Connection, world: str, name: str, person: Person, now: float, *, origin: str) -> None:
    """Create or replace a person."""
    delete_person(connection, world, name)
    row = {"world": world, "name": name, "document": to_json(person), "origin": origin, "updated_at": now}
    connection.execute(_INSERT, row)


def delete_person(connection: Connection, world: str, name: str) -> bool:
    """Remove a person; False when there was none."""
    return connection.execute(_DELETE, {"w": world, "n": name}).rowcount == 1
