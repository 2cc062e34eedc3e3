"""The navigation guard, row by row, and sessions in hostile hands (service-provider-side §7.2, §7.3; H151–H162)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from sqlalchemy.exc import OperationalError

from fcsim_hub.gateways.visitor import Arrival, Visitor
from support.relying_party import RelyingParty, query_of
from support.site import HTTP, call
from support.walks import choose, code_of, come_back, form_of, open_choice, open_consent

COOKIE = "fc_session_id"

AUTHORIZE, MIRE, LEFT, CALLED_BACK, VERIFIED, CONSENT = (
    "authorize",
    "mire",
    "redirect-to-idp",
    "callback",
    "verify",
    "consent",
)
EARLY, REFRESHED = (409, "Y190004"), (400, "Y420001")


def walk_to(rp: RelyingParty, step: str) -> str:
    """Bring this party's browser to a step; returns the address of its interaction."""
    start = rp.visitor.request("GET", rp.url()).location
    if step == AUTHORIZE:
        return start
    if step == MIRE:
        rp.visitor.request("GET", start)
        return start
    form = form_of(rp.visitor.request("GET", start), f"idp-{rp.site.uid('impots')}")
    login = rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location
    if step == LEFT:
        return start
    quick = form_of(rp.visitor.request("GET", login), "quick-login-angela-dubois")
    back = rp.visitor.request("POST", rp.site.providers + quick.action, quick.fields).location
    verify = rp.visitor.request("GET", back).location
    if step == CALLED_BACK:
        return start
    consent = rp.visitor.request("GET", verify).location
    if step == VERIFIED:
        return start
    rp.visitor.request("GET", consent)
    return start


PAGES: dict[str, Callable[[RelyingParty, str], tuple[int, str]]] = {
    "mire": lambda rp, start: status_of(rp, start),
    "callback": lambda rp, start: status_of(rp, f"{rp.site.issuer}/oidc-callback?code=x&state=y"),
    "verify": lambda rp, start: status_of(rp, f"{start}/verify"),
    "consent": lambda rp, start: status_of(rp, f"{start}/consent"),
    "auto-login": lambda rp, start: status_of(rp, f"{rp.site.issuer}/auto-login"),
}


def status_of(rp: RelyingParty, url: str) -> tuple[int, str]:
    answer = rp.visitor.request("GET", url)
    return code_of(answer) if answer.status >= 400 else (answer.status, "")


SHOWN, GONE_ON, WRONG_STATE = (200, ""), (302, ""), (403, "Y020022")
GUARD = [
    *((MIRE, step, SHOWN) for step in (AUTHORIZE, MIRE, LEFT, CALLED_BACK, VERIFIED, CONSENT)),
    *(("callback", step, EARLY) for step in (AUTHORIZE, MIRE)),
    ("callback", LEFT, WRONG_STATE),
    *(("callback", step, REFRESHED) for step in (CALLED_BACK, VERIFIED, CONSENT)),
    *(("verify", step, EARLY) for step in (MIRE, LEFT, AUTHORIZE)),
    ("verify", CALLED_BACK, GONE_ON),
    *(("verify", step, REFRESHED) for step in (VERIFIED, CONSENT)),
    *(("consent", step, EARLY) for step in (AUTHORIZE, MIRE, LEFT, CALLED_BACK)),
    *(("consent", step, SHOWN) for step in (VERIFIED, CONSENT)),
    *(("auto-login", step, EARLY) for step in (AUTHORIZE, MIRE, LEFT, CALLED_BACK, CONSENT)),
    ("auto-login", VERIFIED, GONE_ON),  # of a service that is not entitled: to the page
]


@pytest.mark.parametrize(("page", "step", "expected"), GUARD)
def test_h158_each_page_takes_the_steps_of_the_table_alone(
    rp: RelyingParty, page: str, step: str, expected: tuple[int, str]
) -> None:
    start = walk_to(rp, step)
    assert PAGES[page](rp, start) == expected


@pytest.mark.parametrize("step", [AUTHORIZE, LEFT, CALLED_BACK])
def test_h158_login_is_no_page_and_needs_the_form_of_the_consent_page(rp: RelyingParty, step: str) -> None:
    walk_to(rp, step)
    assert status_of(rp, f"{rp.site.issuer}/login") == (404, "Y000404")
    answer = rp.visitor.request("POST", f"{rp.site.issuer}/login", {"csrfToken": "x"})
    assert code_of(answer)[1] in ("Y470001", "Y470003", "Y470004")


