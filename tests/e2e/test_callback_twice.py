"""What the browser does while the hub asks a provider: the session decides, when the answer is there."""

from collections.abc import Callable
from typing import Any

from fcsim_hub.gateways.visitor import Response, Visitor
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue
from support.walks import code_of, form_of, open_choice


def once(act: Callable[[], object]) -> Callable[[dict[str, Any]], None]:
    """Something that happens while the first userinfo call is under way, and never again."""
    left = [act]
    return lambda _: left.pop()() and None if left else None


def departed(rp: RelyingParty, rogue: Rogue) -> str:
    """The callback address that the provider leads back to."""
    return rp.visitor.request("GET", chosen(rp, open_choice(rp, rp.visitor), rogue).location).location


def chosen(rp: RelyingParty, choice: Response, rogue: Rogue) -> Response:
    form = form_of(choice, f"idp-{rogue.uid}")
    return rp.visitor.request("POST", rp.site.hub + form.action, form.fields)


def test_h160_a_callback_that_comes_twice_goes_on_once(rp: RelyingParty, rogue: Rogue) -> None:
    back = departed(rp, rogue)
    twin = Visitor(cookies={host: dict(jar) for host, jar in rp.visitor.cookies.items()})
    inner: list[Response] = []
    rogue.userinfo = once(lambda: inner.append(twin.request("GET", back)))
    assert code_of(rp.visitor.request("GET", back)) == (401, "Y190001")
    assert inner[0].location.endswith("/verify")


def test_h159_a_late_answer_does_not_replace_the_choice_made_meanwhile(rp: RelyingParty, rogue: Rogue) -> None:
    choice = rp.visitor.request("GET", rp.url()).location
    back = rp.visitor.request("GET", chosen(rp, rp.visitor.request("GET", choice), rogue).location).location
    again: list[Response] = []
    rogue.userinfo = once(lambda: again.append(chosen(rp, rp.visitor.request("GET", choice), rogue)))
    assert code_of(rp.visitor.request("GET", back)) == (403, "Y020022")
    back = rp.visitor.request("GET", again[0].location).location
    assert rp.visitor.request("GET", back).location.endswith("/verify")
