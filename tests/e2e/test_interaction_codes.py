"""The library's codes about interactions, each met by a browser (service-provider-side §15.4)."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError

from fcsim_hub.gateways.visitor import Response, Visitor
from support.clock import MovableClock
from support.relying_party import RelyingParty, query_of
from support.site import call
from support.walks import code_of, form_of, open_choice, open_consent

SESSION, LOGIN = "fc_session_id", "_session"


def acknowledge(rp: RelyingParty) -> str:
    """A consent page submitted: the address that will answer the service."""
    _, page = open_consent(rp, rp.visitor)
    form = form_of(page, "consent-form")
    return rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location


def login_cookie_of(rp: RelyingParty, person: str) -> str:
    """What another browser was given at the end of its login."""
    elsewhere = RelyingParty(rp.site, rp.record)
    elsewhere.log_in(person, "ameli")
    return elsewhere.visitor.cookies["localhost"][LOGIN]


def jar(rp: RelyingParty) -> dict[str, str]:
    return rp.visitor.cookies["localhost"]


def went_back(rp: RelyingParty, page: Response) -> dict[str, str]:
    """What the service is told when the citizen follows the link of an error page."""
    link = page.text.partition('data-testid="back-to-sp-link"')[0].rpartition('href="')[2].partition('"')[0]
    resume = rp.visitor.request("GET", link.replace("&amp;", "&")).location
    return query_of(rp.visitor.request("GET", resume).location)


def test_y04d5ab7_an_authorization_resumed_without_its_session(rp: RelyingParty, clock: MovableClock) -> None:
    resume = acknowledge(rp)
    assert code_of(Visitor().request("GET", resume)) == (400, "Y04D5AB7")
    assert code_of(Visitor(cookies={"localhost": {SESSION: "forged"}}).request("GET", resume)) == (400, "Y04D5AB7")
    clock.advance(1801)
    answer = rp.visitor.request("GET", resume)
    assert code_of(answer) == (400, "Y04D5AB7")
    assert "back-to-sp-link" not in answer.text


def test_y04cab72_an_authorization_that_was_answered(rp: RelyingParty) -> None:
    resume = acknowledge(rp)
    assert "code" in query_of(rp.visitor.request("GET", resume).location)
    assert code_of(rp.visitor.request("GET", resume)) == (400, "Y04CAB72")


def test_y04cab72_an_authorization_that_was_left(rp: RelyingParty) -> None:
    open_choice(rp, rp.visitor)
    resume = rp.visitor.request("GET", f"{rp.site.issuer}/redirect-to-sp-with-error").location
    assert query_of(rp.visitor.request("GET", resume).location)["error"] == "access_denied"
    assert code_of(rp.visitor.request("GET", resume)) == (400, "Y04CAB72")


def test_y04d7c28_an_authorization_replaced_by_another_in_the_same_browser(rp: RelyingParty) -> None:
    first = acknowledge(rp)
    second = acknowledge(rp)
    assert code_of(rp.visitor.request("GET", first)) == (400, "Y04D7C28")
    assert "code" in query_of(rp.visitor.request("GET", second).location)


def test_y042bb27_an_authorization_beside_the_login_of_another_session(rp: RelyingParty) -> None:
    resume = acknowledge(rp)
    jar(rp)[LOGIN] = login_cookie_of(rp, "claire-moreau")
    answer = rp.visitor.request("GET", resume)
    assert code_of(answer) == (400, "Y042BB27")
    assert not answer.location
    other = RelyingParty(rp.site, rp.record, Visitor(cookies={"localhost": dict(jar(rp))}))
    assert went_back(other, answer)["error"] == "invalid_request"


def test_y042bb27_is_over_with_the_foreign_cookie(rp: RelyingParty) -> None:
    resume = acknowledge(rp)
    jar(rp)[LOGIN] = login_cookie_of(rp, "claire-moreau")
    assert code_of(rp.visitor.request("GET", resume)) == (400, "Y042BB27")
    del jar(rp)[LOGIN]
    assert "code" in query_of(rp.visitor.request("GET", resume).location)


@pytest.mark.parametrize("cookie", ["forged", "", "x.y"])
def test_a_login_cookie_that_is_nobodys_is_no_other_session(rp: RelyingParty, cookie: str) -> None:
    resume = acknowledge(rp)
    jar(rp)[LOGIN] = cookie
    assert "code" in query_of(rp.visitor.request("GET", resume).location)


def test_a_login_cookie_whose_session_expired_is_no_other_session(rp: RelyingParty, clock: MovableClock) -> None:
    old = login_cookie_of(rp, "claire-moreau")
    clock.advance(1801)
    resume = acknowledge(rp)
    jar(rp)[LOGIN] = old
    assert "code" in query_of(rp.visitor.request("GET", resume).location)


@pytest.fixture
def second(rp: RelyingParty) -> Iterator[RelyingParty]:
    """Another service, in the browser that logged in at the first."""
    party = RelyingParty(rp.site, RelyingParty.register(rp.site).record, rp.visitor)
    rp.log_in()
    yield party
    party.forget()


def consent_by_sso(party: RelyingParty) -> str:
    """The address of the consent page that single sign-on leads to."""
    answer = party.visitor.request("GET", party.url())
    while answer.location:
        url = answer.location
        answer = party.visitor.request("GET", url)
    assert "consent-form" in answer.text
    return url


def test_y045253a_single_sign_on_does_not_go_on_as_another_person(second: RelyingParty) -> None:
    url = consent_by_sso(second)
    jar(second)[LOGIN] = login_cookie_of(second, "claire-moreau")
    for page in (url.removesuffix("/consent"), url):
        answer = second.visitor.request("GET", page)
        assert code_of(answer) == (400, "Y045253A")
    foreign = jar(second).pop(LOGIN)
    assert second.visitor.request("GET", url).status == 200
    jar(second)[LOGIN] = foreign
    assert went_back(second, answer)["error_description"] == "session principal changed"


def test_y045253a_another_login_of_the_same_person_is_no_other_person(second: RelyingParty) -> None:
    url = consent_by_sso(second)
    jar(second)[LOGIN] = login_cookie_of(second, "angela-dubois")
    assert second.visitor.request("GET", url).status == 200


def test_a_journey_that_no_login_began_has_no_person_to_keep(rp: RelyingParty) -> None:
    url, _ = open_consent(rp, rp.visitor)
    jar(rp)[LOGIN] = login_cookie_of(rp, "claire-moreau")
    assert rp.visitor.request("GET", url).status == 200


def test_authorize_takes_back_the_cookie_of_the_login_before(rp: RelyingParty) -> None:
    """§7.1: all library cookies are cleared at each authorize; a logout has nothing to end until the next login."""
    rp.log_in()
    given = call("GET", rp.url(), headers={"Cookie": f"{LOGIN}={jar(rp)[LOGIN]}"}).headers.getlist("Set-Cookie")
    (dropped,) = [cookie for cookie in given if cookie.startswith(f"{LOGIN}=")]
    assert re.match(rf"{LOGIN}=;.*Max-Age=0", dropped)
    assert "HttpOnly" in dropped
    assert "SameSite=Lax" in dropped
    assert len(call("GET", rp.url()).headers.getlist("Set-Cookie")) == 1


@pytest.mark.parametrize("page", ["", "/verify", "/consent"])
def test_y044efea_y048192c_y044f260_are_said_otherwise(rp: RelyingParty, page: str) -> None:
    """Without session Y190001, once answered Y030025: both come before the library's own words."""
    end = rp.walk()
    url = f"{rp.site.issuer}/interaction/{end.flow_id}{page}"
    assert code_of(rp.visitor.request("GET", url)) == (500, "Y030025")
    assert code_of(Visitor().request("GET", url)) == (401, "Y190001")


def test_y020024_a_filter_that_cannot_be_read(rp: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    form = form_of(open_choice(rp, rp.visitor), f"idp-{rp.site.uid('impots')}")
    with monkeypatch.context() as patched:
        patched.setattr("fcsim_hub.web.visit.CLIENTS", type("Broken", (), {"find": fail}))
        answer = rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
    assert code_of(answer) == (500, "Y020024")
    assert "error-support-button" in answer.text
    # Nothing was spent: the same form may be posted again.
    assert rp.visitor.request("POST", rp.site.hub + form.action, form.fields).status == 302
