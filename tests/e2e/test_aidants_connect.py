"""The simulated Aidants Connect (inside-the-hub §5, §6.2; service-provider-side §7.4, §7.6)."""

import json
import secrets
import tomllib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from fcsim_hub.announce import as_json
from fcsim_hub.fixture_files import built_in
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Response, Stopped, Traveller, Visitor
from support.clock import MovableClock
from support.provider_login import ProviderLogin, redeem
from support.relying_party import RelyingParty, query_of
from support.site import Site

NAME = "aidants-connect"
UID = "3189d655-0c78-4ff7-9758-f3a3ac36dd7e"
SOPHIE, KARIM = "sophie-lambert", "karim-haddad"
TAXES, HOUSING, HEALTH = "Argent-Impots-Consommation", "Logement", "Social-Santé"
PERIMETERS = {
    *("Papier-Citoyenneté-Elections", "Famille-Scolarité", HEALTH, "Travail-Formation", HOUSING),
    *("Transports-Mobilité", TAXES, "Justice", "Etranger-Europe", "Loisirs-Sport-Culture"),
}
"""service-provider-side §4."""


def asking(*perimeters: str) -> str:
    """The parameter `claims` of a hub whose service accepts these."""
    return json.dumps({"id_token": {"rep_scope": {"essential": True, "values": list(perimeters)}}})


@pytest.fixture(autouse=True)
def _forgotten_failures(site: Site) -> Iterator[None]:
    yield
    site.api("DELETE", "/login-failures")


def begin(site: Site, helper: str = SOPHIE, **changes: str | None) -> ProviderLogin:
    """A login at the OTP card of a helper."""
    login = ProviderLogin.begin(site, NAME, **changes)
    return login.type_as(helper)


def card(login: ProviderLogin) -> str:
    return login.phone().page.texts["otp-code"]


def offered(login: ProviderLogin) -> list[str]:
    return sorted(login.form("mandates-form").buttons)


def pick(login: ProviderLogin, person: str) -> ProviderLogin:
    login.submit(f"quick-login-{person}")
    return login


def mandates(site: Site, helper: str) -> dict[str, tuple[str, ...]]:
    return dict(site.person(helper).accounts[NAME].mandates)


# --- what the files say ----------------------------------------------------------------------------------------------


def test_helpers_hold_different_mandates_of_people_there_are(site: Site) -> None:
    people = site.stack.fixtures.people()
    helpers = [name for name, (person, _) in people.items() if NAME in person.accounts]
    assert len(helpers) >= 2
    held = {name: mandates(site, name) for name in helpers}
    assert all(len(one) >= 2 for one in held.values())
    assert {person for one in held.values() for person in one} <= people.keys()
    given = [set(perimeters) for one in held.values() for perimeters in one.values()]
    assert set() in given
    assert set.union(*given) <= PERIMETERS
    taxes = tomllib.loads((built_in() / "services" / "taxes.toml").read_text(encoding="utf-8"))
    accepted = taxes["client"]["rep_scope"]
    assert set(accepted) <= PERIMETERS
    assert any(one & set(accepted) for one in given)


# --- at the provider --------------------------------------------------------------------------------------------------


def test_a_helper_types_the_code_of_the_card_then_says_for_whom(site: Site) -> None:
    login = begin(site, claims=asking(TAXES))
    login.submit("code-form", code=card(login))
    assert offered(login) == sorted(f"quick-login-{person}" for person in mandates(site, SOPHIE))
    token = pick(login, "angela-dubois").id_token()
    assert token["rep_scope"] == [TAXES, HOUSING]
    assert (token["amr"], token["acr"]) == (["otp"], "eidas1")


@pytest.mark.parametrize(
    ("claims", "told"),
    [(None, None), ("", None), ('{"id_token":{}}', None), (asking(), [HEALTH]), (asking(TAXES), [HEALTH])],
)
def test_the_mandate_is_told_when_it_was_asked(site: Site, claims: str | None, told: list[str] | None) -> None:
    login = begin(site, claims=claims)
    login.submit("second-factor-pass")
    assert pick(login, "helene-roux").id_token().get("rep_scope") == told


@pytest.mark.parametrize(
    "claims", ["[", "[]", "1", '{"id_token":1}', '{"id_token":{"rep_scope":{"values":"Logement"}}}', "[" * 20000]
)
def test_a_demand_that_cannot_be_read_is_refused_on_a_page(site: Site, claims: str) -> None:
    login = ProviderLogin.begin(site, NAME, claims=claims)
    assert login.answer.status in (400, 414)


def test_the_mandates_that_do_not_fit_are_marked_and_can_be_chosen_all_the_same(site: Site) -> None:
    login = begin(site, claims=asking(HOUSING))
    login.submit("second-factor-pass")
    assert {mark for mark in login.page.texts if mark.startswith("unfit-")} == {
        "unfit-helene-roux",
        "unfit-vincent-martin",
    }
    assert HOUSING in login.page.texts["accepted-mandates"]
    assert pick(login, "vincent-martin").id_token()["rep_scope"] == []


