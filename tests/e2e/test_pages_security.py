"""Pages in a hostile browser (security-and-reliability H027, H164–H174), over HTTP."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest

from support.payloads import PAYLOADS
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue
from support.site import Site, call
from support.walks import form_of, open_choice, open_consent

BANNERS = ("waitress", "werkzeug", "flask", "python")


@pytest.fixture
def pages(rp: RelyingParty) -> dict[str, str]:
    """An address of each kind of page, and how to open it: in this party's browser."""
    url, _ = open_consent(rp, rp.visitor)
    return {
        "consent": url,
        "error": f"{rp.site.issuer}/nowhere",
        "refused": rp.url(foo="1"),
        "logged out": f"{rp.site.issuer}/session/end/success?client_id={rp.client_id}",
    }


def headers_of(rp: RelyingParty, url: str) -> Any:
    jar = rp.visitor.cookies.get("localhost", {})
    cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
    return call("GET", url, headers={"Cookie": cookie} if cookie else {})


def test_h166_h170_every_page_forbids_what_it_does_not_need(rp: RelyingParty, pages: dict[str, str]) -> None:
    choice = rp.visitor.request("GET", rp.url()).location
    for name, url in {"choice": choice, **pages}.items():
        answer = headers_of(rp, url)
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Type"].startswith("text/html"), name
        for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"):
            assert rule in policy, name
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy  # H167
        assert answer.headers["Cache-Control"] == "no-store"  # H168
        assert answer.headers["Referrer-Policy"] == "no-referrer"  # H169
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Server" not in answer.headers
        assert "X-Powered-By" not in answer.headers
        assert "Strict-Transport-Security" not in answer.headers  # the simulator listens on http
        text = answer.data.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), name
        assert not re.search(r"\son\w+\s*=|style\s*=", text), name
        # H169: nothing of a third party.
        assets = re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]*)"', text)
        assert assets
        assert all(asset.startswith("/static/") for asset in assets), name


@pytest.mark.parametrize("place", ["console", "demo", "providers"])
def test_h166_h167_h170_pages_around_the_hub_are_as_closed(site: Site, place: str) -> None:
    url = f"{getattr(site, place)}{'/impots' if place == 'providers' else ''}/"
    answer = call("GET", url)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert rule in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not {"Server", "X-Powered-By"} & set(answer.headers)


def forms_of(rp: RelyingParty, url: str) -> list[str]:
    """Where the page's policy lets its forms lead."""
    policy = headers_of(rp, url).headers["Content-Security-Policy"]
    return policy.partition("form-action ")[2].partition(";")[0].split(" ")


def test_h166_the_forms_that_leave_the_hub_may_be_redirected_on_by_who_receives_them(rp: RelyingParty) -> None:
    """A service's callback leads to its front end, a provider's address to its login host: Chromium checks each hop."""
    choice = rp.visitor.request("GET", rp.url()).location
    assert forms_of(rp, choice)[0] == "'self'"
    assert {rp.site.providers, "http:", "https:"} <= {*forms_of(rp, choice)}
    consent, _ = open_consent(rp, rp.visitor)
    assert {"'self'", "https://rp.test", "http:", "https:"} <= {*forms_of(rp, consent)}


def test_h166_the_forms_of_every_other_page_stay_at_the_hub(rp: RelyingParty) -> None:
    assert forms_of(rp, f"{rp.site.hub}/nowhere") == ["'self'"]


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/v2/nowhere", "/static/nowhere.css", "/api/v2/token", "/.git/config"]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "TRACE", "PATCH", "FOO"])
def test_h027_unknown_paths_and_wrong_methods_are_pages_without_banner(site: Site, path: str, method: str) -> None:
    answer = call(method, site.hub + path)
    assert answer.status == 404
    text = answer.data.decode()
    assert "Y000404" in text
    assert "back-to-sp-link" not in text
    assert not any(word in text.lower() or word in str(answer.headers).lower() for word in BANNERS)


