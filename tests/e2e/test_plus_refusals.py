"""The registry's and the account's refusals on FranceConnect+, and its keys (security-and-reliability H143, H146)."""

import json
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue, claims_of
from support.site import Site, call


def refused(party: RelyingParty, rogue: Rogue) -> tuple[int, str]:
    end = party.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Stopped), end
    return end.status, end.code


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("georges-fabre", {}, "Y010015"),
        ("marie-bernard-1", {}, "Y010006"),
        ("angela-dubois", {"family_name": "INCONNUE"}, "Y010004"),
        ("heidi-muller", {}, "Y010008"),
    ],
)
def test_h143_the_registry_refuses_here_too(
    plus_rp: RelyingParty, plus_rogue: Rogue, name: str, changes: dict[str, Any], code: str
) -> None:
    plus_rogue.identity = claims_of(plus_rp.site.person(name), **changes)
    assert refused(plus_rp, plus_rogue) == (403, code)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"active": False}, "Y180001"),
        ({"idp_settings": {"is_exclude_list": True, "list": ["rogue"]}}, "Y100011"),
    ],
)
def test_h146_an_account_closed_or_a_provider_blocked_is_met_again_in_single_sign_on(
    plus_rp: RelyingParty, plus_rogue: Rogue, change: dict[str, Any], code: str
) -> None:
    site, place = plus_rp.site, f"{plus_rp.site.place}/accounts/claire-moreau"
    plus_rogue.identity = claims_of(site.person("claire-moreau"))
    assert isinstance(plus_rp.travel(Traveller("nobody", plus_rogue.uid)), Arrival)
    assert site.api("PUT", place, change)[0] == 200
    try:
        assert refused(plus_rp, plus_rogue) == (403, code)
        assert len(plus_rogue.requests) == 1  # single sign-on: the provider was not met again
        assert refused(RelyingParty(site, plus_rp.record), plus_rogue) == (403, code)
    finally:
        site.api("PUT", place, {"active": True, "idp_settings": {"is_exclude_list": True, "list": []}})


def test_h092_one_kind_of_key_and_none_of_the_other_platform(site: Site, plus: Site) -> None:
    """One key in use; a test that rotated keys may have left former ones, of the same kind."""
    keys = json.loads(call("GET", f"{plus.issuer}/jwks").data)["keys"]
    assert {(key["kty"], key["crv"], key["alg"], key["use"]) for key in keys} == {("EC", "P-256", "ES256", "sig")}
    assert not any("d" in key for key in keys)
    others = {one["kid"] for one in json.loads(call("GET", f"{site.issuer}/jwks").data)["keys"]}
    assert not others & {key["kid"] for key in keys}


@pytest.mark.parametrize("alg", ["RS256", "HS256"])
@pytest.mark.parametrize("what", ["id_token", "userinfo"])
def test_h093_an_algorithm_that_discovery_does_not_list_cannot_be_registered(plus: Site, what: str, alg: str) -> None:
    record = {"client_secret": "s", "name": "n", "redirect_uris": ["https://rp.test/cb"]}
    key = f"{what}_signed_response_alg"
    status, problem = plus.api("PUT", f"{plus.place}/clients/refused", record | {key: alg})
    assert (status, problem["errors"][0]["key"], problem["errors"][0]["expected"]) == (400, key, "one of ES256")


def test_encryption_is_refused_on_a_platform_that_does_not_encrypt(rp: RelyingParty) -> None:
    where = f"{rp.site.place}/clients/{rp.client_id}"
    members = {"id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A256GCM"}
    status, problem = rp.site.api("PATCH", where, members)
    assert (status, problem["errors"][0]["key"]) == (400, "id_token_encrypted_response_alg")
    assert "none" in problem["errors"][0]["expected"]
