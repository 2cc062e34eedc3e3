"""Whom a service of FranceConnect+ is told of: the provider's identity, the registry's beside it (§10, §11)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from fcsim_hub.domain.people import Person
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.data_provider import OwnDataProvider
from support.relying_party import RNIPP_SCOPES, RelyingParty, Tokens, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site

ENVELOPE = {"sub", "aud", "exp", "iat", "iss"}
PIVOT = {"given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry"}


def tokens_of(party: RelyingParty, rogue: Rogue, scope: str, **more: str) -> Tokens:
    end = party.travel(Traveller("nobody", rogue.uid), scope=scope, **more)
    assert isinstance(end, Arrival), end
    return party.redeem(query_of(end.redirect_to)["code"])


def identity(party: RelyingParty, rogue: Rogue, scope: str) -> dict[str, Any]:
    return party.verified(party.userinfo(tokens_of(party, rogue, scope).access_token).data.decode())


def claims_of(person: Person, **changes: Any) -> dict[str, Any]:
    """What a provider says of a person."""
    return {
        "sub": "someone",
        "given_name": " ".join(person.given_names),
        "family_name": person.family_name,
        "gender": person.gender,
        "birthdate": person.birthdate,
        "birthplace": person.birthplace,
        "birthcountry": person.birthcountry,
        "email": person.email,
    } | changes


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


GIULIA = {
    "sub": "IT/FR/giulia",
    "given_name": "Giulia",
    "family_name": "Bianchi",
    "birthdate": "1990-04-05",
    "birthplace": "Roma",
}


@pytest.fixture
def node(plus: Site) -> Iterator[Rogue]:
    """The node of the other member states."""
    rogue = Rogue(uid="rogue-node", acr="eidas2", levels=("eidas2", "eidas3"), identity=dict(GIULIA))
    with registered(rogue, plus):
        rogue.register(plus, kind="eidas", amr=["eidas"])
        yield rogue


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


def consent_page(party: RelyingParty, rogue: Rogue, scope: str) -> str:
    answer = party.choice_page(scope=scope)
    form = read_page(answer.text).form_with(f"idp-{rogue.uid}")
    assert form is not None
    answer = party.visitor.request("POST", party.site.hub + form.action, form.fields)
    while answer.location:
        answer = party.visitor.request("GET", answer.location)
    return answer.text


def test_the_consent_page_names_what_both_identities_show_once(plus_rp: RelyingParty, plus_rogue: Rogue) -> None:
    page = consent_page(plus_rp, plus_rogue, "openid rnipp_given_name rnipp_birthdate email")
    assert "FranceConnect+" in page
    listed = [words for words in ("Given name(s)", "Date of birth", "E-mail address", "Birth name") if words in page]
    assert listed == ["Given name(s)", "Date of birth", "E-mail address"]
    assert page.count("Given name(s)") == 1
    assert "rnipp" not in page


def test_excluded_providers_are_hidden(plus_rp: RelyingParty, plus_rogue: Rogue) -> None:
    assert f"idp-{plus_rogue.uid}" in plus_rp.choice_page().text
    excluding = plus_rp.change(idp_filter_list=[plus_rogue.uid])
    assert f"idp-{plus_rogue.uid}" not in excluding.choice_page().text
    form = read_page(plus_rp.change(idp_filter_list=[]).choice_page().text).form_with(f"idp-{plus_rogue.uid}")
    assert form is not None
    plus_rp.change(idp_filter_list=[plus_rogue.uid])
    answer = plus_rp.visitor.request("POST", plus_rp.site.hub + form.action, form.fields)
    assert (answer.status, "Y020023" in answer.text) == (403, True)


@pytest.mark.parametrize(("language", "words"), [("fr", "Votre compte habituel"), ("en", "Your usual account")])
def test_the_choice_page_says_why_usual_accounts_are_missing(
    site: Site, plus_rp: RelyingParty, rp: RelyingParty, language: str, words: str
) -> None:
    plus_rp.visitor.language = rp.visitor.language = language
    page = plus_rp.choice_page().text
    help_block = re.search(r'<details class="help" data-testid="choice-help">.*?</details>', page, re.S)
    assert help_block is not None
    assert words in help_block[0]
    assert all(name in help_block[0] for name in ("impots.gouv.fr", "Ameli", "FranceConnect+"))
    assert "choice-help" not in rp.choice_page().text


DEFAULT = "franceconnect-local-simulator-secret"
VECTORS: list[tuple[str, str, tuple[str, str, str, str, str, str], str]] = [
    (
        "9ed64cd3762973c8a5219e0774671940a3550ae1050af86831d613193e825caa",
        "a0cd64372db6ecf39c317c0c74ce90f02d8ad7d510ce054883b759d666a996bc",
        ("Joëlle Françoise", "DUBINÔRE", "1992-08-15", "female", "75117", "99100"),
        "34f4e38b510841db1a83716b981f7298badec51dc52e91af245903b56e2d72bbv1",
    ),
    (
        DEFAULT,
        "entity-demo-1",
        ("Angela Claire Louise", "DUBOIS", "1962-08-24", "female", "75107", "99100"),
        "75c4d499ee84f6b5a89bd3ceb4bd0b1ef2463f2002d44e50ed93912ed68e9f73v1",
    ),
    (
        DEFAULT,
        "entity-demo-1",
        ("Joëlle Françoise", "DUBINÔRE", "1992-08-15", "female", "75117", "99100"),
        "af5273a7b6e298ca024a698ebee6443e90308fd1084b0131a46b6318c183f3eav1",
    ),
    (
        DEFAULT,
        "entity-demo-1",
        ("Vincent Guillaume", "MARTIN", "1963-12-05", "male", "", "99352"),
        "591060f4fd86d58ba4e36ab9a6f1dcfb9abb655bbe0f206dd8a3177ce83ddcf7v1",
    ),
    (
        DEFAULT,
        "entity-demo-1",
        ("JulieéàèùòœæŒÆ", "DURANTÉÀÈÙÒŒÆŒÆ", "1972-06-14", "female", "2B002", "99100"),
        "17316f61d28871946cc87a3b005252ea64359ad827e550eb9c7429506a7f8c17v1",
    ),
]


@pytest.mark.parametrize("platform_name", ["franceconnect", "franceconnect-plus"])
@pytest.mark.parametrize(("secret", "entity", "who", "sub"), VECTORS)
def test_the_golden_subs_on_both_platforms(
    site: Site, person: str, platform_name: str, secret: str, entity: str, who: tuple[str, ...], sub: str
) -> None:
    there = site if platform_name == "franceconnect" else site.plus
    given, family, birthdate, gender, place, country = who
    known = [one for one, _ in site.stack.fixtures.people().values() if one.family_name == family]
    if not any(" ".join(one.given_names) == given for one in known):
        made = {
            "given_names": given.split(" "),
            "family_name": family,
            "birthdate": birthdate,
            "gender": gender,
            "birthplace": place,
            "birthcountry": country,
            "email": "someone@fcsim.test",
        }
        assert site.api("PUT", f"/people/{person}", made)[0] == 201
    level = there.level
    rogue = Rogue(acr=level, levels=(level,))
    rogue.identity |= {"given_name": given, "family_name": family, "birthdate": birthdate, "gender": gender}
    rogue.identity |= {"birthplace": place, "birthcountry": country}
    assert there.api("PATCH", there.place, {"sub_secret": secret})[0] == 200
    try:
        with registered(rogue, there):
            party = RelyingParty.register(there, entity_id=entity)
            tokens = tokens_of(party, rogue, "openid")
            assert party.verified(tokens.body["id_token"])["sub"] == sub
            assert party.verified(party.userinfo(tokens.access_token).data.decode())["sub"] == sub
            party.forget()
    finally:
        there.api("DELETE", there.place)


def test_an_account_closed_on_one_platform_is_open_on_the_other(
    site: Site, rp: RelyingParty, plus_rp: RelyingParty, plus_rogue: Rogue
) -> None:
    plus_rogue.identity = claims_of(site.person("claire-moreau"))
    assert site.api("PUT", f"{site.place}/accounts/claire-moreau", {"active": False})[0] in (200, 201)
    try:
        closed = rp.walk("claire-moreau", "ameli")
        assert not isinstance(closed, Arrival)
        assert (closed.status, closed.code) == (403, "Y180001")
        assert tokens_of(plus_rp, plus_rogue, "openid").status == 200
    finally:
        site.api("PUT", f"{site.place}/accounts/claire-moreau", {"active": True})


@pytest.fixture
def data_provider(plus: Site) -> Iterator[OwnDataProvider]:
    own = OwnDataProvider(plus)
    own.register()
    yield own
    own.stop()


def test_checktoken_answers_on_this_platform_as_intended(
    plus_rp: RelyingParty, plus_rogue: Rogue, data_provider: OwnDataProvider
) -> None:
    """Signed ES256 with a key of this platform, the registry's identity whatever the provider said (§14, §16)."""
    person = plus_rp.site.person("helene-roux")
    plus_rogue.identity = claims_of(person, given_name="Helene")
    party = plus_rp.change(scopes=["openid", "given_name", "dgfip_rfr", "cnam_caisse"])
    token = tokens_of(party, plus_rogue, "openid given_name dgfip_rfr").access_token
    outer, inner, payload = data_provider.open(data_provider.ask(token))
    assert set(outer) == {"alg", "enc", "epk"}
    assert (set(inner), inner["alg"]) == ({"alg", "kid"}, "ES256")
    told = payload["token_introspection"]
    assert (payload["iss"], payload["aud"]) == (party.site.issuer, data_provider.client_id)
    assert (told["active"], told["acr"], told["scope"]) == (True, "eidas2", "dgfip_rfr")
    assert (told["given_name"], told["given_name_array"]) == ("Hélène Marie", ["Hélène", "Marie"])
    assert told["sub"] != party.verified(party.userinfo(token).data.decode())["sub"]


def test_checktoken_of_a_person_of_another_state_has_no_registry_data(
    plus_rp: RelyingParty, node: Rogue, data_provider: OwnDataProvider
) -> None:
    party = plus_rp.change(allowed_idp_hints=[node.uid])
    first = tokens_of(party, node, "openid", idp_hint=node.uid)
    told = data_provider.introspect(first.access_token)
    assert told["family_name"] == "Bianchi"
    assert "birthcountry" not in told
    node.identity["family_name"] = "Bianchi-Rossi"
    second = tokens_of(party, node, "openid", idp_hint=node.uid)
    assert data_provider.introspect(second.access_token)["family_name"] == "Bianchi-Rossi"
    subs = {data_provider.introspect(one.access_token)["sub"] for one in (first, second)}
    assert len(subs) == 1  # made of the sub their state gave, whatever the name became


def test_a_token_of_the_other_platform_is_inactive(rp: RelyingParty, data_provider: OwnDataProvider) -> None:
    token = rp.redeem(rp.log_in()).access_token
    assert data_provider.introspect(token) == {"active": False}
