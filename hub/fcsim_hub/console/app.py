"""The composition root of the console."""

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from fcsim_hub.console import (
    accounts,
    clients,
    data_providers,
    environment,
    gate,
    keys,
    logins,
    mails,
    mandates,
    notices,
    openapi,
    pages,
    people,
    platforms,
    provider_logins,
    providers,
    registry,
)
from fcsim_hub.console.context import EXTENSION, ConsoleContext
from fcsim_hub.console.problem import Problem, show_problem
from fcsim_hub.console.registrations import Key
from fcsim_hub.storage.outages import OUTAGES, RETRY_AFTER, why
from fcsim_hub.web import language
from fcsim_hub.web.pages import render_page, static, with_code

log = logging.getLogger("fcsim.console")

API = "/api/v1"
BODY_MAX = 1_048_576


def create_console(context: ConsoleContext) -> Flask:
    """The application."""
    app = Flask("fcsim_hub.console", static_url_path="/static")
    app.extensions[EXTENSION] = context
    app.url_map.merge_slashes = False  # a client_id may begin with one, or hold two in a row
    app.url_map.converters["key"] = Key
    hosts = {urlsplit(one.console).hostname or "" for one in (context.urls, context.internal_urls)}
    # A page of the web that resolves its own name to this machine must not reach the simulator.
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_MAX, TRUSTED_HOSTS=sorted({*hosts, "localhost", "127.0.0.1", "[::1]"} - {""})
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # an option of Flask's own JSON provider
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # idem
    language.install(app)
    app.jinja_env.globals["static"] = static
    app.jinja_env.filters["with_code"] = with_code
    for views in (
        *(environment, platforms, keys, clients, providers, data_providers),
        *(people, accounts, mandates, provider_logins, registry, mails, notices, logins, openapi),
    ):
        app.register_blueprint(views.blueprint, url_prefix=API)
    app.register_blueprint(pages.blueprint, name="pages")
    app.add_url_rule("/healthz", "healthz", lambda: jsonify(status="ok"))
    gate.install(app)
    app.after_request(_headers)
    app.register_error_handler(Problem, _show)
    app.register_error_handler(HTTPException, _http_error)
    for failure in OUTAGES:
        app.register_error_handler(failure, _unavailable)
    return app


def _show(problem: Problem) -> Response:
    if request.path.startswith(API):
        return show_problem(problem)
    return render_page("console/problem.html", status=problem.status, problem=problem, here=request.path)


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # no page: its links are made of the host that is refused
        return show_problem(
            Problem(400, "Unknown host", f"{request.headers.get('Host', '')[:80]!r} is no name of mine")
        )
    answer = _show(Problem(error.code or 500, error.name, f"{request.method} {request.path[:200]}: {error.name}"))
    if isinstance(error, MethodNotAllowed):  # RFC 9110 §15.5.6: it says which methods there are
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def _unavailable(error: SQLAlchemyError) -> Response:
    log.warning("the database did not answer on %s: %s", request.path, why(error))
    answer = _show(Problem(503, "Service Unavailable", f"the hub's database does not answer: {why(error)}"))
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-FCSim"] = "1"
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="fcsim console", charset="UTF-8"'
    return response