def test_h158_the_form_of_the_mire_does_not_log_in(rp: RelyingParty) -> None:
    form = form_of(open_choice(rp, rp.visitor), f"idp-{rp.site.uid('impots')}")
    assert code_of(rp.visitor.request("POST", f"{rp.site.issuer}/login", form.fields)) == (409, "Y190004")


def test_h158_a_provider_is_chosen_on_the_mire_alone(rp: RelyingParty) -> None:
    _, page = open_consent(rp, rp.visitor)
    fields = form_of(page, "consent-form").fields | {"providerUid": rp.site.uid("ameli")}
    assert code_of(rp.visitor.request("POST", f"{rp.site.issuer}/redirect-to-idp", fields)) == (400, "Y420001")


def test_h029_the_first_tab_at_its_provider_ends_in_a_session_error(rp: RelyingParty) -> None:
    other = RelyingParty(rp.site, RelyingParty.register(rp.site).record, rp.visitor)
    first = come_back(rp, rp.visitor)
    choose(other, rp.visitor)
    assert code_of(rp.visitor.request("GET", first)) == (403, "Y020022")
    open_choice(other, rp.visitor)
    assert code_of(rp.visitor.request("GET", first)) == (409, "Y190004")


def test_y030025_an_interaction_that_was_answered_is_over(rp: RelyingParty) -> None:
    end = rp.walk()
    assert code_of(rp.visitor.request("GET", f"{rp.site.issuer}/interaction/{end.flow_id}")) == (500, "Y030025")
    assert code_of(rp.visitor.request("GET", f"{rp.site.issuer}/interaction/{end.flow_id}/consent")) == (500, "Y030025")


def test_y030027_a_service_that_vanishes_in_mid_flow(rp: RelyingParty) -> None:
    start = rp.visitor.request("GET", rp.url()).location
    rp.change(active=False)
    answer = rp.visitor.request("GET", start)
    assert code_of(answer) == (400, "Y030027")
    assert "back-to-sp-link" not in answer.text  # nobody proven is left to go back to
    rp.forget()
    assert code_of(rp.visitor.request("GET", start)) == (400, "Y030027")


def test_y100008_an_account_that_cannot_be_written(rp: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("full"))

    with monkeypatch.context() as patched:
        patched.setattr("fcsim_hub.rooms.verify.keep_sub", fail)
        end = rp.walk()
    assert (end.code, end.status) == ("Y100008", 500)  # type: ignore[union-attr]  # it stops
    assert isinstance(RelyingParty(rp.site, rp.record).walk(), Arrival)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cookie: cookie[:-1] + ("0" if cookie[-1] != "0" else "1"),
        lambda cookie: ("0" if cookie[0] != "0" else "1") + cookie[1:],
        lambda cookie: cookie.partition(".")[0],
        lambda cookie: cookie + "x",
        lambda cookie: cookie.upper(),
        lambda cookie: "." + cookie,
        lambda _: "é",
    ],
)
def test_h156_a_cookie_with_one_bit_changed_is_no_session(rp: RelyingParty, spoil: Callable[[str], str]) -> None:
    start = rp.visitor.request("GET", rp.url()).location
    cookie = rp.visitor.cookies["localhost"][COOKIE]
    answer = call("GET", start, headers={"Cookie": f"{COOKIE}={spoil(cookie)}".encode().decode("latin-1")})
    assert (answer.status, b"Y190001" in answer.data) == (401, True)


def test_h156_two_cookies_of_one_name_are_one_session_or_none(rp: RelyingParty) -> None:
    start = rp.visitor.request("GET", rp.url()).location
    cookie = rp.visitor.cookies["localhost"][COOKIE]
    for pair in (f"{COOKIE}=x; {COOKIE}={cookie}", f"{COOKIE}={cookie}; {COOKIE}=x"):
        assert call("GET", start, headers={"Cookie": pair}).status in (200, 401)


def test_h031_a_forged_or_stale_cookie_at_authorize_is_harmless_and_never_used_again(rp: RelyingParty) -> None:
    stale = rp.authorize().headers["Set-Cookie"].split(";")[0]
    for cookie in (f"{COOKIE}=forged", f"{COOKIE}={'0' * 128}.{'0' * 43}", stale):
        answer = call("GET", rp.url(), headers={"Cookie": cookie})
        assert answer.status == 303
        assert answer.headers["Set-Cookie"].split(";")[0] != cookie


