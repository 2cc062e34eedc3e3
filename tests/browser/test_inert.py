"""H165 with a real browser: thirty hostile texts wherever a text of somebody else is shown, and nothing happens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from support.payloads import PAYLOADS
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site

HALVES = [" ".join(PAYLOADS[start::2]) for start in range(2)]
SIX = [" ".join(PAYLOADS[start::5]) for start in range(5)]
"""For names of people, who have at most 256 characters."""
SCRIPT_AND_FOREIGN = """() => [
  ...[...document.scripts].filter(one => !one.src.startsWith(location.origin + '/static/')).map(one => one.outerHTML),
  ...[...document.querySelectorAll('svg, img, object, embed, video, base, style, iframe:not([sandbox])')]
    .map(one => one.outerHTML),
  ...[...document.querySelectorAll('*')].filter(one => [...one.attributes].some(
    ({name, value}) => name.startsWith('on') || /^(javascript|data|vbscript):/i.test(value.trim())
  )).map(one => one.outerHTML),
  ...[...document.querySelectorAll('a, form, link, meta[http-equiv]')]
    .map(one => one.href || one.action || '//evil.test')
    .filter(address => new URL(address, location).hostname === 'evil.test'),
]"""
"""What a text must never have become: a script of its own, a handler, an address that runs or leads away."""


class Watched:
    """A page that notes what no page of ours does."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.alarms: list[str] = []
        page.on("dialog", self._dialog)
        page.on("request", self._request)

    def _dialog(self, dialog: Any) -> None:
        self.alarms.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if urlsplit(request.url).hostname == "evil.test":
            self.alarms.append(f"request {request.url}")

    def open(self, url: str, *, stays: bool = True) -> None:
        """Load an address, and look."""
        self.page.goto(url)
        self.look()
        if stays:
            assert self.page.url == url

    def look(self) -> None:
        found = self.page.evaluate(SCRIPT_AND_FOREIGN)
        assert (found, self.alarms) == ([], []), self.page.url


@pytest.fixture
def watched(open_page: Callable[..., Any]) -> Watched:
    return Watched(open_page())


@pytest.fixture
def home(site: Site) -> str:
    """The address that these services return to: a page that is there."""
    return f"{site.demo}/"


@pytest.fixture
def thirty(site: Site, home: str) -> Iterator[list[RelyingParty]]:
    """A service for each text: it is its name."""
    made = [RelyingParty.register(site, name=payload, redirect_uris=[home]) for payload in PAYLOADS]
    yield made
    for party in made:
        party.forget()


def test_h165_the_alarm_rings_where_a_text_is_not_escaped(watched: Watched) -> None:
    """The proof of the proof: the same texts, on a page that forgets."""
    page = watched.page
    texts = "".join(text for text in PAYLOADS if "refresh" not in text)
    page.context.route("https://careless.test/", lambda route: route.fulfill(body=texts, content_type="text/html"))
    page.goto("https://careless.test/")
    assert len(page.evaluate(SCRIPT_AND_FOREIGN)) > 10
    assert any(alarm.startswith("dialog") for alarm in watched.alarms)


def test_h165_names_of_services_and_providers_and_the_banner(
    watched: Watched, thirty: list[RelyingParty], platform: Callable[..., Any]
) -> None:
    site = thirty[0].site
    platform(notice={"message": " ".join(PAYLOADS)})
    with ExitStack() as cleaned:
        rogue = cleaned.enter_context(registered(Rogue(uid="rogue-0"), site))
        for rank, payload in enumerate(PAYLOADS):
            asks = {"active": True, "title": payload, "body": payload, "continue_text": payload}
            rogue.uid = f"rogue-{rank}"
            rogue.register(site, title=payload, modal=asks, beta=True)
            cleaned.callback(site.api, "DELETE", f"{site.place}/providers/rogue-{rank}")
        watched.open(thirty[0].url(), stays=False)
        shown = watched.page.get_by_test_id("main-providers").locator(".name").all_inner_texts()
        assert len([name for name in shown if any(payload[:8] in name for payload in PAYLOADS)]) == len(PAYLOADS)
        watched.page.get_by_test_id("idp-rogue-0").click()
        assert watched.page.get_by_test_id("provider-selection-modal-rogue-0").is_visible()
        watched.look()
    for party in thirty[::5]:
        watched.open(party.url(), stays=False)
        assert watched.page.get_by_test_id("service-name").inner_text() == party.record["name"]
    watched.open(f"{site.console}/clients")
    assert watched.page.locator("[data-testid^=client-]").count() >= len(PAYLOADS)


