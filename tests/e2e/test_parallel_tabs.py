"""Many tabs of one browser at once (security-and-reliability H028, H029): one jar of cookies, real threads."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller, Visitor
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import HTTP, Site

THREADS = 20
CLEAN = {
    *("Y190001", "Y190004", "Y420001", "Y030025", "Y470001", "Y470002", "Y470003", "Y470004"),
    *("Y020021", "Y020022", "Y04D5AB7", "Y04CAB72", "Y04D7C28", "Y042BB27"),
}
"""How a tab ends whose journey another one replaced: session, form, navigation, state or interaction that is over."""


class Jar(dict[str, str]):
    """The cookies of a browser, read by many tabs while others change them."""

    def items(self) -> Any:
        return list(super().items())


@pytest.fixture
def parties(site: Site) -> Iterator[list[RelyingParty]]:
    """Two services, each with its own address of return."""
    made = [RelyingParty.register(site, redirect_uris=[f"https://{name}.test/callback"]) for name in ("one", "two")]
    yield made
    for party in made:
        party.forget()


@pytest.mark.parametrize("tabs", [THREADS, pytest.param(100, marks=pytest.mark.thorough)])
def test_h028_each_tab_ends_as_its_own_service_and_state_or_on_a_page_that_says_why(
    parties: list[RelyingParty], rogue: Rogue, tabs: int
) -> None:
    jar: dict[str, dict[str, str]] = {"localhost": Jar()}
    traveller = Traveller("nobody", rogue.uid)
    together = Barrier(min(tabs, THREADS))

    def open_tab(rank: int) -> tuple[RelyingParty, str, Arrival | Stopped]:
        party, own = parties[rank % 2], f"{rank}-{secrets.token_urlsafe(24)}"
        url = party.url(state=own, nonce=own)
        if rank < THREADS:
            together.wait(10)
        return party, own, Visitor(cookies=jar).walk(url, traveller)

    HTTP.clear()  # many threads would reach for connections that the hub closed for idleness
    with ThreadPoolExecutor(THREADS) as pool:
        ends = list(pool.map(open_tab, range(tabs)))
    for party, own, end in ends:
        if isinstance(end, Stopped):
            assert end.code in CLEAN, end
            continue
        told = query_of(end.redirect_to)
        assert end.redirect_to.startswith(f"{party.redirect_uri}?")
        assert (told.keys(), told["state"]) == ({"code", "state", "iss"}, own)
        other = next(one for one in parties if one is not party)
        assert other.redeem(told["code"]).body["error"] == "invalid_grant"
        assert party.verified(party.redeem(told["code"]).body["id_token"])["nonce"] == own
    # The browser is none the worse for it.
    again = Visitor(cookies=jar).walk(parties[0].url(state="afterwards"), traveller)
    assert isinstance(again, Arrival)
    assert query_of(again.redirect_to)["state"] == "afterwards"


def test_h028_tabs_that_begin_at_once_and_never_meet_end_each_at_its_own_service(parties: list[RelyingParty]) -> None:
    """A level that the platform does not serve: the whole way back without a page."""

    def begin(rank: int) -> tuple[RelyingParty, str, Arrival | Stopped]:
        party, own = parties[rank % 2], f"tab-{rank}"
        return party, own, Visitor().walk(party.url(state=own, acr_values="eidas3"), Traveller("nobody", "nowhere"))

    HTTP.clear()
    with ThreadPoolExecutor(THREADS) as pool:
        for party, own, end in pool.map(begin, range(100)):
            assert isinstance(end, Arrival)
            assert end.redirect_to.startswith(f"{party.redirect_uri}?error=invalid_acr&")
            assert query_of(end.redirect_to)["state"] == own
