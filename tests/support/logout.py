"""A logout, step by step, as a browser walks it."""

from urllib.parse import urlencode

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Response
from support.relying_party import RelyingParty


def end_url(rp: RelyingParty, hint: str | None, **more: str) -> str:
    """The address a service sends the browser to."""
    members = ({"id_token_hint": hint} if hint is not None else {}) | more
    return f"{rp.site.issuer}/session/end?{urlencode(members)}"


def step(rp: RelyingParty, page: Response) -> Response:
    """Post the form of a page of the chain."""
    form = read_page(page.text).form_with("logout-form")
    assert form is not None, page.text
    return rp.visitor.request(form.method.upper(), form.action, form.fields if form.method == "post" else None)


def follow(rp: RelyingParty, answer: Response) -> Response:
    """Post the forms and follow the redirects of a logout, until the service or a page that ends it."""
    for _ in range(10):
        if answer.location.startswith("https://rp.test/"):
            return answer
        if answer.location:
            answer = rp.visitor.request("GET", answer.location)
        elif read_page(answer.text).form_with("logout-form"):
            answer = step(rp, answer)
        else:
            return answer
    raise AssertionError("the logout does not end")
