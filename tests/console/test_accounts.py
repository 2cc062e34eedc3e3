"""Accounts set over the control API: disabled, preferences, subs stored before any login (inside-the-hub §11, §12)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.clock import MovableClock
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site

NADEGE = {
    "given_names": ["Nadège"],
    "family_name": "ACCOUNT",
    "birthdate": "1971-02-03",
    "gender": "female",
    "birthplace": "75107",
    "email": "nadege@fcsim.test",
}


@pytest.fixture
def nadege(site: Site, rogue: Rogue, person: str) -> Iterator[str]:
    """A person whose account no other test shares, who logs in through the test's own provider."""
    record = NADEGE | {"family_name": f"ACCOUNT {''.join(chr(65 + int(digit, 16)) for digit in person[-8:])}"}
    assert site.api("PUT", f"/people/{person}", record)[0] == 201
    claims = {key: value for key, value in record.items() if key != "given_names"}
    rogue.userinfo = lambda told: told.update(claims, given_name="Nadège", birthcountry="99100")
    return person


def here(person: str) -> str:
    return f"/platforms/franceconnect/accounts/{person}"


def log_in(rp: RelyingParty, rogue: Rogue) -> Arrival | Stopped:
    return RelyingParty(rp.site, rp.record).travel(Traveller("nobody", rogue.uid))


def sub_of(rp: RelyingParty, rogue: Rogue) -> str:
    end = log_in(rp, rogue)
    assert isinstance(end, Arrival), end
    tokens = rp.redeem(query_of(end.redirect_to)["code"])
    return str(rp.verified(tokens.body["id_token"])["sub"])


def test_there_is_no_account_before_the_first_login_and_one_after(
    rp: RelyingParty, rogue: Rogue, nadege: str, clock: MovableClock
) -> None:
    assert rp.site.api("GET", here(nadege))[0] == 404
    sub = sub_of(rp, rogue)
    _, first = rp.site.api("GET", here(nadege))
    assert (first["active"], first["subs"]) == (True, {rp.record["entity_id"]: sub})
    clock.advance(30)
    log_in(rp, rogue)
    _, second = rp.site.api("GET", here(nadege))
    assert (second["id"], second["subs"]) == (first["id"], first["subs"])
    assert second["last_connection"] >= first["last_connection"] + 30


def test_h146_a_disabled_account_is_y180001_until_it_is_enabled_again(
    rp: RelyingParty, rogue: Rogue, nadege: str
) -> None:
    """inside-the-hub §11.4, §20 test 32."""
    status, made = rp.site.api("PUT", here(nadege), {"active": False})
    assert (status, made["active"], made["last_connection"]) == (201, False, None)
    end = log_in(rp, rogue)
    assert isinstance(end, Stopped)
    assert (end.code, end.status) == ("Y180001", 403)
    assert "FC_VERIFIED" not in [event["event"] for event in rp.site.events(end.flow_id)]
    assert rp.site.api("PUT", here(nadege), {"active": True})[0] == 200
    assert isinstance(log_in(rp, rogue), Arrival)


def test_a_sub_stored_before_the_first_login_wins(rp: RelyingParty, rogue: Rogue, nadege: str) -> None:
    """service-provider-side §11: a sub inherited from v1."""
    rp.site.api("PUT", here(nadege), {"subs": {rp.record["entity_id"]: "inherited-from-v1"}})
    assert sub_of(rp, rogue) == "inherited-from-v1"
    assert rp.site.api("PUT", here(nadege), {"active": True})[1]["subs"] == {
        rp.record["entity_id"]: "inherited-from-v1"
    }


@pytest.mark.parametrize(
    ("is_exclude_list", "listed", "blocked"),
    [(True, False, False), (True, True, True), (False, True, False), (False, False, True)],
)
def test_preferences_block_a_provider_as_the_truth_table_says(
    rp: RelyingParty, rogue: Rogue, nadege: str, is_exclude_list: bool, listed: bool, blocked: bool
) -> None:
    """inside-the-hub §12, §20 tests 33 and 34."""
    settings = {"is_exclude_list": is_exclude_list, "list": [rogue.uid] if listed else []}
    assert rp.site.api("PUT", here(nadege), {"idp_settings": settings})[1]["idp_settings"] == settings
    end = log_in(rp, rogue)
    assert isinstance(end, Stopped) is blocked
    if isinstance(end, Stopped):
        assert (end.code, end.status) == ("Y100011", 403)
        rp.site.api("PUT", here(nadege), {"idp_settings": {"is_exclude_list": True, "list": []}})
        assert isinstance(log_in(rp, rogue), Arrival)


