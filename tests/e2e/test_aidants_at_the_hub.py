"""A person helped, as the hub and the service know them (inside-the-hub §5; service-provider-side §7.4, §7.6)."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Response, Stopped, Traveller
from support.aidants import HEALTH, HOUSING, KARIM, NAME, TAXES, UID, asking, pick
from support.provider_login import ProviderLogin, redeem
from support.relying_party import RelyingParty, query_of
from support.site import Site


@pytest.fixture(autouse=True)
def _forgotten_failures(site: Site) -> Iterator[None]:
    yield
    site.api("DELETE", "/login-failures")


def test_the_service_receives_the_person_helped_as_the_registry_knows_them(rp: RelyingParty) -> None:
    end = rp.travel(Traveller("helene-roux", UID, login="sophie.lambert@aidants.test"))
    assert isinstance(end, Arrival), end
    tokens = rp.redeem(query_of(end.redirect_to)["code"])
    claims = rp.verified(rp.userinfo(tokens.access_token).data.decode())
    assert (claims["given_name"], claims["family_name"]) == ("Hélène Marie", rp.site.person("helene-roux").family_name)
    assert "rep_scope" not in claims
    assert "rep_scope" not in jwt.decode(tokens.body["id_token"], options={"verify_signature": False})
    fresh = RelyingParty(rp.site, rp.record)
    assert fresh.identity("helene-roux", "ameli")["sub"] == claims["sub"]


def test_the_registry_refuses_the_person_helped_as_anybody(rp: RelyingParty) -> None:
    end = rp.travel(Traveller("nadia-benali", UID, login="karim.haddad@aidants.test"))
    assert isinstance(end, Stopped)
    assert (end.code, end.status) == ("Y010004", 403)


@pytest.mark.parametrize(
    ("accepted", "person", "code"),
    [
        ([], "angela-dubois", ""),
        ([], "vincent-martin", ""),
        ([TAXES], "angela-dubois", ""),
        (["Justice", HOUSING], "angela-dubois", ""),
        ([TAXES], "helene-roux", "Y600020"),
        ([TAXES], "vincent-martin", "Y600020"),
    ],
)
def test_the_mandate_must_fit_the_service(rp: RelyingParty, accepted: list[str], person: str, code: str) -> None:
    end = rp.change(rep_scope=accepted).travel(Traveller(person, UID, login="sophie.lambert@aidants.test"))
    event = "FC_INVALID_REP_SCOPE" if code else "FC_VALID_REP_SCOPE"
    assert event in [one["event"] for one in rp.site.events(end.flow_id)]
    assert isinstance(end, Stopped if code else Arrival), end
    if isinstance(end, Stopped):
        assert (end.code, end.status) == (code, 400)


@pytest.mark.parametrize(("accepted", "code"), [([], ""), ([HOUSING], ""), (["Justice"], "Y600020")])
def test_single_sign_on_compares_the_mandate_again(rp: RelyingParty, accepted: list[str], code: str) -> None:
    """§7.6: "SSO included"."""
    assert isinstance(rp.travel(Traveller("angela-dubois", UID, login="sophie.lambert@aidants.test")), Arrival)
    other = RelyingParty.register(rp.site, rep_scope=accepted)
    page: Any = rp.visitor.request("GET", other.url())
    while page.location:
        page = rp.visitor.request("GET", page.location)
    read = read_page(page.text)
    assert read.texts.get("error-code", "").rpartition(" ")[2] == code
    assert (read.form_with("consent-form") is None) == bool(code)
    assert ("mail-announced" in read.texts) == (not code)  # to the person helped
    other.forget()


def _choose_helpers(party: RelyingParty) -> Response:
    form = read_page(party.choice_page().text).form_with("interaction-aidants-connect-button")
    assert form is not None
    answer = party.visitor.request("POST", party.site.hub + form.action, form.fields)
    return party.visitor.request("GET", answer.location)


@pytest.mark.parametrize("at", ["first page", "card", "mandates"])
def test_cancelling_leads_back_to_the_choice_page(rp: RelyingParty, at: str) -> None:
    page = _choose_helpers(rp)
    for wanted, mark, fields in [
        (("card", "mandates"), "login-form", {"login": "sophie.lambert@aidants.test"}),
        (("mandates",), "second-factor-pass", {}),
    ]:
        if at in wanted:
            form = read_page(page.text).form_with(mark)
            assert form is not None
            page = rp.visitor.request("POST", rp.site.providers + form.action, form.fields | fields)
            while page.location:
                page = rp.visitor.request("GET", page.location)
    cancel = page.text.split('data-testid="return-to-franceconnect"')[0].rpartition('href="')[2].partition('"')[0]
    back = rp.visitor.request("GET", rp.visitor.request("GET", cancel.replace("&amp;", "&")).location)
    assert "Aidants Connect" in read_page(back.text).texts["interaction-error-message"]


def test_the_door_of_helpers_is_under_the_list_of_franceconnect_alone(rp: RelyingParty, plus_rp: RelyingParty) -> None:
    page = rp.choice_page().text
    assert page.index("main-providers") < page.index("interaction-aidants-connect-button")
    assert f"idp-{UID}" not in page
    assert "interaction-aidants-connect-button" not in plus_rp.choice_page().text
    excluded = rp.change(idp_filter_exclude=True, idp_filter_list=[UID]).choice_page().text
    assert "interaction-aidants-connect-button" in excluded
    assert read_page(excluded).form_with("interaction-aidants-connect-button") is None


def test_a_headless_login_of_a_person_helped_is_their_helpers(rp: RelyingParty) -> None:
    body = {"authorization_url": rp.url(), "person": "fatoumata-traore", "provider": NAME}
    status, end = rp.site.api("POST", "/logins", body)
    assert status == 200, end
    tokens = rp.redeem(query_of(end["redirect_to"])["code"])
    claims = rp.verified(rp.userinfo(tokens.access_token).data.decode())
    assert claims["family_name"] == rp.site.person("fatoumata-traore").family_name
    for person, told in [(KARIM, "nadia-benali"), ("zofia-wojcik", "no account")]:
        status, problem = rp.site.api("POST", "/logins", body | {"person": person})
        assert (status, told in problem["detail"]) == (404, True)


def test_a_helper_made_at_run_time_helps_at_once(rp: RelyingParty, person: str) -> None:
    account = {"login": f"{person}@aidants.test", "password": "card", "mandates": {"paul-dupont": [HEALTH]}}
    record = {
        "given_names": ["Maud"],
        "family_name": "RUN",
        "gender": "female",
        "birthdate": "1980-01-01",
        "birthplace": "75107",
        "accounts": {NAME: account},
    }
    status, stored = rp.site.api("PUT", f"/people/{person}", record)
    assert (status, stored["accounts"][NAME]["mandates"]) == (201, {"paul-dupont": [HEALTH]})
    login = ProviderLogin.begin(rp.site, NAME, claims=asking())
    login.type(login=f"{person}@aidants.test")
    login.submit("second-factor-pass")
    code = pick(login, "paul-dupont").back["code"]
    status, tokens = redeem(rp.site, NAME, code)
    assert status == 200
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["rep_scope"] == [HEALTH]
