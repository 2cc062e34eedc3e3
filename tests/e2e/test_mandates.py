"""Mandates given, replaced and withdrawn at run time (service-provider-side §4, `rep_scope`)."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from fcsim_hub.announce import as_json
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.aidants import (
    HEALTH,
    HOUSING,
    NAME,
    TAXES,
    UID,
    asking,
    pick,
)
from support.provider_login import ProviderLogin
from support.relying_party import RelyingParty, query_of
from support.site import Site


@pytest.fixture(autouse=True)
def _forgotten_failures(site: Site) -> Iterator[None]:
    yield
    site.api("DELETE", "/login-failures")


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
