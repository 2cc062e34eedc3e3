"""The choice page's rules (service-provider-side §7.4, inside-the-hub §3.10): what is shown, greyed, absent, asked."""

import json
import re
from typing import Any

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller, Visitor
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import Site, call

MODAL = {"active": True, "title": "Certifiée ?", "body": "En mairie.", "continue_text": "Oui, continuer"}
BUILT_IN = ["impots", "ameli", "laposte", "msa", "yris", "france-identite"]


def button(page: str, testid: str) -> str:
    """The opening tag of a button, empty when there is none."""
    found = re.search(rf'<button [^>]*data-testid="{re.escape(testid)}"[^>]*>', page)
    return found[0] if found else ""


def form_around(page: str, testid: str) -> str:
    forms = re.findall(r"<form .*?</form>", page, re.S)
    return next((form for form in forms if f'data-testid="{testid}"' in form), "")


def test_providers_are_listed_in_their_order_then_by_age(rp: RelyingParty, rogue: Rogue) -> None:
    def order() -> list[str]:
        return re.findall(r'data-provider="([\w-]+)"', RelyingParty(rp.site, rp.record).choice_page().text)

    assert order() == [*BUILT_IN, "rogue"]
    rogue.register(rp.site, order=0)
    assert order() == ["rogue", *BUILT_IN]
    rogue.register(rp.site, order=3)
    assert order().index("rogue") in (2, 3)


def test_each_provider_is_a_form_around_its_button(rp: RelyingParty, rogue: Rogue) -> None:
    form = form_around(rp.choice_page().text, "idp-rogue")
    assert '<input type="hidden" name="providerUid" value="rogue">' in form
    assert re.search(r'name="csrfToken" value="[0-9a-f]{64}"', form)
    assert "disabled" not in form


@pytest.mark.parametrize("changes", [{"active": False}])
def test_an_unavailable_provider_keeps_its_form_with_a_disabled_button(
    rp: RelyingParty, rogue: Rogue, changes: dict[str, Any]
) -> None:
    rogue.register(rp.site, **changes)
    assert "disabled" in button(rp.choice_page().text, "idp-rogue")
    assert 'name="providerUid" value="rogue"' in form_around(rp.choice_page().text, "idp-rogue")


def test_a_provider_the_service_excludes_is_greyed_on_franceconnect(rp: RelyingParty, rogue: Rogue) -> None:
    party = rp.change(idp_filter_exclude=True, idp_filter_list=["rogue"])
    assert "disabled" in button(party.choice_page().text, "idp-rogue")
    party = rp.change(idp_filter_exclude=False, idp_filter_list=["rogue"])
    page = party.choice_page().text
    assert "disabled" not in button(page, "idp-rogue")
    assert "disabled" in button(page, f"idp-{rp.site.uid('impots')}")


def test_a_hidden_provider_is_absent_and_a_beta_one_marked(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, beta=True)
    assert "BETA" in form_around(rp.choice_page().text, "idp-rogue")
    rogue.register(rp.site, display=False)
    assert "idp-rogue" not in rp.choice_page().text


def test_a_stronger_provider_serves_a_weaker_demand(rp: RelyingParty, rogue: Rogue) -> None:
    """§10.1: asked of the provider is its own minimum; the service still reads eidas1."""
    rogue.register(rp.site, allowed_acr=["eidas2", "eidas3"])
    rogue.acr = "eidas2"
    end = rp.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Arrival), end
    assert rogue.requests[-1]["acr_values"] == "eidas2"
    tokens = rp.redeem(query_of(end.redirect_to)["code"])
    assert rp.verified(tokens.body["id_token"])["acr"] == "eidas1"


