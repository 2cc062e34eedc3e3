"""Sessions, navigation, forms, single sign-on (service-provider-side §7, §8)."""

import re

import pytest

from fcsim_hub.gateways.visitor import Arrival, Visitor
from support.clock import MovableClock
from support.relying_party import RelyingParty, query_of
from support.site import Site
from support.walks import code_of, form_of, open_choice, open_consent

COOKIE = "fc_session_id"


def test_h151_the_cookie_is_lax_httponly_dated_and_holds_an_opaque_id(rp: RelyingParty) -> None:
    cookie = rp.authorize().headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=1800" in cookie
    assert re.match(rf"{COOKIE}=[0-9a-f]{{128}}\.", cookie)


def test_h152_the_session_id_changes_at_authorize_and_at_the_callback(rp: RelyingParty) -> None:
    seen = []
    visitor = rp.visitor
    mire = open_choice(rp, visitor)
    seen.append(visitor.cookies["localhost"][COOKIE])
    form = form_of(mire, f"idp-{rp.site.uid('impots')}")
    login = visitor.request("GET", visitor.request("POST", rp.site.hub + form.action, form.fields).location)
    quick = form_of(login, "quick-login-angela-dubois")
    back = visitor.request("POST", rp.site.providers + quick.action, quick.fields)
    verify = visitor.request("GET", back.location)
    seen.append(visitor.cookies["localhost"][COOKIE])
    consent = visitor.request("GET", visitor.request("GET", verify.location).location)
    assert visitor.cookies["localhost"][COOKIE] == seen[1] != seen[0]
    old = Visitor(cookies={"localhost": {COOKIE: seen[0]}})
    assert code_of(old.request("GET", verify.location.replace("/verify", ""))) == (401, "Y190001")
    assert consent.status == 200


@pytest.mark.parametrize("cookie", [None, "forged", "0" * 128 + ".forged", "é", "x" * 4000])
def test_h120_h156_no_session_or_a_forged_one_is_y190001(rp: RelyingParty, cookie: str | None) -> None:
    uid = query_of("?" + rp.authorize().headers["Location"].replace("/interaction/", "&uid="))["uid"]
    visitor = Visitor(cookies={"localhost": {COOKIE: cookie}} if cookie and cookie.isascii() else {})
    for path in (f"/interaction/{uid}", f"/interaction/{uid}/consent", "/oidc-callback?code=x&state=y"):
        assert code_of(visitor.request("GET", rp.site.issuer + path)) == (401, "Y190001")
    for path in ("/login", "/redirect-to-idp"):
        assert code_of(visitor.request("POST", rp.site.issuer + path, {"csrfToken": "x"})) == (401, "Y190001")


def test_h161_an_interaction_of_another_browser_is_refused(rp: RelyingParty) -> None:
    mine = rp.visitor.request("GET", rp.url()).location
    thief = Visitor()
    thief.request("GET", rp.url())
    assert code_of(thief.request("GET", mine)) == (401, "Y190001")


@pytest.mark.parametrize(
    ("token", "expected"),
    [("", (400, "Y470002")), ("wrong", (401, "Y470001"))],
)
def test_h157_csrf_missing_or_wrong(rp: RelyingParty, token: str, expected: tuple[int, str]) -> None:
    form = form_of(open_choice(rp, rp.visitor), f"idp-{rp.site.uid('impots')}")
    fields = form.fields | {"csrfToken": token}
    assert code_of(rp.visitor.request("POST", rp.site.hub + form.action, fields)) == expected


def test_h157_csrf_is_consumed_by_its_first_use(rp: RelyingParty) -> None:
    form = form_of(open_choice(rp, rp.visitor), f"idp-{rp.site.uid('impots')}")
    assert rp.visitor.request("POST", rp.site.hub + form.action, form.fields).status == 302
    assert code_of(rp.visitor.request("POST", rp.site.hub + form.action, form.fields)) == (401, "Y470004")


def test_h157_csrf_never_issued_in_this_session(rp: RelyingParty) -> None:
    rp.visitor.request("GET", rp.url())
    answer = rp.visitor.request("POST", f"{rp.site.issuer}/redirect-to-idp", {"csrfToken": "x", "providerUid": "y"})
    assert code_of(answer) == (401, "Y470003")


