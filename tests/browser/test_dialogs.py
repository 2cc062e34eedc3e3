"""What scripts add to pages that work without them: a question that keeps the keyboard, a value that copies itself."""

from typing import Any

import pytest

from support.site import Site

FOCUSED = "() => document.activeElement.dataset.testid ?? document.activeElement.tagName"


def test_a_question_keeps_the_keyboard_and_gives_it_back(open_page: Any, site: Site) -> None:
    uid = site.plus.uid("france-identite")
    page = open_page()
    page.goto(f"{site.demo}/training/login")
    question = page.get_by_test_id(f"provider-selection-modal-{uid}")
    page.get_by_test_id(f"idp-{uid}").focus()
    page.keyboard.press("Enter")
    assert question.evaluate("one => one.matches(':modal')")
    assert page.evaluate(FOCUSED) == "modal-continue-button"
    reached = set()
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    assert reached - {"BODY"} == {"modal-close-button", "modal-continue-button", "modal-cancel-button"}
    page.keyboard.press("Escape")
    assert not question.is_visible()
    assert page.evaluate(FOCUSED) == f"idp-{uid}"
    for answer in ("modal-cancel-button", "modal-close-button"):
        page.get_by_test_id(f"idp-{uid}").click()
        page.get_by_test_id(answer).click()
        assert not question.is_visible()
        assert page.evaluate(FOCUSED) == f"idp-{uid}"


def test_a_question_is_asked_without_javascript_too(open_page: Any, site: Site) -> None:
    uid = site.plus.uid("france-identite")
    page = open_page(javascript=False)
    page.goto(f"{site.demo}/training/login")
    page.get_by_test_id(f"idp-{uid}").click()
    page.get_by_test_id("modal-cancel-button").click()
    assert not page.get_by_test_id(f"provider-selection-modal-{uid}").is_visible()
    page.get_by_test_id(f"idp-{uid}").click()
    page.get_by_test_id("modal-continue-button").click()
    page.get_by_test_id("login-form").wait_for()


@pytest.mark.parametrize("allowed", [True, False], ids=["allowed", "refused"])
def test_what_is_copied_is_told_and_what_cannot_be_is_selected(open_page: Any, site: Site, allowed: bool) -> None:
    page = open_page()
    page.goto(site.console)
    answer = "Promise.resolve()" if allowed else "Promise.reject(new Error('refused'))"
    page.evaluate(f"() => {{ navigator.clipboard.writeText = (text) => {{ window.copied = text; return {answer}; }} }}")
    button = page.get_by_role("button", name="Copy issuer, FranceConnect", exact=True)
    button.click()
    assert page.evaluate("() => window.copied") == site.issuer
    if allowed:
        page.get_by_text("Copied", exact=True).wait_for()
    else:
        assert page.evaluate("() => getSelection().toString()") == site.issuer


def test_a_page_in_the_other_language_still_answers_the_same_question(open_page: Any, site: Site) -> None:
    page = open_page(javascript=False)
    page.goto(f"{site.console}/people?q=marie")
    page.get_by_test_id("language-fr").click()
    assert page.get_by_test_id("people-search").input_value() == "marie"
    assert page.locator("html").get_attribute("lang") == "fr"
