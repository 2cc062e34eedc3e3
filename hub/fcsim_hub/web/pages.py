"""Rendering a page, with the headers every page has."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Response, make_response, render_template
from markupsafe import Markup, escape

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
)


def static(name: str) -> str:
    """The address of a file of ours; Flask's own url_for asks the whole map of addresses for it."""
    return f"/static/{name}"


def with_code(text: str) -> Markup:
    """A text of ours for developers, what it writes between backticks set as code; whatever it quotes is escaped."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def render_page(template: str, *, status: int = 200, forms_lead_to: Iterable[str] = (), **facts: object) -> Response:
    """A page. `forms_lead_to`: the addresses a form leaves for; none: its forms stay at the hub."""
    response = make_response(render_template(template, **facts), status)
    return with_page_headers(response, forms_lead_to)


def with_page_headers(response: Response, forms_lead_to: Iterable[str] = ()) -> Response:
    """The headers of a page."""
    origins = sorted({origin for address in forms_lead_to if (origin := origin_of(address))})
    # Chromium checks every redirect that follows a form, and what a provider or a service redirects to next is theirs:
    # a login host beside the issuer, a front end beside the callback (H166; FranceConnect restricts nothing).
    onward = ("http:", "https:") if origins else ()
    response.headers["Content-Security-Policy"] = CSP.format(forms=" ".join(("'self'", *origins, *onward)))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, empty when it has none a CSP could hold."""
    parts = urlsplit(address)
    safe = parts.scheme in ("http", "https") and parts.netloc and not set(parts.netloc) & set(" ;,'\"@")
    return f"{parts.scheme}://{parts.netloc}" if safe else ""
