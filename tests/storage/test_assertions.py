"""An assertion is used once, in every process, and forgotten when it is over (H072), on both databases."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from fcsim_hub.clock import SystemClock
from fcsim_hub.domain.realms import Realm
from fcsim_hub.housekeeping import Housekeeper
from fcsim_hub.storage.assertions import claim_assertion
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.schema import upgrade
from fcsim_hub.storage.tables import client_assertions

HERE, THERE = Realm("franceconnect"), Realm("franceconnect-plus")


def claim(database: Database, realm: Realm = HERE, client: str = "c", jti: str = "j", now: float = 0.0) -> bool:
    return claim_assertion(database, realm, client, jti, expires_at=60.0, now=now)


def test_a_second_use_is_refused_for_the_same_client_of_the_same_platform_alone(empty_database: Database) -> None:
    upgrade(empty_database)
    assert claim(empty_database)
    assert not claim(empty_database)
    assert claim(empty_database, jti="k")
    assert claim(empty_database, client="d")
    assert claim(empty_database, THERE)
    assert not claim(empty_database, now=59.9)
    assert claim(empty_database, now=60.0)


def test_of_many_at_once_one_wins(empty_database: Database) -> None:
    upgrade(empty_database)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: claim(empty_database), range(16))).count(True) == 1


def test_two_processes_never_take_the_same_one(empty_database: Database) -> None:
    upgrade(empty_database)
    other = Database(empty_database.url.render_as_string(hide_password=False))
    with ThreadPoolExecutor(8) as pool:
        databases = [empty_database, other] * 8
        assert list(pool.map(claim, databases)).count(True) == 1
    other.close()


def test_only_the_digest_is_stored_and_housekeeping_drops_what_is_over(empty_database: Database) -> None:
    upgrade(empty_database)
    claim(empty_database, jti="a-jti-in-clear")
    with empty_database.read() as connection:
        assert "a-jti-in-clear" not in str(connection.execute(select(client_assertions)).all())
    Housekeeper(empty_database, SystemClock()).sweep()
    with empty_database.read() as connection:
        assert connection.execute(select(func.count()).select_from(client_assertions)).scalar() == 0