def test_h165_names_of_people_from_consent_to_console_and_mail(
    watched: Watched, rogue: Rogue, thirty: list[RelyingParty], person: str, home: str
) -> None:
    site = thirty[0].site
    for rank, text in enumerate(SIX):
        given, family = " ".join(("Zoé", *text.split())), f"PROBE {text}"
        civil = {"family_name": family, "birthdate": f"1990-02-0{rank + 1}", "gender": "female"}
        civil |= {"birthplace": "75107", "birthcountry": "99100", "email": "zoe@fcsim.test"}
        status, made = site.api("PUT", f"/people/{person}", civil | {"given_names": given.split(), "summary": family})
        assert status in (200, 201), made
        rogue.identity = {"sub": f"zoe-{rank}", "given_name": given, **civil}
        party = thirty[rank * 6]
        watched.page.context.clear_cookies()
        watched.open(party.url(), stays=False)
        watched.page.get_by_test_id(f"idp-{rogue.uid}").click()
        label = watched.page.get_by_test_id("identity-fullname-label")
        assert label.inner_text().startswith("Zoé")
        assert PAYLOADS[rank] in label.inner_text()
        watched.look()
        watched.page.get_by_test_id("consent-continue").click()
        watched.page.wait_for_url(f"{home}?code=*")
        watched.open(f"{site.console}/people?{urlencode({'q': person})}")
        assert watched.page.get_by_test_id(f"person-{person}").is_visible()
    watched.open(f"{site.console}/")
    assert watched.page.get_by_test_id("last-logins").locator("li").count() == 5
    watched.open(f"{site.console}/mails?to=zoe@fcsim.test")
    links = watched.page.locator("[data-testid=mails] th a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) == len(SIX)
    for link, view in zip(links, ("html", "text", "raw", "html", "text"), strict=True):
        watched.open(f"{link}?view={view}")
        watched.open(f"{link}/body")


def error_pages(rp: RelyingParty) -> Iterator[str]:
    """The pages that show, or might show, what a request brought."""
    site = rp.site
    for text in HALVES:
        yield rp.url(**{"state": text, "ui_locales": text, "idp_hint": text, text: text})
        for name in ("redirect_uri", "client_id", "prompt"):
            yield rp.url(**{name: text})
        yield rp.url(redirect_uri=f"https://rp.test/{text}")
        yield f"{site.issuer}/redirect-to-sp-with-error?{urlencode({'error': text, 'error_description': text})}"
        yield f"{site.issuer}/session/end?{urlencode({'id_token_hint': text, text: text})}"
        yield f"{site.issuer}/session/end/success?{urlencode({'client_id': text})}"
        facts = dict.fromkeys(("error_code", "sp_name", "idp_name", "error_id", "platform"), text)
        yield f"{site.console}/support?{urlencode(facts)}"
        yield f"{site.console}/people?{urlencode({'q': text})}"
        yield f"{site.console}/mails?{urlencode({'to': text})}"
        yield f"{site.demo}/taxes/callback?{urlencode({'error': text, 'error_description': text, 'state': text})}"
        yield f"{site.providers}/impots/authorize?{urlencode({'client_id': text, 'state': text})}"


def test_h165_texts_of_a_request(watched: Watched, rp: RelyingParty) -> None:
    for url in error_pages(rp):
        watched.open(url, stays=False)
        assert watched.page.locator("h1").count() == 1, url


@pytest.mark.parametrize("text", HALVES, ids=("first", "second"))
def test_h119_h165_what_a_provider_says_of_its_failure(watched: Watched, site: Site, home: str, text: str) -> None:
    """And what the service sent along, on a page that shows neither: the service gets its state back to the letter."""
    party = RelyingParty.register(site, redirect_uris=[home])
    page = watched.page
    page.goto(party.url(state=text, ui_locales=text, idp_hint=text))
    assert page.url.startswith(f"{home}?error=invalid_idp_hint")
    watched.open(party.url(state=text, ui_locales=text), stays=False)
    with page.expect_request(lambda request: "prompt=login" in request.url) as leaving:
        page.get_by_test_id(f"idp-{site.uid('ameli')}").click()
    told = {"error": text, "error_description": text, "state": query_of(leaving.value.url)["state"]}
    watched.open(f"{site.issuer}/oidc-callback?{urlencode(told)}", stays=False)
    assert "Ameli" in page.get_by_test_id("interaction-error-message").inner_text()
    page.get_by_test_id("back-to-sp-link").click()
    page.wait_for_url(f"{home}?error=access_denied*")
    assert query_of(page.url)["state"] == text
    assert watched.alarms == []
    party.forget()
