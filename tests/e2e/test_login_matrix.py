"""The whole product: provider x platform x level x what becomes of the second factor, over real HTTP."""

import re
import tomllib
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest

from fcsim_hub.fixtures import built_in
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.relying_party import RelyingParty

WHO = {"msa": "jean-baptiste-le-goff"}
FILES = [tomllib.loads(file.read_text("utf-8")) for file in sorted((built_in() / "providers").glob("*.toml"))]
SIX = {"impots", "ameli", "laposte", "msa", "yris", "france-identite"}
"""The two side doors have tests of their own: test_eidas_node, test_aidants_connect."""
WITH_FACTOR = {file["simulator"]["slug"] for file in FILES if "factor" in file["simulator"]}
LEVELS = {"franceconnect": ["eidas1"], "franceconnect-plus": ["eidas2", "eidas3"]}
CELLS = [
    pytest.param(provider, platform, level, id=f"{provider['name']}-{platform}-{level}")
    for provider in FILES
    if provider["name"] in SIX
    for platform, levels in LEVELS.items()
    if platform in ([provider["platform"]] if isinstance(provider["platform"], str) else provider["platform"])
    for level in levels
    if level in provider["allowed_acr"]
]


@pytest.fixture
def party(request: pytest.FixtureRequest, platform: str) -> RelyingParty:
    """A relying party of the platform."""
    found = request.getfixturevalue("rp" if platform == "franceconnect" else "plus_rp")
    assert isinstance(found, RelyingParty)
    return found


def test_no_cell_is_left_out() -> None:
    plus = {"laposte-franceconnect-plus-eidas2"} | {f"france-identite-franceconnect-plus-eidas{n}" for n in (2, 3)}
    assert {cell.id for cell in CELLS} == {f"{name}-franceconnect-eidas1" for name in SIX} | plus


def _traveller(party: RelyingParty, provider: dict[str, Any], person: str) -> Traveller:
    account = party.site.person(WHO.get(provider["name"], "angela-dubois")).accounts[provider["name"]]
    return Traveller(person, provider["uid"], login=account.login, password=account.password)


@pytest.mark.parametrize(("provider", "platform", "level"), CELLS)
@pytest.mark.parametrize("way", ["one click", "typed, with the second factor"])
def test_a_login_arrives_at_the_level_asked(
    party: RelyingParty, provider: dict[str, Any], level: str, way: str
) -> None:
    who = WHO.get(provider["name"], "angela-dubois") if way == "one click" else "nobody"
    end = party.travel(_traveller(party, provider, who), acr_values=level)
    assert isinstance(end, Arrival), end
    code = re.search(r"[?&]code=([^&]+)", end.redirect_to)
    assert code is not None
    tokens = party.redeem(code[1])
    assert tokens.status == 200
    claims = party.verified(tokens.body["id_token"])
    assert claims["acr"] == level


@pytest.mark.parametrize(("provider", "platform", "level"), CELLS)
def test_giving_up_comes_back_to_the_choice_page(party: RelyingParty, provider: dict[str, Any], level: str) -> None:
    """Before the password where there is no second factor, before the factor where there is one."""
    visitor, traveller = party.visitor, _traveller(party, provider, "nobody")
    choice = read_page(party.choice_page(acr_values=level).text).form_with(f"idp-{provider['uid']}")
    assert choice is not None
    place = visitor.request("POST", party.site.hub + choice.action, choice.fields).location
    page = visitor.request("GET", place)
    if provider["simulator"]["slug"] in WITH_FACTOR:
        form = read_page(page.text).form_with("login-form")
        assert form is not None
        typed = form.fields | {"login": traveller.login, "password": traveller.password}
        place = visitor.request("POST", urljoin(place, form.action), typed).location
        assert "/step/" in place
        page = visitor.request("GET", place)
    cancel = re.search(r'<a href="([^"]+)" data-testid="return-to-franceconnect"', page.text)
    assert cancel is not None, page.text
    answer = visitor.request("GET", urljoin(place, unescape(cancel[1])))
    while answer.location:
        answer = visitor.request("GET", answer.location)
    back = read_page(answer.text)
    assert back.form_with(f"idp-{provider['uid']}") is not None
    assert isinstance(party.travel(_traveller(party, provider, "nobody"), acr_values=level), Arrival)