def test_a_modal_asks_before_leaving_and_its_answer_submits_the_form(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, modal=MODAL)
    page = rp.choice_page().text
    opener = button(page, "idp-rogue")
    target = re.search(r'popovertarget="([\w-]+)"', opener)
    assert target
    assert 'type="button"' in opener
    dialog = re.search(r'<dialog [^>]*data-testid="provider-selection-modal-rogue".*?</dialog>', page, re.S)
    assert dialog
    assert f'id="{target[1]}"' in dialog[0]
    for text in ("Certifiée ?", "En mairie.", "Oui, continuer"):
        assert text in dialog[0]
    form_id = re.search(r'id="([\w-]+)"', form_around(page, "idp-rogue"))
    assert form_id
    assert f'form="{form_id[1]}"' in button(dialog[0], "modal-continue-button")
    for testid in ("modal-cancel-button", "modal-close-button"):
        assert 'popovertargetaction="hide"' in button(dialog[0], testid)
    rogue.register(rp.site, modal=MODAL | {"active": False})
    assert "provider-selection-modal" not in rp.choice_page().text


def test_posting_the_form_of_a_provider_with_a_modal_leads_to_it(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, modal=MODAL)
    assert isinstance(rp.travel(Traveller("nobody", rogue.uid)), Arrival)


# --- a suspicious context -------------------------------------------------------------------------------------------


def suspicious_choice(rp: RelyingParty, visitor: Visitor) -> str:
    """The choice page of a request that the front proxy marked."""
    start = call("GET", rp.url(), headers={"X-Suspicious": "1", "Accept-Language": "en"})
    visitor.cookies = {"localhost": {"fc_session_id": start.headers["Set-Cookie"].split(";")[0].partition("=")[2]}}
    return str(start.headers["Location"])


def test_a_suspicious_request_greys_every_provider_below_eidas2(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, allowed_acr=["eidas2"])
    visitor = Visitor()
    page = visitor.request("GET", suspicious_choice(rp, visitor)).text
    assert "disabled" not in button(page, "idp-rogue")
    assert "disabled" in button(page, f"idp-{rp.site.uid('impots')}")
    rogue.register(rp.site, allowed_acr=["eidas1", "eidas2"])
    page = visitor.request("GET", suspicious_choice(rp, visitor)).text
    assert "disabled" in button(page, "idp-rogue")


@pytest.mark.parametrize(("acr", "ends"), [("eidas1", "choice"), ("eidas2", "consent")])
def test_h089_a_low_answer_in_a_suspicious_context_leads_back_to_the_choice(
    rp: RelyingParty, rogue: Rogue, acr: str, ends: str
) -> None:
    """inside-the-hub §5 step 2, §20 test 19: FC_IDP_INSUFFICIENT_ACR."""
    rogue.register(rp.site, allowed_acr=["eidas1", "eidas2"])
    rogue.acr = acr
    visitor = Visitor()
    url = suspicious_choice(rp, visitor)
    page = visitor.request("GET", url)
    fields = read_page(page.text).forms[0].fields | {"providerUid": "rogue"}
    answer = visitor.request("POST", f"{rp.site.issuer}/redirect-to-idp", fields)
    while answer.location:
        answer = visitor.request("GET", answer.location)
    events = [event["event"] for event in rp.site.events(url.rpartition("/")[2])]
    assert ("FC_IDP_INSUFFICIENT_ACR" in events, "consent-form" in answer.text) == (ends == "choice", ends != "choice")
    assert ("main-providers" in answer.text) == (ends == "choice")


# --- the side doors -------------------------------------------------------------------------------------------------

MANDATES = ["Logement", "Social-Santé"]


def helpers(rogue: Rogue, site: Site, **changes: Any) -> None:
    rogue.register(site, kind="aidants-connect", title="Aidants Connect", **changes)


def test_the_door_of_helpers_has_its_own_button(rp: RelyingParty, rogue: Rogue) -> None:
    assert rp.site.uid("aidants-connect") in form_around(rp.choice_page().text, "interaction-aidants-connect-button")
    helpers(rogue, rp.site)  # one button: the provider registered last has it
    page = rp.choice_page().text
    assert "idp-rogue" not in page
    assert 'name="providerUid" value="rogue"' in form_around(page, "interaction-aidants-connect-button")
    party = rp.change(idp_filter_list=["rogue"])
    assert "disabled" in button(party.choice_page().text, "interaction-aidants-connect-button")
    helpers(rogue, rp.site, display=False)
    assert "interaction-aidants-connect-button" not in rp.choice_page().text


