"""Rules of the journey that no single page shows: order of the checks, what a refresh logs, who is told what."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, oct_key
from support.site import call
from support.walks import code_of, form_of, open_choice, open_consent

ACCOUNT = "/platforms/franceconnect/accounts/angela-dubois"
TO_TOKEN = ["FC_AUTHORIZE_INITIATED", "FC_SHOWED_IDP_CHOICE", "IDP_CHOSEN", "IDP_CALLEDBACK", "FC_REQUESTED_IDP_TOKEN"]


def through(rp: RelyingParty, rogue: Rogue, **changes: str) -> Arrival | Stopped:
    return rp.travel(Traveller("nobody", rogue.uid), **changes)


def leave_for(rp: RelyingParty, rogue: Rogue) -> str:
    """Off to the provider; returns the state it was given."""
    form = form_of(open_choice(rp, rp.visitor), f"idp-{rogue.uid}")
    return query_of(rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location)["state"]


def back(rp: RelyingParty, state: str) -> Any:
    return rp.visitor.request("GET", f"{rp.site.issuer}/oidc-callback?{urlencode({'code': 'x', 'state': state})}")


# --- the order of the checks (inside-the-hub §3.1, §5) --------------------------------------------------------------

DISABLED = {"active": False, "idp_settings": {"list": ["rogue"]}}
BLOCKED = {"active": True, "idp_settings": {"list": ["rogue"]}}
ORDER: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # level answered, what else the provider says, the account, what comes first
    ("eidas4", {"family_name": "NOBODY"}, DISABLED, "Y100001"),
    ("eidas2", {"family_name": "NOBODY"}, DISABLED, "Y100018"),
    ("eidas1", {"family_name": "NOBODY"}, DISABLED, "Y010004"),
    ("eidas1", {}, DISABLED, "Y180001"),
    ("eidas1", {}, BLOCKED, "Y100011"),
]


@pytest.mark.parametrize(("acr", "said", "account", "code"), ORDER, ids=[row[3] for row in ORDER])
def test_verify_refuses_in_the_order_of_the_sheet(
    rp: RelyingParty, rogue: Rogue, acr: str, said: dict[str, Any], account: dict[str, Any], code: str
) -> None:
    rogue.acr = acr
    rogue.userinfo = lambda claims: claims.update(said)
    rp.site.api("PUT", ACCOUNT, account)
    try:
        assert through(rp, rogue).code == code  # type: ignore[union-attr]  # it stops
    finally:
        rp.site.api("PUT", ACCOUNT, {"active": True, "idp_settings": {"list": []}})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"list": ["rogue"]}, "a list of blocked ones, it is among them"),
        ({"is_exclude_list": False, "list": ["other"]}, "a list of allowed ones, it is not among them"),
    ],
)
def test_the_developer_is_told_which_list_blocks_the_provider(
    rp: RelyingParty, rogue: Rogue, settings: dict[str, Any], said: str
) -> None:
    rp.site.api("PUT", ACCOUNT, {"active": True, "idp_settings": settings})
    try:
        end = through(rp, rogue)
        assert isinstance(end, Stopped)
        page = rp.visitor.request("GET", end.url)  # verify, refused, may be asked again
        assert said in read_page(page.text).texts["error-detail"]
    finally:
        rp.site.api("PUT", ACCOUNT, {"active": True, "idp_settings": {"list": []}})


CHOICE: list[tuple[dict[str, str], dict[str, Any], str]] = [
    # what the form says, the service's filter, what comes first
    ({"csrfToken": "", "providerUid": "unknown"}, {"idp_filter_list": ["unknown"]}, "Y470002"),
    ({"csrfToken": "x", "providerUid": "unknown"}, {"idp_filter_list": ["unknown"]}, "Y470001"),
    ({"providerUid": "unknown"}, {"idp_filter_list": ["unknown"]}, "Y020023"),
    ({"providerUid": "unknown"}, {}, "Y020019"),
    ({"providerUid": "rogue"}, {"idp_filter_list": ["rogue"]}, "Y020023"),
    ({"providerUid": "rogue"}, {}, "Y020017"),
    ({"providerUid": ""}, {}, "Y020019"),
]


@pytest.mark.parametrize(("fields", "members", "code"), CHOICE)
def test_a_choice_is_refused_in_the_order_of_the_sheet(
    rp: RelyingParty, rogue: Rogue, fields: dict[str, str], members: dict[str, Any], code: str
) -> None:
    """H139."""
    rogue.register(rp.site, active=False)
    party = rp.change(**members)
    form = form_of(open_choice(party, rp.visitor), f"idp-{rp.site.uid('impots')}")
    answer = rp.visitor.request("POST", rp.site.hub + form.action, form.fields | fields)
    assert code_of(answer)[1] == code
    assert not answer.location


# --- providers that change while a citizen is away ------------------------------------------------------------------


def test_y100010_a_provider_removed_while_the_citizen_is_there(rp: RelyingParty, rogue: Rogue) -> None:
    state = leave_for(rp, rogue)
    rogue.forget(rp.site)
    assert code_of(back(rp, state)) == (400, "Y100010")


def test_y020028_a_provider_that_loses_its_logout_address_between_two_pages(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, end_session_endpoint=f"{rogue.base}/end")
    end = through(rp, rogue)
    assert isinstance(end, Arrival)
    hint = rp.redeem(query_of(end.redirect_to)["code"]).body["id_token"]
    page = rp.visitor.request("GET", f"{rp.site.issuer}/session/end?{urlencode({'id_token_hint': hint})}")
    form = form_of(page, "logout-form")
    rogue.register(rp.site)
    assert code_of(rp.visitor.request("POST", form.action, form.fields)) == (500, "Y020028")


@pytest.mark.parametrize("alg", ["HS256", "RS256", "none"])
def test_y020027_a_userinfo_signed_with_another_algorithm_than_the_registered_one(
    rp: RelyingParty, rogue: Rogue, alg: str
) -> None:
    """Only userinfo: the id_token stays right."""
    rogue.wrap_id_token = lambda token: _then(rogue, alg, token)
    end = through(rp, rogue)
    assert isinstance(end, Stopped)
    assert (end.status, end.code) == (502, "Y020027")


def _then(rogue: Rogue, alg: str, id_token: str) -> str:
    """From now on the provider signs with this algorithm."""
    rogue.header = {"alg": alg}
    if alg == "HS256":
        rogue.sign_with = oct_key("s" * 64)
    else:  # a header alone: the signature cannot be of an algorithm its key does not know
        rogue.header, rogue.wrap_userinfo = {}, lambda token: _other_header(alg, token)
    return id_token


def _other_header(alg: str, token: str) -> str:
    head = urlsafe_b64encode(f'{{"alg":"{alg}","kid":"k1"}}'.encode()).rstrip(b"=").decode()
    body, signature = token.split(".")[1:]
    return f"{head}.{body}.{'' if alg == 'none' else signature}"


@pytest.mark.parametrize(
    "description",
    ["x" * 20_000, "<script>alert(1)</script>", "a\r\nSet-Cookie: evil=1", '{"error": "server_error"}', "\u2028é"],
)
def test_h119_what_a_provider_says_of_its_failure_is_neither_shown_nor_kept(
    rp: RelyingParty, rogue: Rogue, description: str
) -> None:
    state = leave_for(rp, rogue)
    told = urlencode({"error": "server_error", "error_description": description, "state": state})
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/oidc-callback?{told}")
    assert answer.status == 302
    page = rp.visitor.request("GET", answer.location)
    words = read_page(page.text).texts["interaction-error-message"].strip()
    assert words == "Signing in with Rogue was not possible. Try again, or choose another account."
    events = rp.site.events(answer.location.rpartition("/")[2])
    assert [event["event"] for event in events][-2:] == ["IDP_CALLEDBACK_WITH_ERROR", "FC_SHOWED_IDP_CHOICE"]
    assert description[:30] not in str(events)


def test_h119_a_request_as_long_as_a_book_is_refused_by_the_server(rp: RelyingParty, rogue: Rogue) -> None:
    state = leave_for(rp, rogue)
    told = urlencode({"error": "server_error", "error_description": "x" * 300_000, "state": state})
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/oidc-callback?{told}")
    assert 400 <= answer.status < 500


# --- what is logged (inside-the-hub §16.3, §20 test 41) --------------------------------------------------------------


def names(rp: RelyingParty, flow: str) -> list[str]:
    return [event["event"] for event in rp.site.events(flow)]


def test_refreshed_pages_are_logged_once_each(rp: RelyingParty) -> None:
    url = rp.visitor.request("GET", rp.url()).location
    for _ in range(3):
        page = rp.visitor.request("GET", url)
    assert names(rp, url.rpartition("/")[2]) == ["FC_AUTHORIZE_INITIATED", "FC_SHOWED_IDP_CHOICE"]
    form = form_of(page, f"idp-{rp.site.uid('ameli')}")
    assert rp.visitor.request("POST", rp.site.hub + form.action, form.fields).status == 302
    consent, _ = open_consent(rp, rp.visitor)
    for _ in range(3):
        rp.visitor.request("GET", consent)
        rp.visitor.request("GET", consent.replace("/consent", "/verify"))
    found = names(rp, consent.split("/")[-2])
    assert len(found) == len(set(found))
    assert found[-2:] == ["FC_VERIFIED", "FC_SHOWED_CONSENT"]


def test_a_hint_skips_the_choice_and_says_so(rp: RelyingParty, rogue: Rogue) -> None:
    party = rp.change(allowed_idp_hints=[rogue.uid])
    end = through(party, rogue, idp_hint=rogue.uid)
    assert names(rp, end.flow_id)[:4] == [
        *("FC_AUTHORIZE_INITIATED", "FC_REDIRECTED_TO_HINTED_IDP", "IDP_CALLEDBACK", "FC_REQUESTED_IDP_TOKEN"),
    ]


def test_a_refused_hint_leaves_no_other_trace(rp: RelyingParty) -> None:
    end = rp.walk(idp_hint="unknown", state="mine")
    assert isinstance(end, Arrival)
    told = query_of(end.redirect_to)
    assert (told["error"], told["state"]) == ("invalid_idp_hint", "mine")
    assert names(rp, end.flow_id) == ["FC_AUTHORIZE_INITIATED"]


@pytest.mark.parametrize(
    ("spoil", "last"),
    [
        ("token", ["FC_REQUESTED_IDP_TOKEN"]),
        ("userinfo", ["FC_REQUESTED_IDP_TOKEN", "FC_REQUESTED_IDP_USERINFO"]),
    ],
)
def test_a_failure_of_the_provider_is_logged_up_to_the_call_that_failed(
    rp: RelyingParty, rogue: Rogue, spoil: str, last: list[str]
) -> None:
    def drop(members: dict[str, Any]) -> None:
        members.clear()

    setattr(rogue, spoil, drop)
    assert names(rp, through(rp, rogue).flow_id) == [*TO_TOKEN[:4], *last]


# --- single sign-on (service-provider-side §8) ----------------------------------------------------------------------


def second(rp: RelyingParty, **members: Any) -> RelyingParty:
    """Another service in the same browser."""
    return RelyingParty(rp.site, RelyingParty.register(rp.site, **members).record, rp.visitor)


@pytest.mark.parametrize("how", ["leaves", "closes the tab"])
def test_leaving_where_the_provider_is_excluded_keeps_the_login_for_a_third_service(
    rp: RelyingParty, rogue: Rogue, how: str
) -> None:
    through(rp, rogue)
    picky, third = second(rp, idp_filter_list=[rogue.uid]), second(rp)
    answer = rp.visitor.request("GET", picky.url())
    while answer.location:
        answer = rp.visitor.request("GET", answer.location)
    assert "main-providers" in answer.text
    if how == "leaves":
        link = answer.text.partition('data-testid="back-to-sp-link"')[0].rpartition('href="')[2].partition('"')[0]
        resume = rp.visitor.request("GET", link.replace("&amp;", "&")).location
        assert query_of(rp.visitor.request("GET", resume).location)["error"] == "access_denied"
    assert isinstance(through(third, rogue), Arrival)
    assert len(rogue.requests) == 1


def test_a_stronger_provider_gives_the_level_of_the_platform_in_single_sign_on_too(
    rp: RelyingParty, rogue: Rogue
) -> None:
    rogue.register(rp.site, allowed_acr=["eidas2"])
    rogue.acr = "eidas2"
    for party in (rp, second(rp)):
        end = through(party, rogue)
        assert isinstance(end, Arrival)
        claims = party.verified(party.redeem(query_of(end.redirect_to)["code"]).body["id_token"])
        assert claims["acr"] == "eidas1"
    assert len(rogue.requests) == 1


@pytest.mark.parametrize("suspicious", [False, True])
def test_single_sign_on_in_a_suspicious_context_needs_a_strong_login(
    rp: RelyingParty, rogue: Rogue, suspicious: bool
) -> None:
    """inside-the-hub §5 step 2: the provider's level of the login before counts."""
    through(rp, rogue)
    party = second(rp)
    jar = rp.visitor.cookies["localhost"]
    marks = {"X-Suspicious": "1"} if suspicious else {}
    cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
    start = call("GET", party.url(), headers={"Cookie": cookie, **marks})
    for given in start.headers.getlist("Set-Cookie"):
        name, _, value = given.split(";")[0].partition("=")
        jar[name] = value
    answer = rp.visitor.request("GET", start.headers["Location"])
    while answer.location:
        answer = rp.visitor.request("GET", answer.location)
    assert ("main-providers" in answer.text) == suspicious
    found = names(rp, str(start.headers["Location"]).rpartition("/")[2])
    assert ("FC_IDP_INSUFFICIENT_ACR" in found) == suspicious


# --- the mail and the service (inside-the-hub §14.1) ----------------------------------------------------------------


def test_a_login_that_single_sign_on_makes_is_told_by_mail_for_each_service(
    rp: RelyingParty, platform: Callable[..., Any]
) -> None:
    platform(mail_mode="always")
    flows = [party.walk().flow_id for party in (rp, second(rp))]
    mails = [rp.site.api("GET", f"/mails?flow={flow}")[1] for flow in flows]
    assert [len(one) for one in mails] == [1, 1]
    assert mails[0][0]["code"] == mails[1][0]["code"]
