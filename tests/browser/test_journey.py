"""The journey clicked by a person: both widths, both languages, with and without JavaScript, and by keyboard."""

from typing import Any

import pytest

from support.browser import fits, serious
from support.site import Site


def sign_in(page: Any, site: Site, service: str, provider: str, person: str, look: Any) -> None:
    """From the service to its identity page, `look` at each page on the way."""
    page.goto(f"{site.demo}/{service}/")
    look(page)
    page.get_by_test_id("login-button").click()
    look(page)
    page.get_by_test_id(f"idp-{site.uid(provider)}").click()
    look(page)
    page.get_by_test_id(f"quick-login-{person}").click()
    page.get_by_test_id("consent-form").wait_for()
    look(page)
    if page.get_by_test_id("checkbox-consent").count():
        page.get_by_test_id("checkbox-consent").check()
    page.get_by_test_id("consent-continue").click()
    page.get_by_test_id("identity-page").wait_for()
    look(page)


def go_on(page: Any) -> None:
    """Press the button of each page that a browser without JavaScript stops at, until the service is back."""
    button, end = page.get_by_test_id("logout-continue"), page.get_by_test_id("logged-out")
    button.or_(end).wait_for()
    while button.count():
        button.click()
        button.or_(end).wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_login_and_a_logout_clicked(open_page: Any, site: Site, language: str, width: int, javascript: bool) -> None:
    page = open_page(width=width, language=language, javascript=javascript)
    problems: list[str] = []

    def look(page: Any) -> None:
        page.locator("footer").wait_for()
        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == language
        if javascript:
            assert fits(page), page.url
            problems.extend(f"{page.url}: {one}" for one in serious(page))

    sign_in(page, site, "lease", "ameli", "angela-dubois", look)
    assert page.get_by_test_id("claim-family_name").inner_text() == "DUBOIS"
    page.get_by_test_id("logout-button").click()
    if not javascript:
        go_on(page)
    page.get_by_test_id("logged-out").wait_for()
    look(page)
    assert problems == []


@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("en", "dark")])
def test_other_pages_keep_nobody_out(open_page: Any, site: Site, language: str, scheme: str) -> None:
    page = open_page(width=375, language=language, scheme=scheme)
    sign_in(page, site, "taxes", "impots", "angela-dubois", lambda _page: None)
    mail = site.api("GET", "/mails")[1][0]["id"]
    urls = [
        *(site.console + path for path in ("/", "/people", "/clients", "/mails", f"/mails/{mail}", "/errors", "/api")),
        *(f"{site.console}/support?error_code=Y1", site.demo, f"{site.demo}/taxes/callback?error=access_denied"),
        *(
            f"{site.issuer}/authorize?foo=1",
            f"{site.issuer}/accessibilite",
            f"{site.providers}/",
            f"{site.providers}/impots/authorize",
            f"{site.providers}/yris/help",
        ),
    ]
    problems = []
    for url in urls:
        page.goto(url)
        assert page.locator("h1").count() == 1, url
        assert fits(page), url
        problems += [f"{url}: {one}" for one in serious(page)]
    assert problems == []


def test_the_whole_journey_by_keyboard(open_page: Any, site: Site) -> None:
    page = open_page()

    def press_until(testid: str, key: str = "Enter") -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement?.dataset.testid") == testid:
                page.keyboard.press(key)
                return
        raise AssertionError(f"{testid} is not reached by Tab")

    page.goto(f"{site.demo}/lease/")
    press_until("login-button")
    page.get_by_test_id("main-providers").wait_for()
    press_until(f"idp-{site.uid('laposte')}")
    page.get_by_test_id("login-form").wait_for()
    press_until("quick-login-angela-dubois")
    page.get_by_test_id("consent-form").wait_for()
    press_until("checkbox-consent", "Space")
    press_until("consent-continue")
    page.get_by_test_id("identity-page").wait_for()


def open_consent(page: Any, site: Site) -> None:
    page.goto(f"{site.demo}/lease/login")
    page.get_by_test_id(f"idp-{site.uid('ameli')}").click()
    page.get_by_test_id("quick-login-angela-dubois").click()
    page.get_by_test_id("consent-form").wait_for()
    page.wait_for_load_state("load")


def test_the_button_waits_for_the_box_of_consent(open_page: Any, site: Site) -> None:
    """§7.7, inside-the-hub §20 test 40: disabled until ticked, on the client's side only."""
    page = open_page()
    open_consent(page, site)
    button, box = page.get_by_test_id("consent-continue"), page.get_by_test_id("checkbox-consent")
    for ticked in (False, True, False, True):
        box.set_checked(ticked)
        assert button.is_enabled() == ticked
    button.click()
    page.get_by_test_id("identity-page").wait_for()


def test_without_javascript_the_browser_asks_for_the_box(open_page: Any, site: Site) -> None:
    page = open_page(javascript=False)
    open_consent(page, site)
    page.get_by_test_id("consent-continue").click()
    assert page.get_by_test_id("consent-form").is_visible()
    assert "/consent" in page.url


STAY = """() => {
  window.sent = 0;
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) window.sent += 1;
    event.preventDefault();
  });
}"""
"""Counts what would be sent, and stays on the page."""


