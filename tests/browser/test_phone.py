"""The phone in a second tab: the computer goes on by itself, with and without JavaScript (inside-the-hub §6.2)."""

import re
from typing import Any

import pytest

from support.browser import fits, serious
from support.clock import MovableClock
from support.site import Site
from support.someone import Someone

TYPED = {"laposte": "123", "yris": "123456"}
SCRIPTS = pytest.mark.parametrize("javascript", [True, False])


def begin(page: Any, site: Site, provider: str) -> None:
    """From a service to the waiting page of a provider."""
    page.goto(f"{site.demo}/taxes/login")
    page.get_by_test_id(f"idp-{site.uid(provider)}").click()
    if provider in TYPED:
        page.get_by_test_id("login-input").fill(site.person("angela-dubois").accounts[provider].login)
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("waiting").wait_for()


def open_phone(page: Any) -> Any:
    """The phone of a waiting page, in another tab."""
    with page.context.expect_page() as opened:
        page.get_by_test_id("phone-link").click()
    phone = opened.value
    phone.get_by_test_id("phone-app").wait_for()
    assert phone.get_by_test_id("short-code").inner_text() == page.get_by_test_id("short-code").inner_text()
    return phone


def arrive(page: Any) -> None:
    page.get_by_test_id("consent-continue").click()
    assert page.get_by_test_id("claim-family_name").inner_text() == "DUBOIS"


