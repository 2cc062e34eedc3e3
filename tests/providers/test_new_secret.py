"""A first login changes the provisional code (inside-the-hub §6.2, Ameli)."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import free_settings
from fcsim_hub.stack import build_stack
from support.clock import MovableClock
from support.provider_login import ProviderLogin
from support.site import Site
from support.someone import WORD, Someone

NAME, OWN = "ameli", "a code of my own"


@pytest.fixture
def newcomer(someone: Someone) -> Someone:
    """Someone whose code is still provisional."""
    assert someone.state(NAME, "provisional_code") == 200
    return someone


def choose(login: ProviderLogin, secret: str = OWN, again: str | None = None) -> ProviderLogin:
    login.submit("new-secret-form", password=secret, again=secret if again is None else again)
    return login


def with_password(someone: Someone, password: str) -> ProviderLogin:
    login = ProviderLogin.begin(someone.site, NAME)
    login.type(login=someone.typed(NAME), password=password)
    return login


def test_the_code_is_changed_then_the_login_goes_on(newcomer: Someone) -> None:
    login = newcomer.begin(NAME)
    assert "new-secret-form" in login.answer.text
    assert choose(login).id_token()["amr"] == ["pwd"]


def test_afterwards_the_new_code_alone_opens_the_account(newcomer: Someone) -> None:
    choose(newcomer.begin(NAME))
    assert with_password(newcomer, WORD).answer.status == 401
    assert "code" in with_password(newcomer, OWN).back


@pytest.mark.parametrize(
    ("secret", "again", "told"),
    [
        ("short", "short", "too short"),
        ("x" * 65, "x" * 65, "too long"),
        (OWN, "another code", "do not match"),
        ("", "", "too short"),
    ],
)
def test_a_code_that_will_not_do_is_asked_again(newcomer: Someone, secret: str, again: str, told: str) -> None:
    login = choose(newcomer.begin(NAME), secret, again)
    assert (login.answer.status, told in login.page.texts["step-error"]) == (400, True)
    assert "code" in choose(login).back


def test_the_provisional_code_itself_will_not_do(newcomer: Someone, site: Site) -> None:
    long, path = "provisional 123", f"/people/{newcomer.name}"
    _, record = site.api("GET", path)
    accounts = record["accounts"] | {NAME: record["accounts"][NAME] | {"password": long, "state": "provisional_code"}}
    assert site.api("PATCH", path, {"accounts": accounts})[0] == 200
    login = choose(with_password(newcomer, long), long)
    assert "provisional" in login.page.texts["step-error"]


def test_a_wrong_password_is_not_told_that_the_code_is_provisional(newcomer: Someone) -> None:
    login = with_password(newcomer, "wrong")
    assert (login.answer.status, "new-secret-form" in login.answer.text) == (401, False)


def test_one_click_leads_to_the_same_page(newcomer: Someone) -> None:
    login = ProviderLogin.begin(newcomer.site, NAME)
    login.submit("login-form", person=newcomer.name)
    assert "code" in choose(login).back


def test_the_pass_of_testers_leaves_the_code_as_it_is(newcomer: Someone) -> None:
    for _ in range(2):
        login = newcomer.begin(NAME)
        login.submit("second-factor-pass")
        assert "code" in login.back


def test_a_state_given_again_brings_the_declared_code_back(newcomer: Someone) -> None:
    choose(newcomer.begin(NAME))
    newcomer.state(NAME, "provisional_code")
    assert "code" in choose(newcomer.begin(NAME), "one more code").back
    newcomer.state(NAME, "active")
    assert "code" in with_password(newcomer, WORD).back


def test_of_two_logins_one_changes_the_code(newcomer: Someone) -> None:
    logins = [newcomer.begin(NAME) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(lambda numbered: choose(numbered[1], f"{OWN} {numbered[0]}"), enumerate(logins)))
    won = [number for number, login in enumerate(ended) if login.answer.location]
    assert len(won) == 1
    assert all("changed in another login" in one.page.texts["step-error"] for one in ended if not one.answer.location)
    assert "code" in with_password(newcomer, f"{OWN} {won[0]}").back


def test_the_providers_own_factor_comes_after(someone: Someone) -> None:
    someone.state("impots", "provisional_code")
    login = choose(someone.begin("impots"))
    login.submit("code-form", code=someone.codes()[0])
    assert login.id_token()["amr"] == ["pwd", "mail"]


def test_the_page_waits_ten_minutes(newcomer: Someone, clock: MovableClock) -> None:
    login = newcomer.begin(NAME)
    form = login.form("new-secret-form")
    clock.advance(601)
    login.post(form.action, form.fields | {"password": OWN, "again": OWN})
    assert (login.answer.status, "try-again" in login.page.texts) == (410, True)
    clock.reset()
    assert "new-secret-form" in newcomer.begin(NAME).answer.text, "nothing was changed"


def test_the_new_code_outlives_a_restart_and_a_changed_file_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "people"
    folder.mkdir()
    text = (
        'given_names = ["Zoé"]\nfamily_name = "TEST"\ngender = "female"\nbirthdate = "1990-01-01"\n'
        '[accounts.ameli]\nlogin = "2900175101001"\npassword = "{}"\nstate = "provisional_code"\n'
    )
    for declared, typed, secret_is_asked in (("123", "123", True), ("123", OWN, False), ("456", "456", True)):
        (folder / "zoe-test.toml").write_text(text.format(declared), encoding="utf-8")
        stack = build_stack(free_settings(tmp_path / "data", fixtures=(tmp_path,)), ("providers",))
        stack.start()
        try:
            login = ProviderLogin.begin(Site(stack), NAME)
            login.type(login="2900175101001", password=typed)
            assert ("new-secret-form" in login.answer.text) == secret_is_asked
            assert "code" in (choose(login) if secret_is_asked else login).back
        finally:
            stack.stop()
