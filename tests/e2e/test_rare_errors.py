"""Codes that only an unusual order of things leads to."""

from urllib.parse import urlencode

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import PLACE, Rogue
from support.walks import code_of, form_of


def test_y04d8b5c_a_code_redeemed_after_the_login_ended(rp: RelyingParty) -> None:
    hint = str(rp.redeem(rp.log_in()).body["id_token"])
    code = rp.log_in()
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/session/end?{urlencode({'id_token_hint': hint})}")
    while (form := read_page(answer.text).form_with("logout-form")) or answer.location:
        method, action = (form.method.upper(), form.action) if form else ("GET", answer.location)
        answer = rp.visitor.request(method, action, form.fields if form and method == "POST" else None)
    tokens = rp.redeem(code)
    assert (tokens.status, tokens.body["error_description"]) == (400, "grant request is invalid (grant not found)")
    assert "?code=Y04D8B5C&" in tokens.body["error_uri"]


def test_y100010_a_provider_removed_in_mid_flow(rp: RelyingParty, rogue: Rogue) -> None:
    page = rp.choice_page()
    form = form_of(page, f"idp-{rogue.uid}")
    there = rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
    back = rp.visitor.request("GET", there.location)
    assert rp.site.api("DELETE", f"{PLACE}/{rogue.uid}")[0] == 204
    answer = rp.visitor.request("GET", back.location)
    assert code_of(answer) == (400, "Y100010")
    assert "back-to-sp-link" in answer.text


def test_y020028_a_provider_whose_logout_address_went_away(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, end_session_endpoint=f"{rogue.base}/end")
    end = rp.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Arrival)
    hint = rp.redeem(query_of(end.redirect_to)["code"]).body["id_token"]
    page = rp.visitor.request("GET", f"{rp.site.issuer}/session/end?{urlencode({'id_token_hint': hint})}")
    form = form_of(page, "logout-form")
    rogue.register(rp.site, end_session_endpoint="")
    answer = rp.visitor.request(form.method.upper(), form.action, form.fields)
    assert code_of(answer) == (500, "Y020028")
    assert "platform=fclow" in answer.text  # the support button
