"""The silent room between provider and consent: which check comes first, on both platforms (inside-the-hub §5, §9)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Response, Stopped, Traveller, Visitor
from support.clock import MovableClock
from support.platforms import BOTH
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site, call

TECHNICAL = "authentication aborted due to a technical error on the authorization server"
ABORTED = "user authentication aborted"


@dataclass
class Case:
    """A person of the test's own, who comes through a provider of the test's own to a service of the test's own."""

    party: RelyingParty
    rogue: Rogue
    name: str
    civil: dict[str, Any] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        return self.party.site

    def put(self, **changes: Any) -> None:
        status, found = self.site.api("PUT", f"/people/{self.name}", self.civil | changes)
        assert status in (200, 201), found

    def account(self, **members: Any) -> None:
        status, found = self.site.api("PUT", f"{self.site.place}/accounts/{self.name}", members)
        assert status in (200, 201), found

    def come(self, **changes: str) -> Arrival | Stopped:
        """A login in a browser of its own."""
        return RelyingParty(self.site, self.party.record).travel(Traveller("nobody", self.rogue.uid), **changes)

    def last_page(self, visitor: Visitor, start: str) -> Response:
        """The page at the end of a journey that begins at this choice page."""
        form = read_page(visitor.request("GET", start).text).form_with(f"idp-{self.rogue.uid}")
        assert form is not None
        answer = visitor.request("POST", self.site.hub + form.action, form.fields)
        while answer.location:
            answer = visitor.request("GET", answer.location)
        return answer

    def sub(self, **changes: str) -> str:
        end = self.come(**changes)
        assert isinstance(end, Arrival), end
        return str(self.party.verified(self.party.redeem(query_of(end.redirect_to)["code"]).body["id_token"])["sub"])

    def events(self, end: Arrival | Stopped) -> list[str]:
        return [event["event"] for event in self.site.events(end.flow_id)]


@pytest.fixture(params=BOTH)
def case(request: pytest.FixtureRequest, site: Site, clock: MovableClock, person: str) -> Iterator[Case]:
    there = site.on(request.param)
    letters = "".join(chr(65 + int(digit, 16)) for digit in person[-8:])
    civil = {
        "given_names": ["Ondine", "Zoé"],
        "family_name": f"ORDRE {letters}",
        "birthdate": "1973-04-05",
        "gender": "female",
        "birthplace": "75107",
        "email": "ondine@fcsim.test",
    }
    levels = (there.level,)
    with registered(Rogue(acr=there.level, levels=levels, now=clock.now), there) as rogue:
        made = Case(RelyingParty.register(there), rogue, person, civil)
        rogue.identity |= {key: value for key, value in civil.items() if key != "given_names"}
        rogue.identity |= {"given_name": "Ondine Zoé"}
        made.put()
        yield made
        made.party.forget()


BLOCKED = {"is_exclude_list": True, "list": ["rogue"]}
DEAD = {"registry": {"death_date": "2024-01-01", "outcome": "deceased"}}


@pytest.mark.parametrize(
    ("acr", "changes", "account", "code"),
    [
        # level before registry, registry before account, account before preferences
        ("eidas4", DEAD, {"active": False, "idp_settings": BLOCKED}, "Y100001"),
        (None, DEAD, {"active": False, "idp_settings": BLOCKED}, "Y010015"),
        (None, {}, {"active": False, "idp_settings": BLOCKED}, "Y180001"),
        (None, {}, {"active": True, "idp_settings": BLOCKED}, "Y100011"),
    ],
)
def test_the_first_check_that_fails_is_the_one_told(
    case: Case, acr: str | None, changes: dict[str, Any], account: dict[str, Any], code: str
) -> None:
    case.put(**changes)
    case.account(**account)
    case.rogue.acr = acr or case.rogue.acr
    end = case.come()
    assert isinstance(end, Stopped), end
    assert end.code == code
    assert ("FC_REQUESTED_RNIPP" in case.events(end)) == (code != "Y100001")
    assert "FC_VERIFIED" not in case.events(end)


