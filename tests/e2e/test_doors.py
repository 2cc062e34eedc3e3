"""What every door promises: no cookie for machines, safe ones for browsers, nothing more than the inventory (§2)."""

import re

import pytest

from support.platforms import BOTH
from support.relying_party import FORM, RelyingParty
from support.site import Site, call
from support.walks import open_consent


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/.well-known/openid-configuration", {}),
        ("GET", "/jwks", {}),
        ("GET", "/client/.well-known/keys", {}),
        ("GET", "/client/.well-known/sector-identifier", {}),
        ("GET", "/userinfo", {}),
        ("GET", "/userinfo", {"Authorization": "Bearer x"}),
        ("POST", "/token", FORM),
        ("POST", "/token", {"Content-Type": "application/json"}),
        ("POST", "/token/revocation", FORM),
        ("POST", "/checktoken", FORM),
    ],
)
@pytest.mark.parametrize("platform", BOTH)
def test_the_back_channel_never_sets_a_cookie(
    rp: RelyingParty, plus_rp: RelyingParty, platform: str, method: str, path: str, headers: dict[str, str]
) -> None:
    party = rp if platform == "franceconnect" else plus_rp
    cookie = party.authorize().headers["Set-Cookie"].split(";")[0]
    for language in ("", "?lang=fr"):
        answer = call(method, party.site.issuer + path + language, headers={**headers, "Cookie": cookie})
        assert "Set-Cookie" not in answer.headers


def test_every_cookie_of_a_login_is_httponly_and_lax(rp: RelyingParty) -> None:
    _, page = open_consent(rp, rp.visitor)
    jar = "; ".join(f"{name}={value}" for name, value in rp.visitor.cookies["localhost"].items())
    token = re.search(r'name="csrfToken" value="([^"]*)"', page.text)
    assert token is not None
    login = call("POST", f"{rp.site.issuer}/login", body=f"csrfToken={token[1]}", headers={**FORM, "Cookie": jar})
    done = call("GET", login.headers["Location"], headers={"Cookie": jar})
    given = [*login.headers.getlist("Set-Cookie"), *done.headers.getlist("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in given}
    assert names == {"fc_session_id", "_session", "trustedDevice"}
    for cookie in given:
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert "SameSite=Lax" in cookie  # the device's too: ledger F44
    ages = {cookie.partition("=")[0]: re.findall(r"Max-Age=(\d+)", cookie) for cookie in given}
    assert ages == {"fc_session_id": ["1800"], "_session": ["1800"], "trustedDevice": [str(90 * 24 * 3600)]}


def test_the_prefix_alone_leads_away_with_a_text(site: Site) -> None:
    for path in ("", "/"):
        answer = call("GET", site.issuer + path)
        assert (answer.status, answer.headers["Location"]) == (301, "https://franceconnect.gouv.fr")
        assert answer.headers["Content-Type"].startswith("text/plain")


INVENTORY = {
    "/.well-known/openid-configuration": "GET",
    "/jwks": "GET",
    "/authorize": "GET POST",
    "/authorize/uid": "GET",
    "/interaction/uid": "GET",
    "/redirect-to-idp": "POST",
    "/oidc-callback": "GET",
    "/interaction/uid/verify": "GET",
    "/interaction/uid/consent": "GET",
    "/login": "POST",
    "/auto-login": "GET",
    "/redirect-to-sp-with-error": "GET",
    "/token": "POST",
    "/userinfo": "GET",
    "/token/revocation": "POST",
    "/session/end": "GET",
    "/session/end/confirm": "POST",
    "/session/end/success": "GET",
    "/client/disconnect-from-idp": "POST",
    "/client/logout-callback": "GET",
    "/client/.well-known/keys": "GET",
    "/client/.well-known/sector-identifier": "GET",
    "/checktoken": "POST",
    "/accessibilite": "GET",
}
"""Door -> the methods it takes (§2, inside-the-hub §2)."""


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", INVENTORY)
@pytest.mark.parametrize("platform", BOTH)
def test_each_door_of_the_inventory_takes_its_methods_and_no_other(
    site: Site, platform: str, path: str, method: str
) -> None:
    answer = call(method, site.on(platform).issuer + path)
    is_unknown = answer.status == 404 and b"Y000404" in answer.data
    assert is_unknown == (method not in INVENTORY[path].split())


@pytest.mark.parametrize("path", INVENTORY)
def test_what_is_no_public_document_is_kept_by_nobody(site: Site, path: str) -> None:
    answer = call(INVENTORY[path].split()[0], site.issuer + path)
    assert ("no-store" in answer.headers["Cache-Control"]) == (".well-known" not in path and path != "/jwks")


PUBLIC = {path for path in INVENTORY if ".well-known" in path} | {"/jwks", "/accessibilite"}


@pytest.mark.parametrize("path", [*INVENTORY, "/nowhere", "/authorize/"])
def test_h030_head_begins_nothing_and_is_told_of_public_documents_alone(site: Site, path: str) -> None:
    before = site.api("GET", "/events?limit=1")
    answer = call("HEAD", site.issuer + path)
    assert site.api("GET", "/events?limit=1") == before
    assert (answer.data, {"Set-Cookie", "Location"} & set(answer.headers)) == (b"", set())
    got = call("GET", site.issuer + path)
    if got.status != 404 and path not in PUBLIC:
        assert answer.status == 204
        return
    assert answer.status == got.status
    same = ("Content-Type", "Cache-Control")
    assert [answer.headers[name] for name in same] == [got.headers[name] for name in same]


@pytest.mark.parametrize("path", INVENTORY)
def test_h030_no_door_opens_to_options(site: Site, path: str) -> None:
    answer = call("OPTIONS", site.issuer + path)
    assert answer.status in (200, 204, 404)
    assert not {"Set-Cookie", "Location"} & set(answer.headers)
    assert answer.data == b"" or answer.status == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["//authorize", "//token", "/token//revocation", "/authorize/"])
def test_h044_slashes_too_many_are_an_unknown_path_and_no_redirect(site: Site, path: str, method: str) -> None:
    answer = call(method, site.issuer + path)
    assert (answer.status, b"Y000404" in answer.data) == (404, True)


@pytest.mark.parametrize(("language", "words"), [("fr", "aucun spécialiste"), ("en", "no specialist")])
def test_the_accessibility_page_says_what_nobody_checked_and_every_page_leads_there(
    site: Site, language: str, words: str
) -> None:
    answer = call("GET", f"{site.issuer}/accessibilite", headers={"Accept-Language": language})
    text = answer.data.decode()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f'<html lang="{language}"' in text
    assert words in text.lower()
    parts = ("accessibility-title", "accessibility-scope", "accessibility-checked", "accessibility-unchecked")
    assert all(f'data-testid="{part}"' in text for part in (*parts, "accessibility-contact"))
    for page in (text, call("GET", f"{site.hub}/nowhere").data.decode()):
        assert 'href="/api/v2/accessibilite" data-testid="accessibility-link"' in page


def test_the_accessibility_page_has_the_prefix_of_its_platform(v1_site: Site) -> None:
    there = v1_site.on("franceconnect-v1")
    text = call("GET", f"{there.hub}/api/v1/accessibilite").data.decode()
    assert 'data-testid="accessibility-title"' in text
    assert 'href="/api/v1/accessibilite"' in text
