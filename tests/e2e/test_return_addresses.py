"""redirect_uri and its look-alikes, at registration and at use (security-and-reliability H033–H044), over HTTP."""

import secrets
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fcsim_hub.gateways.html_forms import read_page
from support.look_alikes import Likeness, addresses
from support.relying_party import RelyingParty, query_of
from support.site import Site, call

HOME = "https://rp.example.fr/cb"
SAID = [HOME, "https://rp.example.fr/cb?tenant=1", "https://rp.example.fr/a/"]
shared = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def party(rp: RelyingParty) -> RelyingParty:
    return rp.change(redirect_uris=SAID)


LOOK_ALIKES = {
    "H033": [
        *(f"{HOME}/", "https://rp.example.fr/CB", f"{HOME}%2F", f"{HOME}?x=1", f"{HOME}#f", f"{HOME}#"),
        *("http://rp.example.fr/cb", "https://rp.example.fr:444/cb", "https://rp.example.fr:80/cb"),
    ],
    "H035": [
        *("https://rp.example.fr.evil.tld/cb", "https://evil-rp.example.fr/cb", "https://x.rp.example.fr/cb"),
        *("https://rp.example.fr./cb", "https://rp\uff0eexample.fr/cb", "https://xn--rp-example-fr.evil.tld/cb"),
        *("https://rр.example.fr/cb", "https://rp.example.fr\u200b/cb", "https://example.fr/cb"),
    ],
    "H036": [
        *("https://rp.example.fr@evil.tld/cb", "https://a@b@rp.example.fr/cb", "https://rp.example.fr\\@evil.tld/cb"),
        *("https://user@rp.example.fr/cb", "https://:@rp.example.fr/cb", "https://evil.tld\\rp.example.fr/cb"),
    ],
    "H037": [
        *(f"{HOME}/../x", f"{HOME}/..;/x", f"{HOME}/%2e%2e/x", f"{HOME}/.%2e/x", f"{HOME}%00", f"{HOME};x"),
        *("https://rp.example.fr/a/b/../c", "https://rp.example.fr//cb"),
    ],
    "H038": [f"{HOME}?code=x", f"{HOME}?state=x", f"{HOME}?iss=x", f"{HOME}?error=x", f"{HOME}#code=x"],
    "H039": [f"{HOME}?tenant=2", f"{HOME}?tenant=1&a=b", f"{HOME}?Tenant=1", f"{HOME}?tenant=1&tenant=1", f"{HOME}?"],
    "H040": [
        *("http://localhost.evil.tld/cb", "http://localhost/cb", "http://127.0.0.1/cb", "http://[::1]/cb"),
        *("http://127.1/cb", "http://2130706433/cb"),
    ],
    "H041": [
        *("javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "app:/cb", "null"),
        *("JavaScript://rp.example.fr/cb%0aalert(1)", "//rp.example.fr/cb", "https:rp.example.fr/cb", "about:blank"),
    ],
}
ROWS = [(rule, uri) for rule, uris in LOOK_ALIKES.items() for uri in uris]


@pytest.mark.parametrize("posture", ["faithful", pytest.param("standard", marks=pytest.mark.thorough)])
@pytest.mark.parametrize(("rule", "uri"), ROWS)
def test_h033_h041_nothing_but_a_registered_address_is_answered(
    party: RelyingParty, rule: str, uri: str, posture: str
) -> None:
    answer = party.change(posture=posture).authorize(redirect_uri=uri)
    assert answer.status == 400, rule
    assert "Location" not in answer.headers
    code = read_page(answer.data.decode()).texts["error-code"].rpartition(" ")[2]
    assert code in ("Y030007", "Y04C013C")
    assert "back-to-sp-link" not in answer.data.decode()


@pytest.mark.parametrize(
    ("uri", "registered"),
    [
        ("HTTPS://RP.example.fr:443/cb", HOME),
        ("https://rp.example.fr/x/../cb", HOME),
        ("https://rp.example.fr/./cb", HOME),
        ("https://RP.EXAMPLE.FR/cb?tenant=1", SAID[1]),
    ],
)
def test_h034_h037_a_twin_is_accepted_in_faithful_alone_and_the_registered_text_is_sent(
    party: RelyingParty, uri: str, registered: str
) -> None:
    answer = party.authorize(redirect_uri=uri, scope="email")
    assert answer.status == 303
    assert answer.headers["Location"].startswith(registered + ("&" if "?" in registered else "?"))
    assert party.change(posture="standard").authorize(redirect_uri=uri).status == 400


def test_h039_a_registered_query_is_kept_and_the_answer_appended(party: RelyingParty) -> None:
    answer = party.authorize(redirect_uri=SAID[1], scope="email")
    assert answer.headers["Location"].startswith(f"{SAID[1]}&error=invalid_request&")


@pytest.mark.parametrize("host", ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"])
def test_h040_loopback_is_answered_where_registered_and_allowed(rp: RelyingParty, platform: object, host: str) -> None:
    uri = f"http://{host}/cb"
    party = rp.change(redirect_uris=[uri])
    assert party.authorize(redirect_uri=uri, scope="email").status == 303
    platform(allow_localhost=False)  # type: ignore[operator]  # the fixture is a function
    answer = party.authorize(redirect_uri=uri, scope="email")
    assert (answer.status, "Y030007" in answer.data.decode()) == (400, True)


REFUSED_AT_REGISTRATION = [
    *(uri for uri in LOOK_ALIKES["H041"]),
    *(uri for uri in LOOK_ALIKES["H038"]),
    *("https://rp.example.fr/*", "https://*.example.fr/cb", "https://rp.example.fr/cb#", f"{HOME}#f", "*", ""),
    *("https://user@rp.example.fr/cb", "https://rp.example.fr\\@evil.tld/", "https://rp.example.fr/c b", "https:///cb"),
    *(f"{HOME}?response=x", f"{HOME}?a=1&error_description=x", f"{HOME}?%63ode=x", "https://rp.example.fr/\x01"),
    *("https://[::1/cb", "https://rp.example.fr:port/cb", "https://rp.example.fr:99999/cb"),
]


@pytest.mark.parametrize("key", ["redirect_uris", "post_logout_redirect_uris"])
@pytest.mark.parametrize("uri", REFUSED_AT_REGISTRATION)
def test_h038_h041_h042_a_registration_that_could_never_be_matched_safely_is_refused(
    site: Site, key: str, uri: str
) -> None:
    where = f"/platforms/franceconnect/clients/refused-{secrets.token_hex(4)}"
    record = {"client_secret": "s" * 40, "name": "Essai", "redirect_uris": [HOME], "scopes": ["openid"], key: [uri]}
    status, problem = site.api("PUT", where, record)
    assert (status, problem["errors"][0]["key"]) == (400, f"{key}.0")
    assert problem["errors"][0]["expected"]
    assert site.api("GET", where)[0] == 404


@shared
@given(drawn=addresses(), posture=st.sampled_from(["faithful", "standard"]))
def test_h033_h041_no_address_is_answered_but_the_registered_one_whatever_was_asked(
    party: RelyingParty, drawn: tuple[str, Likeness], posture: str
) -> None:
    uri, likeness = drawn
    answer = party.change(posture=posture).authorize(redirect_uri=uri, scope="email")
    if likeness is Likeness.SAME or (likeness.is_twin and posture == "faithful"):
        assert answer.headers["Location"].startswith(f"{HOME}?error=invalid_request&")
    else:
        assert (answer.status, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    "uri",
    [None, "", "https://rp.example.fr/other", "https://RP.example.fr/cb", "https://rp.example.fr/cb/", HOME + "%20"],
)
def test_h043_the_token_request_repeats_the_address_byte_for_byte(party: RelyingParty, uri: str | None) -> None:
    code = party.log_in(redirect_uri=HOME)
    tokens = party.redeem(code, redirect_uri=uri)
    assert (tokens.status, tokens.body["error"]) == (400, "invalid_grant")
    assert tokens.body["error_description"] == "grant request is invalid (authorization code redirect_uri mismatch)"
    assert "code=Y04F8199&" in tokens.body["error_uri"]
    assert party.redeem(code, redirect_uri=HOME).status == 200


def test_h034_h043_the_token_request_repeats_what_was_sent_and_not_what_is_registered(party: RelyingParty) -> None:
    """§9.1: the same string as in /authorize, also where another spelling of it is registered."""
    sent = "HTTPS://RP.example.fr:443/cb"
    code = party.log_in(redirect_uri=sent)
    assert party.redeem(code, redirect_uri=HOME).body["error"] == "invalid_grant"
    assert party.redeem(code, redirect_uri=sent).status == 200


@pytest.mark.parametrize("posture", ["faithful", "standard"])
@pytest.mark.parametrize(
    "uri",
    [
        *("https://RP.Example.fr/Cb", "https://rp.example.fr:443/cb", "https://rp.example.fr"),
        *("https://rp.example.fr/cb?a[]=1&b=x|y", "https://rp.example.fr/a//b/%7e;x=1"),
    ],
)
def test_h034_h039_answers_go_to_the_registered_address_as_it_is_spelled(
    rp: RelyingParty, uri: str, posture: str
) -> None:
    party = rp.change(redirect_uris=[uri], posture=posture)
    mark = "&" if "?" in uri else "?"
    assert party.authorize(redirect_uri=uri, scope="email").headers["Location"].startswith(f"{uri}{mark}error=")
    assert party.walk(redirect_uri=uri).redirect_to.startswith(f"{uri}{mark}code=")  # type: ignore[union-attr]  # it arrives


def test_h044_every_redirect_of_a_login_is_302_or_303(party: RelyingParty) -> None:
    steps = party.walk(redirect_uri=HOME).steps
    assert {step.status for step in steps} == {200, 302, 303}
    assert {step.status for step in steps if step.method == "POST"} <= {302, 303}


PAYLOADS = [
    *(
        "//evil.test",
        "/\\evil.test",
        "https:evil.test",
        "%2f%2fevil.test",
        "https://rp.test@evil.test/",
        "\\\\evil.test",
    ),
    *("https://evil.test", "http://evil.test", "///evil.test", "javascript:alert(1)", ".evil.test", "@evil.test"),
]
SWEPT = {
    "/authorize": ["redirect_uri", "client_id", "state", "idp_hint", "ui_locales"],
    "/redirect-to-sp-with-error": ["redirect_uri", "error", "error_description", "state", "iss"],
    "/session/end": ["post_logout_redirect_uri", "id_token_hint", "client_id", "state"],
    "/session/end/success": ["client_id", "post_logout_redirect_uri"],
    "/client/logout-callback": ["state", "post_logout_redirect_uri"],
    "/oidc-callback": ["state", "code", "error", "iss"],
    "/auto-login": ["redirect_uri", "next"],
    "": ["lang", "next", "url"],
}


@pytest.mark.parametrize(("path", "parameter"), [(path, name) for path, names in SWEPT.items() for name in names])
def test_h171_no_route_leads_a_browser_to_an_address_of_the_callers_choosing(
    rp: RelyingParty, path: str, parameter: str
) -> None:
    for payload in PAYLOADS:
        members = rp.parameters(**{parameter: payload}) if path == "/authorize" else {parameter: payload}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in members.items())
        answer = call("GET", f"{rp.site.issuer}{path}?{query}")
        place = urlsplit(answer.headers.get("Location", rp.site.hub))
        homes = {urlsplit(home).netloc for home in (rp.site.hub, rp.redirect_uri, "https://franceconnect.gouv.fr")}
        assert place.netloc in homes, payload
        assert place.scheme in ("http", "https")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_h171_paths_that_look_like_addresses_are_unknown_pages(site: Site, payload: str) -> None:
    answer = call("GET", f"{site.hub}/{quote(payload, safe='/:%@')}")
    assert answer.status == 404
    assert "Location" not in answer.headers


def test_h032_answers_are_ascii_and_never_carry_a_code_of_the_hub(party: RelyingParty) -> None:
    refused = query_of(party.authorize(redirect_uri=HOME, scope="email").headers["Location"])
    assert set(refused) == {"error", "error_description", "state", "iss"}
    assert " Y0" not in f" {refused['error']} {refused['error_description']}"
    done = query_of(party.walk(redirect_uri=HOME).redirect_to)  # type: ignore[union-attr]  # it arrives
    assert set(done) == {"code", "state", "iss"}
    assert done["iss"] == party.site.issuer
