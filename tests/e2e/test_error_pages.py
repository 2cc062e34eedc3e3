"""Every page of an error, in both languages (service-provider-side §15.2, inside-the-hub §13.3)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest
from flask import Flask

from fcsim_hub.app import create_app
from fcsim_hub.domain import errors
from fcsim_hub.domain.dates import paris_words
from fcsim_hub.domain.errors.base import HubError, errors_by_code
from fcsim_hub.domain.errors.data_provider import DataProviderError
from fcsim_hub.domain.errors.machine import MachineError
from fcsim_hub.domain.errors.unmet import never_met
from fcsim_hub.gateways.html_forms import Page, read_page
from fcsim_hub.translations import translator
from fcsim_hub.web.hub import EXTENSION, Hub
from support.error_tables import SUPPORT
from support.relying_party import query_of
from support.site import Site, call

for module in iter_modules(errors.__path__):
    import_module(f"{errors.__name__}.{module.name}")

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
PAGES = [
    error
    for found in errors_by_code().values()
    for error in found
    if not issubclass(error, MachineError | DataProviderError)
]


def hub_of(site: Site) -> Hub:
    app = next(one.app for one in site.stack.served if one.name == site.name)
    hub: Hub = app.extensions[EXTENSION].now()  # type: ignore[attr-defined]  # a platform is a Flask application
    return hub


def failing(site: Site) -> Flask:
    """A platform with a door that raises any error of the catalogue."""
    app = create_app(hub_of(site))

    def fail(name: str) -> None:
        raise next(error for error in PAGES if error.__name__ == name)("what happened here")

    app.add_url_rule("/fail/<name>", "fail", fail)
    return app


@pytest.fixture(scope="module")
def catalogue(stack: object) -> str:
    """The console's page of every code."""
    return call("GET", f"{Site(stack).console}/errors").data.decode()  # type: ignore[arg-type]  # the session's stack


@pytest.fixture(scope="module")
def show(stack: object) -> Callable[[type[HubError], str, str], tuple[int, str]]:
    """Status and HTML of an error, on a platform, in a language."""
    site = Site(stack)  # type: ignore[arg-type]  # the session's stack
    clients = {name: failing(site.on(name)).test_client() for name in ("franceconnect", "franceconnect-plus")}

    def get(error: type[HubError], platform: str, language: str) -> tuple[int, str]:
        answer = clients[platform].get(f"/fail/{error.__name__}", headers={"Accept-Language": language})
        return answer.status_code, answer.text

    return get


def link(text: str, mark: str) -> str:
    found = re.search(rf'href="([^"]*)" data-testid="{mark}"', text)
    return found[1].replace("&amp;", "&") if found else ""


@pytest.mark.parametrize("error", PAGES, ids=lambda error: error.__name__)
@pytest.mark.parametrize("language", ["fr", pytest.param("en", marks=pytest.mark.thorough)])
def test_an_error_page_tells_its_three_readers(
    error: type[HubError],
    language: str,
    show: Callable[[type[HubError], str, str], tuple[int, str]],
    catalogue: str,
) -> None:
    status, text = show(error, "franceconnect", language)
    page: Page = read_page(text)
    assert status == error.status
    assert f'<html lang="{language}">' in text
    # The citizen: what to do, in words, and a code and a reference to quote.
    assert page.texts["error-message"] == translator(language).gettext(error.message)
    assert (page.texts["error-message"] == error.message) is (language == "en")
    assert page.texts["error-code"].endswith(error.code)
    assert re.fullmatch(UUID, page.texts["error-reference"])
    met = datetime.fromisoformat(re.findall(r'datetime="([^"]+)"', text)[0])
    assert met.utcoffset() == timedelta(0)
    assert page.texts["error-date"] == paris_words(met.timestamp(), language)
    # The developer: why, how to mend it, and more.
    assert page.texts["error-cause"]
    assert (page.texts["error-detail"], page.texts["error-fix"]) == ("what happened here", error.fix.replace("`", ""))
    anchor = link(text, "error-docs-link").rpartition("#")[2]
    assert f'id="{anchor}"' in catalogue
    # No service is proven here: nothing leads back to one.
    assert link(text, "back-to-sp-link") == ""


@pytest.mark.parametrize("error", PAGES, ids=lambda error: error.__name__)
@pytest.mark.parametrize(("platform", "name"), [("franceconnect", "fclow"), ("franceconnect-plus", "fcplus")])
def test_the_support_button_is_shown_for_the_codes_of_the_sheet_with_what_support_needs(
    error: type[HubError], platform: str, name: str, show: Callable[[type[HubError], str, str], tuple[int, str]]
) -> None:
    text = show(error, platform, "fr")[1]
    support = link(text, "error-support-button")
    assert bool(support) == (error.code in SUPPORT)
    if support:
        told = {"platform": name, "error_code": error.code, "error_id": read_page(text).texts["error-reference"]}
        assert query_of(support) == told


def test_the_console_has_a_place_for_every_code_met_here_or_never(catalogue: str) -> None:
    assert [code for code in (*errors_by_code(), *never_met()) if catalogue.count(f'id="{code.lower()}"') != 1] == []


def test_the_address_of_machine_errors_is_set_by_the_platform(site: Site) -> None:
    """§9.4: the base of `error_uri` is configurable."""
    hub = hub_of(site)
    elsewhere = create_app(replace(hub, platform=replace(hub.platform, error_uri_base="https://docs.test/errors")))
    told = elsewhere.test_client().post("/api/v2/token", data={"grant_type": "x"}).json
    assert told is not None
    assert re.fullmatch(rf"https://docs\.test/errors\?code=Y044FEB3&id={UUID}", told["error_uri"])
