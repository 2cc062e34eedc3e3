"""`fcsim up --check`: one login through real HTTP, from a demo service and back, told step by step."""

from collections.abc import Callable

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Traveller, Visitor, WalkFailed
from fcsim_hub.stack import Stack

SERVICE, PERSON, PROVIDER = "taxes", "angela-dubois", "impots"


def walk_one_login(stack: Stack, say: Callable[[str], None]) -> bool:
    """Whether the login ended on the service's identity page with the right person."""
    visitor = Visitor()
    try:
        problem = _walk(stack, visitor, say)
    except WalkFailed as failure:
        problem = str(failure)
    say(f"failed: {problem}" if problem else "ok: one login walked from the service and back")
    return not problem


def _walk(stack: Stack, visitor: Visitor, say: Callable[[str], None]) -> str:
    """What went wrong, empty when nothing did."""
    person, _ = stack.fixtures.people()[PERSON]
    registered = [one for platform in stack.platforms.values() for one in stack.fixtures.providers(platform).values()]
    uid = next((one.uid for one in registered if one.name == PROVIDER), "")
    if not uid:
        return f"no provider {PROVIDER!r} is registered: {', '.join(stack.left_out) or 'none has this name'}"
    start = visitor.request("GET", f"{stack.settings.urls.demo}/{SERVICE}/login")
    if not start.location:
        return f"the demo service answered {start.status} instead of a redirect to the hub"
    end = visitor.walk(start.location, Traveller(person=PERSON, provider_uid=uid))
    for step in end.steps:
        say(f"{step.status} {step.method:<4} {step.url}")
    if not isinstance(end, Arrival):
        return f"the journey stopped at {end.url}: {end.code or end.title} (status {end.status})"
    answer = visitor.request("GET", end.redirect_to)
    say(f"{answer.status} GET  {SERVICE} callback")
    if not answer.location:
        return f"the service refused the answer: {read_page(answer.text).texts.get('error-description', answer.status)}"
    page = read_page(visitor.request("GET", answer.location).text)
    name = page.texts.get("claim-family_name", "")
    return "" if name == person.family_name else f"the identity page shows {name!r}: expected {person.family_name!r}"
