"""What people see outside a login: the list of providers, their colours, refusals, logout."""

from flask import Blueprint, Response, request

from fcsim_providers.answers import redirect, show_page
from fcsim_providers.context import current_context
from fcsim_providers.request import RequestRefused
from fcsim_providers.visit import with_query

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index() -> Response:
    """The providers served here."""
    return show_page("index.html", providers=current_context().providers.values())


@blueprint.get("/<slug>/", strict_slashes=False)
def home(slug: str) -> Response:
    """One provider, outside any login."""
    return show_page("home.html", provider=current_context().provider(slug))


@blueprint.get("/<slug>/help")
def help_with(slug: str) -> Response:
    """Where the links of each provider's page lead: support, account creation, lost secret (inside-the-hub §3.11)."""
    return show_page("help.html", provider=current_context().provider(slug))


@blueprint.get("/<slug>/theme.css")
def theme(slug: str) -> Response:
    """The colours of one provider: inline styles are refused by the pages' policy."""
    look = current_context().provider(slug).personality
    css = (
        f":root{{--accent:{look.accent};--on-accent:#fff}}"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{look.accent_dark};--on-accent:#14131c}}}}"
    )
    response = Response(css, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=600"
    return response


@blueprint.get("/<slug>/session/end")
def end_session(slug: str) -> Response:
    """Logout: these providers keep no session of their own, so they only lead back (inside-the-hub §3.6)."""
    context = current_context()
    provider = context.provider(slug)
    where = request.args.get("post_logout_redirect_uri", "")
    if not where:
        return show_page("logged_out.html", provider=provider)
    known = {uri for uris in context.settings.logout_callbacks.values() for uri in uris}
    if where not in known:
        raise RequestRefused(
            f"post_logout_redirect_uri: expected one of {', '.join(sorted(known))}, found {where[:200]!r}"
        )
    state = request.args.get("state")
    return redirect(with_query(where, {"state": state}) if state is not None else where)


def show_refusal(refused: RequestRefused) -> Response:
    """A request that cannot be trusted with a redirect."""
    slug = (request.view_args or {}).get("slug", "")
    provider = current_context().providers.get(slug)
    response = show_page("refused.html", provider=provider, reason=str(refused))
    response.status_code = refused.status
    return response


def show_not_found(_error: Exception) -> Response:
    """An address that leads nowhere."""
    response = show_page(
        "refused.html", provider=None, reason=f"{request.method} {request.path[:200]}: no such address"
    )
    response.status_code = 404
    return response
