"""What every door promises: no cookie for machines, safe ones for browsers, nothing more than the inventory (§2)."""

import re

import pytest

from support.relying_party import FORM, RelyingParty
from support.site import Site, call
from support.walks import open_consent


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/.well-known/openid-configuration", {}),
        ("GET", "/jwks", {}),
        ("GET", "/userinfo", {}),
        ("GET", "/userinfo", {"Authorization": "Bearer x"}),
        ("POST", "/token", FORM),
        ("POST", "/token", {"Content-Type": "application/json"}),
        ("POST", "/token/revocation", FORM),
        ("POST", "/checktoken", FORM),
    ],
)
def test_the_back_channel_never_sets_a_cookie(
    rp: RelyingParty, method: str, path: str, headers: dict[str, str]
) -> None:
    cookie = rp.authorize().headers["Set-Cookie"].split(";")[0]
    for language in ("", "?lang=fr"):
        answer = call(method, rp.site.issuer + path + language, headers={**headers, "Cookie": cookie})
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


@pytest.mark.parametrize("path", ["/token/introspection", "/request", "/device", "/reg", "/session/check"])
def test_what_the_library_knows_and_franceconnect_does_not_expose_is_unknown(site: Site, path: str) -> None:
    for method in ("GET", "POST"):
        answer = call(method, site.issuer + path)
        assert (answer.status, "Y000404" in answer.data.decode()) == (404, True)