@SCRIPTS
@pytest.mark.parametrize("provider", sorted(TYPED))
def test_approving_in_a_second_tab_moves_the_first(open_page: Any, site: Site, provider: str, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    begin(page, site, provider)
    phone = open_phone(page)
    phone.get_by_test_id("phone-code").fill("0")
    phone.get_by_test_id("phone-approve").click()
    phone.get_by_test_id("phone-error").wait_for()
    phone.get_by_test_id("phone-code").fill(TYPED[provider])
    phone.get_by_test_id("phone-approve").click()
    phone.get_by_test_id("phone-ended").wait_for()
    arrive(page)


@SCRIPTS
def test_a_card_placed_in_a_second_tab_moves_the_first(open_page: Any, site: Site, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    begin(page, site, "france-identite")
    phone = open_phone(page)
    phone.get_by_test_id("phone-card").fill(site.person("angela-dubois").accounts["france-identite"].login)
    phone.get_by_test_id("phone-place").click()
    phone.get_by_test_id("phone-code").fill("123456")
    phone.get_by_test_id("phone-approve").click()
    phone.get_by_test_id("phone-ended").wait_for()
    arrive(page)


@SCRIPTS
def test_refusing_shows_why_and_leads_back_to_franceconnect(open_page: Any, site: Site, javascript: bool) -> None:
    page = open_page(javascript=javascript, language="fr")
    begin(page, site, "yris")
    open_phone(page).get_by_test_id("phone-refuse").click()
    page.get_by_test_id("step-ended").wait_for()
    page.get_by_test_id("return-to-franceconnect").click()
    assert "YRIS" in page.get_by_test_id("interaction-error-message").inner_text()


@SCRIPTS
@pytest.mark.parametrize(("provider", "seconds"), [("laposte", 121), ("yris", 121), ("france-identite", 301)])
def test_what_expires_can_be_tried_again(
    open_page: Any, site: Site, provider: str, seconds: int, javascript: bool, clock: MovableClock
) -> None:
    page = open_page(javascript=javascript)
    begin(page, site, provider)
    phone = open_phone(page)
    clock.advance(seconds)
    page.get_by_test_id("step-ended").wait_for()
    phone.get_by_test_id("phone-refuse").click()
    assert "expired" in phone.get_by_test_id("phone-ended").inner_text()
    page.get_by_test_id("try-again").click()
    assert page.get_by_test_id("login-submit").is_visible()


@SCRIPTS
@pytest.mark.parametrize("provider", sorted(TYPED))
def test_three_wrong_codes_end_it_on_both_screens(open_page: Any, site: Site, provider: str, javascript: bool) -> None:
    site.api("DELETE", "/login-failures")
    page = open_page(javascript=javascript)
    begin(page, site, provider)
    phone = open_phone(page)
    for left in (2, 1, 0):
        phone.get_by_test_id("phone-code").fill("0")
        phone.get_by_test_id("phone-approve").click()
        ended = phone.get_by_test_id("phone-error").filter(has_text=f"left: {left}")
        (ended if left else phone.get_by_test_id("phone-ended")).wait_for()
    page.get_by_test_id("step-ended").wait_for()
    page.get_by_test_id("return-to-franceconnect").click()
    page.get_by_test_id("interaction-error-message").wait_for()
    site.api("DELETE", "/login-failures")


@SCRIPTS
def test_a_card_is_placed_again_blocked_and_mended(
    open_page: Any, site: Site, someone: Someone, javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    begin(page, site, "france-identite")
    phone = open_phone(page)
    phone.get_by_test_id("phone-card").fill(someone.card)
    phone.get_by_test_id("phone-unreadable").check()
    phone.get_by_test_id("phone-place").click()
    phone.get_by_test_id("phone-error").wait_for()
    phone.get_by_test_id("phone-card").fill(someone.card)
    phone.get_by_test_id("phone-place").click()
    for left in (2, 1, 0):
        phone.get_by_test_id("phone-code").fill("0")
        phone.get_by_test_id("phone-approve").click()
        ended = phone.get_by_test_id("phone-error").filter(has_text=f": {left}")
        (ended if left else phone.get_by_test_id("phone-ended")).wait_for()
    page.get_by_test_id("step-ended").wait_for()
    phone.get_by_test_id("unblock-card").click()
    phone.get_by_test_id("card-unblocked").wait_for()


@pytest.mark.parametrize("width", [375, 1280])
def test_each_page_of_a_second_factor_keeps_nobody_out(open_page: Any, site: Site, width: int) -> None:
    page = open_page(width=width, scheme="dark" if width == 375 else "light")
    problems = []

    def look(one: Any) -> None:
        assert one.locator("h1").count() == 1
        assert fits(one), one.url
        problems.extend(f"{one.url}: {found}" for found in serious(one))

    begin(page, site, "france-identite")
    look(page)
    phone = open_phone(page)
    look(phone)
    phone.get_by_test_id("phone-card").fill(site.person("angela-dubois").accounts["france-identite"].login)
    phone.get_by_test_id("phone-place").click()
    phone.get_by_test_id("phone-placed").wait_for()
    look(phone)
    phone.get_by_test_id("phone-refuse").click()
    phone.get_by_test_id("phone-ended").wait_for()
    look(phone)
    page.get_by_test_id("step-ended").wait_for()
    look(page)
    begin(page, site, "yris")
    phone = open_phone(page)
    phone.get_by_test_id("phone-code").fill("0")
    phone.get_by_test_id("phone-approve").click()
    phone.get_by_test_id("phone-error").wait_for()
    look(phone)
    page.goto(f"{site.demo}/taxes/login")
    page.get_by_test_id(f"idp-{site.uid('impots')}").click()
    look(page)
    page.get_by_test_id("login-input").fill(site.person("angela-dubois").accounts["impots"].login)
    page.get_by_test_id("password-input").fill("123")
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("code-input").fill("x1")
    look(page)
    assert problems == []


def test_the_countdown_follows_the_clock_without_javascript(open_page: Any, site: Site, clock: MovableClock) -> None:
    """The page reloads itself: nobody presses anything."""
    page = open_page(javascript=False)
    begin(page, site, "yris")
    assert re.fullmatch("1:5[0-9]|2:00", page.get_by_test_id("countdown").inner_text())
    clock.advance(60)
    page.get_by_test_id("countdown").filter(has_text=re.compile("^0:[0-9]{2}$")).wait_for()


def test_the_countdown_ticks(open_page: Any, site: Site) -> None:
    page = open_page()
    begin(page, site, "yris")
    first = page.get_by_test_id("countdown").inner_text()
    page.wait_for_function("seen => document.querySelector('[data-countdown]').textContent !== seen", arg=first)


def test_a_trusted_device_is_asked_for_no_code_in_a_browser(open_page: Any, site: Site) -> None:
    page = open_page()
    account = site.person("angela-dubois").accounts["impots"]

    def type_password() -> None:
        page.goto(f"{site.demo}/taxes/login")
        page.get_by_test_id(f"idp-{site.uid('impots')}").click()
        page.get_by_test_id("login-input").fill(account.login)
        page.get_by_test_id("password-input").fill(account.password)
        page.get_by_test_id("login-submit").click()

    site.api("DELETE", f"/mails?to={site.person('angela-dubois').email}")
    type_password()
    page.get_by_test_id("code-input").wait_for()
    _, [mail] = site.api("GET", f"/mails?to={site.person('angela-dubois').email}")
    page.get_by_test_id("code-input").fill(next(word for word in mail["text"].split() if word.isdigit()))
    page.get_by_test_id("trust-device").check()
    page.get_by_test_id("code-submit").click()
    arrive(page)
    fresh_hub(page)
    type_password()
    page.get_by_test_id("consent-form").wait_for()


def fresh_hub(page: Any) -> None:
    """Forget every cookie but those of the providers."""
    kept = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("fcsim_")]
    page.context.clear_cookies()
    page.context.add_cookies(kept)
