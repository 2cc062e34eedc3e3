"""An identity typed at a provider, as at the official mock (inside-the-hub §18.1)."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from conftest import free_settings
from fcsim_hub.gateways.visitor import Response
from fcsim_hub.stack import build_stack
from support.provider_login import ProviderLogin
from support.relying_party import RelyingParty, query_of
from support.site import Site
from support.walks import choose, code_of, form_of

ANGELA = {
    "given_name": "Angela Claire Louise",
    "family_name": "DUBOIS",
    "gender": "female",
    "birthdate": "1962-08-24",
    "birthplace": "75107",
    "birthcountry": "",
    "email": "somebody.else@fcsim.test",
}


def type_identity(rp: RelyingParty, name: str, level: str, **changes: str) -> Response:
    """The page at the hub that a typed identity leads to."""
    page = rp.visitor.request("GET", choose(rp, rp.visitor, name, acr_values=level))
    form = form_of(page, "custom-submit")
    url = urljoin(rp.site.providers, form.action)
    answer = rp.visitor.request("POST", url, form.fields | ANGELA | changes)
    while answer.location:
        answer = rp.visitor.request("GET", answer.location)
    return answer


@pytest.mark.parametrize("name", ["impots", "ameli", "laposte", "msa", "yris", "france-identite"])
def test_an_identity_that_the_registry_knows_signs_in(rp: RelyingParty, name: str) -> None:
    page = type_identity(rp, name, "eidas1")
    consent = form_of(page, "consent-form")
    answer = rp.visitor.request("POST", rp.site.hub + consent.action, consent.fields)
    while not answer.location.startswith(rp.redirect_uri):
        answer = rp.visitor.request("GET", answer.location)
    tokens = rp.redeem(query_of(answer.location)["code"])
    claims = rp.verified(rp.userinfo(tokens.access_token).data.decode())
    assert (claims["family_name"], claims["email"]) == ("DUBOIS", "somebody.else@fcsim.test")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"family_name": "ANOTHER NAME"}, "Y010004"),
        ({"given_name": "Nobody", "family_name": "AT ALL", "birthdate": "1901-02-03"}, "Y010008"),
        ({"family_name": ""}, "Y600006"),
        ({"email": ""}, "Y600006"),
        ({"birthdate": "24/08/1962"}, "Y600006"),
        ({"birthcountry": "FR"}, "Y600006"),
        ({"given_name": "x" * 257}, "Y600006"),
        ({"acr": "eidas3"}, "Y100018"),
    ],
)
def test_a_wrong_identity_meets_the_hubs_rules(rp: RelyingParty, changes: dict[str, str], code: str) -> None:
    assert code_of(type_identity(rp, "impots", "eidas1", **changes))[1] == code


def test_france_identite_takes_it_for_certified(plus_rp: RelyingParty) -> None:
    assert form_of(type_identity(plus_rp, "france-identite", "eidas3"), "consent-form")


def test_the_same_identity_is_the_same_person_at_the_provider_and_is_offered_to_nobody(site: Site) -> None:
    subs = set()
    for _ in range(2):
        login = ProviderLogin.begin(site, "yris")
        login.submit("custom-submit", **ANGELA)
        subs.add(login.id_token()["sub"])
    assert len(subs) == 1
    offered = re.findall(r'data-testid="quick-login-([^"]*)"', ProviderLogin.begin(site, "yris").answer.text)
    assert not any("custom" in one for one in offered)
    login = ProviderLogin.begin(site, "yris")
    login.submit("login-form", person=f"custom:{next(iter(subs))}")
    assert login.answer.status == 401


def test_helpers_and_countries_take_no_other_identity(site: Site) -> None:
    login = ProviderLogin.begin(site, "aidants-connect")
    assert "custom-identity" not in login.answer.text
    login.submit("login-form", custom="yes", **ANGELA)
    assert (login.answer.status, "login-error" in login.page.texts) == (400, True)


def test_h180_typed_identities_are_refused_where_others_reach_the_simulator(tmp_path: Path) -> None:
    stack = build_stack(free_settings(tmp_path, host="0.0.0.0"), ("providers",))
    stack.start()
    try:
        login = ProviderLogin.begin(Site(stack), "impots")
        assert "custom-identity" not in login.answer.text
        login.submit("login-form", custom="yes", **ANGELA)
        assert (login.answer.status, "FCSIM_OPEN_TEST_LOGINS" in login.page.texts["refusal-reason"]) == (403, True)
    finally:
        stack.stop()


def test_each_field_can_be_typed_by_a_person(site: Site) -> None:
    form = form_of(ProviderLogin.begin(site, "impots").answer, "login-form")
    assert {"custom-submit", *(f"custom-{name}" for name in ANGELA)} <= form.marks
