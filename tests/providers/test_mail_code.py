"""Six digits by e-mail (inside-the-hub §6.2; security-and-reliability H179)."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Response, Visitor
from support.clock import MovableClock
from support.provider_login import ProviderLogin
from support.site import Site, call
from support.someone import WORD, Someone


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def type_code(login: ProviderLogin, code: str, **more: str) -> Response:
    return login.submit("code-form", code=code, **more)


def test_the_code_of_the_mail_leads_on(someone: Someone) -> None:
    login = someone.begin("impots")
    [code] = someone.codes()
    type_code(login, f"{code[:3]} {code[3:]}")
    assert login.id_token()["amr"] == ["pwd", "mail"]


def test_the_mail_is_one_of_the_consoles_and_the_only_place_of_the_code(someone: Someone, site: Site) -> None:
    login = someone.begin("impots")
    _, [mail] = site.api("GET", f"/mails?to={someone.email}")
    [code] = someone.codes()
    assert (mail["kind"], mail["provider"], mail["status"]) == ("code", "impots.gouv.fr", "waiting")
    assert code in mail["html"]
    assert code not in mail["subject"]
    assert code in call("GET", f"{site.console}/mails/{mail['id']}/body").data.decode()
    assert code not in login.answer.text
    step = login.url.rpartition("/")[2].encode()
    kept = [file.read_bytes() for file in site.stack.settings.data.glob("providers.sqlite3*")]
    assert any(b"mail_code" in content for content in kept)
    assert not any(step in content for content in kept), "of an id, the digest alone is kept"


@pytest.mark.parametrize(("language", "words"), [("fr", "Votre code"), ("en", "Your code")])
def test_the_mail_speaks_the_language_of_the_page(someone: Someone, site: Site, language: str, words: str) -> None:
    login = ProviderLogin.begin(site, "impots", Visitor(language=language))
    login.type(login=someone.spi, password=WORD)
    _, [mail] = site.api("GET", f"/mails?to={someone.email}")
    assert mail["subject"].startswith(words)


def test_h179_a_code_is_used_once(someone: Someone) -> None:
    login = someone.begin("impots")
    page, form = login.url, login.form("code-form")
    [code] = someone.codes()
    type_code(login, code)
    assert "code" in login.back
    login.url = page
    login.post(form.action, form.fields | {"code": code})
    assert (login.answer.status, "step-ended" in login.page.texts) == (410, True)


def test_h179_six_tries_then_dead_even_for_the_right_code(someone: Someone) -> None:
    login = someone.begin("impots")
    [code] = someone.codes()
    for left in (5, 4, 3, 2, 1):
        type_code(login, wrong(code))
        assert login.answer.status == 401
        assert f"Tries left: {left}" in login.page.texts["step-error"]
    action = login.form("code-form").action
    type_code(login, wrong(code))
    assert "Too many wrong codes" in login.page.texts["step-error"]
    login.post(action, {"code": code})
    assert login.answer.status == 403
    assert {"try-again", "return-to-franceconnect"} <= login.page.texts.keys()


def test_h179_the_sixth_try_may_be_the_right_one(someone: Someone) -> None:
    login = someone.begin("impots")
    [code] = someone.codes()
    for _ in range(5):
        type_code(login, wrong(code))
    type_code(login, code)
    assert "code" in login.back


def test_h179_parallel_tries_count_exactly(someone: Someone) -> None:
    login = someone.begin("impots")
    [code] = someone.codes()
    action, cookies = f"{login.site.providers}{login.form('code-form').action}", login.visitor.cookies

    def attempt(number: int) -> int:
        visitor = Visitor(cookies={host: dict(jar) for host, jar in cookies.items()})
        return visitor.request("POST", action, {"code": f"{(int(code) + 1 + number) % 1_000_000:06d}"}).status

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(attempt, range(24)))
    assert statuses.count(401) == 5, "the sixth closes the login, the others find it closed"
    login.look()
    assert login.answer.status == 403


def test_h179_a_code_right_in_parallel_gives_one_answer(someone: Someone) -> None:
    login = someone.begin("impots")
    [code] = someone.codes()
    action, cookies = f"{login.site.providers}{login.form('code-form').action}", login.visitor.cookies

    def attempt(_number: int) -> str:
        visitor = Visitor(cookies={host: dict(jar) for host, jar in cookies.items()})
        visitor.request("POST", action, {"code": code})
        return visitor.request("GET", login.url).location

    with ThreadPoolExecutor(6) as pool:
        answers = [one for one in pool.map(attempt, range(6)) if one]
    assert len(answers) == 1


def test_h179_a_code_lives_five_minutes_and_another_can_be_sent(someone: Someone, clock: MovableClock) -> None:
    login = someone.begin("impots")
    [first] = someone.codes()
    clock.advance(301)
    type_code(login, first)
    assert "too old" in login.page.texts["step-error"]
    login.submit("send-again")
    second = someone.codes()[0]
    if second != first:
        type_code(login, first)
        assert "not right" in login.page.texts["step-error"]
    type_code(login, second)
    assert "code" in login.back


def test_sending_again_gives_no_tries_back_and_ends_after_five_mails(someone: Someone) -> None:
    login = someone.begin("impots")
    type_code(login, wrong(someone.codes()[0]))
    for _ in range(4):
        login.submit("send-again")
    assert login.page.form_with("send-again") is None
    assert len(someone.codes()) == 5
    action, cookies = f"{login.url}/again", login.visitor.cookies

    def send(_number: int) -> int:
        visitor = Visitor(cookies={host: dict(jar) for host, jar in cookies.items()})
        return visitor.request("POST", action, {}).status

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    assert len(someone.codes()) == 5
    type_code(login, wrong(someone.codes()[0]))
    assert "Tries left: 4" in login.page.texts["step-error"]


def test_the_step_itself_ends_after_half_an_hour(someone: Someone, clock: MovableClock) -> None:
    login = someone.begin("impots")
    clock.advance(1801)
    login.look()
    assert (login.answer.status, login.page.title.partition(" –")[0]) == (410, "Too late")


def test_h179_a_step_belongs_to_its_browser(someone: Someone) -> None:
    login = someone.begin("impots")
    [code] = someone.codes()
    action, url = f"{login.site.providers}{login.form('code-form').action}", login.url
    thief = Visitor()
    thief.request("GET", f"{login.site.providers}/impots/authorize")
    for method, place, form in (
        ("GET", url, None),
        ("GET", f"{url}/state", None),
        ("POST", action, {"code": code}),
        ("POST", f"{url}/again", {}),
        ("POST", f"{url}/pass", {}),
    ):
        assert thief.request(method, place, form).status == 403, place
    other = ProviderLogin.begin(login.site, "impots")
    assert other.visitor.request("POST", action, {"code": code}).status == 403
    assert len(someone.codes()) == 1
    type_code(login, code)
    assert "code" in login.back


def test_h179_a_code_opens_its_own_login_alone(make_someone: Any) -> None:
    mine, theirs = make_someone(), make_someone()
    login = theirs.begin("impots")
    mine.begin("impots")
    [code], [right] = mine.codes(), theirs.codes()
    if code != right:
        type_code(login, code)
        assert login.answer.status == 401


def test_an_address_of_no_step_is_not_found(someone: Someone) -> None:
    login = someone.begin("impots")
    for url in (f"{login.url}x", login.url.replace("/impots/", "/ameli/"), f"{login.site.providers}/phone/nothing"):
        assert login.visitor.request("GET", url).status == 404


def test_a_reload_changes_nothing(someone: Someone) -> None:
    login = someone.begin("impots")
    before = login.page.title
    login.look()
    assert (login.answer.status, login.page.title, len(someone.codes())) == (200, before, 1)


def test_the_pass_of_testers_does_it_all(someone: Someone) -> None:
    login = someone.begin("impots")
    login.submit("second-factor-pass")
    assert login.id_token()["amr"] == ["pwd", "mail"]


def test_notices_are_taken_from_the_providers_alone(site: Site) -> None:
    body = {"kind": "code", "to": "a@fcsim.test", "person": "A", "provider": "P", "language": "fr", "code": "1"}
    assert site.api("POST", "/notices", body | {"minutes": 5})[0] == 401
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {site.stack.settings.secret('control_token')}",
    }

    def post(text: str) -> int:
        return call("POST", f"{site.console}/api/v1/notices", body=text, headers=headers).status

    right = re.sub(r"'", '"', str(body | {"minutes": 5}))
    assert post(right) == 201
    assert post(right.replace("a@fcsim.test", "nobody")) == 400
    assert post(right.replace('"code": "1"', '"code": ""')) == 400
    assert post(right.replace('"kind": "code"', '"kind": "connection"')) == 400
    site.api("DELETE", "/mails?to=a@fcsim.test")