@pytest.mark.parametrize("step", ["choice", "consent"])
def test_h174_a_click_stills_the_page_until_the_next_one(open_page: Any, site: Site, step: str) -> None:
    """§7.4, §7.7: every button disabled, a loading modal, and one request whatever is clicked."""
    page = open_page()
    page.goto(f"{site.demo}/taxes/login")
    if step == "consent":
        page.get_by_test_id(f"idp-{site.uid('ameli')}").click()
        page.get_by_test_id("quick-login-angela-dubois").click()
    testid = f"idp-{site.uid('ameli')}" if step == "choice" else "consent-continue"
    button = page.get_by_test_id(testid)
    button.wait_for()
    page.wait_for_load_state("load")
    page.evaluate(STAY)
    button.dblclick(no_wait_after=True)
    page.get_by_test_id("waiting").wait_for()
    assert page.locator("button:enabled").count() == 0
    page.evaluate("() => document.querySelector('form').requestSubmit()")
    assert page.evaluate("() => window.sent") == 1
    assert serious(page) == []


@pytest.mark.parametrize("provider", ["impots", "ameli", "laposte", "msa", "yris", "france-identite"])
def test_typing_at_each_provider_and_its_own_message_for_nonsense(open_page: Any, site: Site, provider: str) -> None:
    person = "jean-baptiste-le-goff" if provider == "msa" else "angela-dubois"
    account = site.person(person).accounts[provider]
    page = open_page(language="fr")
    page.goto(f"{site.demo}/taxes/login")
    page.get_by_test_id(f"idp-{site.uid(provider)}").click()

    def submit(login: str) -> None:
        if page.get_by_test_id("login-input").count():
            page.get_by_test_id("login-input").fill(login)
        if page.get_by_test_id("password-input").count():
            page.get_by_test_id("password-input").fill(account.password)
        page.get_by_test_id("login-submit").click()

    if provider != "france-identite":
        submit("nonsense")
        assert page.get_by_test_id("login-error").is_visible()
        assert page.get_by_test_id("login-input").input_value() == "nonsense"
    submit(account.login)
    if provider not in ("ameli", "msa"):
        page.get_by_test_id("testers-panel").locator("summary").click()
        if provider == "france-identite":
            page.get_by_test_id("second-factor-card").select_option(account.login)
        page.get_by_test_id("second-factor-pass").click()
    page.get_by_test_id("consent-continue").click()
    page.get_by_test_id("identity-page").wait_for()
    assert page.get_by_test_id("claim-family_name").inner_text() == site.person(person).family_name


def test_cancelling_at_the_provider_shows_a_banner_that_is_announced(open_page: Any, site: Site) -> None:
    page = open_page(language="fr")
    page.goto(f"{site.demo}/taxes/login")
    page.get_by_test_id(f"idp-{site.uid('yris')}").click()
    page.get_by_test_id("return-to-franceconnect").click()
    banner = page.get_by_test_id("interaction-error-message")
    assert banner.get_attribute("role") == "alert"
    assert "YRIS" in banner.inner_text()


def test_a_language_chosen_stays_chosen_across_the_applications(open_page: Any, site: Site) -> None:
    page = open_page(language="fr")
    page.goto(f"{site.demo}/taxes/login")
    page.get_by_test_id("language-en").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_test_id(f"idp-{site.uid('ameli')}").click()
    assert page.locator("html").get_attribute("lang") == "en"


def test_h159_back_from_the_provider_then_another_provider(open_page: Any, site: Site) -> None:
    page = open_page()
    page.goto(f"{site.demo}/taxes/login")
    page.get_by_test_id(f"idp-{site.uid('ameli')}").click()
    page.get_by_test_id("login-form").wait_for()
    page.go_back()
    page.get_by_test_id(f"idp-{site.uid('yris')}").click()
    page.get_by_test_id("quick-login-angela-dubois").click()
    page.get_by_test_id("consent-continue").click()
    page.get_by_test_id("identity-page").wait_for()


def test_a_consent_page_left_and_found_again_still_works(open_page: Any, site: Site) -> None:
    page = open_page()
    page.goto(f"{site.demo}/taxes/login")
    page.get_by_test_id(f"idp-{site.uid('ameli')}").click()
    page.get_by_test_id("quick-login-angela-dubois").click()
    page.get_by_test_id("consent-form").wait_for()
    page.goto(site.demo)
    page.go_back()
    page.reload()
    page.get_by_test_id("consent-continue").click()
    page.get_by_test_id("identity-page").wait_for()


def test_h168_the_back_button_shows_no_name_after_a_logout(open_page: Any, site: Site) -> None:
    page = open_page()
    seen: list[str] = []
    sign_in(page, site, "lease", "ameli", "angela-dubois", lambda page: seen.append(page.url))
    page.get_by_test_id("logout-button").click()
    page.get_by_test_id("logged-out").wait_for()
    hub = [url for url in seen if url.startswith(site.hub)]
    assert any(url.endswith("/consent") for url in hub)
    found: list[str] = []
    for _ in range(12):
        page.go_back(wait_until="domcontentloaded")
        if page.url in hub or page.url == "about:blank":
            found.append(page.url)
            assert "DUBOIS" not in page.content()
    assert any(url.endswith("/consent") for url in found)
