"""Home, service, login, callback, identity, logout, errors."""

import json
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from requests import RequestException, Session

from fcsim_demo.callback import receive
from fcsim_demo.checks import AnswerRefused
from fcsim_demo.client import TIMEOUT_SECONDS, authorize_parameters
from fcsim_demo.config import DemoSettings, PlatformAddress, ServiceFile
from fcsim_demo.language import current_language
from fcsim_demo.logins import Login, Logins
from fcsim_demo.meanings import CLAIMS, ERRORS, UNKNOWN

blueprint = Blueprint("pages", __name__)

EXTENSION = "fcsim_demo"
OVERRIDABLE = ("prompt", "scope", "acr_values", "idp_hint", "claims")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self' {hub}; frame-ancestors 'none'; base-uri 'none'"
)


class Demo:
    """The collaborators of the application."""

    def __init__(self, settings: DemoSettings, oauth: Any) -> None:
        self.settings = settings
        self.services = settings.by_slug()
        self.oauth = oauth
        self.logins = Logins()

    def service(self, slug: str) -> tuple[ServiceFile, PlatformAddress]:
        """A service and its platform; 404 when there is none."""
        if (found := self.services.get(slug)) is None:
            abort(404)
        return found, self.settings.platforms[found.client.platform]


def demo() -> Demo:
    """The collaborators of this request's application."""
    found: Demo = current_app.extensions[EXTENSION]
    return found


@blueprint.get("/")
def index() -> Response:
    """Every service."""
    return _page("index.html", services=demo().services)


@blueprint.get("/<slug>/theme.css")
def theme(slug: str) -> Response:
    """The colours of one service."""
    service, _ = demo().service(slug)
    css = (
        f":root{{--accent:{service.accent};--on-accent:#fff}}"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{service.accent_dark};--on-accent:#14131c}}}}"
    )
    return Response(css, mimetype="text/css", headers={"Cache-Control": "public, max-age=600"})


@blueprint.get("/<slug>/", strict_slashes=False)
def home(slug: str) -> Response:
    """One service: what it is for, and the way in."""
    service, platform = demo().service(slug)
    return _page("service.html", slug=slug, service=service, platform=platform, login=_login(slug))


@blueprint.get("/<slug>/login")
def login(slug: str) -> Response:
    """Off to the hub; a few parameters may be set in the address, to try what they do."""
    service, _ = demo().service(slug)
    overrides = {name: request.args[name] for name in OVERRIDABLE if name in request.args}
    client = demo().oauth.create_client(slug)
    try:
        answer: Response = client.authorize_redirect(_callback_url(slug), **authorize_parameters(service, overrides))
    except RequestException as failure:
        raise AnswerRefused("unreachable", type(failure).__name__) from None
    return answer


@blueprint.get("/<slug>/callback")
def callback(slug: str) -> Response:
    """Back from the hub."""
    service, platform = demo().service(slug)
    finished = receive(demo().oauth.create_client(slug), slug, service, platform)
    demo().logins.forget(session.get(f"login_{slug}"))
    session[f"login_{slug}"] = demo().logins.add(finished)
    return _redirect(url_for("pages.identity", slug=slug))


@blueprint.get("/<slug>/identity")
def identity(slug: str) -> Response:
    """What the service learned, claim by claim."""
    service, platform = demo().service(slug)
    found = _login(slug)
    if found is None:
        return _redirect(url_for("pages.home", slug=slug))
    return _page(
        "identity.html",
        slug=slug,
        service=service,
        platform=platform,
        login=found,
        meanings=CLAIMS,
        header=_json(found.id_token_header),
        payload=_json(found.id_token_claims),
        userinfo=_json(found.userinfo_claims),
    )


@blueprint.post("/<slug>/data")
def data(slug: str) -> Response:
    """The citizen's data, fetched from a data provider with the token of the login."""
    service, platform = demo().service(slug)
    found = _login(slug)
    if found is None or not service.data_provider:
        return _redirect(url_for("pages.home", slug=slug))
    base = demo().settings.internal_url or demo().settings.public_url
    url = f"{base}/data-providers/{service.data_provider}/data"
    headers = {"Authorization": f"Bearer {found.access_token}"}
    with Session() as calls:
        calls.trust_env = False  # a proxy of the environment would swallow calls to localhost
        try:
            answer = calls.get(url, headers=headers, timeout=TIMEOUT_SECONDS)
            members = answer.json()
        except (RequestException, ValueError) as failure:
            raise AnswerRefused("data", type(failure).__name__) from None
    if answer.status_code != 200:
        detail = f"{answer.status_code} {members.get('error')}: {members.get('error_description')}"
        raise AnswerRefused("data", detail[:300])
    return _page("data.html", slug=slug, service=service, platform=platform, answer=members, raw=_json(members))


@blueprint.post("/<slug>/logout")
def logout(slug: str) -> Response:
    """End the login here first, then send the browser to the hub: a back-channel call would do nothing."""
    demo().service(slug)
    found = _login(slug)
    demo().logins.forget(session.pop(f"login_{slug}", None))
    if found is None:
        return _redirect(url_for("pages.home", slug=slug))
    client = demo().oauth.create_client(slug)
    where = f"{demo().settings.public_url}/{slug}/logged-out"
    answer: Response = client.logout_redirect(post_logout_redirect_uri=where, id_token_hint=found.id_token)
    return answer


@blueprint.get("/<slug>/logged-out")
def logged_out(slug: str) -> Response:
    """Back from the hub's logout."""
    service, platform = demo().service(slug)
    client = demo().oauth.create_client(slug)
    state = request.args.get("state", "")
    if not state or not client.framework.get_state_data(session, state):
        raise AnswerRefused("logout", "state is missing, or not one of this browser's")
    client.framework.clear_state_data(session, state)
    return _page("logged_out.html", slug=slug, service=service, platform=platform)


def show_error(refused: AnswerRefused) -> Response:
    """Every error of a callback, in plain words, with the facts for the developer."""
    slug = str((request.view_args or {}).get("slug", ""))
    service = demo().services.get(slug)
    known = refused.kind in ERRORS
    response = _page(
        "error.html",
        slug=slug,
        service=service,
        kind=refused.kind,
        detail=refused.detail,
        meaning=ERRORS.get(refused.kind, UNKNOWN) if known else UNKNOWN,
        login=_login(slug),
    )
    response.status_code = (
        502 if refused.kind in ("unreachable", "token", "id_token", "userinfo", "acr", "data") else 400
    )
    return response


def show_not_found(_error: Exception) -> Response:
    """An address that leads nowhere."""
    response = _page("error.html", slug="", service=None, kind="404", detail=request.path[:200], meaning="", login=None)
    response.status_code = 404
    return response


def _login(slug: str) -> Login | None:
    return demo().logins.find(session.get(f"login_{slug}"), slug)


def _callback_url(slug: str) -> str:
    return f"{demo().settings.public_url}/{slug}/callback"


def _json(members: Any) -> str:
    return json.dumps(dict(members), indent=2, ensure_ascii=False)


def _redirect(url: str) -> Response:
    answer: Response = redirect(url, 303)  # type: ignore[assignment]  # Flask's own response class
    return answer


def _page(template: str, **facts: Any) -> Response:
    hubs = {
        f"{parts.scheme}://{parts.netloc}"
        for one in demo().settings.platforms.values()
        if (parts := urlsplit(one.issuer))
    }
    response = make_response(render_template(template, words_language=current_language(), **facts))
    response.headers["Content-Security-Policy"] = CSP.format(hub=" ".join(sorted(hubs)))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
