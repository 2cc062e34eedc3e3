"""A real Chromium; where there is none, the tests are skipped and say so."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """The browser."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: no browser was found")
    path = os.environ.get("FCSIM_CHROMIUM") or next((found for found in map(shutil.which, NAMES) if found), None)
    if path is None:
        pytest.skip("no Chromium on this machine (FCSIM_CHROMIUM may name one)")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Any]:
    """Opens pages in a fresh browser context; contexts are closed after the test."""
    contexts = []

    def make(*, width: int = 1280, language: str = "en", javascript: bool = True, scheme: str = "light") -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            locale=LOCALES[language],
            java_script_enabled=javascript,
            color_scheme=scheme,
            bypass_csp=False,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield make
    for context in contexts:
        context.close()
