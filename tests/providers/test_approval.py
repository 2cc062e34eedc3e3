"""A request approved on a phone: La Poste, Yris (inside-the-hub §6.2)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from fcsim_hub.gateways.visitor import Visitor
from support.clock import MovableClock
from support.provider_login import ProviderLogin
from support.someone import PIN, WORD, Someone

SECRETS = {"laposte": WORD, "yris": PIN}
BOTH = pytest.mark.parametrize("name", sorted(SECRETS))


@BOTH
def test_approving_on_the_phone_signs_in_on_the_computer(someone: Someone, name: str) -> None:
    login = someone.begin(name)
    assert (login.answer.status, login.page.texts["countdown"][:3]) == (200, "1:5")
    phone = login.phone()
    assert phone.page.texts["short-code"] == login.page.texts["short-code"]
    assert "Cookie" not in phone.visitor.cookies
    phone.submit("phone-form", code=SECRETS[name])
    assert "put the phone away" in phone.page.texts["phone-ended"]
    login.look()
    claims = login.id_token()
    assert (claims["amr"], claims["acr"]) == (["pop", "pin", "mfa"], "eidas1")


@BOTH
@pytest.mark.parametrize("typed", ["email", "phone"])
def test_an_address_or_a_phone_calls_the_same_account(someone: Someone, name: str, typed: str) -> None:
    login = ProviderLogin.begin(someone.site, name)
    assert login.page.form_with("password-input") is None
    login.type(login=getattr(someone, typed))
    assert "waiting" in login.page.texts


@BOTH
def test_refusing_ends_the_login_with_two_ways_on(someone: Someone, name: str) -> None:
    login = someone.begin(name)
    phone = login.phone()
    phone.submit("phone-refuse")
    assert "Nobody was signed in" in phone.page.texts["phone-ended"]
    login.look()
    assert login.answer.status == 403
    assert "error=access_denied" in login.answer.text
    retry = login.answer.text.partition('data-testid="try-again"')[0].rpartition('href="')[2].partition('"')[0]
    again = login.visitor.request("GET", login.site.providers + retry.replace("&amp;", "&"))
    assert (again.status, "login-form" in again.text) == (200, True)


@BOTH
def test_nobody_answers_for_two_minutes(someone: Someone, name: str, clock: MovableClock) -> None:
    login = someone.begin(name)
    phone = login.phone()
    clock.advance(121)
    phone.submit("phone-form", code=SECRETS[name])
    assert (phone.answer.status, "expired" in phone.page.texts["phone-ended"]) == (410, True)
    login.look()
    assert (login.answer.status, "expired" in login.page.texts["step-error"]) == (410, True)


@BOTH
def test_three_wrong_codes_close_the_login(someone: Someone, name: str) -> None:
    login = someone.begin(name)
    phone = login.phone()
    action = phone.form("phone-form").action
    for left in (2, 1):
        phone.submit("phone-form", code="000")
        assert (phone.answer.status, f"left: {left}" in phone.page.texts["phone-error"]) == (401, True)
    phone.submit("phone-form", code="000")
    phone.post(action, {"code": SECRETS[name]})
    assert "Too many wrong codes" in phone.page.texts["phone-ended"]
    login.look()
    assert (login.answer.status, "Too many wrong codes" in login.page.texts["step-error"]) == (403, True)
    again = someone.begin(name)
    again.phone().submit("phone-form", code=SECRETS[name])
    again.look()
    assert "code" in again.back, "the account itself is not blocked"


def test_parallel_codes_count_exactly(someone: Someone) -> None:
    login = someone.begin("yris")
    phone = login.phone()
    action = login.site.providers + phone.form("phone-form").action

    def attempt(_number: int) -> int:
        return Visitor().request("POST", action, {"code": "000000"}).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(attempt, range(16)))
    assert statuses.count(401) == 2


def test_an_approval_is_used_once(someone: Someone) -> None:
    login = someone.begin("yris")
    waiting = login.url
    login.phone().submit("phone-form", code=PIN)
    login.look()
    assert "code" in login.back
    login.url = waiting
    login.look()
    assert (login.answer.status, "step-ended" in login.page.texts) == (410, True)


def test_an_approval_waits_five_minutes_for_its_browser(someone: Someone, clock: MovableClock) -> None:
    login = someone.begin("yris")
    login.phone().submit("phone-form", code=PIN)
    clock.advance(301)
    login.look()
    assert login.answer.status == 410


def test_a_refusal_holds_against_a_later_approval(someone: Someone) -> None:
    login = someone.begin("yris")
    phone = login.phone()
    action = phone.form("phone-form").action
    phone.submit("phone-refuse")
    phone.post(action, {"code": PIN})
    login.look()
    assert login.answer.status == 403


def test_an_approval_signs_in_the_browser_that_asked_and_no_other(someone: Someone) -> None:
    login = someone.begin("yris")
    phone = login.phone()
    phone.submit("phone-form", code=PIN)
    assert phone.visitor.request("GET", login.url).status == 403
    assert Visitor().request("GET", login.url).status == 403
    login.look()
    assert "code" in login.back


def test_the_state_tells_the_script_when_to_go_on(someone: Someone) -> None:
    login = someone.begin("laposte")
    assert login.visitor.request("GET", f"{login.url}/state").text.startswith('{"stage":"waiting","seconds":1')
    login.phone().submit("phone-form", code=WORD)
    assert '"approved"' in login.visitor.request("GET", f"{login.url}/state").text


def test_the_phone_asks_nothing_that_belongs_to_another_factor(someone: Someone) -> None:
    login = someone.begin("laposte")
    step = login.url.rpartition("/")[2]
    for place in ("card", "code"):
        assert login.visitor.request("POST", f"{login.site.providers}/phone/{step}/{place}", {}).status == 303
    mail = someone.begin("impots").url.rpartition("/")[2]
    for place in ("approve", "refuse", "card", "code"):
        Visitor().request("POST", f"{login.site.providers}/phone/{mail}/{place}", {"code": WORD})
    assert Visitor().request("GET", f"{login.site.providers}/phone/{mail}").status == 404


@BOTH
def test_an_unknown_identifier_is_told_and_calls_nobody(someone: Someone, name: str) -> None:
    login = ProviderLogin.begin(someone.site, name)
    login.type(login="nobody@fcsim.test")
    assert (login.answer.status, "login-error" in login.page.texts) == (401, True)


@BOTH
def test_the_pass_of_testers_approves(someone: Someone, name: str) -> None:
    login = someone.begin(name)
    login.submit("second-factor-pass")
    assert login.id_token()["amr"] == ["pop", "pin", "mfa"]


def test_the_waiting_page_reloads_itself_without_javascript(someone: Someone) -> None:
    login = someone.begin("yris")
    assert '<noscript><meta http-equiv="refresh"' in login.answer.text
    picture = login.visitor.request("GET", f"{login.url}/qr.svg")
    assert (picture.status, picture.content_type.partition(";")[0]) == (200, "image/svg+xml")
