"""Single sign-on between services, every row (service-provider-side §8; inside-the-hub §15.3)."""

import json
from collections.abc import Iterator

import pytest

from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.clock import MovableClock
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.walks import open_choice

AMR = json.dumps({"id_token": {"amr": {"essential": True}}})


@pytest.fixture
def second(rp: RelyingParty) -> Iterator[RelyingParty]:
    """Another service, in the browser that logged in at the first."""
    party = RelyingParty(rp.site, RelyingParty.register(rp.site).record, rp.visitor)
    rp.log_in()
    yield party
    party.forget()


def went_to_a_provider(rp: RelyingParty, end: Arrival | Stopped) -> bool:
    return any(step.url.startswith(rp.site.providers) for step in end.steps)


def test_sso_skips_mire_and_provider_and_shows_the_page_of_the_second_service(second: RelyingParty) -> None:
    end = second.walk()
    assert not went_to_a_provider(second, end)
    assert any(step.url.endswith("/consent") for step in end.steps)


def test_sso_with_an_entitled_prompt_login_logs_in_by_itself(second: RelyingParty) -> None:
    party = RelyingParty(second.site, second.change(allowed_prompts=["login"]).record, second.visitor)
    end = party.walk(prompt="login")
    assert not went_to_a_provider(party, end)
    assert [step.url.rpartition("/")[2] for step in end.steps].count("auto-login") == 1
    names = [event["event"] for event in party.site.events(end.flow_id)]
    assert "FC_AUTO_LOGIN" in names
    assert "FC_SHOWED_CONSENT" not in names


def test_prompt_login_does_not_ask_for_the_password_again(second: RelyingParty) -> None:
    assert not went_to_a_provider(second, second.walk(prompt="login"))


@pytest.mark.parametrize("hint", ["impots", "unknown"])
def test_sso_ignores_the_hint_allowed_or_not(second: RelyingParty, hint: str) -> None:
    uid = second.site.uid("impots") if hint == "impots" else "unknown"
    party = RelyingParty(
        second.site, second.change(allowed_idp_hints=[second.site.uid("impots")]).record, second.visitor
    )
    end = party.walk(idp_hint=uid)
    assert isinstance(end, Arrival)
    assert "error" not in query_of(end.redirect_to)
    assert not went_to_a_provider(party, end)


def test_amr_is_given_to_the_second_service_when_the_first_did_not_ask(second: RelyingParty) -> None:
    end = second.walk(claims=AMR)
    assert not went_to_a_provider(second, end)
    token = second.redeem(query_of(end.redirect_to)["code"]).body["id_token"]  # type: ignore[union-attr]  # it arrives
    assert second.verified(token)["amr"][0] == "fc"


def test_the_level_returned_is_the_one_of_the_platform(second: RelyingParty) -> None:
    end = second.walk()
    token = second.redeem(query_of(end.redirect_to)["code"]).body["id_token"]  # type: ignore[union-attr]  # it arrives
    assert second.verified(token)["acr"] == "eidas1"


def test_an_unfinished_login_is_no_session_to_sign_on_with(rp: RelyingParty) -> None:
    open_choice(rp, rp.visitor)
    other = RelyingParty(rp.site, RelyingParty.register(rp.site).record, rp.visitor)
    assert went_to_a_provider(other, other.walk())


def test_a_session_that_expired_shows_the_mire(second: RelyingParty, clock: MovableClock) -> None:
    clock.advance(1801)
    assert went_to_a_provider(second, second.walk())


def test_a_session_of_another_member_state_is_not_reused(rp: RelyingParty) -> None:
    node = Rogue(uid="rogue-sso-node")
    served = node.serve()
    node.register(rp.site, kind="eidas", allowed_acr=["eidas1"])
    try:
        party = RelyingParty(rp.site, rp.change(allowed_idp_hints=[node.uid]).record, rp.visitor)
        end = party.travel(Traveller("nobody", node.uid), idp_hint=node.uid)
        assert isinstance(end, Arrival), end
        assert 'data-testid="main-providers"' in open_choice(party, party.visitor).text
    finally:
        node.forget(rp.site)
        served.stop()


def test_the_session_id_changes_and_browsing_session_and_account_stay(rp: RelyingParty, second: RelyingParty) -> None:
    rp.site.api("GET", "/events?limit=1")
    first = rp.walk()
    again = second.walk()
    one = rp.site.events(first.flow_id)[-1]
    other = rp.site.events(again.flow_id)[-1]
    assert (one["event"], other["event"], other["isSso"]) == ("FC_REDIRECTED_TO_SP", "FC_REDIRECTED_TO_SP", True)
    assert one["sessionId"] != other["sessionId"]
    assert (one["browsingSessionId"], one["accountId"]) == (other["browsingSessionId"], other["accountId"])
    assert one["spSub"] != other["spSub"]


def test_single_sign_on_is_logged_once_however_often_its_page_is_asked(second: RelyingParty) -> None:
    start = second.visitor.request("GET", second.url()).location
    for _ in range(2):
        assert second.visitor.request("GET", start).location.endswith("/verify")
    names = [event["event"] for event in second.site.events(start.rpartition("/")[2])]
    assert names == ["FC_AUTHORIZE_INITIATED", "FC_SSO_INITIATED"]


def test_sso_does_not_ask_the_registry_again(rp: RelyingParty, second: RelyingParty) -> None:
    names = [event["event"] for event in rp.site.events(second.walk().flow_id)]
    assert not any("RNIPP" in name for name in names)


def test_h146_an_account_deactivated_since_is_refused_in_sso_too(rp: RelyingParty, second: RelyingParty) -> None:
    where = "/platforms/franceconnect/accounts/angela-dubois"
    try:
        rp.site.api("PUT", where, {"active": False})
        assert second.walk().code == "Y180001"  # type: ignore[union-attr]  # it stops
        rp.site.api("PUT", where, {"active": True, "idp_settings": {"list": [rp.site.uid("impots")]}})
        assert second.walk().code == "Y100011"  # type: ignore[union-attr]  # it stops
    finally:
        rp.site.api("PUT", where, {"active": True, "idp_settings": {"list": []}})


def test_another_provider_chosen_on_the_mire_discards_the_session(rp: RelyingParty) -> None:
    picky = RelyingParty.register(rp.site, idp_filter_list=[rp.site.uid("impots")])
    party = RelyingParty(rp.site, picky.record, rp.visitor)
    rp.log_in()
    end = party.walk("claire-moreau", "ameli")
    assert went_to_a_provider(party, end)
    assert [event["event"] for event in rp.site.events(end.flow_id)].count("FC_IDP_BLACKLISTED") == 1
    again = rp.walk()
    assert not went_to_a_provider(rp, again)
    claims = rp.verified(rp.userinfo(rp.redeem(query_of(again.redirect_to)["code"]).access_token).data.decode())
    assert claims["family_name"] == "MOREAU"
    party.forget()


def test_a_provider_deactivated_since_leads_back_to_the_mire(rp: RelyingParty, rogue: Rogue) -> None:
    rp.travel(Traveller("nobody", rogue.uid))
    rogue.register(rp.site, active=False)
    answer = rp.visitor.request("GET", rp.url())
    while answer.location:
        answer = rp.visitor.request("GET", answer.location)
    assert 'data-testid="main-providers"' in answer.text
    event = [one for one in rp.site.api("GET", "/events?limit=20")[1] if one["event"] == "FC_IDP_DISABLED"]
    assert event
