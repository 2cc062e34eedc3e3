"""Whom a service of FranceConnect+ is told of: the provider's identity, the registry's beside it (§10, §11)."""

from typing import Any

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.relying_party import RNIPP_SCOPES, RelyingParty, Tokens, query_of
from support.rogue_provider import GIULIA, Rogue, claims_of

ENVELOPE = {"sub", "aud", "exp", "iat", "iss"}
PIVOT = {"given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry"}


def tokens_of(party: RelyingParty, rogue: Rogue, scope: str, **more: str) -> Tokens:
    end = party.travel(Traveller("nobody", rogue.uid), scope=scope, **more)
    assert isinstance(end, Arrival), end
    return party.redeem(query_of(end.redirect_to)["code"])


def identity(party: RelyingParty, rogue: Rogue, scope: str) -> dict[str, Any]:
    return party.verified(party.userinfo(tokens_of(party, rogue, scope).access_token).data.decode())


def test_all_scopes_give_thirteen_members(plus_rp: RelyingParty, plus_rogue: Rogue) -> None:
    plus_rogue.identity["preferred_username"] = "MARTIN"
    claims = identity(plus_rp, plus_rogue, "openid profile birth email preferred_username identite_pivot")
    assert set(claims) == PIVOT | {"preferred_username", "email"} | ENVELOPE
    assert len(claims) == 13


def twins(*claims: str) -> set[str]:
    return {*claims, *(f"rnipp_{claim}" for claim in claims)}


@pytest.mark.parametrize(
    ("scope", "released"),
    [
        ("", set()),
        ("given_name", {"given_name"}),
        *(
            (claim, {claim})
            for claim in ("family_name", "gender", "birthdate", "birthplace", "birthcountry", "email", "amr")
        ),
        ("preferred_username", {"preferred_username"}),
        ("given_name_array", set()),
        ("profile", {"given_name", "family_name", "birthdate", "gender", "preferred_username"}),
        ("birth", {"birthplace", "birthcountry"}),
        ("identite_pivot", PIVOT),
        ("idp_birthdate", set()),  # scopes of the other platform are silently ignored
        ("idp_id", set()),
        *((f"rnipp_{one}", twins(one)) for one in ("gender", "family_name", "birthdate", "birthplace", "birthcountry")),
        ("rnipp_given_name", twins("given_name") | {"rnipp_given_name_array"}),
        (
            "rnipp_profile",
            twins("given_name", "family_name", "birthdate", "gender")
            | {"rnipp_given_name_array", "preferred_username"},
        ),
        ("rnipp_birth", twins("birthplace", "birthcountry")),
        ("rnipp_identite_pivot", twins(*PIVOT) | {"rnipp_given_name_array"}),
    ],
)
def test_h080_the_claims_of_each_scope(
    plus_rp: RelyingParty, plus_rogue: Rogue, scope: str, released: set[str]
) -> None:
    plus_rogue.identity["preferred_username"] = "MARTIN"
    plus_rp = plus_rp.change(scopes=[*plus_rp.record["scopes"], "amr"])
    assert set(identity(plus_rp, plus_rogue, f"openid {scope}".strip())) == released | ENVELOPE


def test_the_providers_identity_is_unchanged_and_the_registrys_beside_it(
    plus_rp: RelyingParty, plus_rogue: Rogue
) -> None:
    """Persona P13: her provider says Helene, the registry Hélène Marie."""
    person = plus_rp.site.person("helene-roux")
    plus_rogue.identity = claims_of(person, given_name="Helene")
    claims = identity(plus_rp, plus_rogue, "openid rnipp_identite_pivot")
    assert (claims["given_name"], claims["rnipp_given_name"]) == ("Helene", "Hélène Marie")
    assert claims["rnipp_given_name_array"] == ["Hélène", "Marie"]
    assert claims["family_name"] == claims["rnipp_family_name"] == "ROUX"


@pytest.mark.parametrize(
    ("name", "sent", "completed"),
    [("amadou-diallo", "1977-03-00", "1977-03-01"), ("fatoumata-traore", "1961-00-00", "1961-01-01")],
)
def test_a_partial_date_is_given_as_the_provider_sent_it_and_completed_in_the_registrys(
    plus_rp: RelyingParty, plus_rogue: Rogue, name: str, sent: str, completed: str
) -> None:
    plus_rogue.identity = claims_of(plus_rp.site.person(name))
    claims = identity(plus_rp, plus_rogue, "openid rnipp_birthdate")
    assert (claims["birthdate"], claims["rnipp_birthdate"]) == (sent, completed)


def test_h149_a_person_of_another_state_is_told_as_their_state_did_without_registry(
    plus_rp: RelyingParty, node: Rogue
) -> None:
    party = plus_rp.change(allowed_idp_hints=[node.uid])
    scope = f"openid profile email {' '.join(RNIPP_SCOPES)}"
    end = party.travel(Traveller("nobody", node.uid), scope=scope, idp_hint=node.uid)
    assert isinstance(end, Arrival), end
    tokens = plus_rp.redeem(query_of(end.redirect_to)["code"])
    claims = plus_rp.verified(plus_rp.userinfo(tokens.access_token).data.decode())
    assert {name: claims[name] for name in GIULIA if name != "sub"} == {
        name: value for name, value in GIULIA.items() if name != "sub"
    }
    assert set(claims) == {*GIULIA, *ENVELOPE}  # no country, no e-mail, no sex, nothing of a registry
    names = [event["event"] for event in plus_rp.site.events(end.flow_id)]
    assert "FC_REQUESTED_RNIPP" not in names
    assert "FC_VERIFIED" in names


def test_h149_no_parameter_leads_a_french_provider_past_the_registry(
    plus_rp: RelyingParty, plus_rogue: Rogue, node: Rogue
) -> None:
    plus_rogue.identity = dict(GIULIA)
    end = plus_rp.travel(Traveller("nobody", plus_rogue.uid))
    assert not isinstance(end, Arrival)
    assert end.code == "Y600006"


def test_the_side_door_of_the_other_states_shows_in_english(plus_rp: RelyingParty, node: Rogue) -> None:
    page = plus_rp.choice_page()
    assert 'data-testid="interaction-eidas-button"' in page.text
    assert "Log in with your digital identity from another European country" in page.text
    assert "interaction-aidants-connect-button" not in page.text
    form = read_page(page.text).form_with("interaction-eidas-button")
    assert form is not None
    there = plus_rp.visitor.request("POST", plus_rp.site.hub + form.action, form.fields)
    assert there.location.startswith(f"{node.base}/authorize?")


def test_the_citizen_is_greeted_by_the_identity_that_the_service_is_given(
    plus_rp: RelyingParty, plus_rogue: Rogue
) -> None:
    """On FranceConnect+ the provider's, also where the registry writes a name another way."""
    plus_rogue.identity["given_name"] = "Angela Claïre Louise"
    page = plus_rp.choice_page()
    form = read_page(page.text).form_with(f"idp-{plus_rogue.uid}")
    assert form is not None
    answer = plus_rp.visitor.request("POST", plus_rp.site.hub + form.action, form.fields)
    while answer.location:
        answer = plus_rp.visitor.request("GET", answer.location)
    assert read_page(answer.text).texts["identity-fullname-label"] == "Angela Claïre Louise DUBOIS"