def test_h160_a_consent_form_posted_twice_gives_one_code(rp: RelyingParty) -> None:
    _, page = open_consent(rp, rp.visitor)
    form = form_of(page, "consent-form")
    first = rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
    second = rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
    assert first.status == 303
    assert code_of(second) == (401, "Y470004")
    end = rp.visitor.request("GET", first.location)
    assert end.location.startswith("https://rp.test/callback?code=")
    assert code_of(rp.visitor.request("GET", first.location)) == (400, "Y04CAB72")


def test_refreshing_the_consent_page_shows_it_again_and_logs_nothing(rp: RelyingParty) -> None:
    url, page = open_consent(rp, rp.visitor)
    again = rp.visitor.request("GET", url)
    assert again.status == 200
    names = [event["event"] for event in rp.site.events(url.split("/")[-2])]
    assert names.count("FC_SHOWED_CONSENT") == 1
    assert form_of(again, "consent-form").fields["csrfToken"] != form_of(page, "consent-form").fields["csrfToken"]


def test_h158_verify_again_is_unexpected_navigation_and_consent_too_early_invalid(rp: RelyingParty) -> None:
    url, _ = open_consent(rp, rp.visitor)
    assert code_of(rp.visitor.request("GET", url.replace("/consent", "/verify"))) == (400, "Y420001")
    assert code_of(rp.visitor.request("GET", f"{rp.site.issuer}/oidc-callback?code=x&state=y")) == (400, "Y420001")
    early = Visitor()
    mire = early.request("GET", rp.url()).location
    assert code_of(early.request("GET", f"{mire}/consent")) == (409, "Y190004")


def test_h154_a_session_ends_after_thirty_idle_minutes_and_slides(rp: RelyingParty, clock: MovableClock) -> None:
    start = rp.visitor.request("GET", rp.url()).location
    for _ in range(3):
        clock.advance(1700)
        assert rp.visitor.request("GET", start).status == 200
    clock.advance(1801)
    assert code_of(rp.visitor.request("GET", start)) == (401, "Y190001")


def test_h029_a_second_authorize_cancels_the_journey_of_the_first_tab(rp: RelyingParty) -> None:
    first = rp.visitor.request("GET", rp.url()).location
    rp.visitor.request("GET", rp.url())
    assert code_of(rp.visitor.request("GET", first)) == (401, "Y190001")


def test_h163_single_sign_on_skips_choice_and_provider_and_shows_the_second_service(rp: RelyingParty) -> None:
    other = RelyingParty(rp.site, RelyingParty.register(rp.site).record, rp.visitor)
    rp.log_in()
    end = other.walk()
    assert isinstance(end, Arrival)
    places = [step.url.rpartition("/")[2] for step in end.steps]
    assert "authorize" in places[0]
    assert [place for place in places if place in ("verify", "consent", "login")] == ["verify", "consent", "login"]
    assert not any(rp.site.providers in step.url for step in end.steps)
    names = [event["event"] for event in rp.site.events(end.flow_id)]
    assert names == [
        *("FC_AUTHORIZE_INITIATED", "FC_SSO_INITIATED", "FC_VERIFIED", "FC_SHOWED_CONSENT"),
        *("FC_DATATRANSFER_INFORMATION_IDENTITY", "FC_REDIRECTED_TO_SP"),
    ]


def test_sso_is_off_where_the_second_service_excludes_the_provider_and_on_again_for_a_third(rp: RelyingParty) -> None:
    picky = RelyingParty(
        rp.site, RelyingParty.register(rp.site, idp_filter_list=[rp.site.uid("impots")]).record, rp.visitor
    )
    third = RelyingParty(rp.site, RelyingParty.register(rp.site).record, rp.visitor)
    rp.log_in()
    answer = rp.visitor.request("GET", picky.url())
    while answer.location:
        answer = rp.visitor.request("GET", answer.location)
    assert f'data-testid="idp-{rp.site.uid("impots")}"' in answer.text
    end = third.walk()
    assert isinstance(end, Arrival)
    assert not any(rp.site.providers in step.url for step in end.steps)