def through_helpers(party: RelyingParty, rogue: Rogue) -> Arrival | Stopped:
    """A whole login by the door of helpers."""
    page = party.choice_page()
    form = read_page(page.text).form_with("interaction-aidants-connect-button")
    assert form is not None
    answer = party.visitor.request("POST", f"{party.site.issuer}/redirect-to-idp", form.fields)
    while answer.location:
        answer = party.visitor.request("GET", answer.location)
    read = read_page(answer.text)
    code = read.texts.get("error-code", "").rpartition(" ")[2]
    assert code or read.form_with("consent-form")
    return Stopped(code, answer.status, read.title, "", page.text.partition('data-testid="flow-id">')[2][:43], ())


@pytest.mark.parametrize(
    ("accepted", "held", "code", "event"),
    [
        ([], None, "", "FC_VALID_REP_SCOPE"),
        (MANDATES, ["Logement"], "", "FC_VALID_REP_SCOPE"),
        (MANDATES, ["Justice"], "Y600020", "FC_INVALID_REP_SCOPE"),
        (MANDATES, [], "Y600020", "FC_INVALID_REP_SCOPE"),
        (MANDATES, None, "Y600020", "FC_INVALID_REP_SCOPE"),
    ],
)
def test_the_mandate_of_a_helper_must_fit_the_service(
    rp: RelyingParty, rogue: Rogue, accepted: list[str], held: list[str] | None, code: str, event: str
) -> None:
    """inside-the-hub §5, service-provider-side §7.6."""
    helpers(rogue, rp.site)
    if held is not None:
        rogue.id_token = lambda claims: claims.update(rep_scope=held)
    party = rp.change(rep_scope=accepted)
    end = through_helpers(party, rogue)
    assert isinstance(end, Stopped)
    assert (end.code, end.status) == (code, 400 if code else 200)
    asked = json.loads(rogue.requests[-1]["claims"])
    assert asked == {"id_token": {"rep_scope": {"essential": True, "values": accepted}}}
    names = [one["event"] for one in rp.site.events(end.flow_id)]
    assert event in names
    assert "FC_VERIFIED" in names  # every other step is run before the refusal


EUROPEAN = {"sub": "ES/FR/1234", "given_name": "Ana María", "family_name": "GARCÍA", "birthdate": "1980-05-06"}


def test_a_citizen_of_another_member_state_needs_neither_registry_nor_codes(rp: RelyingParty, rogue: Rogue) -> None:
    """inside-the-hub §4.2, §5: no registry, no mail, English pages, not reusable for single sign-on."""
    rogue.register(rp.site, kind="eidas", display=False)

    def foreign(claims: dict[str, Any]) -> None:
        claims.clear()
        claims.update(EUROPEAN)

    rogue.userinfo = foreign
    party = rp.change(allowed_idp_hints=["rogue"])
    party.visitor.language = "fr"
    answer = party.visitor.request("GET", party.url(idp_hint="rogue"))
    while answer.location:
        answer = party.visitor.request("GET", answer.location)
    assert '<html lang="en"' in answer.text
    form = read_page(answer.text).form_with("consent-form")
    assert form is not None
    answer = party.visitor.request("POST", party.site.hub + form.action, form.fields)
    answer = party.visitor.request("GET", answer.location)
    tokens = party.redeem(query_of(answer.location)["code"])
    claims = party.verified(party.userinfo(tokens.access_token).data.decode())
    assert claims["given_name"] == "Ana María"
    assert not {"birthcountry", "birthplace", "email", "gender"} & set(claims)
    flow = next(one["flow"] for one in reversed(rp.site.api("GET", "/events?limit=30")[1]) if one["flow"])
    assert "FC_REQUESTED_RNIPP" not in [event["event"] for event in rp.site.events(flow)]
    assert rp.site.api("GET", f"/mails?flow={flow}")[1] == []
    assert "main-providers" in party.choice_page().text
