"""The whole of fcsim on PostgreSQL: every application, both databases in one, applications started together."""

import gc
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from fcsim_hub.stack import Stack, build_stack
from support.key_server import make_key, public
from support.postgres import NO_SERVER, SERVER, make_database, settings_on
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, registered
from support.second_process import served_again
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


@pytest.fixture(scope="module")
def second_hub(server_stack: Stack) -> Iterator[Site]:
    """FranceConnect again, in a process of its own, on the same database."""
    with served_again(server_stack, "franceconnect") as site:
        yield site


@pytest.fixture(scope="module")
def second_plus(server_stack: Stack) -> Iterator[Site]:
    """FranceConnect+ likewise."""
    with served_again(server_stack, "franceconnect-plus") as site:
        yield site


def test_a_change_acts_within_a_second_in_every_process(server_stack: Stack, second_hub: Site) -> None:
    """Whatever the control API changes, the hub's other process meets at the next request, or within a second."""
    api, key = Site(server_stack).api, secrets.token_hex(4)
    party = RelyingParty.register(second_hub)
    assert party.authorize().status == 303
    with registered(Rogue(uid=f"idp-{key}"), second_hub) as rogue:
        place, who = f"{second_hub.place}/providers/{rogue.uid}", Traveller("nobody", rogue.uid)

        def travel() -> Arrival | Stopped:
            return RelyingParty(second_hub, party.record).travel(who)

        def page() -> str:
            return RelyingParty(second_hub, party.record).choice_page().text

        assert isinstance(travel(), Arrival)
        assert api("PATCH", place, {"title": f"Titre {key}", "active": False})[0] == 200
        assert f"Titre {key}" in page()
        assert isinstance(travel(), Stopped)
        assert api("PATCH", place, {"active": True})[0] == 200
        assert api("PUT", f"{second_hub.place}/accounts/angela-dubois", {"active": False})[0] in (200, 201)
        end = travel()
        assert isinstance(end, Stopped)
        assert end.code == "Y180001"
        assert api("PUT", f"{second_hub.place}/accounts/angela-dubois", {"active": True})[0] == 200
        assert api("PATCH", "/people/angela-dubois", {"registry": {"outcome": "E010008"}})[0] == 200
        end = travel()
        assert isinstance(end, Stopped)
        assert end.code == "Y010008"
        assert api("PATCH", "/people/angela-dubois", {"registry": {}})[0] == 200
        assert isinstance(travel(), Arrival)
        asked = time.monotonic()
        assert api("PATCH", second_hub.place, {"notice": {"message": f"Travaux {key}"}})[0] == 200
        assert f"Travaux {key}" in page()
        assert api("DELETE", second_hub.place)[0] == 200
        assert f"Travaux {key}" not in page()
        assert time.monotonic() - asked < 2, "two changes"
    assert f"Titre {key}" not in page()
    assert api("PATCH", f"{second_hub.place}/clients/{party.client_id}", {"active": False})[0] == 200
    assert b"Y04EA6EF" in party.authorize().data


@pytest.mark.parametrize("rank", range(2))
def test_h072_an_assertion_taken_by_one_process_is_refused_by_another(
    server_stack: Stack, second_plus: Site, rank: int
) -> None:
    key = make_key("ES256", use="sig")
    here = RelyingParty.register(
        Site(server_stack).plus, jwks=public(key), token_endpoint_auth_method="private_key_jwt"
    )
    parties = [here, RelyingParty(second_plus, here.record)]
    form = here.assertion(key, aud=[one.site.issuer for one in parties])
    verdicts = [one.redeem("never-issued", **form).body for one in (parties[rank], parties[1 - rank])]
    assert [query_of(one["error_uri"])["code"] for one in verdicts] == ["Y049E20B", "Y0486328"]


def test_h072_of_many_at_once_on_two_processes_one_is_accepted(server_stack: Stack, second_plus: Site) -> None:
    key = make_key("ES256", use="sig")
    here = RelyingParty.register(Site(server_stack).plus, jwks=public(key))
    parties = [here, RelyingParty(second_plus, here.record)] * 8
    form = here.assertion(key, aud=[one.site.issuer for one in parties[:2]])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: one.redeem("never-issued", **form).body["error_uri"], parties))
    assert sorted(query_of(one)["code"] for one in found) == ["Y0486328"] * 15 + ["Y049E20B"]
