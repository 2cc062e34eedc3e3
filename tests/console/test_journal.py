"""The journal over the control API: which events, how many, in which order (inside-the-hub §16)."""

import pytest

from support.relying_party import RelyingParty
from support.site import Site


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=-1", "limit=10001", "limit=1.5", "limit=1e2", "limit=", "limit=%205", "limit=%D9%A3"),
        *("limit=1_0", "limit=true", "after=-1", "after=x", "after=1.0", "after=99999999999999999999"),
    ],
)
def test_the_journal_is_asked_with_whole_numbers(site: Site, query: str) -> None:
    status, problem = site.api("GET", f"/events?{query}")
    assert (status, problem["errors"][0]["key"]) == (400, query.partition("=")[0])


def test_the_newest_events_after_an_id_come_oldest_first(rp: RelyingParty) -> None:
    rp.authorize()
    everything = rp.site.api("GET", "/events?platform=franceconnect&limit=1000")[1]
    ids = [event["id"] for event in everything]
    assert ids == sorted(set(ids))
    rp.authorize()
    rp.authorize()
    later = rp.site.api("GET", f"/events?platform=franceconnect&after={ids[-1]}&limit=1000")[1]
    assert [event["event"] for event in later] == ["FC_AUTHORIZE_INITIATED"] * 2
    assert ids[-1] < later[0]["id"] < later[1]["id"]
    assert rp.site.api("GET", f"/events?after={ids[-1]}&limit=1")[1] == later[1:]
    assert rp.site.api("GET", f"/events?after={later[1]['id']}")[1] == []


def test_no_event_after_an_id_is_missed_without_a_limit(rp: RelyingParty) -> None:
    last = rp.site.api("GET", "/events?limit=1")[1][-1:]
    for _ in range(120):
        rp.authorize()
    after = last[0]["id"] if last else 0
    assert len(rp.site.api("GET", f"/events?platform=franceconnect&after={after}")[1]) == 120
    assert len(rp.site.api("GET", f"/events?platform=&after={after}")[1]) == 120
