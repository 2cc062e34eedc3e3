"""What the back channel tells a developer beside FranceConnect's own words: a header, the body being theirs (F15)."""

import logging

import pytest

from support.data_provider import OwnDataProvider
from support.relying_party import FORM, RelyingParty
from support.site import Site, call

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


def test_answers_that_refuse_nothing_explain_nothing(rp: RelyingParty) -> None:
    assert EXPLANATION not in rp.userinfo(rp.redeem(rp.log_in()).access_token).headers


def test_the_log_and_the_answer_share_a_reference(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "fcsim.hub"):
        told = call("GET", f"{site.issuer}/userinfo").json()
    reference = told["error_uri"].rpartition("id=")[2]
    assert f"error Y04146A2 on franceconnect reference {reference}" in caplog.messages