def test_h199_an_unexpected_failure_shows_a_code_a_reference_and_nothing_else(
    rp: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("qz-canary in a traceback")

    monkeypatch.setattr("fcsim_hub.rooms.entrance.read_parameters", fail)
    answer = rp.authorize()
    text = answer.data.decode()
    assert answer.status == 500
    assert "Y000000" in text
    assert re.search(r'data-testid="error-reference">[0-9a-f-]{36}<', text)
    assert "qz-canary" not in text
    assert not any(word in text.lower() for word in (*BANNERS, 'file "', ".py"))


class Inert(HTMLParser):
    """Every element of a page; text is not looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def assert_inert(page: str) -> None:
    parser = Inert()
    parser.feed(page)
    for tag, attributes in parser.elements:
        assert tag not in ("iframe", "base", "svg", "style", "img"), tag
        assert tag != "script" or str(attributes.get("src")).startswith("/static/")
        assert not any(name.startswith("on") or name == "style" for name in attributes), attributes
        for name in ("href", "src", "action"):
            assert not str(attributes.get(name, "")).lower().startswith(("javascript:", "data:", "vbscript:"))
        assert tag != "meta" or "http-equiv" not in attributes
    assert "49" not in re.sub(r"[0-9A-Za-z_-]{20,}|\d{3,}", "", page).partition("</header>")[2].partition("<details")[0]


@pytest.mark.thorough
def test_h165_h173_texts_of_a_registration_are_inert_on_every_page(
    rp: RelyingParty, rogue: Rogue, platform: Callable[..., Any]
) -> None:
    platform(notice={"message": " ".join(PAYLOADS)})
    for probe in PAYLOADS:
        rogue.register(rp.site, title=f"R{probe}", modal={"title": probe, "body": probe, "continue_text": probe})
        party = rp.change(name=f"S{probe}")
        choice = open_choice(party, party.visitor)
        assert choice.status == 200
        assert_inert(choice.text)
        done = f"{rp.site.issuer}/session/end/success?client_id={party.client_id}"
        assert_inert(party.visitor.request("GET", done).text)
        assert_inert(call("GET", f"{rp.site.console}/clients").data.decode())
        assert_inert(call("GET", f"{rp.site.console}/").data.decode())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *(("/authorize", name) for name in ("state", "ui_locales", "idp_hint", "redirect_uri", "client_id", "foo")),
        *(("/redirect-to-sp-with-error", name) for name in ("error", "error_description", "state", "redirect_uri")),
        *(("/session/end", name) for name in ("id_token_hint", "state", "foo")),
        *(("/oidc-callback", name) for name in ("error", "code")),
        ("/session/end/success", "client_id"),
    ],
)
@pytest.mark.thorough
def test_h165_texts_of_a_request_are_inert(rp: RelyingParty, path: str, name: str) -> None:
    for probe in PAYLOADS:
        members = rp.parameters(**{name: probe}) if path == "/authorize" else {name: probe}
        answer = call("GET", f"{rp.site.issuer}{path}?{urlencode(members)}")
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert_inert(answer.data.decode())


def test_h165_names_of_a_person_are_inert_on_the_consent_page_and_in_the_mail(rp: RelyingParty, person: str) -> None:
    probe = '"><script>alert(1)</script>'
    record = {
        "given_names": [f"Zoé{probe}"],
        "family_name": f"PROBE{probe}",
        "birthdate": "1990-02-03",
        "gender": "female",
        "birthplace": "75107",
        "birthcountry": "99100",
        "email": "zoe@fcsim.test",
    }
    said = {key: record[key] for key in ("family_name", "birthdate", "gender", "birthplace", "birthcountry", "email")}
    rogue = Rogue(uid="rogue-probe")
    served = rogue.serve()
    rogue.register(rp.site)
    rogue.userinfo = lambda claims: claims.update(said, given_name=f"Zoé{probe}")
    try:
        status, made = rp.site.api("PUT", f"/people/{person}", record)
        assert status == 201, made
        form = form_of(open_choice(rp, rp.visitor), "idp-rogue-probe")
        answer = rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
        while answer.location:
            answer = rp.visitor.request("GET", answer.location)
        assert "PROBE&#34;&gt;&lt;SCRIPT" in answer.text
        assert_inert(answer.text)
        rp.visitor.request(
            "GET",
            rp.visitor.request("POST", rp.site.issuer + "/login", form_of(answer, "consent-form").fields).location,
        )
        mail = rp.site.api("GET", "/mails?to=zoe@fcsim.test&wait=5")[1][0]
        assert_inert(mail["html"].replace("style=", "data-style="))
    finally:
        rogue.forget(rp.site)
        served.stop()


@pytest.mark.parametrize("name", ["error_code", "sp_name", "idp_name", "error_id", "platform"])
@pytest.mark.parametrize("probe", PAYLOADS[:6])
def test_h165_the_support_page_shows_what_it_received_inertly(site: Site, name: str, probe: str) -> None:
    page = call("GET", f"{site.console}/support?{urlencode({name: probe})}")
    assert page.status == 200
    assert_inert(page.data.decode())


def test_h195_no_text_starts_a_header(rp: RelyingParty) -> None:
    split = "x\r\nSet-Cookie: evil=1"
    leaving = {"redirect_uri": rp.redirect_uri, "state": split, "error": split}
    for url in (
        rp.url(state=split),
        f"{rp.site.issuer}/redirect-to-sp-with-error?{urlencode(leaving)}",
        f"{rp.site.issuer}/authorize?{urlencode({'lang': split})}",
    ):
        answer = call("GET", url)
        assert "evil" not in str(answer.headers.get("Set-Cookie", ""))
        assert "\n" not in answer.headers.get("Location", "")


def test_h164_auto_login_called_from_elsewhere_gives_nobody_a_code(rp: RelyingParty) -> None:
    answer = call("GET", f"{rp.site.issuer}/auto-login", headers={"Sec-Fetch-Dest": "image"})
    assert (answer.status, "Y190001" in answer.data.decode()) == (401, True)
    # Of a service that is not entitled, it leads to the page of consent and acknowledges nothing.
    url, _ = open_consent(rp, rp.visitor)
    skipped = rp.visitor.request("GET", f"{rp.site.issuer}/auto-login")
    assert (skipped.status, "Y190004" in skipped.text) == (409, True)
    assert rp.visitor.request("GET", url).status == 200


def test_h168_h113_the_back_button_shows_no_identity_after_a_logout(rp: RelyingParty) -> None:
    url, page = open_consent(rp, rp.visitor)
    assert "DUBOIS" in page.text
    rp.visitor.cookies.clear()
    again = rp.visitor.request("GET", url)
    assert again.status == 401
    assert "DUBOIS" not in again.text


def test_statics_are_sniffed_by_nobody(site: Site) -> None:
    answer = call("GET", f"{site.hub}/static/style.css")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("text/css")
