"""The chain of a data provider, over real sockets: service, data provider, checktoken (service-provider-side §14)."""

import json

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Visitor
from support.clock import MovableClock
from support.relying_party import RelyingParty
from support.site import Site, call


def signed_in(site: Site) -> Visitor:
    """A browser with a login at the demo tax service."""
    visitor = Visitor()
    start = visitor.request("GET", f"{site.demo}/taxes/login")
    end = visitor.walk(start.location, site.traveller())
    visitor.request("GET", end.redirect_to)  # type: ignore[union-attr]  # an arrival, or the next line fails
    return visitor


def fetch(visitor: Visitor, site: Site) -> tuple[int, dict[str, str]]:
    page = visitor.request("GET", f"{site.demo}/taxes/identity")
    form = read_page(page.text).form_with("fetch-data-button")
    assert form is not None
    answer = visitor.request("POST", site.demo + form.action, form.fields)
    return answer.status, read_page(answer.text).texts


def test_a_citizen_fetches_data_through_the_service(site: Site) -> None:
    status, texts = fetch(signed_in(site), site)
    assert status == 200
    assert {"data-dgfip_rfr", "data-dgfip_nbpart", "data-sub"} <= set(texts)
    assert "data-dgfip_pac" not in texts


def test_a_token_older_than_sixty_seconds_opens_nothing(site: Site, clock: MovableClock) -> None:
    visitor = signed_in(site)
    clock.advance(61)
    status, texts = fetch(visitor, site)
    assert status == 502
    assert "data-sub" not in texts


@pytest.mark.parametrize("header", ["", "Basic x", "Bearer ", "Bearer unknown"])
def test_the_api_refuses_what_the_hub_does_not_know(site: Site, header: str) -> None:
    answer = call("GET", f"{site.demo}/data-providers/tax-data/data", headers={"Authorization": header})
    assert (answer.status, json.loads(answer.data)["error"]) == (401, "invalid_token")


def test_the_api_refuses_a_token_without_its_scopes(rp: RelyingParty) -> None:
    token = rp.redeem(rp.log_in()).access_token
    headers = {"Authorization": f"Bearer {token}"}
    answer = call("GET", f"{rp.site.demo}/data-providers/tax-data/data", headers=headers)
    assert (answer.status, json.loads(answer.data)["error"]) == (403, "insufficient_scope")


def test_its_keys_are_public_and_for_encryption(site: Site) -> None:
    (key,) = json.loads(call("GET", f"{site.demo}/data-providers/tax-data/jwks").data)["keys"]
    assert (key["use"], "d" in key) == ("enc", False)
    assert call("GET", f"{site.demo}/data-providers/nobody/jwks").status == 404
