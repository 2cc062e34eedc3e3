"""Keys are replaced while everything runs, with the caches of 600 s on both sides (inside-the-hub §3.7; H136)."""

import json
from typing import Any

import jwt
import pytest
from joserfc.jwk import ECKey

from fcsim_hub.gateways.visitor import Arrival, Traveller, Visitor
from support.clock import MovableClock
from support.encrypted import PLUS, follow, refused, register
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue
from support.sealing import key_for, published, seal
from support.site import Site, call


def rotate(site: Site, which: str) -> dict[str, Any]:
    status, found = site.api("POST", f"{site.place}/keys/rotate", {"which": which})
    assert status == 200, found
    answer: dict[str, Any] = found
    return answer


@pytest.mark.parametrize("alg", ["ECDH-ES", "RSA-OAEP-256"])
def test_a_retired_encryption_key_opens_what_a_cache_still_makes_and_then_no_more(
    party: RelyingParty, stranger: Rogue, clock: MovableClock, alg: str
) -> None:
    site, traveller = party.site, Traveller("nobody", stranger.uid)
    register(stranger, site, alg)
    follow(stranger, clock)
    stale = key_for(site, alg)
    made = rotate(site, "encryption")
    fresh = key_for(site, alg)
    assert fresh["kid"] in made["made"]
    assert fresh["kid"] != stale["kid"]
    assert stale["kid"] in {key["kid"] for key in published(site)}
    stranger.wrap_id_token = stranger.wrap_userinfo = lambda token: seal(token, stale, alg)
    assert isinstance(party.travel(traveller), Arrival)
    clock.advance(made["former_published_until"] - clock.now() + 1)
    assert stale["kid"] not in {key["kid"] for key in published(site)}
    assert isinstance(RelyingParty(site, party.record).travel(traveller), Arrival)
    clock.advance(600)
    status, code, detail = refused(RelyingParty(site, party.record), stranger)
    assert (status, code) == (502, "Y020026")
    assert stale["kid"] in detail


@pytest.mark.parametrize("which", ["encryption", "signing"])
@pytest.mark.thorough
def test_logins_go_on_while_the_hub_rotates_its_keys(party: RelyingParty, clock: MovableClock, which: str) -> None:
    for wait in (0, 300, 601, 5000):
        clock.advance(wait)
        rotate(party.site, which)
        for provider in ("laposte", "france-identite"):
            assert RelyingParty(party.site, party.record).log_in(provider=provider)


def test_providers_take_the_new_encryption_key_when_their_cache_ends(party: RelyingParty, clock: MovableClock) -> None:
    site = party.site
    party.log_in(provider="laposte")
    rotate(site, "encryption")
    before = last_event(site)
    RelyingParty(site, party.record).log_in(provider="laposte")
    assert fetched(site, before) == []
    clock.advance(601)
    RelyingParty(site, party.record).log_in(provider="laposte")
    assert len(fetched(site, before)) == 1


def last_event(site: Site) -> int:
    return int(site.api("GET", f"/events?platform={PLUS}&limit=1")[1][-1]["id"])


def fetched(site: Site, after: int) -> list[Any]:
    """Each time a provider fetched the hub's keys since an event: the list of all would be cut at its limit."""
    _, events = site.api("GET", f"/events?platform={PLUS}&after={after}&limit=1000")
    return [event for event in events if event["event"] == "IDP_REQUESTED_FC_JWKS"]


def test_a_retired_signing_key_still_verifies_until_nobody_may_rely_on_it(
    rp: RelyingParty, clock: MovableClock
) -> None:
    tokens = rp.redeem(rp.log_in())
    old = {key["kid"] for key in json.loads(call("GET", f"{rp.site.issuer}/jwks").data)["keys"]}
    made = rotate(rp.site, "signing")
    rp.verified(tokens.body["id_token"])
    new = rp.redeem(RelyingParty(rp.site, rp.record).log_in())
    rp.verified(new.body["id_token"])
    for text, kids in ((tokens.body["id_token"], old), (new.body["id_token"], set(made["made"]))):
        assert jwt.get_unverified_header(text)["kid"] in kids
    clock.advance(made["former_published_until"] - clock.now() + 1)
    now = {key["kid"] for key in json.loads(call("GET", f"{rp.site.issuer}/jwks").data)["keys"]}
    assert now == set(made["made"])


def test_relying_parties_go_on_while_the_hub_rotates_its_signing_keys(site: Site) -> None:
    for _ in range(2):
        visitor = Visitor()
        start = visitor.request("GET", f"{site.demo}/taxes/login")
        end = visitor.walk(start.location, site.traveller())
        assert isinstance(end, Arrival), end
        assert visitor.request("GET", end.redirect_to).status == 303
        rotate(site, "signing")


@pytest.mark.parametrize(
    ("platform", "body", "key"),
    [
        (PLUS, {}, "which"),
        (PLUS, {"which": "both"}, "which"),
        (PLUS, {"which": "signing", "now": True}, "now"),
        ("franceconnect", {"which": "encryption"}, "which"),
    ],
)
def test_a_wrong_rotation_is_a_problem(site: Site, platform: str, body: dict[str, Any], key: str) -> None:
    status, problem = site.api("POST", f"/platforms/{platform}/keys/rotate", body)
    assert (status, problem["errors"][0]["key"]) == (400, key)


def test_a_simulated_provider_rotates_its_keys_and_logins_go_on(
    party: RelyingParty, rp: RelyingParty, clock: MovableClock
) -> None:
    site = party.site
    for wait in (0, 11, 700):
        clock.advance(wait)
        before = provider_kids(site)
        status, found = site.api("POST", f"/platforms/{PLUS}/providers/{site.uid('laposte')}/keys/rotate", {})
        assert (status, found["provider"], set(found["made"]) & before) == (200, "laposte", set())
        assert provider_kids(site) > set(found["made"])
        clock.advance(11)
        for one in (party, rp):
            assert RelyingParty(one.site, one.record).log_in(provider="laposte")
    clock.advance(found["former_published_until"] - clock.now() + 1)
    assert provider_kids(site) == set(found["made"])


def provider_kids(site: Site) -> set[str]:
    return {key["kid"] for key in json.loads(call("GET", f"{site.providers}/laposte/jwks").data)["keys"]}


def test_a_provider_that_is_none_of_ours_rotates_elsewhere(plus: Site, stranger: Rogue) -> None:
    status, problem = plus.api("POST", f"{plus.place}/providers/{stranger.uid}/keys/rotate", {})
    assert (status, problem["title"]) == (409, "Not a simulated provider")
    assert plus.api("POST", f"{plus.place}/providers/nobody/keys/rotate", {})[0] == 404


@pytest.mark.parametrize("kid", ["k2", "k1"])
def test_m53_a_stranger_that_rotates_its_key_just_before_signing_is_followed_at_once(
    party: RelyingParty, stranger: Rogue, clock: MovableClock, kid: str
) -> None:
    """Whether the new key has a new name, or the stranger was started anew with another key under the old one."""
    traveller = Traveller("nobody", stranger.uid)
    assert isinstance(party.travel(traveller), Arrival)
    for _ in range(2):
        stranger.key, stranger.kid = ECKey.generate_key("P-256", parameters={"kid": kid}), kid
        follow(stranger, clock)
        assert isinstance(RelyingParty(party.site, party.record).travel(traveller), Arrival)