def test_a_wrong_code_counts_and_six_close_the_login(site: Site) -> None:
    login = begin(site)
    right = card(login).replace(" ", "")
    wrong = "000000" if right != "000000" else "111111"
    for left in range(5, 0, -1):
        assert login.submit("code-form", code=wrong).status == 401
        assert str(left) in login.page.texts["step-error"]
    login.submit("code-form", code=wrong)
    assert "step-ended" in login.page.texts
    assert login.look().status == 403


def test_a_code_is_right_in_its_minute_and_the_next_then_too_old(site: Site, clock: MovableClock) -> None:
    for seconds, stage in [(59, "mandates-form"), (61, "mandates-form"), (121, "code-form"), (240, "code-form")]:
        clock.reset()
        clock.advance(60 - clock.now() % 60)
        login = begin(site)
        code = card(login)
        clock.advance(seconds)
        login.submit("code-form", code=code)
        assert login.page.form_with(stage), seconds
        assert ("changed" in login.page.texts.get("step-error", "")) == (stage == "code-form")


def test_the_card_shows_another_code_each_minute_and_each_login_its_own(site: Site, clock: MovableClock) -> None:
    one, other = begin(site), begin(site)
    seen = {card(one), card(other)}
    clock.advance(60)
    seen |= {card(one), card(other)}
    assert len(seen) > 2


def test_a_login_left_alone_expires_before_the_code_and_before_the_choice(site: Site, clock: MovableClock) -> None:
    login = begin(site)
    clock.advance(601)
    assert login.look().status == 410
    clock.reset()
    login = begin(site)
    login.submit("second-factor-pass")
    clock.advance(301)
    pick(login, "angela-dubois")
    assert login.answer.status == 410


def test_one_approval_serves_one_person_once(site: Site) -> None:
    login = begin(site)
    login.submit("second-factor-pass")
    form, url = login.form("quick-login-angela-dubois"), login.url
    pick(login, "angela-dubois")
    assert "code" in login.back
    login.url = url
    assert login.post(form.action, form.fields | {"person": "helene-roux"}).status == 410


def test_nobody_acts_without_a_mandate_of_the_person(site: Site) -> None:
    login = begin(site)
    login.submit("second-factor-pass")
    form = login.form("mandates-form")
    for person in ("georges-fabre", KARIM, SOPHIE, "", "\x00"):
        login.url = f"{site.providers}{form.action}"
        assert login.post(form.action, {"person": person}).status == 403
        assert "step-error" in login.page.texts


def test_the_choice_is_for_the_browser_that_proved_the_helper(site: Site) -> None:
    login = begin(site)
    form_url = f"{site.providers}/{NAME}/step/{login.url.rpartition('/')[2]}/person"
    answer = login.visitor.request("POST", form_url, {"person": "angela-dubois"})
    assert answer.location.endswith(login.url.rpartition("/")[2])  # not approved yet: back to the code
    login.submit("second-factor-pass")
    thief = Visitor()
    ProviderLogin.begin(site, NAME, thief)
    assert thief.request("POST", form_url, {"person": "angela-dubois"}).status == 403


def test_nobody_helped_signs_in_as_themselves(site: Site) -> None:
    """What is kept of them is no account: neither a typed login nor a quick one leads to it."""
    login = ProviderLogin.begin(site, NAME)
    assert sorted(login.form("login-form").buttons) == [f"quick-login-{KARIM}", f"quick-login-{SOPHIE}"]
    assert login.submit("login-form", person="angela-dubois").status == 401
    for typed in ("helped:angela-dubois", "angela.dubois@fcsim.test"):
        login = ProviderLogin.begin(site, NAME)
        assert login.type(login=typed).status in (400, 401)


def test_quick_login_of_a_helper_leads_to_the_people_helped(site: Site) -> None:
    login = ProviderLogin.begin(site, NAME, claims=asking())
    login.submit(f"quick-login-{KARIM}")
    assert pick(login, "fatoumata-traore").id_token()["rep_scope"] == [
        "Papier-Citoyenneté-Elections",
        "Etranger-Europe",
    ]


def test_try_again_keeps_what_the_service_accepts(site: Site, clock: MovableClock) -> None:
    login = begin(site, claims=asking(TAXES))
    clock.advance(601)
    login.look()
    again = login.answer.text.split('data-testid="try-again"')[0].rpartition('href="')[2].partition('"')[0]
    query = parse_qs(urlsplit(again.replace("&amp;", "&").replace("&#34;", '"')).query)
    assert json.loads(query["claims"][0])["id_token"]["rep_scope"]["values"] == [TAXES]


# --- at the hub -------------------------------------------------------------------------------------------------------


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


def nobody(family_name: str, **more: Any) -> dict[str, Any]:
    """A person without any account."""
    civil = {"given_names": ["Maud", "Iris"], "gender": "female", "birthdate": "1980-01-01", "birthplace": "75107"}
    return {"family_name": family_name, "email": "maud@fcsim.test"} | civil | more


