"""Journeys stopped half-way: a page, in the browser that got there."""

from fcsim_hub.gateways.html_forms import Form, read_page
from fcsim_hub.gateways.visitor import Response, Visitor
from support.relying_party import RelyingParty


def code_of(answer: Response) -> tuple[int, str]:
    """Status and code of an error page."""
    return answer.status, read_page(answer.text).texts["error-code"].rpartition(" ")[2]


def form_of(answer: Response, mark: str) -> Form:
    """The form that holds this testid."""
    form = read_page(answer.text).form_with(mark)
    assert form is not None, answer.text
    return form


def open_choice(rp: RelyingParty, visitor: Visitor, **changes: str | None) -> Response:
    """The choice page of a new journey."""
    return visitor.request("GET", visitor.request("GET", rp.url(**changes)).location)


def choose(rp: RelyingParty, visitor: Visitor, provider: str = "impots", **changes: str | None) -> str:
    """The provider's address that the choice of a new journey leads to."""
    form = form_of(open_choice(rp, visitor, **changes), f"idp-{rp.site.uid(provider)}")
    return visitor.request("POST", rp.site.hub + form.action, form.fields).location


def come_back(rp: RelyingParty, visitor: Visitor, person: str = "angela-dubois", **changes: str | None) -> str:
    """The callback address that the provider leads back to."""
    login = visitor.request("GET", choose(rp, visitor, **changes))
    quick = form_of(login, f"quick-login-{person}")
    return visitor.request("POST", rp.site.providers + quick.action, quick.fields).location


def open_consent(rp: RelyingParty, visitor: Visitor, **changes: str | None) -> tuple[str, Response]:
    """The consent page of a journey that got there, and its address."""
    url = come_back(rp, visitor, **changes)
    answer = visitor.request("GET", url)
    while answer.location:
        url = answer.location
        answer = visitor.request("GET", url)
    return url, answer
