"""What storage promises, on both backends: one winner, nothing readable at rest, realms apart."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from fcsim_hub.config import Settings
from fcsim_hub.domain.events import Event
from fcsim_hub.domain.identity import PivotIdentity, ProviderIdentity
from fcsim_hub.domain.journey import Journey, Request, Session
from fcsim_hub.domain.levels import Level
from fcsim_hub.domain.realms import Realm
from fcsim_hub.domain.userinfo import Person
from fcsim_hub.fixtures import load_fixtures
from fcsim_hub.storage import accounts, events, grants, journeys
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.keys import KeysUnreadable, load_decryption_keys, load_keys
from fcsim_hub.storage.registrations import CLIENTS
from fcsim_hub.storage.rotation import ensure_keys, kept_seconds, rotate_keys
from fcsim_hub.storage.schema import upgrade
from fcsim_hub.storage.sealed import Seal
from fcsim_hub.storage.seed import seed, seed_people
from fcsim_hub.storage.tables import metadata

REALM, SEAL, NOW = Realm("franceconnect"), Seal("secret"), 1000.0
PIVOT = PivotIdentity(
    given_names=("Canary",),
    family_name="QZ-CANARY",
    birthdate="1990-01-01",
    gender="female",
    birthplace="75107",
    birthcountry="99100",
)
SAID = ProviderIdentity(
    sub="s",
    given_name="Canary",
    family_name="QZ-CANARY",
    gender="female",
    birthdate="1990-01-01",
    birthplace="75107",
    birthcountry="99100",
    email="canary@fcsim.test",
)
REQUEST = Request(
    client_id="c",
    redirect_uri="https://rp.test/cb",
    scopes=("openid",),
    state="s",
    nonce="n",
    acr_values="",
    asked=Level.EIDAS1,
)
GRANT = grants.Grant(
    id="g",
    request=REQUEST,
    person=Person(sub="sub", identity=PIVOT, provider=SAID, provider_uid="p", amr=()),
    acr="eidas1",
    auth_time=1,
    flow="f",
    browsing_id="b",
    session_id="s",
    account_id="a",
    is_sso=False,
)


@pytest.fixture
def database(empty_database: Database) -> Database:
    upgrade(empty_database)
    return empty_database


def test_r01_of_many_claims_of_a_code_one_wins(database: Database) -> None:
    with database.write() as connection:
        grants.insert_grant(connection, REALM, SEAL, GRANT, "code", NOW + 30, NOW + 30)

    def claim(_: int) -> bool:
        with database.write() as connection:
            return grants.claim_code(connection, REALM, "code", NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(24))) == 1


def test_r05_a_failure_after_the_claim_gives_the_code_back(database: Database) -> None:
    with database.write() as connection:
        grants.insert_grant(connection, REALM, SEAL, GRANT, "code", NOW + 30, NOW + 30)

    def claim_then_fail() -> None:
        with database.write() as connection:
            assert grants.claim_code(connection, REALM, "code", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        claim_then_fail()
    with database.write() as connection:
        assert grants.claim_code(connection, REALM, "code", NOW)


def test_h061_h155_neither_codes_nor_tokens_nor_identities_are_readable_at_rest(database: Database) -> None:
    session = Session(
        id="session-id", browsing_id="b", language="fr", journey=Journey(uid="u", request=REQUEST, started_at=1)
    )
    with database.write() as connection:
        grants.insert_grant(connection, REALM, SEAL, GRANT, "issued-code", NOW + 30, NOW + 30)
        grants.insert_token(connection, REALM, GRANT, "issued-token", NOW + 60)
        journeys.insert_session(connection, REALM, SEAL, session, NOW + 60)
    with database.read() as connection:
        rows = repr([connection.execute(table.select()).all() for table in metadata.sorted_tables])
    for canary in ("issued-code", "issued-token", "session-id", "QZ-CANARY", "canary@"):
        assert canary not in rows


def test_sessions_and_grants_of_another_realm_or_secret_are_not_found(database: Database) -> None:
    session = Session(id="i", browsing_id="b", language="fr")
    with database.write() as connection:
        journeys.insert_session(connection, REALM, SEAL, session, NOW + 60)
        grants.insert_grant(connection, REALM, SEAL, GRANT, "code", NOW + 30, NOW + 30)
        assert journeys.find_session(connection, REALM, SEAL, "i", NOW, claim=True) == session
        for realm in (Realm("franceconnect-plus"), Realm("franceconnect", "other-world")):
            assert journeys.find_session(connection, realm, SEAL, "i", NOW) is None
            assert grants.find_code(connection, realm, SEAL, "code") is None
        assert journeys.find_session(connection, REALM, Seal("other"), "i", NOW) is None
        assert journeys.find_session(connection, REALM, SEAL, "i", NOW + 61) is None
        assert journeys.purge_sessions(connection, NOW + 61) == 1


def test_a_stored_sub_wins_and_an_account_is_one_for_each_identity(database: Database) -> None:
    account = accounts.Account(id="a", identity_hash="h", created_at=NOW, last_connection=NOW)
    with database.write() as connection:
        accounts.save_connection(connection, REALM, account, NOW, is_new=True)
        assert accounts.keep_sub(connection, REALM, "a", "entity", "first") == "first"
        assert accounts.keep_sub(connection, REALM, "a", "entity", "computed later") == "first"
        assert accounts.keep_sub(connection, REALM, "a", "other", "second") == "second"
        accounts.save_connection(connection, REALM, account, NOW + 5, is_new=False)
        found = accounts.find_account(connection, REALM, "h")
        assert found == replace(account, last_connection=NOW + 5)
        assert accounts.find_account(connection, Realm("franceconnect-plus"), "h") is None


@pytest.mark.parametrize(
    ("exclude", "listed", "blocked"),
    [(True, False, False), (True, True, True), (False, False, True), (False, True, False)],
)
def test_the_citizens_provider_list(exclude: bool, listed: bool, blocked: bool) -> None:
    assert accounts.IdpSettings(is_exclude_list=exclude, list=("x",) if listed else ()).blocks("x") is blocked


def test_events_keep_their_types_and_their_order(database: Database) -> None:
    traces = [Event(name=f"E{rank}", flow="f", fields={"isSso": False, "n": rank, "x": None}) for rank in range(5)]
    with database.write() as connection:
        events.write_events(connection, REALM, traces, NOW)
        found = events.list_events(connection, REALM, limit=3)
    assert [(one["event"], one["isSso"], one["n"], one["x"]) for one in found] == [
        ("E2", False, 2, None),
        ("E3", False, 3, None),
        ("E4", False, 4, None),
    ]


def test_a_writer_that_never_ends_is_a_failure_with_sqlalchemys_name(tmp_path: Path) -> None:
    """Every caller that goes on without a write catches SQLAlchemyError: a transaction's BEGIN is no exception."""
    database = Database(f"sqlite:///{tmp_path / 'busy.sqlite3'}")
    waiting = database.connect()
    waiting.run("PRAGMA busy_timeout=1")
    waiting.close()
    other = sqlite3.connect(tmp_path / "busy.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), database.write():
        pass
    other.close()
    database.close()


def test_seeding_follows_the_files_and_leaves_run_time_registrations(database: Database) -> None:
    fixtures = load_fixtures(Settings())
    platform = fixtures.platforms()["franceconnect"]
    clients = fixtures.clients(platform)
    made = replace(next(iter(clients.values())), client_id="made at run time")
    with database.write() as connection:
        seed(connection, REALM, CLIENTS, clients, NOW)
        seed_people(connection, "default", fixtures.people(), NOW)
        CLIENTS.put(connection, REALM, made, NOW)
        gone = dict(list(clients.items())[1:])
        seed(connection, REALM, CLIENTS, gone, NOW + 1)
        left = {client.client_id for client, _ in CLIENTS.list(connection, REALM)}
    assert left == {client.client_id for client in gone.values()} | {"made at run time"}


def test_h098_keys_sealed_with_another_secret_stop_the_start(database: Database) -> None:
    platform = load_fixtures(Settings()).platforms()["franceconnect"]
    with database.write() as connection:
        ensure_keys(connection, platform, REALM, SEAL, NOW)
        ensure_keys(connection, platform, REALM, SEAL, NOW)
        assert [key.alg for key in load_keys(connection, REALM, SEAL, NOW).keys] == ["ES256", "RS256"]
        with pytest.raises(KeysUnreadable):
            load_keys(connection, REALM, Seal("another"), NOW)
        with pytest.raises(KeysUnreadable):
            ensure_keys(connection, platform, REALM, Seal("another"), NOW)


PLUS = Realm("franceconnect-plus")


def test_a_start_on_stored_keys_imports_none(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = load_fixtures(Settings()).platforms()["franceconnect-plus"]
    with database.write() as connection:
        ensure_keys(connection, platform, PLUS, SEAL, NOW)
        monkeypatch.setattr("fcsim_hub.storage.keys.import_key", pytest.fail)
        ensure_keys(connection, platform, PLUS, SEAL, NOW)


def test_the_two_rings_of_a_platform_are_apart_and_made_once(database: Database) -> None:
    platform = load_fixtures(Settings()).platforms()["franceconnect-plus"]
    with database.write() as connection:
        for _ in range(2):
            ensure_keys(connection, platform, PLUS, SEAL, NOW)
        signing = load_keys(connection, PLUS, SEAL, NOW).keys
        opening = load_decryption_keys(connection, PLUS, SEAL, NOW).keys
        assert [key.alg for key in signing] == ["ES256"]
        assert [key.family for key in opening] == ["ECDH-ES", "RSA-OAEP"]
        assert load_decryption_keys(connection, REALM, SEAL, NOW).keys == ()
        rows = repr(connection.execute(metadata.tables["signing_keys"].select()).all())
    for key in (*signing, *opening):
        assert key.kid in rows
        assert key.key.as_dict(private=True)["d"] not in rows
        assert '"d"' not in rows


def test_h098_decryption_keys_sealed_with_another_secret_are_said_to_be(database: Database) -> None:
    platform = load_fixtures(Settings()).platforms()["franceconnect-plus"]
    with database.write() as connection:
        ensure_keys(connection, platform, PLUS, SEAL, NOW)
        with pytest.raises(KeysUnreadable):
            load_decryption_keys(connection, PLUS, Seal("another"), NOW)


def test_a_rotation_of_one_ring_leaves_the_other_and_keeps_the_former_keys_for_a_while(database: Database) -> None:
    platform = load_fixtures(Settings()).platforms()["franceconnect-plus"]
    with database.write() as connection:
        ensure_keys(connection, platform, PLUS, SEAL, NOW)
        signing, opening = load_keys(connection, PLUS, SEAL, NOW), load_decryption_keys(connection, PLUS, SEAL, NOW)
        made, until = rotate_keys(connection, platform, PLUS, SEAL, "encryption", NOW)
        assert load_keys(connection, PLUS, SEAL, NOW) == signing
        assert until == NOW + kept_seconds(platform) >= NOW + 600 + 60
        for now, known, published in ((NOW, 4, 4), (until - 1, 4, 4), (until, 4, 2), (until + 600, 2, 2)):
            ring = load_decryption_keys(connection, PLUS, SEAL, now)
            assert [key.kid for key in ring.keys][:2] == made
            assert (len(ring.keys), len(ring.public()["keys"])) == (known, published)
        rotate_keys(connection, platform, PLUS, SEAL, "signing", NOW)
        assert load_keys(connection, PLUS, SEAL, NOW).signer("ES256") != signing.signer("ES256")
        assert len(load_keys(connection, PLUS, SEAL, NOW).keys) == 2
        assert {key.kid for key in opening.keys} <= {
            key.kid for key in load_decryption_keys(connection, PLUS, SEAL, NOW).keys
        }


def test_a_key_whose_end_is_past_is_erased_by_the_next_rotation(database: Database) -> None:
    platform = load_fixtures(Settings()).platforms()["franceconnect-plus"]
    with database.write() as connection:
        ensure_keys(connection, platform, PLUS, SEAL, NOW)
        rotate_keys(connection, platform, PLUS, SEAL, "signing", NOW)
        rotate_keys(connection, platform, PLUS, SEAL, "signing", NOW + 10_000)
        rows = connection.execute(metadata.tables["signing_keys"].select()).all()
    assert sorted(row.alg for row in rows) == ["ECDH-ES", "ES256", "ES256", "RSA-OAEP"]


def test_an_account_that_nobody_used_for_three_years_is_dropped_with_its_subs(database: Database) -> None:
    """inside-the-hub §11.3."""
    day = 24 * 3600.0
    made = {"old": 0.0, "used since": 200 * day, "young": 0.0}
    with database.write() as connection:
        for name, last in made.items():
            created = 100 * day if name == "young" else 0.0
            account = accounts.Account(id=name, identity_hash=name, created_at=created, last_connection=last)
            accounts.put_account(connection, REALM, account)
            accounts.put_subs(connection, REALM, name, {"entity": f"sub of {name}"})
    with database.write() as connection:
        assert accounts.purge_accounts(connection, 1095 * day) == 0
        assert accounts.purge_accounts(connection, 1097 * day) == 1
        left = [name for name in made if accounts.find_account(connection, REALM, name)]
        subs = [name for name in made if accounts.find_subs(connection, REALM, name)]
    assert left == subs == ["used since", "young"]
