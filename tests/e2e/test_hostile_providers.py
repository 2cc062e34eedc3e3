"""Attacks on the way back from a provider, on both platforms (security-and-reliability 1.H; RFC 9207, RFC 9700 §4)."""

import gzip
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Response
from joserfc.jwk import ECKey

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller, Visitor
from support.clock import MovableClock
from support.key_server import KeyServer
from support.platforms import BOTH
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site
from support.walks import code_of


@dataclass(frozen=True)
class Met:
    """A service and a provider of the test's own, on one platform."""

    party: RelyingParty
    rogue: Rogue

    @property
    def site(self) -> Site:
        return self.party.site

    def walk(self, **changes: str) -> Arrival | Stopped:
        return RelyingParty(self.site, self.party.record).travel(Traveller("nobody", self.rogue.uid), **changes)

    def refused(self) -> tuple[int, str]:
        end = self.walk()
        assert isinstance(end, Stopped), end
        return end.status, end.code

    def leave(self, visitor: Visitor, uid: str = "") -> str:
        """Choose the provider: the address of its own that the browser is sent to."""
        page = RelyingParty(self.site, self.party.record, visitor).choice_page()
        form = read_page(page.text).form_with(f"idp-{uid or self.rogue.uid}")
        assert form is not None
        return visitor.request("POST", self.site.hub + form.action, form.fields).location

    def back(self, visitor: Visitor, query: str) -> Any:
        return visitor.request("GET", f"{self.site.issuer}/oidc-callback?{query}")


@pytest.fixture(params=BOTH)
def met(request: pytest.FixtureRequest, site: Site, clock: MovableClock) -> Iterator[Met]:
    there = site.on(request.param)
    with registered(Rogue(acr=there.level, levels=(there.level,), now=clock.now), there) as rogue:
        party = RelyingParty.register(there)
        yield Met(party, rogue)
        party.forget()


def test_h115_the_request_holds_the_documented_parameters_and_nothing_of_the_service(met: Met) -> None:
    """inside-the-hub §3.2; §20 tests 1 to 3."""
    for _ in range(2):
        assert isinstance(met.walk(prompt="consent", state="s" * 40), Arrival)
    first, second = met.rogue.requests
    assert first | {"state": "", "nonce": ""} == {
        "client_id": "hub",
        "redirect_uri": f"{met.site.issuer}/oidc-callback",
        "response_type": "code",
        "scope": met.site.platform.provider_scope,
        "acr_values": met.site.level,
        "state": "",
        "nonce": "",
        "prompt": "login",
    }
    for name in ("state", "nonce"):
        assert len(first[name]) == len(second[name]) == 64
        assert first[name] != second[name]
    assert not {met.party.client_id, met.party.secret, "s" * 40} & {*first.values()}


