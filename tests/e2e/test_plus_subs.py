"""The `sub`, accounts and checktoken of FranceConnect+ beside those of FranceConnect (§11, §14)."""

from collections.abc import Iterator

import pytest

from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.data_provider import OwnDataProvider
from support.relying_party import RelyingParty, Tokens, query_of
from support.rogue_provider import Rogue, claims_of, registered
from support.site import Site


def tokens_of(party: RelyingParty, rogue: Rogue, scope: str, **more: str) -> Tokens:
    end = party.travel(Traveller("nobody", rogue.uid), scope=scope, **more)
    assert isinstance(end, Arrival), end
    return party.redeem(query_of(end.redirect_to)["code"])


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