def test_h153_a_cookie_planted_in_another_browser_is_useless_to_who_planted_it(rp: RelyingParty) -> None:
    thief = Visitor()
    thief.request("GET", rp.url())
    planted = thief.cookies["localhost"][COOKIE]
    rp.visitor.cookies["localhost"] = {COOKIE: planted}
    rp.log_in()
    assert rp.visitor.cookies["localhost"][COOKIE] != planted
    party = RelyingParty(rp.site, rp.record, thief)
    end = party.walk()
    assert any(rp.site.providers in step.url for step in end.steps)


def test_h152_the_id_is_stable_from_the_callback_to_the_service(rp: RelyingParty) -> None:
    _, page = open_consent(rp, rp.visitor)
    seen = rp.visitor.cookies["localhost"][COOKIE]
    form = form_of(page, "consent-form")
    after = rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
    rp.visitor.request("GET", after.location)
    assert rp.visitor.cookies["localhost"][COOKIE] == seen


def test_h160_a_consent_form_posted_twenty_times_at_once_gives_one_code_one_event_one_mail(rp: RelyingParty) -> None:
    url, page = open_consent(rp, rp.visitor)
    form = form_of(page, "consent-form")
    cookie = "; ".join(f"{name}={value}" for name, value in rp.visitor.cookies["localhost"].items())
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}

    def post(_: int) -> str:
        answer = call("POST", rp.site.hub + form.action, body=urlencode(form.fields), headers=headers)
        return str(answer.headers.get("Location", answer.status))

    HTTP.clear()  # many threads would reach for connections that the hub closed for idleness
    with ThreadPoolExecutor(20) as pool:
        ends = list(pool.map(post, range(20)))
    (onward,) = [end for end in ends if end.startswith("http")]
    assert set(ends) - {onward} == {"401"}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: call("GET", onward, headers=headers).headers.get("Location", ""), range(8)))
    assert len([one for one in found if "code=" in one]) == 1
    flow = url.split("/")[-2]
    names = [event["event"] for event in rp.site.events(flow)]
    assert names.count("FC_DATATRANSFER_INFORMATION_IDENTITY") == 1
    assert names.count("FC_REDIRECTED_TO_SP") == 1
    assert len(rp.site.api("GET", f"/mails?flow={flow}&wait=2")[1]) == 1


def test_h162_a_consent_saved_and_replayed_after_a_logout_is_refused(rp: RelyingParty) -> None:
    _, page = open_consent(rp, rp.visitor)
    form = form_of(page, "consent-form")
    rp.visitor.cookies.clear()
    assert code_of(rp.visitor.request("POST", rp.site.hub + form.action, form.fields)) == (401, "Y190001")
    open_consent(rp, rp.visitor)
    assert code_of(rp.visitor.request("POST", rp.site.hub + form.action, form.fields)) == (401, "Y470001")


def test_h157_a_csrf_token_of_another_session_is_wrong_and_changes_nothing(rp: RelyingParty) -> None:
    stranger = form_of(open_choice(rp, Visitor()), f"idp-{rp.site.uid('impots')}")
    mine = form_of(open_choice(rp, rp.visitor), f"idp-{rp.site.uid('impots')}")
    url = rp.site.hub + mine.action
    assert code_of(rp.visitor.request("POST", url, stranger.fields)) == (401, "Y470001")
    assert rp.visitor.request("POST", url, mine.fields).status == 302
    assert len(mine.fields["csrfToken"]) == 64


def test_h159_another_provider_erases_what_the_first_one_said(rp: RelyingParty) -> None:
    walk_to(rp, CONSENT)
    start = rp.visitor.request("GET", rp.url()).location
    form = form_of(rp.visitor.request("GET", start), f"idp-{rp.site.uid('ameli')}")
    rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
    assert status_of(rp, f"{start}/consent") == EARLY
    assert status_of(rp, f"{start}/verify") == EARLY


def test_only_the_last_answer_of_a_journey_carries_a_code(rp: RelyingParty) -> None:
    end = rp.walk()
    assert isinstance(end, Arrival)
    assert set(query_of(end.redirect_to)) == {"code", "state", "iss"}
    assert all("code=" not in step.url for step in end.steps)
