"""Wrong logins counted, other sites and strangers refused, levels chosen (security-and-reliability H175–H180)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from urllib3 import BaseHTTPResponse

from conftest import free_settings
from fcsim_hub.gateways.visitor import Visitor
from fcsim_hub.stack import build_stack
from fcsim_providers.storage import accounts
from support.clock import MovableClock
from support.provider_login import ProviderLogin
from support.site import Site, call
from support.someone import PIN, WORD, Someone


def attempt(someone: Someone, password: str) -> ProviderLogin:
    login = ProviderLogin.begin(someone.site, "impots")
    login.type(login=someone.spi, password=password)
    return login


def test_h176_ten_failures_close_a_login_for_a_while(make_someone: Any, clock: MovableClock) -> None:
    someone, other = make_someone(), make_someone()
    for _ in range(10):
        assert attempt(someone, "wrong").answer.status == 401
    refused = attempt(someone, WORD)
    assert (refused.answer.status, "login-error" in refused.page.texts) == (429, True)
    assert attempt(other, WORD).page.form_with("code-form"), "other logins are unaffected"
    clock.advance(901)
    assert attempt(someone, WORD).page.form_with("code-form")


def test_h176_the_answer_says_when_to_come_back(someone: Someone) -> None:
    for _ in range(10):
        attempt(someone, "wrong")
    login = ProviderLogin.begin(someone.site, "impots")
    form = login.form("login-form")
    cookies = "; ".join(f"{name}={value}" for name, value in login.visitor.cookies["localhost"].items())
    answer = post(login, form.fields | {"login": someone.spi, "password": WORD}, Cookie=cookies)
    assert answer.status == 429
    assert 880 < int(answer.headers["Retry-After"]) <= 900


def post(login: ProviderLogin, fields: dict[str, str], **headers: str) -> BaseHTTPResponse:
    from urllib.parse import urlencode

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return call(
        "POST", f"{login.site.providers}/{login.name}/authorize", body=urlencode(fields), headers=kind | headers
    )


def test_h176_unknown_logins_count_too_and_look_the_same(site: Site) -> None:
    for expected in (*([401] * 10), 429):
        login = ProviderLogin.begin(site, "impots")
        assert login.type(login="3999999932264", password="x").status == expected


def test_h176_a_success_begins_the_count_anew(someone: Someone) -> None:
    for _ in range(2):
        for _ in range(9):
            attempt(someone, "wrong")
        login = attempt(someone, WORD)
        login.submit("code-form", code=someone.codes()[0])
        assert "code" in login.back


def test_h176_a_right_password_alone_is_not_a_success(someone: Someone) -> None:
    for _ in range(9):
        attempt(someone, "wrong")
    assert attempt(someone, WORD).page.form_with("code-form")
    attempt(someone, "wrong")
    assert attempt(someone, WORD).answer.status == 429


def test_h176_wrong_codes_count_as_failures_of_the_login(someone: Someone) -> None:
    for _ in range(3):
        login = someone.begin("yris")
        phone = login.phone()
        for _ in range(3):
            phone.submit("phone-form", code="000")
    assert someone.begin("yris").page.form_with("second-factor-pass")
    someone.begin("yris").phone().submit("phone-form", code="000")
    assert someone.begin("yris").answer.status == 429


def test_h176_quick_login_is_not_a_guess(someone: Someone) -> None:
    for _ in range(10):
        attempt(someone, "wrong")
    login = ProviderLogin.begin(someone.site, "impots")
    login.submit("login-form", person=someone.name)
    assert "code" in login.back


@pytest.mark.thorough
def test_h176_a_hundred_failures_close_an_address(site: Site, someone: Someone) -> None:
    for number in range(100):
        nobody = f"nobody{number}@fcsim.test"
        assert ProviderLogin.begin(site, "yris").type(login=nobody).status == 401
    assert attempt(someone, WORD).answer.status == 429


@pytest.fixture
def other_site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A fcsim of the test's own, with its settings."""
    stack = build_stack(free_settings(tmp_path, **request.param))
    stack.start()
    yield Site(stack)
    stack.stop()


@pytest.mark.parametrize("other_site", [{"limit_logins": False}], indirect=True)
def test_h176_the_limits_can_be_switched_off_and_the_banner_says_so(other_site: Site) -> None:
    for _ in range(12):
        login = ProviderLogin.begin(other_site, "impots")
        assert "limits-off" in login.page.texts
        assert login.type(login="3999999932264", password="x").status == 401


def test_the_banner_is_silent_while_limits_hold(site: Site) -> None:
    assert "limits-off" not in ProviderLogin.begin(site, "impots").page.texts


@pytest.mark.parametrize("other_site", [{"host": "0.0.0.0"}], indirect=True)
def test_h180_no_short_cut_where_others_reach_the_simulator(other_site: Site) -> None:
    login = ProviderLogin.begin(other_site, "yris")
    assert "FCSIM_OPEN_TEST_LOGINS" in login.page.texts["quick-login-off"]
    assert "quick-login-angela-dubois" not in login.answer.text
    login.submit("login-form", person="angela-dubois")
    assert (login.answer.status, "FCSIM_OPEN_TEST_LOGINS" in login.page.texts["refusal-reason"]) == (403, True)
    login = ProviderLogin.begin(other_site, "yris").type_as("angela-dubois")
    assert login.page.form_with("second-factor-pass") is None
    assert login.visitor.request("POST", f"{login.url}/pass", {}).status == 403
    phone = login.phone()
    assert PIN not in phone.answer.text
    assert Visitor().request("POST", f"{phone.url}/unblock", {}).status == 403
    phone.submit("phone-form", code=PIN)
    login.look()
    assert "code" in login.back, "what a person does still works"


