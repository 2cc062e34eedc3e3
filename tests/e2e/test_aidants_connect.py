"""The simulated Aidants Connect (inside-the-hub §5, §6.2; service-provider-side §7.4, §7.6)."""

import json
import tomllib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from fcsim_hub.fixture_files import built_in
from fcsim_hub.gateways.visitor import Visitor
from support.aidants import (
    HEALTH,
    HOUSING,
    KARIM,
    NAME,
    PERIMETERS,
    SOPHIE,
    TAXES,
    asking,
    begin,
    card,
    mandates,
    offered,
    pick,
)
from support.clock import MovableClock
from support.provider_login import ProviderLogin
from support.site import Site


@pytest.fixture(autouse=True)
def _forgotten_failures(site: Site) -> Iterator[None]:
    yield
    site.api("DELETE", "/login-failures")


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
