"""Guesses that arrive at once: as many are looked at as one after the other, on both databases (H176, H179)."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from pydantic import SecretStr

from conftest import backends, free_settings
from fcsim_hub.gateways.http import HttpCaller
from fcsim_hub.gateways.provider_accounts import ProviderAccounts
from fcsim_hub.gateways.visitor import Visitor
from fcsim_hub.stack import build_stack
from support.postgres import make_database
from support.provider_login import ProviderLogin
from support.site import Site

AT_ONCE = 40
UNKNOWN_SPI = "3999999932264"


@pytest.fixture(scope="module", params=backends())
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The providers alone, answering sixteen requests at a time, on each database."""
    with ExitStack() as undo:
        more = {}
        if request.param == "postgresql":
            url = undo.enter_context(make_database(os.environ["FCSIM_TEST_POSTGRES_URL"]))
            more["providers_database_url"] = SecretStr(url)
        settings = free_settings(tmp_path_factory.mktemp("crowd"), threads=16, **more)
        stack = build_stack(settings, ("providers",))
        stack.start()
        undo.callback(stack.stop)
        yield Site(stack)


@pytest.fixture
def crowded(crowd: Site) -> Site:
    """The same, nothing held against anybody."""
    settings = crowd.stack.settings
    control = ProviderAccounts(HttpCaller(5), crowd.providers, settings.secret("control_token"))
    assert control.forget_failures().status == 200
    return crowd


def at_once(attempt: Callable[[int], int]) -> list[int]:
    """The statuses of many attempts."""
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(attempt, range(AT_ONCE)))


def post(login: ProviderLogin, fields: dict[str, str]) -> int:
    """One post of the first page, from the same browser as the others'."""
    form = login.form("login-form")
    visitor = Visitor(cookies={host: dict(jar) for host, jar in login.visitor.cookies.items()})
    return visitor.request("POST", login.site.providers + form.action, form.fields | fields).status


@pytest.mark.parametrize("known", [True, False])
def test_h176_of_forty_passwords_at_once_ten_are_looked_at(crowded: Site, known: bool) -> None:
    login = ProviderLogin.begin(crowded, "impots")
    typed = crowded.person("angela-dubois").accounts["impots"].login if known else UNKNOWN_SPI
    statuses = at_once(lambda number: post(login, {"login": typed, "password": f"wrong {number}"}))
    assert (statuses.count(401), statuses.count(429)) == (10, AT_ONCE - 10)


def test_h176_of_forty_identifiers_at_once_ten_are_looked_at(crowded: Site) -> None:
    login = ProviderLogin.begin(crowded, "yris")
    statuses = at_once(lambda _: post(login, {"login": "nobody@fcsim.test"}))
    assert (statuses.count(401), statuses.count(429)) == (10, AT_ONCE - 10)


def test_h176_of_forty_codes_at_once_ten_are_looked_at(crowded: Site) -> None:
    """Over many logins of one account, begun before any code was wrong: three tries each would make sixty."""
    phones = [ProviderLogin.begin(crowded, "yris").type_as("angela-dubois").phone() for _ in range(20)]
    addresses = [crowded.providers + phone.form("phone-form").action for phone in phones]
    statuses = at_once(lambda number: Visitor().request("POST", addresses[number % 20], {"code": "000"}).status)
    assert (statuses.count(401), statuses.count(429)) == (10, AT_ONCE - 10)
    fresh = Visitor().request("POST", addresses[0], {"code": "123456"})
    assert fresh.status == 429, "not even the right one, for a while"


@pytest.mark.thorough
def test_h176_of_a_hundred_and_forty_logins_at_once_an_address_tries_a_hundred(crowded: Site) -> None:
    login = ProviderLogin.begin(crowded, "yris")
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda number: post(login, {"login": f"nobody{number}@fcsim.test"}), range(140)))
    assert (statuses.count(401), statuses.count(429)) == (100, 40)
