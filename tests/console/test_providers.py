"""Bring your own provider: any OpenID provider, registered by its URLs, changed and removed at run time."""

from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import PLACE, Rogue
from support.site import Site

DOCUMENTED = {
    *("uid", "name", "title", "active", "display", "beta", "order", "allowed_acr", "amr", "issuer"),
    *("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"),
    *("client_id", "client_secret", "id_token_signed_response_alg", "id_token_encrypted_response_alg"),
    *("id_token_encrypted_response_enc", "userinfo_signed_response_alg", "userinfo_encrypted_response_alg"),
    *("userinfo_encrypted_response_enc", "modal", "kind"),
}


def test_a_provider_is_read_back_with_every_documented_member(site: Site, rogue: Rogue) -> None:
    status, found = site.api("GET", f"{PLACE}/{rogue.uid}")
    assert (status, set(found)) == (200, DOCUMENTED)
    assert found in site.api("GET", PLACE)[1]


def test_a_front_channel_that_does_not_resolve_here_is_none_of_the_hubs_business(
    rp: RelyingParty, rogue: Rogue
) -> None:
    rogue.register(rp.site, authorization_endpoint="https://idp.invalid/authorize?tenant=1")
    form = {"providerUid": rogue.uid}
    page = rp.choice_page()
    form |= {"csrfToken": page.text.partition('name="csrfToken" value="')[2][:64]}
    answer = rp.visitor.request("POST", f"{rp.site.issuer}/redirect-to-idp", form)
    assert answer.location.startswith("https://idp.invalid/authorize?tenant=1&client_id=hub&")


def test_a_change_acts_at_the_next_request(rp: RelyingParty, rogue: Rogue) -> None:
    assert isinstance(rp.travel(Traveller("nobody", rogue.uid)), Arrival)
    status, changed = rp.site.api("PATCH", f"{PLACE}/{rogue.uid}", {"active": False, "title": "Fermé", "order": None})
    assert (status, changed["active"]) == (200, False)
    rp = RelyingParty(rp.site, rp.record)
    assert "Fermé" in rp.choice_page().text
    assert rp.site.api("DELETE", f"{PLACE}/{rogue.uid}")[0] == 204
    assert "Fermé" not in rp.choice_page().text
    assert rp.site.api("GET", f"{PLACE}/{rogue.uid}")[0] == 404


def test_plain_json_userinfo_is_accepted_where_none_is_registered(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, userinfo_signed_response_alg="")
    rogue.answer_plain_json()
    end = rp.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Arrival)
    assert "code" in query_of(end.redirect_to)


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"allowed_acr": []}, "allowed_acr"),
        ({"allowed_acr": ["eidas4"]}, "allowed_acr.0"),
        ({"authorization_endpoint": "/authorize"}, "authorization_endpoint"),
        ({"token_endpoint": "ftp://x.test/"}, "token_endpoint"),
        ({"end_session_endpoint": "nowhere"}, "end_session_endpoint"),
        ({"jwks_uri": ""}, "jwks_uri"),
        ({"userinfo_signed_response_alg": "none"}, "userinfo_signed_response_alg"),
        ({"userinfo_encrypted_response_alg": "ECDH-ES"}, "userinfo_encrypted_response_alg"),
        ({"kind": "other"}, "kind"),
        ({"modal": {"title": "x"}}, "modal.body"),
        ({"order": "1"}, "order"),
        ({"uid": "other"}, "uid"),
        ({"title": ""}, "title"),
        ({"logo": "x"}, "logo"),
    ],
)
def test_a_wrong_provider_is_refused_with_its_key(site: Site, rogue: Rogue, members: dict[str, Any], key: str) -> None:
    before = site.api("GET", f"{PLACE}/{rogue.uid}")
    status, problem = site.api("PUT", f"{PLACE}/{rogue.uid}", rogue.record(**members))
    assert (status, problem["errors"][0]["key"]) == (400, key)
    assert site.api("GET", f"{PLACE}/{rogue.uid}") == before
