"""An answer of a provider is taken once: its code goes out once, whatever comes of it.

And what is fetched meanwhile belongs to the login that asked for it, or to none
(service-provider-side §7.3; security-and-reliability M16, M19, R23).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from flask import Response

from fcsim_hub.gateways.html_forms import read_page
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue
from support.walks import code_of


def put(**members: Any) -> Any:
    return lambda claims: claims.update(members)


def leave(rp: RelyingParty, uid: str) -> str:
    """Choose a provider: the address that its answer leads back to."""
    form = read_page(rp.choice_page().text).form_with(f"idp-{uid}")
    assert form is not None
    there = rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location
    return str(rp.visitor.request("GET", there).location)


FAILURES = [
    ("token_answer", lambda: Response("", 500), "Y020026"),
    ("id_token", put(nonce="other"), "Y020026"),
    ("id_token", put(acr=""), "Y020030"),
    ("userinfo_answer", lambda: Response("", 500), "Y020027"),
    ("userinfo", put(sub=""), "Y020029"),
    ("userinfo", put(gender="M"), "Y600006"),
]


@pytest.mark.parametrize(("part", "change", "code"), FAILURES)
def test_m16_a_failed_answer_opened_again_sends_its_code_no_second_time(
    rp: RelyingParty, rogue: Rogue, part: str, change: Any, code: str
) -> None:
    setattr(rogue, part, change)
    back = leave(rp, rogue.uid)
    assert code_of(rp.visitor.request("GET", back))[1] == code
    assert code_of(rp.visitor.request("GET", back)) == (400, "Y420001")
    assert rogue.token_calls == 1


def test_r23_after_a_failure_the_choice_page_names_the_provider_and_another_one_works(
    rp: RelyingParty, rogue: Rogue
) -> None:
    rogue.token_answer = lambda: Response("", 500)
    start = rp.visitor.request("GET", rp.url()).location
    form = read_page(rp.visitor.request("GET", start).text).form_with(f"idp-{rogue.uid}")
    assert form is not None
    there = rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location
    rp.visitor.request("GET", rp.visitor.request("GET", there).location)
    page = read_page(rp.visitor.request("GET", start).text)
    assert "Rogue" in page.texts["interaction-error-message"]
    rogue.token_answer = None
    form = page.form_with(f"idp-{rogue.uid}")
    assert form is not None
    there = rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location
    assert rp.visitor.request("GET", rp.visitor.request("GET", there).location).location.endswith("/verify")


def test_what_is_wrong_before_the_code_goes_out_leaves_the_login_as_it_was(rp: RelyingParty, rogue: Rogue) -> None:
    back = leave(rp, rogue.uid)
    assert code_of(rp.visitor.request("GET", f"{rp.site.issuer}/oidc-callback?code=x&state=y")) == (403, "Y020022")
    assert code_of(rp.visitor.request("GET", f"{back}&iss=https%3A%2F%2Fevil.test")) == (502, "Y020026")
    assert rp.visitor.request("GET", back).location.endswith("/verify")
    assert rogue.token_calls == 1


@pytest.fixture
def paused(rogue: Rogue) -> Iterator[tuple[Event, Event]]:
    """The provider answers userinfo once it is told to: (it was asked, it may answer)."""
    asked, go = Event(), Event()

    def wait(_: dict[str, Any]) -> None:
        asked.set()
        go.wait(10)

    rogue.userinfo = wait
    yield asked, go
    go.set()


def test_m16_an_answer_opened_twice_at_once_is_taken_once(
    rp: RelyingParty, rogue: Rogue, paused: tuple[Event, Event]
) -> None:
    asked, go = paused
    back = leave(rp, rogue.uid)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(rp.visitor.request, "GET", back)
        assert asked.wait(10)
        assert code_of(rp.visitor.request("GET", back)) == (400, "Y420001")
        go.set()
        assert first.result().location.endswith("/verify")
    assert (rogue.token_calls, rogue.userinfo_calls) == (1, 1)


def test_an_answer_that_comes_after_a_new_login_began_signs_nobody_in(
    rp: RelyingParty, rogue: Rogue, paused: tuple[Event, Event]
) -> None:
    asked, go = paused
    back = leave(rp, rogue.uid)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(rp.visitor.request, "GET", back)
        assert asked.wait(10)
        page = rp.choice_page()
        go.set()
        assert code_of(first.result()) == (401, "Y190001")
    assert read_page(page.text).form_with("idp-rogue")


def test_an_answer_that_comes_after_another_provider_was_chosen_is_refused(
    rp: RelyingParty, rogue: Rogue, paused: tuple[Event, Event]
) -> None:
    asked, go = paused
    start = rp.visitor.request("GET", rp.url()).location
    form = read_page(rp.visitor.request("GET", start).text).form_with(f"idp-{rogue.uid}")
    assert form is not None
    there = rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location
    back = rp.visitor.request("GET", there).location
    with ThreadPoolExecutor(1) as other:
        first = other.submit(rp.visitor.request, "GET", back)
        assert asked.wait(10)
        form = read_page(rp.visitor.request("GET", start).text).form_with(f"idp-{rp.site.uid('ameli')}")
        assert form is not None
        assert rp.visitor.request("POST", rp.site.hub + form.action, form.fields).status == 302
        go.set()
        assert code_of(first.result()) == (400, "Y420001")
