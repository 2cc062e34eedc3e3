"""The migration from v1 to v2, rehearsed: one person, one `sub`; and v1 as the console has it (§11, §17)."""

import pytest

from fcsim_hub.domain.people import certified_identity
from fcsim_hub.domain.subject import identity_hash, pairwise_sub
from fcsim_hub.gateways.visitor import Stopped
from support.relying_party import RelyingParty
from support.site import Site, call
from support.v1_party import PLATFORM, V1Party, error_code


def test_an_unknown_client_of_v2_is_unknown_here(v1: V1Party, v2: RelyingParty) -> None:
    """§17: keys are never interchangeable."""
    assert error_code(v1.authorize(client_id=v2.client_id).data) == "Y04EA6EF"
    assert error_code(v2.authorize(client_id=v1.client_id).data) == "Y04EA6EF"


def test_the_same_person_has_the_same_sub_on_v1_and_v2_for_one_entity(v1: V1Party, v2: RelyingParty) -> None:
    sub = v1.identity()["sub"]
    assert v2.identity()["sub"] == sub
    assert len(sub) == 66
    assert V1Party.register(v1.site).identity()["sub"] != sub


def test_the_sub_of_v1_is_the_formula_of_section_11(v1: V1Party) -> None:
    person = v1.site.person("angela-dubois")
    secret = v1.site.stack.platforms["franceconnect"].sub_secret
    expected = pairwise_sub(v1.record["entity_id"], identity_hash(certified_identity(person)), secret)
    assert v1.identity()["sub"] == expected


@pytest.mark.parametrize("stored_on", [PLATFORM, "franceconnect"])
def test_a_stored_sub_wins_on_both_platforms_wherever_it_was_stored(
    v1: V1Party, v2: RelyingParty, stored_on: str
) -> None:
    """§11: `sub` inherited from v1, whatever the formula gives."""
    old = "f" * 64 + "v1"
    where = f"/platforms/{stored_on}/accounts/angela-dubois"
    status, _ = v1.site.api("PUT", where, {"subs": {v1.record["entity_id"]: old}})
    assert status in (200, 201)
    assert [v1.identity()["sub"], v2.identity()["sub"]] == [old, old]
    assert v1.site.api("GET", f"/platforms/{PLATFORM}/accounts/angela-dubois")[1]["subs"][v1.record["entity_id"]] == old


def test_the_ready_clients_of_both_versions_are_of_one_organisation(v1_site: Site) -> None:
    platforms, fixtures = v1_site.stack.platforms, v1_site.stack.fixtures
    clients = {
        name: next(one for path, one in fixtures.clients(platforms[name]).items() if path.endswith(file))
        for name, file in (("franceconnect", "/my-app.toml"), (PLATFORM, "/my-app-v1.toml"))
    }
    assert clients["franceconnect"].entity_id == clients[PLATFORM].entity_id
    assert clients["franceconnect"].client_id != clients[PLATFORM].client_id
    assert v1_site.stack.left_out == []


def test_the_control_api_serves_the_platform(v1: V1Party) -> None:
    status, found = v1.site.api("GET", f"/platforms/{PLATFORM}")
    assert (status, found["issuer"]) == (200, v1.host)
    assert v1.site.api("GET", "/environment")[1]["platforms"][PLATFORM]["title"] == "FranceConnect v1"
    asked = {"authorization_url": v1.url(), "person": "angela-dubois", "provider": "impots"}
    status, end = v1.site.api("POST", "/logins", asked)
    assert (status, end["redirect_to"].startswith("https://rp.test/callback?code=")) == (200, True)
    status, problem = v1.site.api(
        "PATCH", f"/platforms/{PLATFORM}/clients/{v1.client_id}", {"id_token_signed_response_alg": "ES256"}
    )
    assert (status, problem["errors"][0]["key"]) == (400, "id_token_signed_response_alg")


def test_the_console_shows_the_addresses_that_discovery_would(v1_site: Site) -> None:
    page = call("GET", v1_site.console, headers={"Accept-Language": "en"}).data.decode()
    host = v1_site.stack.settings.urls.franceconnect_v1
    for path in ("/authorize", "/token", "/userinfo?schema=openid", "/logout"):
        assert f"{host}/api/v1{path}" in page
    assert f"{host}/.well-known" not in page
    assert page.index("to FranceConnect in three steps") < page.index("to FranceConnect v1 in three steps")


def test_an_account_disabled_on_v2_is_refused_on_v1(v1: V1Party) -> None:
    account = "/platforms/franceconnect/accounts/emily-carter"
    v1.site.api("PUT", account, {"active": False})
    end = v1.walk("emily-carter")
    v1.site.api("PUT", account, {"active": True})
    assert isinstance(end, Stopped)
    assert end.code == "Y180001"