@pytest.mark.parametrize("text", ["x" * 4096, "<img src=x onerror=alert(1)>", "a\r\nSet-Cookie: x=y", '{"a":1}'])
def test_h119_what_a_provider_says_of_its_error_is_shown_to_nobody(
    met: Met, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fcsim.hub")
    visitor = Visitor()
    state = query_of(met.leave(visitor))["state"]
    url = f"{met.site.issuer}/oidc-callback"
    answer = visitor.request("GET", f"{url}?{_query(error='server_error', error_description=text, state=state)}")
    page = visitor.request("GET", answer.location)
    assert "Rogue" in read_page(page.text).texts["interaction-error-message"]
    assert text not in page.text
    (told,) = [line for line in caplog.messages if "answered error='server_error'" in line]
    assert told.endswith(f", error_description={text[:200]!a}")
    assert "x=y" not in str(visitor.cookies)


def _query(**members: str) -> str:
    return urlencode(members)


def test_h121_an_answer_opened_in_another_browser_logs_nobody_in(met: Met) -> None:
    mine, theirs, stranger = Visitor(), Visitor(), Visitor()
    back = mine.request("GET", met.leave(mine)).location
    met.leave(theirs)
    assert code_of(theirs.request("GET", back)) == (403, "Y020022")
    assert code_of(stranger.request("GET", back)) == (401, "Y190001")
    assert met.rogue.token_calls == 0
    assert mine.request("GET", back).location.endswith("/verify")


def test_h122_an_answer_of_another_provider_sends_its_code_nowhere(met: Met, clock: MovableClock) -> None:
    other = Rogue(uid="rogue-two", acr=met.site.level, levels=(met.site.level,), now=clock.now)
    with registered(other, met.site):
        visitor = Visitor()
        stale = query_of(met.leave(visitor, other.uid))["state"]
        state = query_of(met.leave(visitor))["state"]
        assert code_of(met.back(visitor, _query(code="c", state=stale))) == (403, "Y020022")
        visitor = Visitor()
        state = query_of(met.leave(visitor))["state"]
        answer = met.back(visitor, _query(code="c", state=state, iss=other.base))
        assert code_of(answer) == (502, "Y020026")
        assert other.base in read_page(answer.text).texts["error-detail"]
        assert (met.rogue.token_calls, other.token_calls) == (0, 0)


def test_h122_an_answer_that_names_its_own_issuer_is_taken(met: Met) -> None:
    visitor = Visitor()
    back = visitor.request("GET", met.leave(visitor)).location
    assert visitor.request("GET", f"{back}&{_query(iss=met.rogue.base)}").location.endswith("/verify")


@pytest.mark.parametrize("what", ["token", "userinfo"])
def test_h125_a_bomb_is_cut_before_it_unpacks(met: Met, what: str) -> None:
    bomb = gzip.compress(b" " * 50_000_000, 1)
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    setattr(met.rogue, f"{what}_answer", lambda: Response(bomb, headers=headers))
    assert met.refused() == (502, "Y020026" if what == "token" else "Y020027")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("what", ["token", "userinfo"])
def test_h123_h140_secrets_follow_no_redirect(met: Met, clock: MovableClock, what: str, status: int) -> None:
    with registered(Rogue(uid="rogue-two", now=clock.now, levels=(met.site.level,)), met.site) as thief:
        setattr(met.rogue, f"{what}_answer", lambda: Response("", status, {"Location": f"{thief.base}/{what}"}))
        assert met.refused() == (502, "Y020026" if what == "token" else "Y020027")
        assert (thief.token_calls, thief.userinfo_calls) == (0, 0)


@pytest.mark.parametrize("member", ["jku", "x5u", "x5c", "jwk"])
def test_h127_a_key_that_a_token_brings_along_verifies_nothing(met: Met, own_keys: KeyServer, member: str) -> None:
    evil = ECKey.generate_key("P-256", parameters={"kid": "k1"})
    told = {
        "jku": own_keys.jwks_uri,
        "x5u": own_keys.jwks_uri,
        "x5c": ["MIIB"],
        "jwk": evil.as_dict(private=False),
    }
    met.rogue.header, met.rogue.sign_with = {member: told[member]}, evil
    assert met.refused() == (502, "Y020026")
    assert own_keys.jwks_calls == 0


def test_h133_two_people_in_one_answer_are_told_apart_in_posture_standard(met: Met) -> None:
    """inside-the-hub §3.6: FranceConnect does not compare; OpenID Connect Core §5.3.2 demands it."""
    met.rogue.userinfo = lambda claims: claims.update(sub="somebody-else")
    assert isinstance(met.walk(), Arrival)
    met.party.change(posture="standard")
    assert met.refused() == (502, "Y020027")
    met.rogue.userinfo = lambda claims: claims.pop("sub")
    assert met.refused() == (500, "Y020029")
    met.rogue.userinfo = lambda claims: None
    assert isinstance(met.walk(), Arrival)


SPOILT: list[tuple[str, Callable[[dict[str, Any]], Any], tuple[int, str]]] = [
    ("sub as an object", lambda claims: claims.update(sub={"a": 1}), (500, "Y020029")),
    ("given_name as a list", lambda claims: claims.update(given_name=["Angela"]), (400, "Y600006")),
    ("gender as a number", lambda claims: claims.update(gender=2), (400, "Y600006")),
    ("birthdate as an object", lambda claims: claims.update(birthdate={}), (400, "Y600006")),
    ("email as a list", lambda claims: claims.update(email=["a@b.test"]), (400, "Y600006")),
]


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in SPOILT], ids=[row[0] for row in SPOILT])
def test_h135_wrong_types_are_refused_and_never_a_crash(
    met: Met, change: Callable[[dict[str, Any]], Any], expected: tuple[int, str]
) -> None:
    met.rogue.userinfo = change
    assert met.refused() == expected


def test_h135_thousands_of_claims_more_are_left_out_and_a_token_too_long_is_refused(met: Met) -> None:
    def more(count: int) -> Callable[[dict[str, Any]], None]:
        extra = {"__class__": "x", "rnipp_family_name": "FORGED"} | {f"e{rank}": 0 for rank in range(count)}
        return lambda claims: claims.update(extra)

    met.rogue.userinfo = more(20_000)
    assert met.refused() == (502, "Y020027")
    met.rogue.userinfo = more(10_000)
    end = met.walk()
    assert isinstance(end, Arrival), end
    token = met.party.redeem(query_of(end.redirect_to)["code"]).access_token
    claims = met.party.verified(met.party.userinfo(token).data.decode())
    assert "FORGED" not in claims.values()
    assert not [name for name in claims if name.startswith(("e1", "__"))]


def test_h141_a_code_of_another_login_at_the_same_provider_is_refused(met: Met) -> None:
    """The nonce binds the answer to the browser that began."""
    provider = "impots" if met.site.name == "franceconnect" else "laposte"
    victim, thief = Visitor(), Visitor()
    uid = met.site.uid(provider)
    page = victim.request("GET", met.leave(victim, uid))
    form = read_page(page.text).form_with("quick-login-angela-dubois")
    assert form is not None
    stolen = query_of(victim.request("POST", met.site.providers + form.action, form.fields).location)["code"]
    state = query_of(met.leave(thief, uid))["state"]
    assert code_of(met.back(thief, _query(code=stolen, state=state))) == (502, "Y020026")
