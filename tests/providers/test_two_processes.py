"""Interactions are rows: any process of the installation goes on with them, and a restart loses none."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import free_settings
from fcsim_hub.stack import build_stack
from fcsim_hub.storage.database import Database as AnyDatabase
from fcsim_providers.request import Request
from fcsim_providers.storage.database import Database
from fcsim_providers.storage.interactions import (
    WAITING,
    Interaction,
    approve,
    claim,
    count_send,
    count_try,
    end,
    find_interaction,
    open_interaction,
    put_code,
)
from fcsim_providers.storage.schema import upgrade
from support.provider_login import ProviderLogin
from support.site import Site
from support.someone import PIN

NAME, NOW = "france-identite", 1_800_000_000.0


def start(data: Path) -> Site:
    stack = build_stack(free_settings(data), ("providers",))
    stack.start()
    return Site(stack)


def test_a_login_begun_in_one_process_is_finished_in_another(tmp_path: Path) -> None:
    one, two = start(tmp_path), start(tmp_path)
    try:
        login = ProviderLogin.begin(one, "yris").type_as("angela-dubois")
        phone = login.phone()
        phone.post(phone.form("phone-form").action.replace(one.providers, two.providers), {"code": PIN})
        login.url = login.url.replace(one.providers, two.providers)
        answer = login.visitor.request("GET", login.url)
        assert "code=" in answer.location
    finally:
        one.stack.stop()
        two.stack.stop()


def test_a_blocked_card_stays_blocked_after_a_restart(tmp_path: Path) -> None:
    card = ""
    for expected in (401, 401, 403, 403):
        site = start(tmp_path)
        try:
            card = card or site.person("angela-dubois").accounts[NAME].login
            login = ProviderLogin.begin(site, NAME)
            login.type()
            phone = login.phone()
            phone.submit("phone-place", card=card)
            if phone.page.form_with("phone-code"):
                phone.submit("phone-form", code="000000")
            assert phone.answer.status == expected
        finally:
            site.stack.stop()


@pytest.fixture
def database(empty_database: AnyDatabase) -> Iterator[Database]:
    """The providers' database on each backend."""
    url = empty_database.url.render_as_string(hide_password=False)
    upgrade(url)
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def interaction(database: Database) -> Interaction:
    """One that waits."""
    request = Request("hub", "https://hub.test/cb", "openid", "state", "nonce", "eidas1")
    made = Interaction(
        id="i" * 32,
        slug="impots",
        factor="mail_code",
        browser_hash="b",
        request=request,
        login="l",
        status=WAITING,
        reason="",
        tries=0,
        sends=0,
        code_hash=None,
        code_expires_at=None,
        expires_at=NOW + 60,
    )
    with database.write() as connection:
        open_interaction(connection, made, NOW)
    return made


def test_an_interaction_is_read_back_whole(database: Database, interaction: Interaction) -> None:
    with database.read() as connection:
        assert find_interaction(connection, interaction.id) == interaction
        assert find_interaction(connection, "other\x00") is None


@pytest.mark.parametrize(
    ("move", "expected"),
    [("try", 6), ("approve", 1), ("claim", 0), ("end", 1), ("send", 5)],
)
def test_h179_each_move_is_made_as_often_as_it_may_be(
    database: Database, interaction: Interaction, move: str, expected: int
) -> None:
    moves = {
        "try": lambda connection: count_try(connection, interaction.id, 6, NOW),
        "approve": lambda connection: approve(connection, interaction.id, NOW),
        "claim": lambda connection: claim(connection, interaction.id, NOW),
        "end": lambda connection: end(connection, interaction.id, "refused", "", NOW),
        "send": lambda connection: count_send(connection, interaction.id, 5, NOW),
    }

    def attempt(_number: int) -> bool:
        with database.write() as connection:
            return moves[move](connection)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == expected


def test_an_approval_is_claimed_once(database: Database, interaction: Interaction) -> None:
    with database.write() as connection:
        assert approve(connection, interaction.id, NOW)

    def attempt(_number: int) -> bool:
        with database.write() as connection:
            return claim(connection, interaction.id, NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_nothing_moves_once_it_has_expired(database: Database, interaction: Interaction) -> None:
    with database.write() as connection:
        later = NOW + 60
        assert not count_try(connection, interaction.id, 6, later)
        assert not approve(connection, interaction.id, later)
        assert not count_send(connection, interaction.id, 5, later)
        assert not put_code(connection, interaction.id, "h", later + 9, later)


def test_what_is_long_over_is_forgotten_when_another_begins(database: Database, interaction: Interaction) -> None:
    with database.write() as connection:
        later = NOW + 3 * 3600
        open_interaction(connection, replace(interaction, id="j" * 32, expires_at=later + 60), later)
        assert find_interaction(connection, interaction.id) is None
