"""The chain of a data provider, over real sockets: service, data provider, checktoken (service-provider-side §14)."""

import json

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Visitor
from support.clock import MovableClock
from support.relying_party import RelyingParty
from support.site import Site, call

VEHICLE = "ants_extrait_immatriculation_vehicule_"
CHAINS = [
    ("taxes", "tax-data", "ECDH-ES", {"dgfip_rfr", "dgfip_nbpart"}, "dgfip_pac"),
    ("health", "health-data", "RSA-OAEP-256", {"droits_assurance_maladie", "cnam_caisse"}, "cnam_medecin_traitant"),
    ("vehicle", "vehicle-data", "ECDH-ES", {f"{VEHICLE}statut_rattachement"}, f"{VEHICLE}adresse_particulier"),
    ("renovation", "tax-data-plus", "RSA-OAEP", {"dgfip_rfr"}, "dgfip_nbpart"),
]
"""Service, its data provider, how checktoken answers it, data asked for, data not asked for."""


def signed_in(site: Site, service: str = "taxes") -> Visitor:
    """A browser with a login at a demo service."""
    visitor = Visitor()
    start = visitor.request("GET", f"{site.demo}/{service}/login")
    there = next(one for one in (site, site.plus) if start.location.startswith(one.issuer))
    end = visitor.walk(start.location, there.traveller(provider="laposte"))
    visitor.request("GET", end.redirect_to)  # type: ignore[union-attr]  # an arrival, or the next line fails
    return visitor


def press(visitor: Visitor, site: Site, button: str, service: str = "taxes") -> tuple[int, dict[str, str]]:
    """Press a button of the identity page: the answer, or the page it leads to."""
    page = visitor.request("GET", f"{site.demo}/{service}/identity")
    form = read_page(page.text).form_with(button)
    assert form is not None
    answer = visitor.request("POST", site.demo + form.action, form.fields)
    answer = visitor.request("GET", answer.location) if answer.location else answer
    return answer.status, read_page(answer.text).texts


@pytest.mark.parametrize(("service", "name", "alg", "asked", "other"), CHAINS)
def test_a_citizen_fetches_data_through_the_service(
    site: Site, service: str, name: str, alg: str, asked: set[str], other: str
) -> None:
    status, texts = press(signed_in(site, service), site, "fetch-data-button", service)
    assert status == 200
    assert {f"data-{scope}" for scope in asked} | {"data-sub"} <= set(texts)
    assert f"data-{other}" not in texts


def test_the_same_person_has_the_same_invented_data(site: Site) -> None:
    first, second = (press(signed_in(site, "health"), site, "fetch-data-button", "health")[1] for _ in range(2))
    assert first["data-cnam_caisse"] == second["data-cnam_caisse"]


def test_a_token_given_back_opens_neither_userinfo_nor_data(site: Site) -> None:
    visitor = signed_in(site)
    assert press(visitor, site, "reload-button")[0] == 200
    status, texts = press(visitor, site, "revoke-button")
    assert (status, "revoked" in texts) == (200, True)
    status, texts = press(visitor, site, "reload-button")
    assert (status, texts["error-code"]) == (502, "userinfo")
    assert "invalid_token" in texts["error-description"]
    status, texts = press(visitor, site, "fetch-data-button")
    assert (status, texts["error-code"]) == (502, "data")


def test_a_token_older_than_sixty_seconds_opens_nothing(site: Site, clock: MovableClock) -> None:
    visitor = signed_in(site)
    clock.advance(61)
    status, texts = press(visitor, site, "fetch-data-button")
    assert status == 502
    assert "data-sub" not in texts


@pytest.mark.parametrize("header", ["", "Basic x", "Bearer ", "Bearer unknown"])
def test_the_api_refuses_what_the_hub_does_not_know(site: Site, header: str) -> None:
    answer = call("GET", f"{site.demo}/data-providers/tax-data/data", headers={"Authorization": header})
    assert (answer.status, json.loads(answer.data)["error"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_the_api_refuses_a_token_without_its_scopes(rp: RelyingParty) -> None:
    token = rp.redeem(rp.log_in()).access_token
    headers = {"Authorization": f"Bearer {token}"}
    answer = call("GET", f"{rp.site.demo}/data-providers/tax-data/data", headers=headers)
    assert (answer.status, json.loads(answer.data)["error"]) == (403, "insufficient_scope")


@pytest.mark.parametrize(("service", "name", "alg", "asked", "other"), CHAINS)
def test_its_keys_are_public_and_for_encryption(
    site: Site, service: str, name: str, alg: str, asked: set[str], other: str
) -> None:
    (key,) = json.loads(call("GET", f"{site.demo}/data-providers/{name}/jwks").data)["keys"]
    assert (key["use"], key["alg"], "d" in key) == ("enc", alg, False)
    assert call("GET", f"{site.demo}/data-providers/nobody/jwks").status == 404
