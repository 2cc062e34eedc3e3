"""What a developer is told beside FranceConnect's own words: a header, bodies and addresses being theirs (F15)."""

import logging
from urllib.parse import unquote, urlencode, urlsplit

import pytest
from urllib3 import BaseHTTPResponse

from fcsim_hub.gateways.html_forms import read_page
from support.data_provider import OwnDataProvider
from support.relying_party import FORM, RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import Site, call
from support.walks import form_of, open_choice

EXPLANATION = "X-FCSim-Explanation"


def test_a_redirect_uri_that_differs_is_told_with_the_one_expected(rp: RelyingParty) -> None:
    code = rp.log_in()
    for sent, received in (("https://rp.test/other", "'https://rp.test/other'"), (None, "missing")):
        answer = rp.redeem(code, redirect_uri=sent)
        expected = f"redirect_uri is {received}: expected '{rp.redirect_uri}', as at /authorize"
        assert (answer.status, answer.headers[EXPLANATION]) == (400, expected)
        assert set(answer.body) == {"error", "error_description", "error_uri"}


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Basic x", "the Authorization scheme is 'Basic': expected Bearer"),
        ("a-token-without-scheme", "the Authorization scheme is missing: expected Bearer"),
    ],
)
def test_a_bare_token_is_not_repeated(site: Site, header: str, told: str) -> None:
    answer = call("GET", f"{site.issuer}/userinfo", headers={"Authorization": header})
    assert (answer.status, answer.headers[EXPLANATION]) == (400, told)


def test_a_parameter_starts_no_header_of_its_own(site: Site) -> None:
    body = "gr%C3%A9%0D%0ASet-Cookie:a=b=1&gr%C3%A9%0D%0ASet-Cookie:a=b=2"
    answer = call("POST", f"{site.issuer}/token", body=body, headers=FORM)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers[EXPLANATION].isascii()


def test_a_data_provider_is_told_which_parameter_is_wrong(site: Site) -> None:
    own = OwnDataProvider(site)
    assert own.ask("t", token=None).headers[EXPLANATION] == "parameter 'token' is missing or empty"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"scope": "openid profile"}, "scope 'profile' is not registered for this client: expected "),
        ({"scope": "email"}, "scope is 'email': expected openid among its values"),
        ({"scope": "openid", "claims": "{"}, "the claims parameter is not JSON"),
        ({"response_type": "id_token"}, "response_type is 'id_token': expected code"),
    ],
)
def test_an_error_told_to_a_service_is_explained_beside_it(
    rp: RelyingParty, caplog: pytest.LogCaptureFixture, sent: dict[str, str], told: str
) -> None:
    party = rp.change(scopes=["openid", "email"])
    with caplog.at_level(logging.INFO, "fcsim.hub"):
        answer = party.authorize(**sent)
    assert (answer.status, answer.headers[EXPLANATION].startswith(told)) == (303, True)
    assert told not in unquote(answer.headers["Location"])
    assert caplog.messages[-1].endswith("on franceconnect told to the service")


def call_as(rp: RelyingParty, url: str) -> BaseHTTPResponse:
    """The next request of the party's visitor, with the answer's headers."""
    jar = rp.visitor.cookies["localhost"]
    return call("GET", url, headers={"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())})


def test_a_refused_hint_is_explained_on_the_way_back(rp: RelyingParty) -> None:
    impots, unknown = rp.site.uid("impots"), "is the uid of no provider here"
    for hint, own, told in (
        ("nobody", None, unknown),
        (impots, ["other"], "is not one this service may send: expected other"),
        (impots, [], "is not one this service may send: expected none at all"),
    ):
        rp.change(allowed_idp_hints=own)
        start = rp.visitor.request("GET", rp.url(idp_hint=hint))
        answer = call_as(rp, rp.visitor.request("GET", start.location).location)
        assert answer.headers[EXPLANATION] == f"idp_hint {hint!r} {told}"


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", "/userinfo", "FranceConnect routes GET only"),
        ("GET", "/token", "FranceConnect routes POST only"),
        ("POST", "/nowhere", "no such page on this hub"),
    ],
)
def test_a_wrong_method_is_told_apart_from_a_wrong_address(site: Site, method: str, path: str, told: str) -> None:
    answer = call(method, site.issuer + path)
    assert (answer.status, answer.headers[EXPLANATION]) == (404, f"{method} {urlsplit(site.issuer).path}{path}: {told}")
    assert told in read_page(answer.data.decode()).texts["error-detail"]


def test_what_a_provider_says_of_its_refusal_reaches_the_developer(rp: RelyingParty, rogue: Rogue) -> None:
    form = form_of(open_choice(rp, rp.visitor), f"idp-{rogue.uid}")
    state = query_of(rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location)["state"]
    told = urlencode({"error": "invalid_request", "error_description": "Code challenge required.", "state": state})
    back = call_as(rp, f"{rp.site.issuer}/oidc-callback?{told}")
    expected = "the provider answered error='invalid_request', error_description='Code challenge required.'"
    assert back.headers[EXPLANATION] == expected


def test_answers_that_refuse_nothing_explain_nothing(rp: RelyingParty) -> None:
    assert EXPLANATION not in rp.userinfo(rp.redeem(rp.log_in()).access_token).headers


def test_the_log_and_the_answer_share_a_reference(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "fcsim.hub"):
        told = call("GET", f"{site.issuer}/userinfo").json()
    reference = told["error_uri"].rpartition("id=")[2]
    assert f"error Y04146A2 on franceconnect reference {reference}" in caplog.messages
