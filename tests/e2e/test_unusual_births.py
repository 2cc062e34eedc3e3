"""Civil status as services receive it, usual and unusual, on both platforms (service-provider-side §10.5; §20, 31)."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site

SCOPE = "openid profile birth email"
LOW, HIGH = f"{SCOPE} idp_birthdate", f"{SCOPE} rnipp_identite_pivot"


@dataclass(frozen=True)
class Born:
    """What the provider says, and what is told of it: the registry's on FranceConnect, the provider's on the other."""

    name: str
    person: dict[str, Any]
    low: dict[str, Any]
    high: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


ABROAD = {"birthplace": "", "birthcountry": "99352"}
BORN = [
    Born("in Paris", {}, {"birthplace": "75107", "birthcountry": "99100", "birthdate": "1992-11-15"}),
    Born("in South Corsica", {"birthplace": "2A004"}, {"birthplace": "2A004"}),
    Born("in Upper Corsica", {"birthplace": "2B050"}, {"birthplace": "2B050"}),
    Born("overseas", {"birthplace": "97411"}, {"birthplace": "97411", "birthcountry": "99100"}),
    Born("abroad", ABROAD, {"birthplace": "", "birthcountry": "99352"}),
    Born(
        "abroad, in a town that the provider names",
        ABROAD,
        {"birthplace": "", "birthcountry": "99352"},
        {"birthplace": "ALGER", "rnipp_birthplace": "", "rnipp_birthcountry": "99352"},
        said={"birthplace": "ALGER"},
    ),
    Born(
        "on a day nobody knows",
        {"birthdate": "1992-11-00"},
        {"birthdate": "1992-11-01", "idp_birthdate": "1992-11-00"},
        {"birthdate": "1992-11-00", "rnipp_birthdate": "1992-11-01"},
    ),
    Born(
        "in a month nobody knows",
        {"birthdate": "1992-00-00"},
        {"birthdate": "1992-01-01", "idp_birthdate": "1992-00-00"},
        {"birthdate": "1992-00-00", "rnipp_birthdate": "1992-01-01"},
    ),
    Born("of no told sex", {"gender": "unspecified"}, {"gender": "unspecified"}),
    Born(
        "with a first name of two words",
        {"given_names": ["Anne Marie", "Zoé"]},
        {"given_name": "Anne Marie Zoé", "given_name_array": ["Anne Marie", "Zoé"]},
        {"given_name": "Anne Marie Zoé", "rnipp_given_name_array": ["Anne Marie", "Zoé"]},
    ),
    Born(
        "with accents and apostrophes",
        {"given_names": ["Anaïs-Léa"], "family_name": "D'ALMÉIDA-N'DIAYE"},
        {"given_name": "Anaïs-Léa", "family_name": "D'ALMÉIDA-N'DIAYE"},
    ),
    Born(
        "with an usage name, which the provider alone gives",
        {"preferred_username": "OF THE REGISTRY"},
        {"preferred_username": "USED"},
        said={"preferred_username": "USED"},
    ),
]


def told(there: Site, born: Born, name: str, scope: str) -> dict[str, Any]:
    """Userinfo after a login through a provider that says just this."""
    record: dict[str, Any] = {
        "given_names": ["Nadège"],
        "family_name": f"BORN {''.join(chr(65 + int(digit, 16)) for digit in name[-8:])}",
        "birthdate": "1992-11-15",
        "gender": "female",
        "birthplace": "75107",
        "birthcountry": "99100",
        "email": "nadege@fcsim.test",
    } | born.person
    assert there.api("PUT", f"/people/{name}", record)[0] == 201
    said = {key: value for key, value in record.items() if key not in ("given_names", "preferred_username")}
    level = there.level
    rogue = Rogue(uid="rogue-of-births", acr=level, levels=(level,))
    rogue.identity = {"sub": name, **said, "given_name": " ".join(record["given_names"])} | born.said
    party = RelyingParty.register(there)
    with registered(rogue, there):
        end = party.travel(Traveller("nobody", rogue.uid), scope=scope)
    assert isinstance(end, Arrival), end
    claims = party.verified(party.userinfo(party.redeem(query_of(end.redirect_to)["code"]).access_token).data.decode())
    party.forget()
    return claims


@pytest.mark.parametrize("born", BORN, ids=str)
def test_on_franceconnect_the_registry_speaks_and_the_providers_date_is_beside_it(
    site: Site, person: str, born: Born
) -> None:
    claims = told(site, born, person, LOW)
    assert {key: claims.get(key) for key in born.low} == born.low
    assert not any(key.startswith("rnipp_") for key in claims)
    assert ("preferred_username" in claims) == ("preferred_username" in born.said)
    assert None not in claims.values()


@pytest.mark.parametrize("born", BORN, ids=str)
def test_on_franceconnect_plus_the_provider_speaks_and_the_registry_is_beside_it(
    plus: Site, person: str, born: Born
) -> None:
    claims = told(plus, born, person, HIGH)
    alike = {key: value for key, value in born.low.items() if key not in ("given_name_array", "idp_birthdate")}
    expected = alike | born.high
    assert {key: claims.get(key) for key in expected} == expected
    assert not {"given_name_array", "idp_birthdate", "idp_id"} & set(claims)
    assert ("preferred_username" in claims) == ("preferred_username" in born.said)
    assert None not in claims.values()


def test_two_providers_that_spell_a_name_differently_lead_to_one_sub(site: Site, person: str) -> None:
    """The registry rectifies both (inside-the-hub §9.5)."""
    party = RelyingParty.register(site)
    record = {
        "given_names": ["Hélène", "Marie"],
        "family_name": f"SPELT {''.join(chr(65 + int(digit, 16)) for digit in person[-8:])}",
        "birthdate": "1976-03-28",
        "gender": "female",
        "birthplace": "31555",
        "email": "helene@fcsim.test",
    }
    assert site.api("PUT", f"/people/{person}", record)[0] == 201
    subs = set()
    for given_name in ("Hélène Marie", "Helene", "HELENE MARIE"):
        rogue = Rogue(uid=f"rogue-{secrets.token_hex(4)}")
        said = {key: value for key, value in record.items() if key != "given_names"}
        rogue.identity = {"sub": given_name.replace("é", "e").replace("è", "e"), **said}
        rogue.identity |= {"given_name": given_name, "birthcountry": "99100"}
        with registered(rogue, site):
            end = RelyingParty(site, party.record).travel(Traveller("nobody", rogue.uid))
        assert isinstance(end, Arrival), (given_name, end)
        tokens = party.redeem(query_of(end.redirect_to)["code"])
        claims = party.verified(party.userinfo(tokens.access_token).data.decode())
        subs.add((claims["sub"], claims["given_name"]))
    assert len(subs) == 1
    party.forget()


def test_a_correction_of_the_registry_is_another_account_and_another_sub(site: Site, person: str) -> None:
    """The trap of inside-the-hub §9.5: the journal shows the account that changed."""
    party, rogue = RelyingParty.register(site), Rogue(uid="rogue-of-corrections")
    found = []
    with registered(rogue, site):
        for birthplace in ("31555", "31069"):
            record = {
                "given_names": ["Louis"],
                "family_name": f"MENDED {''.join(chr(65 + int(digit, 16)) for digit in person[-8:])}",
                "birthdate": "1976-03-28",
                "gender": "male",
                "birthplace": birthplace,
                "email": "louis@fcsim.test",
            }
            assert site.api("PUT", f"/people/{person}", record)[0] in (200, 201)
            rogue.identity = {"sub": "louis", **record, "given_name": "Louis", "birthcountry": "99100"}
            end = RelyingParty(site, party.record).travel(Traveller("nobody", rogue.uid))
            assert isinstance(end, Arrival), end
            sub = party.verified(str(party.redeem(query_of(end.redirect_to)["code"]).body["id_token"]))["sub"]
            verified = next(event for event in site.events(end.flow_id) if event["event"] == "FC_VERIFIED")
            found.append((sub, verified["accountId"]))
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]
    party.forget()
