"""What goes wrong at a provider, clicked: languages, sizes, with and without JavaScript (inside-the-hub §6.2)."""

from typing import Any

import pytest

from support.browser import Look
from support.site import Site
from support.someone import WORD, Someone

SIZES = pytest.mark.parametrize(("width", "language"), [(375, "fr"), (1280, "en")])
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


def open_provider(page: Any, site: Site, provider: str, service: str = "taxes") -> None:
    """From a service to the first page of a provider."""
    page.goto(f"{site.demo}/{service}/login")
    page.get_by_test_id(f"idp-{site.uid(provider)}").click()
    page.get_by_test_id("login-form").wait_for()


def type_in(page: Any, login: str, password: str = WORD) -> None:
    page.get_by_test_id("login-input").fill(login)
    if page.get_by_test_id("password-input").count():
        page.get_by_test_id("password-input").fill(password)
    page.get_by_test_id("login-submit").click()


def come_back(page: Any) -> None:
    page.get_by_test_id("return-to-franceconnect").click()
    page.get_by_test_id("interaction-error-message").wait_for()


@SIZES
@SCRIPTS
def test_each_state_is_explained_and_leads_back(
    open_page: Any, site: Site, someone: Someone, width: int, language: str, javascript: bool
) -> None:
    page = open_page(width=width, language=language, javascript=javascript)
    look = Look(page, f"states-{width}", javascript=javascript, language=language)
    for provider, state in (
        ("impots", "no_account"),
        ("msa", "not_affiliated"),
        ("laposte", "not_installed"),
        ("impots", "locked"),
    ):
        assert someone.state(provider, state) == 200
        open_provider(page, site, provider)
        type_in(page, someone.typed(provider))
        page.get_by_test_id("login-error").wait_for()
        look()
        come_back(page)
    open_provider(page, site, "ameli")
    type_in(page, "8910899213002")
    page.get_by_test_id("stopped").wait_for()
    look()
    page.get_by_test_id("try-again").click()
    page.get_by_test_id("login-form").wait_for()
    assert look.problems == []


@SIZES
@SCRIPTS
def test_a_provisional_code_is_changed(
    open_page: Any, site: Site, someone: Someone, width: int, language: str, javascript: bool
) -> None:
    page = open_page(width=width, language=language, javascript=javascript)
    look = Look(page, f"provisional-{width}", javascript=javascript, language=language)
    assert someone.state("ameli", "provisional_code") == 200
    open_provider(page, site, "ameli")
    type_in(page, someone.typed("ameli"))
    look()
    for secret, again in (("short", "short"), ("a code of mine", "another one"), ("a code of mine", "a code of mine")):
        page.get_by_test_id("new-secret-input").fill(secret)
        page.get_by_test_id("new-secret-again").fill(again)
        page.get_by_test_id("new-secret-submit").click()
        if secret != again or secret == "short":
            page.get_by_test_id("step-error").wait_for()
            look()
    page.get_by_test_id("consent-form").wait_for()
    assert look.problems == []


@SIZES
@SCRIPTS
def test_an_identity_that_is_not_certified_is_told_on_both_screens(
    open_page: Any, site: Site, width: int, language: str, javascript: bool
) -> None:
    """inside-the-hub §20 test 50, by hand: the question of the choice page, the card, its code, the refusal."""
    page = open_page(width=width, language=language, javascript=javascript)
    look = Look(page, f"uncertified-{width}", javascript=javascript, language=language)
    titouan, plus = site.person("titouan-hoarau").accounts["france-identite"], site.plus
    page.goto(f"{site.demo}/training/login")
    page.get_by_test_id(f"idp-{plus.uid('france-identite')}").click()
    page.get_by_test_id("modal-continue-button").click()
    page.get_by_test_id("login-submit").click()
    with page.context.expect_page() as opened:
        page.get_by_test_id("phone-link").click()
    phone = opened.value
    phone.get_by_test_id("phone-card").fill(titouan.login)
    phone.get_by_test_id("phone-place").click()
    phone.get_by_test_id("phone-code").fill(titouan.password)
    phone.get_by_test_id("phone-approve").click()
    phone.get_by_test_id("phone-ended").wait_for()
    Look(phone, f"uncertified-phone-{width}", javascript=javascript, language=language)()
    page.get_by_test_id("step-ended").wait_for()
    look()
    come_back(page)
    assert "France Identité" in page.get_by_test_id("interaction-error-message").inner_text()
    look()
    assert look.problems == []


@SIZES
@SCRIPTS
def test_any_identity_can_be_typed(open_page: Any, site: Site, width: int, language: str, javascript: bool) -> None:
    page = open_page(width=width, language=language, javascript=javascript)
    look = Look(page, f"custom-{width}", javascript=javascript, language=language)
    open_provider(page, site, "msa")
    page.get_by_test_id("custom-identity").locator("summary").click()
    look()
    for name, value in (
        ("given_name", "Angela Claire Louise"),
        ("family_name", "DUBOIS"),
        ("birthdate", "1962-08-24"),
        ("birthplace", "75107"),
        ("email", "somebody@fcsim.test"),
    ):
        page.get_by_test_id(f"custom-{name}").fill(value)
    page.get_by_test_id("custom-submit").click()
    page.get_by_test_id("consent-form").wait_for()
    assert look.problems == []
