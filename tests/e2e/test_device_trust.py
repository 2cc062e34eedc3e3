"""The trusted device over HTTP: the cookie, the events, which logins are told by mail (inside-the-hub §14)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Arrival, Stopped
from support.clock import MovableClock
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue
from support.site import call
from support.walks import form_of

COOKIE = "trustedDevice"
PEOPLE = ["angela-dubois", "claire-moreau", "titouan-hoarau"]


def log_in_again(rp: RelyingParty, person: str = PEOPLE[0], provider: str = "ameli", **changes: str | None) -> Arrival:
    """A new session in the same browser: only the device is remembered."""
    jar = rp.visitor.cookies.setdefault("localhost", {})
    for name in [one for one in jar if one != COOKIE]:
        jar.pop(name)
    end = rp.walk(person, provider, **{name: value for name, value in changes.items() if value is not None})
    assert isinstance(end, Arrival), end
    return end


def told(rp: RelyingParty, end: Arrival) -> bool:
    return bool(rp.site.api("GET", f"/mails?flow={end.flow_id}")[1])


DAY = 24 * 3600
A, B, C = PEOPLE


@pytest.mark.parametrize(
    ("before", "person", "later", "expected"),
    [
        ([], A, 0, True),  # the first login ever
        ([A], A, 0, False),
        ([A, B], A, 0, False),
        ([A, B], B, 0, False),
        ([A], B, 0, True),
        ([A, B], C, 0, True),
        ([A, B, C], A, 0, True),  # shared, not trusted
        ([A, B, C], C, 0, True),
        ([A], A, 89 * DAY, False),
        ([A], A, 91 * DAY, True),
    ],
    ids=lambda value: "+".join(name[:6] for name in value) if isinstance(value, list) else None,
)
def test_only_unusual_logins_are_told_where_the_platform_says_so(
    rp: RelyingParty,
    platform: Callable[..., Any],
    clock: MovableClock,
    before: list[str],
    person: str,
    later: float,
    expected: bool,
) -> None:
    """The mail's truth table of §14.3, row by row, each the first login for this service in its session."""
    platform(mail_mode="unusual")
    for one in before:
        log_in_again(rp, one)
    clock.advance(later)
    assert told(rp, log_in_again(rp, person)) is expected


def test_each_login_renews_the_ninety_days_of_its_own_identity(
    rp: RelyingParty, platform: Callable[..., Any], clock: MovableClock
) -> None:
    platform(mail_mode="unusual")
    log_in_again(rp)
    clock.advance(60 * DAY)
    log_in_again(rp)
    clock.advance(60 * DAY)
    assert not told(rp, log_in_again(rp))


def through_rogue(rp: RelyingParty, rogue: Rogue, *, suspicious: bool) -> str:
    """The flow of a login through a provider of eidas2, in a context that the front proxy marks or not."""
    jar = rp.visitor.cookies.setdefault("localhost", {})
    cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
    marks = {"X-Suspicious": "1"} if suspicious else {}
    start = call("GET", rp.url(), headers=marks | ({"Cookie": cookie} if cookie else {}))
    for given in start.headers.getlist("Set-Cookie"):
        name, _, value = given.split(";")[0].partition("=")
        jar[name] = value
    answer = rp.visitor.request("GET", start.headers["Location"])
    if not answer.location:  # the choice page; single sign-on leads on without it
        form = form_of(answer, f"idp-{rogue.uid}")
        answer = rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
    while answer.location:
        answer = rp.visitor.request("GET", answer.location)
    form = form_of(answer, "consent-form")
    answer = rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
    assert "code=" in rp.visitor.request("GET", answer.location).location
    return str(start.headers["Location"]).rpartition("/")[2]


@pytest.fixture
def strong(rp: RelyingParty, rogue: Rogue) -> Rogue:
    """A provider that a suspicious context does not close."""
    rogue.register(rp.site, allowed_acr=["eidas2"])
    rogue.acr = "eidas2"
    return rogue


def test_a_suspicious_login_is_told_on_a_trusted_device_too(
    rp: RelyingParty, strong: Rogue, platform: Callable[..., Any]
) -> None:
    platform(mail_mode="unusual")
    found = []
    for suspicious in (False, False, True):
        rp.visitor.cookies.get("localhost", {}).pop("fc_session_id", None)
        flow = through_rogue(rp, strong, suspicious=suspicious)
        last = rp.site.events(flow)[-1]
        assert (last["deviceIsSuspicious"], last["isSso"]) == (suspicious, False)
        found.append(len(rp.site.api("GET", f"/mails?flow={flow}")[1]))
    assert found == [1, 0, 1]


