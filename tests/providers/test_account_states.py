"""What is wrong with an account, told on a page of its own that leads back (inside-the-hub §6.2, failure states)."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest

from conftest import free_settings
from fcsim_hub.domain.people import AccountState
from fcsim_hub.fixture_files import FixtureError
from fcsim_hub.gateways.visitor import Visitor
from fcsim_hub.stack import build_stack
from fcsim_providers.personality import State
from support.provider_login import ProviderLogin
from support.relying_party import query_of
from support.site import Site
from support.someone import PIN, WORD, Someone

STATES = [
    ("impots", "no_account"),
    ("ameli", "no_account"),
    ("msa", "not_affiliated"),
    ("laposte", "no_account"),
    ("laposte", "not_installed"),
    ("yris", "not_installed"),
]


def reason(login: ProviderLogin) -> str:
    found = re.search(r'data-reason="([^"]*)"', login.answer.text)
    return found[1] if found else ""


def go_back(login: ProviderLogin) -> dict[str, str]:
    """What the hub is told by whoever follows the way back."""
    link = re.search(r'href="([^"]+)" data-testid="return-to-franceconnect"', login.answer.text)
    assert link is not None, login.page.title
    return query_of(urljoin(login.url, unescape(link[1])))


def test_the_hub_and_the_providers_know_the_same_states() -> None:
    assert AccountState == State


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("name", "state"), STATES)
def test_a_state_has_its_page_and_a_way_back(someone: Someone, name: str, state: str, language: str) -> None:
    assert someone.state(name, state) == 200
    login = ProviderLogin.begin(someone.site, name, Visitor(language=language))
    login.type(login=someone.typed(name), password="any" if state in ("no_account", "not_affiliated") else WORD)
    assert (login.answer.status, reason(login)) == (403, state)
    assert {"login-error", "try-again", "help"} <= login.page.texts.keys()
    assert go_back(login) == {
        "error": "access_denied",
        "error_description": "user authentication aborted",
        "state": "the state",
    }
    quick = ProviderLogin.begin(someone.site, name)
    quick.submit("login-form", person=someone.name)
    assert (quick.answer.status, reason(quick)) == (403, state)
    someone.state(name, "active")
    assert someone.begin(name).answer.status in (200, 302)


@pytest.mark.parametrize(("name", "state"), [("impots", "no_account"), ("msa", "not_affiliated")])
def test_an_account_never_opened_is_not_offered_in_one_click(
    someone: Someone, site: Site, name: str, state: str
) -> None:
    shown = re.findall(r'data-testid="quick-login-([^"]+)"', ProviderLogin.begin(site, name).answer.text)
    someone.state(name, state)
    assert f"quick-login-{someone.name}" not in ProviderLogin.begin(site, name).answer.text
    assert shown


def test_numbers_without_an_account_cost_a_try(someone: Someone) -> None:
    someone.state("impots", "no_account")
    for expected in (*([403] * 10), 429):
        assert someone.begin("impots").answer.status == expected


@pytest.mark.parametrize("name", ["ameli", "msa"])
@pytest.mark.parametrize("first", ["7", "8"])
def test_a_provisional_number_is_refused_whatever_the_password(site: Site, name: str, first: str) -> None:
    """inside-the-hub §20 test 49."""
    for _ in range(11):
        login = ProviderLogin.begin(site, name)
        login.type(login=f"{first}910899213002", password=WORD)
        assert (login.answer.status, reason(login)) == (403, "provisional_nir"), "nothing was guessed at"
    assert go_back(login)["error"] == "access_denied"


def test_p26_is_refused_by_ameli_for_their_provisional_number(site: Site) -> None:
    login = ProviderLogin.begin(site, "ameli")
    login.type(login=site.person("aisha-khan").nir, password="123")
    assert reason(login) == "provisional_nir"


def test_a_card_past_its_date_ends_the_login_on_both_screens(someone: Someone, site: Site) -> None:
    someone.state("france-identite", "expired")
    login = ProviderLogin.begin(site, "france-identite")
    login.type()
    phone = login.phone()
    phone.submit("phone-place", card=someone.card)
    assert "past its date" in phone.page.texts["phone-ended"]
    login.look()
    assert (login.answer.status, reason(login)) == (403, "expired")
    assert go_back(login)["error"] == "access_denied"


@pytest.mark.parametrize("way", ["phone", "pass"])
def test_an_account_locked_while_its_phone_waits_is_not_let_in(someone: Someone, way: str) -> None:
    login = someone.begin("yris")
    phone = login.phone()
    someone.state("yris", "locked")
    if way == "phone":
        phone.submit("phone-form", code="000000")
        assert "locked" not in phone.answer.text, "told to whoever knows the code"
        phone.submit("phone-form", code=PIN)
        assert "locked" in phone.page.texts["phone-ended"]
    else:
        login.submit("second-factor-pass")
    login.look()
    assert (login.answer.status, reason(login)) == (403, "locked")


def test_a_state_that_does_not_suit_the_provider_is_refused_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "people" / "zoe-test.toml"
    file.parent.mkdir()
    text = '[accounts.yris]\nlogin = "zoe@fcsim.test"\npassword = "1"\nstate = "revoked"\n'
    who = 'given_names = ["Zoé"]\nfamily_name = "TEST"\ngender = "female"\nbirthdate = "1990-01-01"\n'
    file.write_text(who + text, encoding="utf-8")
    with pytest.raises(FixtureError, match=r"zoe-test.*accounts\.yris\.state: expected one of active, locked"):
        build_stack(free_settings(tmp_path / "data", fixtures=(tmp_path,)), ("providers",))
