"""A login through each provider, for each demo service, by each person: over real sockets, to the last page."""

import json
from pathlib import Path

import pytest

from fcsim_hub.domain.numbers import is_nir
from fcsim_hub.fixtures import built_in
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller, Visitor
from support.relying_party import RelyingParty
from support.site import Site, call

PROVIDERS = ("impots", "ameli", "laposte", "msa", "yris", "france-identite")
SERVICES = ("taxes", "lease", "library")
PEOPLE = sorted(path.stem for path in (built_in() / "people").glob("*.toml"))
CODES = {
    "echo": "Y010004",
    "echoes": "Y010006",
    "usage_name_only": "Y010007",
    "not_found": "Y010008",
    "deceased": "Y010015",
}
# MSA knows farmers alone.
WHO = {"msa": "jean-baptiste-le-goff"}


def end_at_service(site: Site, visitor: Visitor, service: str, traveller: Traveller) -> str:
    """The page a demo service shows after a login."""
    start = visitor.request("GET", f"{site.demo}/{service}/login")
    end = visitor.walk(start.location, traveller)
    assert isinstance(end, Arrival), end
    answer = visitor.request("GET", end.redirect_to)
    assert answer.status == 303, answer.text
    return visitor.request("GET", answer.location).text


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_login_through_each_provider_for_each_service(site: Site, provider: str, service: str) -> None:
    person = WHO.get(provider, "angela-dubois")
    page = read_page(end_at_service(site, Visitor(), service, site.traveller(person, provider)))
    assert "identity-page" in page.texts
    if service != "library":
        assert page.texts["claim-family_name"] == site.person(person).family_name
    else:
        assert "claim-family_name" not in page.texts
    assert json.loads(page.texts["id-token-payload"])["acr"] == "eidas1"


def _accounts() -> list[tuple[str, str]]:
    import tomllib

    found = []
    for name in PEOPLE:
        record = tomllib.loads((built_in() / "people" / f"{name}.toml").read_text(encoding="utf-8"))
        found += [(name, provider) for provider in record.get("accounts", {})]
    return found


@pytest.mark.parametrize(("name", "provider"), _accounts())
def test_every_person_ends_as_their_file_declares(rp: RelyingParty, name: str, provider: str) -> None:
    person = rp.site.person(name)
    outcome = person.accounts[provider].outcome or person.registry.outcome
    end = rp.walk(name, provider)
    if outcome in ("found", "rectified"):
        assert isinstance(end, Arrival), end
    else:
        assert isinstance(end, Stopped), end
        assert (end.code, end.status) == (CODES[outcome], 403)


def test_typing_works_where_quick_login_does_not_list_the_person(rp: RelyingParty) -> None:
    account = rp.site.person("zofia-wojcik").accounts["ameli"]
    assert is_nir(account.login)
    end = rp.travel(Traveller(person="nobody", provider_uid=rp.site.uid("ameli"), login=account.login, password="123"))
    assert isinstance(end, Arrival)


def test_a_wrong_secret_stays_on_the_provider_and_says_so(rp: RelyingParty) -> None:
    account = rp.site.person("zofia-wojcik").accounts["ameli"]
    end = rp.travel(Traveller(person="nobody", provider_uid=rp.site.uid("ameli"), login=account.login, password="321"))
    assert isinstance(end, Stopped)
    assert (end.status, end.url) == (401, f"{rp.site.providers}/ameli/authorize")


def test_cancel_at_the_provider_then_another_provider(rp: RelyingParty) -> None:
    visitor = rp.visitor
    mire = visitor.request("GET", visitor.request("GET", rp.url()).location)
    form = read_page(mire.text).form_with(f"idp-{rp.site.uid('ameli')}")
    assert form is not None
    login = visitor.request("GET", visitor.request("POST", rp.site.hub + form.action, form.fields).location)
    cancel = login.text.split('data-testid="return-to-franceconnect"')[0].rpartition('href="')[2].partition('"')[0]
    back = visitor.request("GET", cancel.replace("&amp;", "&"))
    page = visitor.request("GET", back.location)
    assert "Ameli" in read_page(page.text).texts["interaction-error-message"]
    form = read_page(page.text).form_with(f"idp-{rp.site.uid('impots')}")
    assert form is not None
    login = visitor.request("GET", visitor.request("POST", rp.site.hub + form.action, form.fields).location)
    assert "quick-login-angela-dubois" in login.text


def test_two_providers_give_the_same_sub_and_two_organisations_another(rp: RelyingParty) -> None:
    first = rp.identity(provider="impots")["sub"]
    fresh = RelyingParty(rp.site, rp.record)
    assert fresh.identity(provider="laposte")["sub"] == first
    assert len(first) == 66
    assert first.endswith("v1")
    other = RelyingParty.register(rp.site)
    assert other.identity()["sub"] != first
    same_entity = RelyingParty.register(rp.site, entity_id=rp.record["entity_id"])
    assert same_entity.identity()["sub"] == first


def test_the_golden_sub_is_given_over_http(site: Site) -> None:
    """inside-the-hub §11.2, with the platform's secret and the entity of the vector."""
    rp = RelyingParty.register(site, entity_id="entity-demo-1")
    sub = "75c4d499ee84f6b5a89bd3ceb4bd0b1ef2463f2002d44e50ed93912ed68e9f73v1"
    assert rp.identity()["sub"] == sub


def test_what_the_registry_sets_right_is_what_the_service_receives(rp: RelyingParty) -> None:
    claims = rp.identity("helene-roux", "ameli")
    assert claims["given_name"] == "Hélène Marie"
    assert claims["given_name_array"] == ["Hélène", "Marie"]


@pytest.mark.parametrize(
    ("person", "birthdate", "raw"),
    [("amadou-diallo", "1977-03-01", "1977-03-00"), ("fatoumata-traore", "1961-01-01", "1961-00-00")],
)
def test_partial_dates_are_completed_and_the_raw_one_kept(
    rp: RelyingParty, person: str, birthdate: str, raw: str
) -> None:
    claims = rp.identity(person, scope="openid identite_pivot idp_birthdate")
    assert (claims["birthdate"], claims["idp_birthdate"]) == (birthdate, raw)
    assert (claims["birthplace"], claims["birthcountry"][:2]) == ("", "99")


def test_fixture_files_are_all_walked() -> None:
    assert len(PEOPLE) >= 10
    assert {provider for _, provider in _accounts()} == set(PROVIDERS)
    assert Path(built_in()).is_dir()


def test_discovery_of_each_provider_tells_the_truth(site: Site) -> None:
    for provider in PROVIDERS:
        answer = call("GET", f"{site.providers}/{provider}/.well-known/openid-configuration")
        document = json.loads(answer.data)
        assert document["issuer"] == f"{site.providers}/{provider}"
        keys = json.loads(call("GET", document["jwks_uri"]).data)["keys"]
        published = {key["alg"] for key in keys}
        assert published == set(document["id_token_signing_alg_values_supported"]) - {"HS256"}
        assert not {"d", "p", "q"} & {member for key in keys for member in key}
