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

COOKIE = "trustedDevice"
PEOPLE = ["angela-dubois", "claire-moreau", "titouan-hoarau"]


def log_in_again(rp: RelyingParty, person: str = PEOPLE[0], provider: str = "ameli") -> Arrival:
    """A new session in the same browser: only the device is remembered."""
    jar = rp.visitor.cookies.setdefault("localhost", {})
    for name in [one for one in jar if one != COOKIE]:
        jar.pop(name)
    end = rp.walk(person, provider)
    assert isinstance(end, Arrival), end
    return end


def told(rp: RelyingParty, end: Arrival) -> bool:
    return bool(rp.site.api("GET", f"/mails?flow={end.flow_id}")[1])


def test_only_unusual_logins_are_told_where_the_platform_says_so(
    rp: RelyingParty, platform: Callable[..., Any], clock: MovableClock
) -> None:
    """The truth table of §14.3, through whole logins of one browser."""
    platform(mail_mode="unusual")
    expected = [(0, True), (0, False), (1, True), (1, False), (2, True), (0, True)]
    assert [(person, told(rp, log_in_again(rp, PEOPLE[person]))) for person, _ in expected] == expected
    rp.visitor.cookies.clear()
    assert told(rp, log_in_again(rp))
    assert not told(rp, log_in_again(rp))
    clock.advance(91 * 24 * 3600)
    assert told(rp, log_in_again(rp))


def test_the_same_service_is_told_once_in_a_session(rp: RelyingParty, platform: Callable[..., Any]) -> None:
    platform(mail_mode="unusual")
    first, second = rp.walk(), rp.walk()
    assert isinstance(first, Arrival)
    assert isinstance(second, Arrival)
    assert (told(rp, first), told(rp, second)) == (True, False)


def test_the_cookie_is_strict_signed_and_holds_digests_alone(rp: RelyingParty) -> None:
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
