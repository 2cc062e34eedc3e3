"""The whole of fcsim on PostgreSQL: every application, both databases in one, applications started together."""

import gc
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from fcsim_hub.config import Addresses, Settings
from fcsim_hub.stack import Stack, build_stack
from support.key_server import make_key, public
from support.postgres import make_database
from support.relying_party import RelyingParty, query_of
from support.site import Site

SERVER = os.environ.get("FCSIM_TEST_POSTGRES_URL", "")

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(not SERVER, reason="FCSIM_TEST_POSTGRES_URL names no PostgreSQL server"),
]


def settings_on(url: str, folder: Path) -> Settings:
    return Settings(
        data=folder,
        urls=Addresses(**dict.fromkeys(Addresses.model_fields, "http://localhost:0")),
        database_url=SecretStr(url),
        providers_database_url=SecretStr(url),
    )


def open_connections(url: str) -> list[str]:
    """The connections that this process still holds to a database."""
    ours = [one for one in gc.get_objects() if isinstance(one, psycopg.Connection)]
    return [str(one) for one in ours if not one.closed and one.info.dbname == make_url(url).database]


@pytest.fixture(scope="module")
def server_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with make_database(SERVER) as url:
        built = build_stack(settings_on(url, tmp_path_factory.mktemp("postgres")))
        built.start()
        yield built
        built.stop()


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


@pytest.fixture(scope="module")
def second_process(server_stack: Stack) -> Iterator[Site]:
    """FranceConnect+ of the same database, served by a process of its own at an address of its own."""
    settings = server_stack.settings
    environment = os.environ | {
        "FCSIM_DATA": str(settings.data),
        "FCSIM_DATABASE_URL": settings.hub_database,
        "FCSIM_PROVIDERS_DATABASE_URL": settings.providers_database,
        **{f"FCSIM_URLS__{name.upper()}": url for name, url in settings.urls.model_dump().items()},
        "FCSIM_URLS__FRANCECONNECT_PLUS": "http://localhost:0",
    }
    command = [sys.executable, "-m", "fcsim_hub.cli", "serve", "franceconnect-plus"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = next(line for line in process.stderr if " answers at " in line)
    urls = settings.urls.model_copy(update={"franceconnect_plus": said.split()[-1]})
    yield Site(replace(server_stack, settings=settings.model_copy(update={"urls": urls})), "franceconnect-plus")
    process.terminate()
    process.communicate(timeout=10)


@pytest.mark.parametrize("rank", range(2))
def test_h072_an_assertion_taken_by_one_process_is_refused_by_another(
    server_stack: Stack, second_process: Site, rank: int
) -> None:
    key = make_key("ES256", use="sig")
    here = RelyingParty.register(
        Site(server_stack).plus, jwks=public(key), token_endpoint_auth_method="private_key_jwt"
    )
    parties = [here, RelyingParty(second_process, here.record)]
    form = here.assertion(key, aud=[one.site.issuer for one in parties])
    verdicts = [one.redeem("never-issued", **form).body for one in (parties[rank], parties[1 - rank])]
    assert [query_of(one["error_uri"])["code"] for one in verdicts] == ["Y049E20B", "Y0486328"]


def test_h072_of_many_at_once_on_two_processes_one_is_accepted(server_stack: Stack, second_process: Site) -> None:
    key = make_key("ES256", use="sig")
    here = RelyingParty.register(Site(server_stack).plus, jwks=public(key))
    parties = [here, RelyingParty(second_process, here.record)] * 8
    form = here.assertion(key, aud=[one.site.issuer for one in parties[:2]])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: one.redeem("never-issued", **form).body["error_uri"], parties))
    assert sorted(query_of(one)["code"] for one in found) == ["Y0486328"] * 15 + ["Y049E20B"]
