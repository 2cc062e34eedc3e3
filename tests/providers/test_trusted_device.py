"""A device trusted after a second factor (inside-the-hub §6.2): for six months, for one account, on nobody's word."""

from typing import Any

from fcsim_hub.gateways.visitor import Visitor
from support.clock import MovableClock
from support.provider_login import ProviderLogin
from support.site import Site
from support.someone import WORD, Someone


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def type_code(login: ProviderLogin, code: str, **more: str) -> None:
    login.submit("code-form", code=code, **more)


def test_a_trusted_device_is_asked_for_no_code(someone: Someone, make_someone: Any, clock: MovableClock) -> None:
    login = someone.begin("impots")
    type_code(login, someone.codes()[0], trust="yes")
    cookie = login.visitor.cookies["localhost"]["fcsim_trusted_impots"]
    assert someone.spi not in cookie
    again = ProviderLogin.begin(login.site, "impots", login.visitor)
    again.type(login=someone.spi, password=WORD)
    assert again.id_token()["amr"] == ["pwd"]
    other = make_someone()
    theirs = ProviderLogin.begin(login.site, "impots", login.visitor)
    theirs.type(login=other.spi, password=WORD)
    assert "code-form" in {form.testid for form in theirs.page.forms}, "trusted for one account, not for all"
    clock.advance(183 * 24 * 3600 + 1)
    late = ProviderLogin.begin(login.site, "impots", login.visitor)
    late.type(login=someone.spi, password=WORD)
    assert late.page.form_with("code-form"), "six months have passed"


def test_a_device_is_not_trusted_unasked_nor_on_a_forged_cookie(someone: Someone) -> None:
    login = someone.begin("impots")
    type_code(login, wrong(someone.codes()[0]), trust="yes")
    assert "fcsim_trusted_impots" not in login.visitor.cookies["localhost"]
    type_code(login, someone.codes()[0])
    assert "fcsim_trusted_impots" not in login.visitor.cookies["localhost"]
    for forged in ("x", "x-9999999999.y", "."):
        visitor = Visitor(cookies={"localhost": {"fcsim_trusted_impots": forged}})
        again = ProviderLogin.begin(login.site, "impots", visitor)
        again.type(login=someone.spi, password=WORD)
        assert again.page.form_with("code-form")


def test_a_new_password_ends_the_trust(someone: Someone, site: Site) -> None:
    login = someone.begin("impots")
    type_code(login, someone.codes()[0], trust="yes")
    _, record = site.api("GET", f"/people/{someone.name}")
    accounts = record["accounts"] | {"impots": {"login": someone.spi, "password": "new"}}
    assert site.api("PATCH", f"/people/{someone.name}", {"accounts": accounts})[0] == 200
    again = ProviderLogin.begin(site, "impots", login.visitor)
    again.type(login=someone.spi, password="new")
    assert again.page.form_with("code-form")
