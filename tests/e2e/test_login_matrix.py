"""The whole product: provider x platform x level x what becomes of the second factor, over real HTTP."""

import re
import tomllib
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest

from fcsim_hub.fixture_files import built_in
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Response, Traveller
from fcsim_hub.stack import Stack
from support.clock import MovableClock
from support.outcomes import APPROVED, CERTIFIED_ALONE, OUTCOMES, Act, Scene
from support.provider_login import ProviderLogin
from support.relying_party import RelyingParty, query_of
from support.site import Site
from support.someone import Someone
from support.walks import choose, code_of, form_of

WHO = {"msa": "jean-baptiste-le-goff"}
FILES = [tomllib.loads(file.read_text("utf-8")) for file in sorted((built_in() / "providers").glob("*.toml"))]
SIX = {"impots", "ameli", "laposte", "msa", "yris", "france-identite"}
"""The two side doors have tests of their own: test_eidas_node, test_aidants_connect."""
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


def _marks(what: str, platform: str) -> list[pytest.MarkDecorator]:
    """Where there is time (`run.py test --ci`): one click fails as typing does, and on either platform alike."""
    return [pytest.mark.thorough] if "one click" in what or platform == "franceconnect-plus" else []


@pytest.fixture(scope="module")
def parties(stack: Stack) -> dict[str, RelyingParty]:
    """A relying party of each platform."""
    return {name: RelyingParty.register(Site(stack, name)) for name in LEVELS}


@pytest.fixture
def party(parties: dict[str, RelyingParty], platform: str) -> RelyingParty:
    """The one of this row's platform, in a browser of the test's own."""
    return RelyingParty(parties[platform].site, parties[platform].record)


@pytest.fixture(scope="module")
def resident(stack: Stack) -> Someone:
    """Somebody with an account at each provider, in whatever state the last row left it."""
    return Someone.register(Site(stack))


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


def _rows(provider: dict[str, Any], platform: str) -> dict[str, tuple[int, Act]]:
    plus_alone = platform == "franceconnect-plus" and provider["name"] == "france-identite"
    given_up = {"given up at once": (200, lambda _scene: None)}
    return given_up | OUTCOMES[provider["name"]] | (CERTIFIED_ALONE if plus_alone else {})


FAILING = [
    pytest.param(*cell.values, *row, id=f"{cell.id}-{what}", marks=_marks(what, cell.values[1]))
    for cell in CELLS
    for what, row in _rows(cell.values[0], cell.values[1]).items()
]
APPROVING = [
    pytest.param(*cell.values, act, id=f"{cell.id}-{what}")
    for cell in CELLS
    for what, act in APPROVED[cell.values[0]["name"]].items()
]
OTHER = {"eidas1": "ameli", "eidas2": "laposte", "eidas3": "france-identite"}
"""Where somebody else signs in afterwards, in the same browser."""


@pytest.fixture
def scene(party: RelyingParty, provider: dict[str, Any], level: str, resident: Someone, clock: MovableClock) -> Scene:
    """Somebody at the first page of the provider, sent there by the hub; nothing is held against anybody."""
    assert party.site.api("DELETE", "/login-failures")[0] == 200
    assert resident.state(provider["name"], "active") == 200
    url = choose(party, party.visitor, provider["name"], acr_values=level)
    answer = party.visitor.request("GET", url)
    return Scene(ProviderLogin(party.site, provider["name"], answer, url, party.visitor), resident, clock)


def follow(party: RelyingParty, answer: Response) -> Response:
    """The page that redirects lead to; the service is never called on the way."""
    while answer.location:
        assert not answer.location.startswith(party.redirect_uri)
        answer = party.visitor.request("GET", answer.location)
    return answer


@pytest.mark.parametrize(("provider", "platform", "level", "act"), APPROVING)
def test_what_a_person_approves_arrives(party: RelyingParty, scene: Scene, level: str, act: Act) -> None:
    act(scene)
    consent = form_of(follow(party, scene.login.answer), "consent-form")
    answer = party.visitor.request("POST", party.site.hub + consent.action, consent.fields)
    while not answer.location.startswith(party.redirect_uri):
        answer = party.visitor.request("GET", answer.location)
    tokens = party.redeem(query_of(answer.location)["code"])
    assert party.verified(tokens.body["id_token"])["acr"] == level


@pytest.mark.parametrize(("provider", "platform", "level", "status", "act"), FAILING)
def test_what_ends_at_the_provider_comes_back_to_the_choice_page(
    party: RelyingParty, scene: Scene, provider: dict[str, Any], level: str, status: int, act: Act
) -> None:
    """The banner names the provider, the event is written, the service is not called; then another account works."""
    act(scene)
    last = scene.login.answer
    assert (last.status, last.location) == (status, ""), scene.login.page.texts
    scene.clock.reset()
    back = re.search(r'href="([^"]+)" data-testid="return-to-franceconnect"', last.text)
    assert back is not None, scene.login.page.title
    answer = party.visitor.request("GET", unescape(back[1]))
    flow = answer.location.rpartition("/")[2]
    choice = follow(party, answer)
    assert provider["title"].removesuffix("+") in read_page(choice.text).texts["interaction-error-message"]
    events = [event["event"] for event in party.site.events(flow, 30)]
    assert "IDP_CALLEDBACK_WITH_ERROR" in events
    assert "FC_REDIRECTED_TO_SP" not in events
    form = form_of(choice, f"idp-{party.site.uid(OTHER[level])}")
    page = follow(party, party.visitor.request("POST", party.site.hub + form.action, form.fields))
    form = form_of(page, "login-form")
    answer = party.visitor.request(
        "POST", urljoin(party.site.providers, form.action), form.fields | {"person": "angela-dubois"}
    )
    assert form_of(follow(party, answer), "consent-form")


@pytest.mark.parametrize(
    ("platform", "level", "name", "chosen", "code"),
    [
        ("franceconnect", "eidas1", "impots", "eidas2", "Y100018"),
        ("franceconnect", "eidas1", "france-identite", "eidas3", "Y100018"),
        ("franceconnect", "eidas1", "yris", "eidas4", "Y100001"),
        ("franceconnect", "eidas1", "msa", "none", "Y020030"),
        ("franceconnect-plus", "eidas2", "laposte", "eidas1", "Y100001"),
        ("franceconnect-plus", "eidas2", "laposte", "eidas3", "Y100018"),
        ("franceconnect-plus", "eidas3", "france-identite", "eidas2", "Y100001"),
        ("franceconnect-plus", "eidas2", "france-identite", "none", "Y020030"),
    ],
)
def test_a_level_that_does_not_do_ends_at_the_hub(
    party: RelyingParty, level: str, name: str, chosen: str, code: str
) -> None:
    """inside-the-hub §10.2, through each kind of provider."""
    page = party.visitor.request("GET", choose(party, party.visitor, name, acr_values=level))
    form, person = form_of(page, "login-form"), WHO.get(name, "angela-dubois")
    changes = {"person": person, "acr": chosen}
    answer = party.visitor.request("POST", urljoin(party.site.providers, form.action), form.fields | changes)
    assert code_of(follow(party, answer))[1] == code