@pytest.mark.parametrize("suspicious", [False, True])
def test_a_second_login_for_a_service_in_one_session_is_not_told_even_if_suspicious(
    rp: RelyingParty, strong: Rogue, platform: Callable[..., Any], suspicious: bool
) -> None:
    platform(mail_mode="unusual")
    first = through_rogue(rp, strong, suspicious=False)
    second = through_rogue(rp, strong, suspicious=suspicious)
    assert rp.site.events(second)[-1]["isSso"] is True
    assert [len(rp.site.api("GET", f"/mails?flow={flow}")[1]) for flow in (first, second)] == [1, 0]


@pytest.mark.parametrize(("mode", "expected"), [("always", [1, 1]), ("unusual", [1, 0]), ("off", [0, 0])])
@pytest.mark.parametrize("prompt", [None, "login"], ids=["page", "auto-login"])
@pytest.mark.parametrize("scope", ["openid", "openid email"], ids=["anonymous", "identity"])
@pytest.mark.thorough
def test_the_mode_decides_with_page_or_without_with_identity_or_without(
    rp: RelyingParty, platform: Callable[..., Any], mode: str, expected: list[int], prompt: str | None, scope: str
) -> None:
    """§14.1, §20 test 37: two sessions of one person on one device."""
    platform(mail_mode=mode)
    party = rp.change(allowed_prompts=["login"])
    found = []
    for _ in expected:
        end = log_in_again(party, prompt=prompt, scope=scope)
        assert any(step.url.endswith("/auto-login") for step in end.steps) == (prompt is not None)
        found.append(len(rp.site.api("GET", f"/mails?flow={end.flow_id}")[1]))
    assert found == expected


def test_the_same_service_is_told_once_in_a_session(rp: RelyingParty, platform: Callable[..., Any]) -> None:
    platform(mail_mode="unusual")
    first, second = rp.walk(), rp.walk()
    assert isinstance(first, Arrival)
    assert isinstance(second, Arrival)
    assert (told(rp, first), told(rp, second)) == (True, False)


def test_the_cookie_is_signed_and_holds_digests_alone(rp: RelyingParty) -> None:
    log_in_again(rp)
    value, _, _ = rp.visitor.cookies["localhost"][COOKIE].rpartition(".")
    members = json.loads(base64.b64decode(value))
    assert set(members) == {"s", "e"}
    assert len(members["s"]) >= 32
    assert [set(entry) for entry in members["e"]] == [{"h", "d"}]
    text = base64.b64decode(value).decode()
    assert not any(word in text for word in ("DUBOIS", "Angela", "1962", "@"))


def test_events_say_what_the_device_told(rp: RelyingParty) -> None:
    flow = log_in_again(rp).flow_id
    last = rp.site.events(flow)[-1]
    assert last["event"] == "FC_REDIRECTED_TO_SP"
    found = {name: last[name] for name in last if name.startswith("device")}
    assert found == {
        "deviceTrusted": False,
        "deviceIsSuspicious": False,
        "deviceAccountCount": 1,
        "deviceKnown": False,
        "deviceNewIdentity": True,
        "deviceBecameTrusted": True,
        "deviceBecameShared": False,
    }
    assert rp.site.events(flow)[0]["deviceTrusted"] is None


def signed(rp: RelyingParty, value: str) -> str:
    secret = rp.site.stack.settings.secret("secret_key")
    return f"{value}.{hmac.new(secret.encode(), f'{COOKIE}={value}'.encode(), hashlib.sha256).hexdigest()[:43]}"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("not-base64", "Y510001"),
        (b64("not json"), "Y510001"),
        (b64("{}"), "Y510002"),
        (b64("[]"), "Y510002"),
        (b64('{"s": "short", "e": []}'), "Y510002"),
        (b64(json.dumps({"s": "s" * 32, "e": [{"h": "x"}]})), "Y510002"),
    ],
)
def test_h202_a_signed_cookie_that_is_malformed_is_refused(rp: RelyingParty, value: str, code: str) -> None:
    rp.visitor.cookies = {"localhost": {COOKIE: signed(rp, value)}}
    end = rp.walk()
    assert isinstance(end, Stopped)
    assert (end.code, end.status) == (code, 400)


@pytest.mark.parametrize("value", ["garbage", "garbage.signature", ""])
def test_a_cookie_that_is_not_the_hubs_is_an_unknown_device(rp: RelyingParty, value: str) -> None:
    rp.visitor.cookies = {"localhost": {COOKIE: value}}
    assert isinstance(rp.walk(), Arrival)