@pytest.mark.parametrize("other_site", [{"host": "0.0.0.0", "open_test_logins": True}], indirect=True)
def test_h180_short_cuts_can_be_allowed(other_site: Site) -> None:
    login = ProviderLogin.begin(other_site, "yris")
    login.submit("quick-login-angela-dubois")
    assert "code" in login.back


def test_h175_an_unknown_account_costs_what_a_wrong_password_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    known = accounts.Account("l", "p", "", accounts.secret_hash("l", "right"), {}, "active", 0)
    digests: list[str] = []
    real = accounts.secret_hash
    monkeypatch.setattr(accounts, "secret_hash", lambda login, secret: digests.append(login) or real(login, secret))
    assert not accounts.right_secret(known, "wrong")
    assert not accounts.right_secret(None, "wrong")
    assert not accounts.right_secret(None, "nothing")
    assert digests == ["l", "nobody", "nobody"], "one digest each"


def test_h177_a_form_of_another_site_is_refused(site: Site) -> None:
    login = ProviderLogin.begin(site, "ameli")
    fields = login.form("quick-login-angela-dubois").fields
    cookies = "; ".join(f"{name}={value}" for name, value in login.visitor.cookies["localhost"].items())
    for headers in (
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": site.hub},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert post(login, fields, Cookie=cookies, **headers).status == 403, headers
    right = {"Origin": site.providers, "Sec-Fetch-Site": "same-origin"}
    assert post(login, fields, Cookie=cookies, **right).status == 302


def test_h177_a_phone_takes_no_order_from_another_site(someone: Someone) -> None:
    phone = someone.begin("yris").phone()
    url = phone.site.providers + phone.form("phone-refuse").action
    assert call("POST", url, headers={"Origin": "https://evil.test"}).status == 403
    phone.look()
    assert phone.page.form_with("phone-approve")


@pytest.mark.parametrize("name", ["impots", "laposte", "yris", "france-identite"])
def test_a_locked_account_is_told_so_once_it_is_proven(someone: Someone, name: str) -> None:
    assert someone.state(name, "locked") == 200
    login = ProviderLogin.begin(someone.site, name)
    login.submit("login-form", person=someone.name)
    assert (login.answer.status, "locked" in login.page.texts["login-error"]) == (403, True)
    if name == "france-identite":
        return
    login = someone.begin(name)
    assert (login.answer.status, "locked" in login.page.texts["login-error"]) == (403, True)
    if name == "impots":
        assert "locked" not in attempt(someone, "wrong").page.texts["login-error"]
    someone.state(name, "active")
    login = someone.begin(name)
    assert login.page.form_with("second-factor-pass")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/people/{name}/accounts/yris/state", {"state": "gone"}, 400),
        ("/people/{name}/accounts/yris/state", {}, 400),
        ("/people/{name}/accounts/yris/state", {"state": "revoked"}, 400),
        ("/people/{name}/accounts/ameli/state", {"state": "not_installed"}, 400),
        ("/people/{name}/accounts/france-identite/state", {"state": "provisional_code"}, 400),
        ("/people/{name}/accounts/eidas/state", {"state": "locked"}, 404),
        ("/people/nobody-at-all/accounts/yris/state", {"state": "locked"}, 404),
    ],
)
def test_a_wrong_state_is_refused(someone: Someone, path: str, body: dict[str, str], status: int) -> None:
    assert someone.site.api("PUT", path.format(name=someone.name), body)[0] == status


def test_a_state_is_declared_in_the_person_and_read_back(someone: Someone, site: Site) -> None:
    _, record = site.api("GET", f"/people/{someone.name}")
    yris = record["accounts"]["yris"] | {"state": "locked"}
    assert site.api("PATCH", f"/people/{someone.name}", {"accounts": record["accounts"] | {"yris": yris}})[0] == 200
    assert someone.begin("yris").answer.status == 403
    assert site.api("GET", f"/people/{someone.name}")[1]["accounts"]["yris"]["state"] == "locked"


@pytest.mark.parametrize("way", ["quick", "typed"])
@pytest.mark.parametrize("acr", ["eidas1", "eidas2", "eidas3", "eidas4", "none"])
def test_the_level_a_tester_wants_is_the_one_returned(site: Site, acr: str, way: str) -> None:
    login = ProviderLogin.begin(site, "impots")
    assert login.form("acr-select").fields["acr"] == "eidas1", "what was asked is filled in"
    if way == "quick":
        login.submit("quick-login-angela-dubois", acr=acr)
    else:
        account = site.person("angela-dubois").accounts["impots"]
        login.type(login=account.login, password=account.password, acr=acr)
        login.submit("second-factor-pass")
    claims = login.id_token()
    assert claims.get("acr") == (None if acr == "none" else acr)


def test_the_level_chosen_survives_a_mistake(site: Site) -> None:
    login = ProviderLogin.begin(site, "ameli")
    login.type(login="nonsense", password="x", acr="eidas3")
    assert login.form("acr-select").fields["acr"] == "eidas3"


@pytest.mark.parametrize("typed", ["a\x00b@fcsim.test", "\u202e", "x" * 400 + "@fcsim.test", ""])
def test_h178_strange_identifiers_are_malformed(site: Site, typed: str) -> None:
    assert ProviderLogin.begin(site, "yris").type(login=typed).status == 400
