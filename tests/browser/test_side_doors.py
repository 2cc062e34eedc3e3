"""The two side doors of the choice page, clicked: the other member states, and professional helpers."""

from pathlib import Path
from typing import Any

import pytest

from support.browser import PICTURES, Look, fits, serious
from support.relying_party import RelyingParty
from support.site import Site

SIZES = pytest.mark.parametrize("width", [375, 1280])
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


@SIZES
@SCRIPTS
def test_a_citizen_of_another_state(open_page: Any, plus_rp: RelyingParty, width: int, javascript: bool) -> None:
    page = open_page(width=width, language="fr", javascript=javascript, scheme="dark" if javascript else "light")
    look = Look(page, f"eidas-{width}-{javascript}", javascript=javascript, language="fr")
    page.goto(plus_rp.url())
    look()
    page.get_by_test_id("interaction-eidas-button").click()
    page.get_by_test_id("country-BE").wait_for()
    look("en")
    page.get_by_test_id("country-BE").click()
    page.get_by_test_id("acr-select").select_option("eidas3")
    look("en")
    page.get_by_test_id("quick-login-min-ji-o").click()
    page.get_by_test_id("consent-form").wait_for()
    look("en")
    assert look.problems == []


@SIZES
@SCRIPTS
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_helper_for_someone(open_page: Any, rp: RelyingParty, width: int, javascript: bool, language: str) -> None:
    page = open_page(width=width, language=language, javascript=javascript, scheme="light" if javascript else "dark")
    look = Look(page, f"aidants-{width}-{javascript}-{language}", javascript=javascript, language=language)
    page.goto(rp.change(rep_scope=["Logement"]).url())
    look()
    page.get_by_test_id("interaction-aidants-connect-button").click()
    page.get_by_test_id("login-input").fill("sophie.lambert@aidants.test")
    look()
    page.get_by_test_id("login-submit").click()
    with page.context.expect_page() as opened:
        page.get_by_test_id("phone-link").click()
    card = opened.value
    shown = card.get_by_test_id("otp-code").inner_text()
    if javascript:
        assert fits(card)
        look.problems += serious(card)
        if PICTURES:
            card.screenshot(path=Path(PICTURES) / f"{look.name}-card.png", full_page=True)
    page.get_by_test_id("code-input").fill("12")
    page.get_by_test_id("code-submit").click()
    page.get_by_test_id("step-error").wait_for()
    look()
    page.get_by_test_id("code-input").fill(shown)
    page.get_by_test_id("code-submit").click()
    page.get_by_test_id("mandates-form").wait_for()
    look()
    page.get_by_test_id("quick-login-angela-dubois").click()
    page.get_by_test_id("consent-form").wait_for()
    look()
    assert look.problems == []


def test_a_mandate_that_does_not_fit_ends_on_the_hub_with_its_code(open_page: Any, site: Site) -> None:
    page = open_page()
    page.goto(f"{site.demo}/taxes/login")
    page.get_by_test_id("interaction-aidants-connect-button").click()
    page.get_by_test_id("quick-login-sophie-lambert").click()
    page.get_by_test_id("unfit-helene-roux").click()
    page.get_by_test_id("error-code").wait_for()
    assert "Y600020" in page.get_by_test_id("error-code").inner_text()
