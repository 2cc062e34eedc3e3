"""A login through each provider, for each demo service, by each person: over real sockets, to the last page."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fcsim_hub.domain.numbers import is_nir
from fcsim_hub.fixture_files import built_in
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller, Visitor
from support.relying_party import RelyingParty
from support.site import Site, call

PROVIDERS = ("impots", "ameli", "laposte", "msa", "yris", "france-identite")
PEOPLE = sorted(path.stem for path in (built_in() / "people").glob("*.toml"))
CODES = {
    "echo": "Y010004",
    "echoes": "Y010006",
    "usage_name_only": "Y010007",
    "not_found": "Y010008",
    "deceased": "Y010015",
}
# MSA knows farmers alone.
WHO = {"msa": "jean-baptiste-le-goff", "eidas": "giulia-rossi"}
HELPER = "sophie.lambert@aidants.test"
"""Who signs in at Aidants Connect: the person named there is the person helped."""


def _folder(name: str) -> dict[str, dict[str, Any]]:
    """The fixture files of a folder, by their names."""
    files = sorted((built_in() / name).glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


SERVICES = _folder("services")
PROVIDER_FILES = [one for one in _folder("providers").values() if "simulator" in one]


def _suits(service: dict[str, Any], provider: dict[str, Any]) -> bool:
    """Whether a provider is of the service's platform, and reaches the level it asks for."""
    level = min(service["acr_values"].split())
    return provider["platform"] == service["client"]["platform"] and level in provider["allowed_acr"]


PAIRS = [
    pytest.param(slug, provider, id=f"{slug}-{provider['name']}")
    for slug, service in SERVICES.items()
    for provider in PROVIDER_FILES
    if _suits(service, provider)
]


def traveller_of(site: Site, provider: dict[str, Any]) -> Traveller:
    """Somebody who has an account there."""
    person = WHO.get(provider["name"], "angela-dubois")
    if provider["name"] == "aidants-connect":
        return Traveller(person=person, provider_uid=provider["uid"], login=HELPER)
    account = site.person(person).accounts[provider["name"]]
    return Traveller(person=person, provider_uid=provider["uid"], login=account.login, password=account.password)


def log_in_at(site: Site, visitor: Visitor, service: str, traveller: Traveller) -> str:
    """The identity page of a demo service after a login."""
    start = visitor.request("GET", f"{site.demo}/{service}/login")
    end = visitor.walk(start.location, traveller)
    assert isinstance(end, Arrival), end
    answer = visitor.request("GET", end.redirect_to)
    assert answer.status == 303, answer.text
    return visitor.request("GET", answer.location).text


@pytest.mark.parametrize(("slug", "provider"), PAIRS)
def test_a_login_through_each_provider_for_each_service(site: Site, slug: str, provider: dict[str, Any]) -> None:
    service, traveller = SERVICES[slug], traveller_of(site, provider)
    page = read_page(log_in_at(site, Visitor(), slug, traveller)).texts
    assert "identity-page" in page
    if service["scope"] == "openid":
        assert "claim-family_name" not in page
    else:
        assert page["claim-family_name"] == site.person(traveller.person).family_name
    assert json.loads(page["id-token-payload"])["acr"] == page["level-obtained"] == min(service["acr_values"].split())


@pytest.mark.parametrize(("slug", "provider"), PAIRS)
def test_answers_are_encrypted_as_each_service_registered(site: Site, slug: str, provider: dict[str, Any]) -> None:
    client = SERVICES[slug]["client"]
    page = read_page(log_in_at(site, Visitor(), slug, traveller_of(site, provider))).texts
    for kind in ("id_token", "userinfo"):
        mark, alg = kind.replace("_", "-"), client.get(f"{kind}_encrypted_response_alg", "")
        envelope = json.loads(page.get(f"{mark}-envelope", "{}"))
        assert (envelope.get("alg", ""), envelope.get("enc", "")) == (alg, "A256GCM" if alg else "")


@pytest.mark.parametrize(("slug", "provider"), PAIRS)
def test_a_logout_from_each_service_ends_at_the_service(site: Site, slug: str, provider: dict[str, Any]) -> None:
    visitor = Visitor()
    form = read_page(log_in_at(site, visitor, slug, traveller_of(site, provider))).form_with("logout-button")
    assert form is not None
    answer = visitor.request("POST", site.demo + form.action, form.fields)
    for _ in range(10):
        if answer.location:
            answer = visitor.request("GET", answer.location)
        elif (going_on := read_page(answer.text).form_with("logout-form")) is not None:
            fields = None if going_on.method == "get" else going_on.fields
            answer = visitor.request(going_on.method.upper(), going_on.action, fields)
    assert "logged-out" in read_page(answer.text).texts


@pytest.mark.parametrize("slug", SERVICES)
def test_no_service_is_left_out(slug: str) -> None:
    """A service is walked through every provider that suits it, or its platform has no provider yet."""
    platform = SERVICES[slug]["client"]["platform"]
    of_platform = [one for one in PROVIDER_FILES if one["platform"] == platform]
    walked = [pair for pair in PAIRS if pair.values[0] == slug]
    assert walked or not of_platform


def _accounts() -> list[tuple[str, str]]:
    found = []
    for name in PEOPLE:
        record = tomllib.loads((built_in() / "people" / f"{name}.toml").read_text(encoding="utf-8"))
        # The two side doors have tests of their own: test_aidants_connect, test_eidas_node.
        found += [(name, provider) for provider in record.get("accounts", {}) if provider in PROVIDERS]
    return found


@pytest.mark.parametrize(("name", "provider"), _accounts())
def test_every_person_ends_as_their_file_declares(rp: RelyingParty, name: str, provider: str) -> None:
    person = rp.site.person(name)
    account = person.accounts[provider]
    outcome = account.outcome or person.registry.outcome
    end = rp.walk(name, provider)
    if account.state not in ("active", "provisional_code"):
        assert isinstance(end, Stopped), end
        assert (end.status, end.url.startswith(rp.site.providers)) == (403, True)
    elif outcome in ("found", "rectified"):
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
