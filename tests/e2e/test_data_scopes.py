"""Scopes that open a data provider's API: in the token, on the page, at checktoken, never in userinfo (§10.4, §14)."""

import re
from collections.abc import Iterator

import pytest

from fcsim_hub.domain.scopes import CATALOGUES
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.data_provider import OwnDataProvider
from support.data_scopes import BOTH, COUNTS, LOW, of_platform
from support.relying_party import RelyingParty, Tokens, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site
from support.walks import open_consent

PLATFORMS = ["franceconnect", "franceconnect-plus"]
ENVELOPE = {"sub", "aud", "exp", "iat", "iss"}


@pytest.fixture(params=PLATFORMS)
def there(request: pytest.FixtureRequest, site: Site) -> Site:
    return site.on(request.param)


@pytest.fixture
def service(there: Site) -> Iterator[RelyingParty]:
    """A service entitled to every data scope of its platform."""
    party = RelyingParty.register(there, scopes=["openid", *of_platform(there.name)])
    yield party
    party.forget()


def tokens_of(party: RelyingParty, scope: str) -> Tokens:
    level = party.site.level
    with registered(Rogue(uid="rogue-of-data", acr=level, levels=(level,)), party.site) as rogue:
        end = party.travel(Traveller("nobody", rogue.uid), scope=scope)
    assert isinstance(end, Arrival), end
    return party.redeem(query_of(end.redirect_to)["code"])


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_has_the_data_scopes_of_the_sheet_and_no_other(platform: str) -> None:
    assert set(CATALOGUES[platform].data) == set(of_platform(platform))
    for family, names in (BOTH | LOW).items():
        assert len(names) == COUNTS.get(family, len(names)), family


def test_each_is_granted_and_none_adds_a_claim(service: RelyingParty) -> None:
    scopes = of_platform(service.site.name)
    tokens = tokens_of(service, " ".join(["openid", *scopes]))
    assert tokens.body["scope"].split() == ["openid", *scopes]
    claims = service.verified(service.userinfo(tokens.access_token).data.decode())
    assert set(claims) == ENVELOPE


def test_those_of_the_other_platform_are_ignored(plus_rp: RelyingParty) -> None:
    foreign = [name for family in LOW.values() for name in family]
    tokens = tokens_of(plus_rp, " ".join(["openid", *foreign]))
    assert tokens.body["scope"] == "openid"


def test_each_is_a_line_of_the_page(site: Site) -> None:
    scopes = of_platform("franceconnect")
    party = RelyingParty.register(site, scopes=["openid", *scopes])
    _, page = open_consent(party, party.visitor, scope=" ".join(["openid", *scopes]))
    detail = page.text.partition('data-testid="consent-detail"')[2]
    assert len(re.findall(r"<li\b", detail.partition("</main>")[0])) == len(scopes)
    party.forget()


def test_each_is_told_to_the_data_provider_that_serves_it(service: RelyingParty) -> None:
    scopes = of_platform(service.site.name)
    provider = OwnDataProvider(service.site)
    provider.register(scopes=scopes)
    token = tokens_of(service, " ".join(["openid", *reversed(scopes)])).access_token
    told = provider.introspect(token)["scope"].split()
    provider.stop()
    assert sorted(told) == sorted(scopes)
