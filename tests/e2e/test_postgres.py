"""The whole of fcsim on PostgreSQL: every application, both databases in one, applications started together."""

import gc
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from fcsim_hub.stack import Stack, build_stack
from support.postgres import NO_SERVER, SERVER, make_database, settings_on
from support.relying_party import RelyingParty
from support.site import Site

pytestmark = [pytest.mark.postgres, pytest.mark.skipif(not SERVER, reason=NO_SERVER)]


def open_connections(url: str) -> list[str]:
    """The connections that this process still holds to a database."""
    ours = [one for one in gc.get_objects() if isinstance(one, psycopg.Connection)]
    return [str(one) for one in ours if not one.closed and one.info.dbname == make_url(url).database]


@pytest.fixture
def server_rp(server_stack: Stack) -> RelyingParty:
    return RelyingParty.register(Site(server_stack))


@pytest.mark.parametrize("provider", ["impots", "ameli", "laposte", "yris", "france-identite"])
def test_a_login_through_each_provider(server_rp: RelyingParty, provider: str) -> None:
    assert server_rp.identity(provider=provider)["family_name"] == "DUBOIS"


def test_a_code_redeemed_in_parallel_gives_tokens_once(server_rp: RelyingParty) -> None:
    code = server_rp.log_in()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: server_rp.redeem(code).status, range(16)))
    assert statuses.count(200) == 1


def test_h018_h052_characters_that_the_database_refuses_are_refused_before_it(server_rp: RelyingParty) -> None:
    assert server_rp.authorize(client_id="a\x00b").status == 400
    assert server_rp.redeem("a\x00b").status == 400
    assert server_rp.redeem("x", client_id="a\x00b").status == 401
    site = server_rp.site
    for path in ("/people/a%00b", "/mails?to=a%00b", "/platforms/franceconnect/clients/a%00b"):
        assert site.api("GET", path)[0] == 400
    record = {"client_secret": "s", "name": "a\x00b", "redirect_uris": ["https://rp.test/cb"]}
    assert site.api("PUT", f"/platforms/franceconnect/clients/{secrets.token_hex(4)}", record)[0] == 400


def test_r16_applications_started_together_on_an_empty_database_all_start(tmp_path: Path) -> None:
    with make_database(SERVER) as url:
        settings = settings_on(url, tmp_path)
        names = ("franceconnect", "providers", "demo", "console")
        with ThreadPoolExecutor(len(names)) as pool:
            built = list(pool.map(lambda name: build_stack(settings, (name,)), names))
        for one in built:
            one.start()
            one.stop()
        assert not open_connections(url)
