"""What people see: the login page of each provider, its refusals, the way back."""

import secrets
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, make_response, render_template, request

from fcsim_providers.config import Provider
from fcsim_providers.context import Context, current_context
from fcsim_providers.identifiers import read_identifier
from fcsim_providers.language import current_language
from fcsim_providers.request import Request, RequestRefused, read_request
from fcsim_providers.storage.accounts import Account, find_by_person, find_by_typed, list_quick, right_secret
from fcsim_providers.storage.grants import insert_code
from fcsim_providers.transaction import browser_id, keep_browser, read_transaction, write_transaction

blueprint = Blueprint("pages", __name__)

CODE_BYTES = 32
SECRET_MAX = 1024
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
)


@blueprint.get("/")
def index() -> Response:
    """The providers served here."""
    return _page("index.html", providers=current_context().providers.values())


@blueprint.get("/<slug>/", strict_slashes=False)
def home(slug: str) -> Response:
    """One provider, outside any login."""
    return _page("home.html", provider=current_context().provider(slug))


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


@blueprint.get("/<slug>/authorize")
def authorize(slug: str) -> Response:
    """The login page, for a proven request."""
    context = current_context()
    provider = context.provider(slug)
    asked, _ = read_request(request.args.to_dict(flat=False), provider, context.settings.callbacks)
    return _login_page(context, provider, asked)


@blueprint.post("/<slug>/authorize")
def log_in(slug: str) -> Response:
    """A login attempt: by typing, or by picking a person."""
    context = current_context()
    provider = context.provider(slug)
    asked = read_transaction(context, slug)
    if person := request.form.get("person", ""):
        with context.database.read() as connection:
            account = find_by_person(connection, slug, person)
        return (
            _accept(context, provider, asked, account)
            if account
            else _login_page(context, provider, asked, error="unknown")
        )
    typed, secret = request.form.get("login", ""), request.form.get("password", "")
    key = read_identifier(provider.personality.identifier, typed)
    if key is None:
        return _login_page(context, provider, asked, error="malformed", typed=typed)
    with context.database.read() as connection:
        account = find_by_typed(connection, slug, key)
    # An unknown account and a wrong secret look, and cost, the same.
    if len(secret) > SECRET_MAX or not right_secret(account, secret) or account is None:
        return _login_page(context, provider, asked, error="unknown", typed=typed)
    return _accept(context, provider, asked, account)


def _accept(context: Context, provider: Provider, asked: Request, account: Account) -> Response:
    code = secrets.token_urlsafe(CODE_BYTES)
    with context.database.write() as connection:
        insert_code(connection, provider.slug, code, asked, account.login, context.clock())
    return _back(asked, {"code": code, "state": asked.state})


def _login_page(context: Context, provider: Provider, asked: Request, *, error: str = "", typed: str = "") -> Response:
    browser = browser_id(provider.slug)
    with context.database.read() as connection:
        people = list_quick(connection, provider.slug)
    refused = {"error": "access_denied", "error_description": "user authentication aborted", "state": asked.state}
    response = _page(
        "login.html",
        forms_lead_to=asked.redirect_uri,
        provider=provider,
        words=provider.personality.words(current_language()),
        people=people,
        csrf_token=write_transaction(context, provider.slug, browser, asked),
        cancel_url=_with_query(asked.redirect_uri, refused),
        acr=asked.acr,
        error=error,
        typed=typed[:320],
    )
    keep_browser(response, provider.slug, browser)
    response.status_code = 200 if not error else 400 if error == "malformed" else 401
    return response


@blueprint.get("/<slug>/session/end")
def end_session(slug: str) -> Response:
    """Logout: these providers keep no session of their own, so they only lead back (inside-the-hub §3.6)."""
    context = current_context()
    provider = context.provider(slug)
    where = request.args.get("post_logout_redirect_uri", "")
    if not where:
        return _page("logged_out.html", provider=provider)
    known = {uri for uris in context.settings.logout_callbacks.values() for uri in uris}
    if where not in known:
        raise RequestRefused(
            f"post_logout_redirect_uri: expected one of {', '.join(sorted(known))}, found {where[:200]!r}"
        )
    state = request.args.get("state")
    return _redirect(_with_query(where, {"state": state}) if state is not None else where)


def show_refusal(refused: RequestRefused) -> Response:
    """A request that cannot be trusted with a redirect."""
    slug = (request.view_args or {}).get("slug", "")
    provider = current_context().providers.get(slug)
    response = _page("refused.html", provider=provider, reason=str(refused))
    response.status_code = 400
    return response


def show_not_found(_error: Exception) -> Response:
    """An address that leads nowhere."""
    response = _page("refused.html", provider=None, reason=f"{request.method} {request.path[:200]}: no such address")
    response.status_code = 404
    return response


def _back(asked: Request, answer: dict[str, str]) -> Response:
    return _redirect(_with_query(asked.redirect_uri, answer))


def _with_query(uri: str, members: dict[str, str]) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(members)}"


def _redirect(url: str) -> Response:
    response = Response("", 302, {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    response.mimetype = "text/html"
    return response


def _page(template: str, *, forms_lead_to: str = "", **facts: object) -> Response:
    parts = urlsplit(forms_lead_to)
    origin = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    response = make_response(render_template(template, **facts))
    response.headers["Content-Security-Policy"] = CSP.format(forms=f"'self'{origin}")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
