"""Pages and redirects, with the headers each must have; and the forms that are refused before they are read."""

from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

from fcsim_providers.context import current_context
from fcsim_providers.request import NotYours

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
)


def show_page(template: str, status: int = 200, *, forms_lead_to: str = "", **facts: object) -> Response:
    """A page; `forms_lead_to` is the hub's address its forms may end at."""
    parts = urlsplit(forms_lead_to)
    origin = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    settings = current_context().settings
    facts |= {"test_logins": settings.test_logins, "limit_logins": settings.limit_logins}
    response = make_response(render_template(template, **facts), status)
    response.headers["Content-Security-Policy"] = CSP.format(forms=f"'self'{origin}")
    response.headers["Cache-Control"] = "no-store"
    # Not `no-referrer`: browsers would send forms with `Origin: null`, which tells nothing.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def redirect(url: str, status: int = 302) -> Response:
    """The way on; 303 after a form that stays here."""
    response = Response("", status, {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    response.mimetype = "text/html"
    return response


def refuse_other_sites() -> None:
    """A form of these pages comes from these pages (security-and-reliability H177). Raises NotYours."""
    if request.method != "POST":
        return
    here = {request.host_url.rstrip("/"), _origin(current_context().settings.public_url)}
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
    if (origin is not None and origin not in here) or site not in ("same-origin", "none"):
        raise NotYours(f"Origin: expected {' or '.join(sorted(here))}, found {(origin or site)[:200]!r}")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def require_test_logins() -> None:
    """Testers' short cuts are for a machine that nobody else reaches (H180). Raises NotYours."""
    if not current_context().settings.test_logins:
        raise NotYours(
            "quick login and the testers' panels are off: this simulator listens beyond this machine; "
            "set FCSIM_OPEN_TEST_LOGINS=true to offer them all the same"
        )