def test_sso_never_crosses_browsers(rp: RelyingParty) -> None:
    rp.log_in()
    fresh = RelyingParty(rp.site, rp.record)
    end = fresh.walk()
    assert any(rp.site.providers in step.url for step in end.steps)


def test_an_excluded_provider_is_greyed_and_refused_when_posted_by_hand(site: Site) -> None:
    rp = RelyingParty.register(site, idp_filter_list=[site.uid("ameli")])
    mire = open_choice(rp, rp.visitor)
    button = mire.text.split(f'data-testid="idp-{site.uid("ameli")}"')[1].partition(">")[0]
    assert "disabled" in button
    fields = form_of(mire, f"idp-{site.uid('impots')}").fields
    for uid, expected in ((site.uid("ameli"), (403, "Y020023")), ("unknown", (500, "Y020019"))):
        fields = form_of(open_choice(rp, rp.visitor), f"idp-{site.uid('impots')}").fields
        answer = rp.visitor.request("POST", f"{site.issuer}/redirect-to-idp", fields | {"providerUid": uid})
        assert code_of(answer) == expected


def test_prompt_login_skips_the_page_for_an_entitled_service_alone(rp: RelyingParty) -> None:
    assert any("/consent" in step.url for step in rp.walk(prompt="login").steps)
    entitled = RelyingParty(rp.site, rp.change(allowed_prompts=["login", "consent"]).record)
    steps = [step.url for step in entitled.walk(prompt="login").steps]
    assert any(url.endswith("/auto-login") for url in steps)
    assert not any("/consent" in url for url in steps)
    both = RelyingParty(rp.site, entitled.record)
    assert any("/consent" in step.url for step in both.walk(prompt="login consent").steps)


def test_leaving_from_the_choice_page_tells_the_service(rp: RelyingParty) -> None:
    mire = open_choice(rp, rp.visitor)
    link = mire.text.split('data-testid="back-to-sp-link"')[0].rpartition('href="')[2].partition('"')[0]
    answer = rp.visitor.request("GET", link.replace("&amp;", "&"))
    assert answer.status == 303
    told = query_of(rp.visitor.request("GET", answer.location).location)
    assert (told["error"], told["error_description"]) == ("access_denied", "User auth aborted")
    assert told["iss"] == rp.site.issuer


def test_leaving_from_an_error_page_carries_the_error_of_the_page(rp: RelyingParty) -> None:
    end = rp.walk("georges-fabre")
    assert end.code == "Y010015"
    answer = rp.visitor.request(
        "GET",
        f"{rp.site.issuer}/redirect-to-sp-with-error?error=access_denied&error_description=user+authentication+aborted",
    )
    told = query_of(rp.visitor.request("GET", answer.location).location)
    assert (told["error"], told["error_description"]) == ("access_denied", "user authentication aborted")


def test_h172_leaving_without_a_journey_goes_to_registered_addresses_only(rp: RelyingParty) -> None:
    url = f"{rp.site.issuer}/redirect-to-sp-with-error?error=access_denied&error_description=gone&foo=1"
    answer = Visitor().request("GET", f"{url}&redirect_uri=https%3A%2F%2Frp.test%2Fcallback")
    assert answer.status == 302
    assert query_of(answer.location) == {
        "error": "access_denied",
        "error_description": "gone",
        "state": "undefined",
        "iss": rp.site.issuer,
    }
    own = RelyingParty.register(rp.site, redirect_uris=["https://own.test/callback"])
    there = f"{url}&redirect_uri=https%3A%2F%2Fown.test%2Fcallback"
    assert Visitor().request("GET", there).status == 302
    own.change(active=False)
    assert code_of(Visitor().request("GET", there)) == (500, "Y030030")
    own.forget()
    for where in ("", "&redirect_uri=https%3A%2F%2Fevil.test%2F", "&redirect_uri=//evil.test"):
        assert code_of(Visitor().request("GET", url + where)) == (500, "Y030030")
