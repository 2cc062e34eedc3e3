"""What /authorize makes of levels, hints, states and forms (service-provider-side §6.3–§6.7); its table: next file."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from fcsim_hub.gateways.html_forms import read_page
from support.relying_party import FORM, RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import call


def page_code(answer) -> str:
    return read_page(answer.data.decode()).texts["error-code"].rpartition(" ")[2]


def test_a_parameter_sent_twice_is_refused(rp: RelyingParty) -> None:
    answer = call("GET", rp.url() + "&state=again")
    assert (answer.status, page_code(answer)) == (400, "Y030007")


@pytest.mark.parametrize("acr_values", ["eidas2", "eidas3", "eidas2 eidas3", "eidas2 inconnu"])
def test_a_level_outside_the_platform_goes_back_through_the_interaction(rp: RelyingParty, acr_values: str) -> None:
    """H010."""
    end = rp.walk(acr_values=acr_values)
    got = min(value for value in acr_values.split() if value.startswith("eidas"))
    told = query_of(end.redirect_to)
    assert told["error"] == "invalid_acr"
    assert told["error_description"].endswith(f"expected eidas1, got {got}")
    assert set(told) == {"error", "error_description", "state", "iss"}
    assert [step.status for step in end.steps] == [303, 303, 303]


@pytest.mark.parametrize("acr_values", ["eidas1", "eidas1 eidas2 eidas3", "inconnu", ""])
def test_unknown_levels_fall_back_and_several_mean_the_weakest(rp: RelyingParty, acr_values: str) -> None:
    """H010."""
    tokens = rp.redeem(rp.log_in(acr_values=acr_values))
    assert rp.verified(tokens.body["id_token"])["acr"] == "eidas1"


def test_an_unknown_scope_is_ignored(rp: RelyingParty) -> None:
    assert rp.redeem(rp.log_in(scope="openid nonsense email")).body["scope"] == "openid email"


def test_h014_an_idp_hint_that_is_not_allowed_goes_back_whoever_it_names(rp: RelyingParty) -> None:
    """Known, unknown or of the other platform: the same steps and the same answer, so that nobody finds out."""
    ends = []
    for hint in ("unknown", rp.site.uid("ameli"), rp.site.plus.uid("france-identite"), "\u00e9 <b>", "x" * 4096):
        end = RelyingParty(rp.site, rp.record).walk(idp_hint=hint, state="mine")
        ends.append((end.redirect_to, [step.status for step in end.steps]))  # type: ignore[union-attr]  # it arrives
    assert all(end == ends[0] for end in ends)
    assert query_of(ends[0][0]) == {
        "error": "invalid_idp_hint",
        "error_description": "An idp_hint was provided but is not allowed",
        "state": "mine",
        "iss": rp.site.issuer,
    }


def test_h014_the_platforms_hints_hold_for_a_client_without_a_list_of_its_own_alone(
    rp: RelyingParty, platform: Callable[..., Any]
) -> None:
    uid = rp.site.uid("ameli")
    platform(allowed_idp_hints=[uid])
    for allowed, arrives in ((None, True), ([], False), ([rp.site.uid("impots")], False), ([uid], True)):
        party = RelyingParty(rp.site, rp.change(allowed_idp_hints=allowed).record)
        assert ("code" in query_of(party.walk(provider="ameli", idp_hint=uid).redirect_to)) == arrives, allowed  # type: ignore[union-attr]


def test_an_allowed_idp_hint_skips_the_choice(rp: RelyingParty) -> None:
    allowed = rp.change(allowed_idp_hints=[rp.site.uid("ameli")])
    end = allowed.walk(provider="ameli", idp_hint=rp.site.uid("ameli"))
    assert "code" in query_of(end.redirect_to)
    assert not any("redirect-to-idp" in step.url for step in end.steps)


@pytest.mark.parametrize(("exclude", "listed"), [(True, "ameli"), (False, "impots")])
def test_an_allowed_hint_leads_to_no_provider_that_the_service_excludes(
    rp: RelyingParty, exclude: bool, listed: str
) -> None:
    uid = rp.site.uid("ameli")
    party = rp.change(allowed_idp_hints=[uid], idp_filter_exclude=exclude, idp_filter_list=[rp.site.uid(listed)])
    end = party.walk(provider="ameli", idp_hint=uid)
    assert (end.status, end.code) == (403, "Y020023")  # type: ignore[union-attr]  # it stops


def test_an_allowed_hint_to_a_provider_that_is_not_active_is_refused_as_its_choice_is(
    rp: RelyingParty, rogue: Rogue
) -> None:
    rogue.register(rp.site, active=False)
    ends = {
        allowed: RelyingParty(rp.site, rp.change(allowed_idp_hints=[*allowed]).record).walk(idp_hint=rogue.uid)
        for allowed in ((rogue.uid,), ())
    }
    assert (ends[rogue.uid,].status, ends[rogue.uid,].code) == (500, "Y020017")  # type: ignore[union-attr]  # it stops
    assert query_of(ends[()].redirect_to)["error"] == "invalid_idp_hint"  # type: ignore[union-attr]  # it arrives


@pytest.mark.parametrize("state", ["", "x", '"><script>alert(1)</script>', "é😀", "a&code=evil", "s" * 4096])
def test_h019_state_comes_back_as_it_was_sent(rp: RelyingParty, state: str) -> None:
    assert query_of(rp.walk(state=state).redirect_to)["state"] == state


@pytest.mark.parametrize("value", ["a\x00b", "a\r\nb", "a\u2028b"])
def test_h018_control_characters_are_refused(rp: RelyingParty, value: str) -> None:
    answer = rp.authorize(state=value)
    assert (answer.status, page_code(answer)) == (400, "Y030007")


def test_posted_parameters_are_read_from_the_form_alone(rp: RelyingParty) -> None:
    body = urlencode(rp.parameters(state=None))
    answer = call("POST", f"{rp.site.issuer}/authorize?state=in-the-query", body=body, headers=FORM)
    assert page_code(answer) == "Y030007"
    answer = call(
        "POST",
        f"{rp.site.issuer}/authorize",
        body=json.dumps(rp.parameters()),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status, page_code(answer)) == (400, "Y030007")


def test_the_normalised_address_is_accepted_and_the_registered_one_used(rp: RelyingParty) -> None:
    end = rp.walk(redirect_uri="HTTPS://RP.test:443/callback")
    assert end.redirect_to.startswith("https://rp.test/callback?code=")


def test_h030_head_and_prefetch_begin_nothing(rp: RelyingParty) -> None:
    assert call("HEAD", rp.url()).status == 204
    assert call("GET", rp.url(), headers={"Sec-Purpose": "prefetch"}).status == 204
    for nowhere in ("/nowhere", "/token"):
        assert call("HEAD", rp.site.issuer + nowhere).status == 404


def test_an_unknown_path_or_method_is_a_page_not_found(rp: RelyingParty) -> None:
    for method, path in (("GET", "/nowhere"), ("DELETE", "/token"), ("POST", "/session/end")):
        answer = call(method, rp.site.issuer + path)
        assert (answer.status, page_code(answer)) == (404, "Y000404")


def test_the_root_leads_to_the_site_of_the_platform(rp: RelyingParty) -> None:
    answer = call("GET", rp.site.issuer)
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (301, "text/plain")


def test_an_idp_hint_in_a_posted_body_is_accepted_and_ignored(rp: RelyingParty) -> None:
    body = urlencode(rp.parameters(idp_hint="unknown"))
    answer = call("POST", f"{rp.site.issuer}/authorize", body=body, headers=FORM)
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    page = call("GET", answer.headers["Location"], headers={"Cookie": cookie})
    assert (page.status, "main-providers" in page.data.decode()) == (200, True)