def test_a_suspicious_context_leads_back_to_the_choice_before_the_level_is_looked_at(case: Case) -> None:
    """Step 2 before step 3: an answer that is not even allowed, but below eidas2, is no error."""
    low = "eidas1"
    case.rogue.register(case.site, allowed_acr=["eidas2", "eidas3"])
    case.rogue.acr = low
    visitor = Visitor()
    start = call("GET", case.party.url(), headers={"X-Suspicious": "1", "Accept-Language": "en"})
    for one in start.headers.getlist("Set-Cookie"):
        name, _, rest = one.partition("=")
        visitor.cookies.setdefault("localhost", {})[name] = rest.partition(";")[0]
    assert "main-providers" in case.last_page(visitor, start.headers["Location"]).text
    flow = str(start.headers["Location"]).rpartition("/")[2]
    assert "FC_IDP_INSUFFICIENT_ACR" in [event["event"] for event in case.site.events(flow)]


@pytest.mark.parametrize(
    ("forced", "error", "description"),
    [
        ("E010004", "access_denied", ABORTED),
        ("E010006", "access_denied", ABORTED),
        ("E010007", "access_denied", ABORTED),
        ("E010008", "access_denied", ABORTED),
        ("E010009", "access_denied", ABORTED),
        ("E010011", "temporarily_unavailable", TECHNICAL),
        ("E010012", "temporarily_unavailable", TECHNICAL),
        ("E010013", "server_error", TECHNICAL),
        ("E010015", "access_denied", ABORTED),
        ("E010099", "server_error", TECHNICAL),
    ],
)
def test_h144_the_service_hears_of_the_registry_when_the_citizen_goes_back(
    case: Case, forced: str, error: str, description: str
) -> None:
    """§9.3, column "OAuth error": told on the way back alone, without any Y code."""
    case.put(registry={"outcome": forced})
    visitor = Visitor()
    page = case.last_page(visitor, visitor.request("GET", case.party.url(state="s" * 32)).location)
    back = page.text.split('data-testid="back-to-sp-link"')[0].rpartition('href="')[2].partition('"')[0]
    page = visitor.request("GET", case.site.hub + unescape(back).removeprefix(case.site.hub))
    while page.location and not page.location.startswith("https://rp.test"):
        page = visitor.request("GET", page.location)
    told = query_of(page.location)
    assert told == {"error": error, "error_description": description, "state": "s" * 32, "iss": case.site.issuer}


@pytest.mark.parametrize("how", ["anonymous", "same device", "again"])
def test_the_registry_is_asked_at_every_login_but_single_sign_on(case: Case, how: str) -> None:
    """§9.6: neither an anonymous scope nor a trusted device spares the question; §20 test 28."""
    visitor = Visitor()
    party = RelyingParty(case.site, case.party.record, visitor)
    scope = "openid" if how == "anonymous" else "openid email"
    first = party.travel(Traveller("nobody", case.rogue.uid), scope=scope)
    assert case.events(first).count("FC_REQUESTED_RNIPP") == 1
    if how == "same device":  # what the device remembers stays, the session does not
        for jar in visitor.cookies.values():
            for name in [one for one in jar if "Device" not in one]:
                del jar[name]
    end = party.travel(Traveller("nobody", case.rogue.uid), scope=scope)
    assert isinstance(end, Arrival), end
    assert case.events(end).count("FC_REQUESTED_RNIPP") == (1 if how == "same device" else 0)


def test_a_correction_of_the_registry_makes_another_account_and_another_sub(case: Case) -> None:
    """§9.5, §20 test 31: the trap of every service that keeps `sub` as its key."""
    place = f"{case.site.place}/accounts/{case.name}"
    before, account = case.sub(), case.site.api("GET", place)[1]
    assert case.sub() == before
    case.put(given_names=["Ondine", "Zoé", "Anne"])
    after = case.sub()  # rectified: the provider still says two names, the registry three
    assert after != before
    assert case.site.api("GET", place)[1]["id"] != account["id"]
    case.put()
    assert case.sub() == before


def test_two_spellings_that_the_registry_rectifies_are_one_person(case: Case) -> None:
    before = case.sub()
    case.rogue.identity["given_name"] = "Ondine"
    assert case.sub() == before
    case.rogue.identity["family_name"] += "X"
    end = case.come()
    assert isinstance(end, Stopped)  # two features differ: an echo
    assert end.code == "Y010004"


def test_homonyms_are_refused_and_no_account_is_made(case: Case) -> None:
    twin = f"{case.name}-twin"
    assert case.site.api("PUT", f"/people/{twin}", case.civil)[0] == 201
    try:
        end = case.come()
        assert isinstance(end, Stopped)
        assert end.code == "Y010006"
        assert case.site.api("GET", f"{case.site.place}/accounts/{case.name}")[0] == 404
    finally:
        case.site.api("DELETE", f"/people/{twin}")
