"""People kept in a database that several versions of this program wrote."""

from sqlalchemy import insert

from fcsim_hub.domain.people import Person
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.people import find_person, list_people, put_person
from fcsim_hub.storage.schema import upgrade
from fcsim_hub.storage.tables import people

ADA = Person(given_names=("Ada",), family_name="LENOIR", gender="female", birthdate="1991-12-10")
REFUSED = '{"given_names": [], "family_name": "X", "gender": "female", "birthdate": "1991-12-10"}'


def test_a_person_that_this_version_refuses_is_nobody_and_may_be_written_again(empty_database: Database) -> None:
    upgrade(empty_database)
    with empty_database.write() as connection:
        put_person(connection, "w", "ada", ADA, 0.0, origin="api")
        row = {"world": "w", "name": "old", "document": REFUSED, "origin": "api", "updated_at": 0.0}
        connection.execute(insert(people), row)
        assert list_people(connection, "w") == {"ada": ADA}
        assert find_person(connection, "w", "old") is None
        put_person(connection, "w", "old", ADA, 0.0, origin="api")
        assert find_person(connection, "w", "old") == ADA