def test_a_provider_that_came_later_is_blocked_where_future_ones_are_not_allowed(
    rp: RelyingParty, rogue: Rogue, nadege: str
) -> None:
    """inside-the-hub §12, §20 test 35: `allowFutureIdp=false` is a list of the only ones allowed."""
    known = [rp.site.uid(name) for name in ("impots", "ameli")] + [rogue.uid]
    rp.site.api("PUT", here(nadege), {"idp_settings": {"is_exclude_list": False, "list": known}})
    assert isinstance(log_in(rp, rogue), Arrival)
    late = replace(rogue, uid="rogue-who-came-later")
    with registered(late, rp.site):
        end = log_in(rp, late)
        assert isinstance(end, Stopped)
        assert (end.code, end.status) == ("Y100011", 403)
        rp.site.api("PUT", here(nadege), {"idp_settings": {"is_exclude_list": True, "list": [rp.site.uid("ameli")]}})
        assert isinstance(log_in(rp, late), Arrival)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"active": False}, "Y180001"),
        ({"idp_settings": {"is_exclude_list": True, "list": ["rogue"]}}, "Y100011"),
        ({"idp_settings": {"is_exclude_list": False, "list": []}}, "Y100011"),
    ],
)
def test_account_and_preferences_are_judged_again_at_single_sign_on(
    rp: RelyingParty, rogue: Rogue, nadege: str, members: dict[str, Any], code: str
) -> None:
    """inside-the-hub §15.3."""
    assert isinstance(rp.travel(Traveller("nobody", rogue.uid)), Arrival)
    rp.site.api("PUT", here(nadege), members)
    end = rp.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Stopped)
    assert (end.code, end.status) == (code, 403)


def test_preferences_of_one_platform_are_not_the_others(
    rp: RelyingParty, plus_rp: RelyingParty, rogue: Rogue, plus_rogue: Rogue, nadege: str
) -> None:
    plus_rogue.identity |= {key: value for key, value in NADEGE.items() if key != "given_names"}
    plus_rogue.identity |= {
        "given_name": "Nadège",
        "family_name": rp.site.api("GET", f"/people/{nadege}")[1]["family_name"],
    }
    nowhere = {"idp_settings": {"is_exclude_list": False, "list": []}}
    rp.site.api("PUT", here(nadege), nowhere)
    assert isinstance(log_in(rp, rogue), Stopped)
    assert isinstance(log_in(plus_rp, plus_rogue), Arrival)
    rp.site.api("PUT", here(nadege).replace("franceconnect", "franceconnect-plus"), nowhere)
    end = log_in(plus_rp, plus_rogue)
    assert isinstance(end, Stopped)
    assert end.code == "Y100011"


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"active": "no"}, "active"),
        ({"subs": {"entity": ""}}, "subs"),
        ({"subs": {"entity": "x" * 256}}, "subs"),
        ({"idp_settings": {"list": "x"}}, "idp_settings.list"),
        ({"idp_settings": {"allow": []}}, "idp_settings.allow"),
        ({"id": "x"}, "id"),
    ],
)
def test_a_wrong_account_is_refused(site: Site, nadege: str, members: dict[str, Any], key: str) -> None:
    status, problem = site.api("PUT", here(nadege), members)
    assert (status, problem["errors"][0]["key"]) == (400, key)
    assert site.api("GET", here(nadege))[0] == 404


def test_an_account_of_nobody_is_a_problem(site: Site) -> None:
    assert site.api("PUT", here("nobody-at-all"), {})[0] == 404


def test_a_citizen_of_another_state_is_found_by_what_the_node_calls_them(plus_rp: RelyingParty, person: str) -> None:
    """service-provider-side §11: their account is made of the node's `sub`, and a stored sub wins there too."""
    site, login = plus_rp.site, f"LU/FR/{person}"
    record = NADEGE | {"birthplace": "", "birthcountry": "99137", "registry": {"absent": True, "outcome": "not_found"}}
    record |= {"accounts": {"eidas": {"login": login, "password": "-"}}}
    assert site.api("PUT", f"/people/{person}", record)[0] == 201
    place = f"/platforms/franceconnect-plus/accounts/{person}"
    assert site.api("GET", place)[0] == 404
    stored = {plus_rp.record["entity_id"]: "inherited-from-the-node"}
    assert site.api("PUT", place, {"subs": stored})[1]["last_connection"] is None
    end = plus_rp.travel(Traveller(person, site.uid("eidas"), login=login))
    assert isinstance(end, Arrival), end
    tokens = plus_rp.redeem(query_of(end.redirect_to)["code"])
    assert plus_rp.verified(tokens.body["id_token"])["sub"] == "inherited-from-the-node"
    assert site.api("GET", place)[1]["last_connection"] is not None


def test_what_get_shows_may_come_back_with_a_change(rp: RelyingParty, rogue: Rogue, nadege: str) -> None:
    log_in(rp, rogue)
    shown = rp.site.api("GET", here(nadege))[1]
    assert rp.site.api("PUT", here(nadege), shown | {"active": False}) == (200, shown | {"active": False})
    for member, value in (("id", "another"), ("last_connection", None), ("created_at", 0)):
        status, problem = rp.site.api("PUT", here(nadege), {member: value})
        assert (status, problem["errors"][0]["key"]) == (400, member)


def test_an_account_yet_to_be_made_takes_no_id(site: Site, nadege: str) -> None:
    assert site.api("PUT", here(nadege), {"id": "0"})[0] == 400
    assert site.api("GET", here(nadege))[0] == 404
