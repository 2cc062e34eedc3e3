"""A card placed on a phone and its six digits: France Identité (inside-the-hub §6.2)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Visitor
from support.clock import MovableClock
from support.provider_login import ProviderLogin
from support.site import Site
from support.someone import PIN, Someone

NAME = "france-identite"


def begin(site: Site, visitor: Visitor | None = None) -> ProviderLogin:
    login = ProviderLogin.begin(site, NAME, visitor)
    assert login.page.form_with("login-input") is None, "nothing is typed on the computer"
    login.type()
    return login


def place(login: ProviderLogin, card: str) -> ProviderLogin:
    phone = login.phone()
    phone.submit("phone-place", card=card)
    return phone


def test_the_card_and_its_code_sign_in_on_the_computer(someone: Someone, site: Site) -> None:
    login = begin(site)
    phone = place(login, f" {someone.card[:4].lower()} {someone.card[4:]}")
    assert someone.card in phone.page.texts["phone-placed"]
    login.look()
    assert "waiting" in login.page.texts
    phone.submit("phone-form", code=PIN)
    login.look()
    assert login.id_token()["amr"] == ["pop", "pin", "mfa"]


def test_three_wrong_codes_block_the_card_for_every_login_to_come(someone: Someone, site: Site) -> None:
    login = begin(site)
    phone = place(login, someone.card)
    for left in (2, 1):
        phone.submit("phone-form", code="000000")
        assert (phone.answer.status, f": {left}" in phone.page.texts["phone-error"]) == (401, True)
    phone.submit("phone-form", code="000000")
    assert "blocked" in phone.page.texts["phone-ended"]
    login.look()
    assert (login.answer.status, "blocked" in login.page.texts["step-error"]) == (403, True)
    later = begin(site)
    assert "blocked" in place(later, someone.card).page.texts["phone-ended"]
    later.look()
    assert later.answer.status == 403
    quick = ProviderLogin.begin(site, NAME)
    quick.submit("login-form", person=someone.name)
    assert (quick.answer.status, "blocked" in quick.page.texts["login-error"]) == (403, True)


def test_wrong_codes_add_up_across_logins_until_a_right_one(someone: Someone, site: Site) -> None:
    for code in ("000000", "000000", PIN, "000000", "000000"):
        phone = place(begin(site), someone.card)
        phone.submit("phone-form", code=code)
    assert ": 1" in phone.page.texts["phone-error"]
    place(begin(site), someone.card).submit("phone-form", code="000000")
    assert "blocked" in place(begin(site), someone.card).page.texts["phone-ended"]


def test_parallel_codes_block_at_the_third_exactly(someone: Someone, site: Site) -> None:
    phones = [place(begin(site), someone.card) for _ in range(4)]

    def attempt(phone: ProviderLogin) -> int:
        return phone.submit("phone-form", code="000000").status

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(attempt, phones))
    assert sorted(statuses) == [401, 401, 403, 403]


@pytest.mark.parametrize("how", ["phone", "console"])
def test_a_blocked_card_is_unblocked_by_testers(someone: Someone, site: Site, how: str) -> None:
    assert someone.state(NAME, "blocked") == 200
    phone = place(begin(site), someone.card)
    if how == "phone":
        phone.submit("unblock-card")
        assert "card-unblocked" in phone.page.texts
    else:
        assert someone.state(NAME, "active") == 200
    login = begin(site)
    place(login, someone.card).submit("phone-form", code=PIN)
    login.look()
    assert "code" in login.back


def test_a_revoked_card_ends_the_login(someone: Someone, site: Site) -> None:
    someone.state(NAME, "revoked")
    login = begin(site)
    assert "revoked" in place(login, someone.card).page.texts["phone-ended"]
    login.look()
    assert "revoked" in login.page.texts["step-error"]


def test_a_card_that_cannot_be_read_is_placed_again_or_replaced(make_someone: Any, site: Site) -> None:
    someone, other = make_someone(), make_someone()
    someone.state(NAME, "unreadable")
    login = begin(site)
    phone = place(login, someone.card)
    assert "could not be read" in phone.page.texts["phone-error"]
    phone.submit("phone-place", card=other.card, unreadable="yes")
    assert "could not be read" in phone.page.texts["phone-error"]
    phone.submit("phone-place", card="T00000000")
    assert "No card" in phone.page.texts["phone-error"]
    phone.submit("phone-place", card=other.card)
    phone.submit("phone-other-card")
    phone.submit("phone-place", card=other.card)
    phone.submit("phone-form", code=PIN)
    login.look()
    assert "code" in login.back


def test_giving_up_on_the_phone_ends_the_login(site: Site) -> None:
    login = begin(site)
    login.phone().submit("phone-refuse")
    login.look()
    assert (login.answer.status, "error=access_denied" in login.answer.text) == (403, True)


def test_a_login_waits_five_minutes_for_its_card(someone: Someone, site: Site, clock: MovableClock) -> None:
    login = begin(site)
    phone = place(login, someone.card)
    clock.advance(301)
    phone.submit("phone-form", code=PIN)
    assert phone.answer.status == 410
    login.look()
    assert login.answer.status == 410


def test_an_approval_is_of_one_browser_and_used_once(someone: Someone, site: Site) -> None:
    login = begin(site)
    waiting = login.url
    place(login, someone.card).submit("phone-form", code=PIN)
    assert Visitor().request("GET", waiting).status == 403
    login.look()
    assert "code" in login.back
    assert login.visitor.request("GET", waiting).status == 410


def test_the_pass_of_testers_places_a_card(someone: Someone, site: Site) -> None:
    login = begin(site)
    login.submit("second-factor-pass", login=someone.card)
    assert login.id_token()["amr"] == ["pop", "pin", "mfa"]
    nobody = begin(site)
    nobody.submit("second-factor-pass", login="T00000000")
    assert nobody.answer.status == 404
    someone.state(NAME, "blocked")
    blocked = begin(site)
    blocked.submit("second-factor-pass", login=someone.card)
    assert (blocked.answer.status, "blocked" in blocked.page.texts["step-error"]) == (403, True)