@pytest.fixture
def helper(site: Site) -> Iterator[str]:
    """A helper of the test's own, without mandates."""
    name = f"helper-{secrets.token_hex(4)}"
    account = {"login": f"{name}@aidants.test", "password": "card"}
    assert site.api("PUT", f"/people/{name}", nobody("HELPER", accounts={NAME: account}))[0] == 201
    yield name
    site.api("DELETE", f"/people/{name}")


def mandate(helper: str, person: str) -> str:
    return f"/people/{helper}/accounts/{NAME}/mandates/{person}"


def test_anybody_of_the_world_can_be_helped_without_any_account(rp: RelyingParty, person: str, helper: str) -> None:
    """Told to the provider by the console when they are made, as nobody else could tell it."""
    family_name = f"MADE {person[-8:].translate(str.maketrans('0123456789', 'ghijklmnop')).upper()}"
    assert rp.site.api("PUT", f"/people/{person}", nobody(family_name))[0] == 201
    status, stored = rp.site.api("PUT", mandate(helper, person), {"perimeters": [HEALTH]})
    assert (status, stored["accounts"][NAME]["mandates"]) == (200, {person: [HEALTH]})
    login = f"{helper}@aidants.test"
    end = rp.change(rep_scope=[HEALTH]).travel(Traveller(person, UID, login=login))
    assert isinstance(end, Arrival), end
    claims = rp.verified(rp.userinfo(rp.redeem(query_of(end.redirect_to)["code"]).access_token).data.decode())
    assert (claims["family_name"], claims["given_name"]) == (family_name, "Maud Iris")
    fresh = RelyingParty(rp.site, rp.record)
    assert rp.site.api("DELETE", f"/people/{person}")[0] == 204  # and forgotten with the person
    assert isinstance(fresh.travel(Traveller(person, UID, login=login)), Stopped)


def test_a_person_of_the_files_without_account_can_be_helped(rp: RelyingParty, helper: str) -> None:
    """Noah Bennett (persona P05) has no account anywhere, and the registry never heard of him."""
    assert not rp.site.person("noah-bennett").accounts
    assert rp.site.api("PUT", mandate(helper, "noah-bennett"), {"perimeters": []})[0] == 200
    end = rp.travel(Traveller("noah-bennett", UID, login=f"{helper}@aidants.test"))
    assert isinstance(end, Stopped)
    assert end.code == "Y010008"


def test_a_mandate_is_given_replaced_and_withdrawn_at_run_time(site: Site, helper: str) -> None:
    place = mandate(helper, "paul-dupont")
    for perimeters in ([HEALTH], [HOUSING, TAXES], []):
        assert site.api("PUT", place, {"perimeters": perimeters})[0] == 200
        login = ProviderLogin.begin(site, NAME, claims=asking())
        login.type(login=f"{helper}@aidants.test")
        login.submit("second-factor-pass")
        assert pick(login, "paul-dupont").id_token()["rep_scope"] == perimeters
    assert site.api("DELETE", place)[0] == 204
    assert site.api("DELETE", place)[0] == 404
    login = ProviderLogin.begin(site, NAME, claims=asking())
    login.type(login=f"{helper}@aidants.test")
    login.submit("second-factor-pass")
    assert "nobody-here" in login.answer.text


@pytest.mark.parametrize(
    ("held", "body", "status"),
    [
        ("paul-dupont", {}, 400),
        ("paul-dupont", {"perimeters": "Logement"}, 400),
        ("paul-dupont", {"perimeters": [""]}, 400),
        ("paul-dupont", {"perimeters": [], "until": "2030"}, 400),
        ("nobody-at-all", {"perimeters": []}, 404),
    ],
)
def test_a_mandate_that_cannot_be_is_refused(
    site: Site, helper: str, held: str, body: dict[str, object], status: int
) -> None:
    assert site.api("PUT", mandate(helper, held), body)[0] == status
    assert site.api("GET", f"/people/{helper}")[1]["accounts"][NAME]["mandates"] == {}


def test_an_account_that_is_no_helpers_takes_no_mandate(site: Site) -> None:
    place = "/people/angela-dubois/accounts/impots/mandates/paul-dupont"
    assert site.api("PUT", place, {"perimeters": []})[0] == 409
    assert not site.api("GET", "/people/angela-dubois")[1]["accounts"]["impots"]["mandates"]


@pytest.mark.parametrize("name", ["paul-dupont", "nobody-at-all"])
def test_nobody_but_a_helper_holds_mandates(site: Site, name: str) -> None:
    for method, body in (("PUT", {"perimeters": []}), ("DELETE", None)):
        assert site.api(method, mandate(name, "angela-dubois"), body)[0] == 404


def test_up_lists_both_doors(site: Site) -> None:
    listed = json.loads(as_json(site.stack))["providers"]
    assert listed[NAME]["uids"] == {"franceconnect": UID}
    assert listed["eidas"]["uids"] == {"franceconnect-plus": "8aa849db-8402-4f2e-bad9-7471dd21ff94"}
