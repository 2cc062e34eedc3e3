"""The composition root of the providers' application."""

import time
from collections.abc import Callable
from contextlib import ExitStack

from flask import Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from fcsim_providers import control, language, login, machine, pages, waiting
from fcsim_providers.config import Provider, ProvidersSettings, gather_providers
from fcsim_providers.context import EXTENSION, Context
from fcsim_providers.doors import DOORS
from fcsim_providers.encryption import HubKeys
from fcsim_providers.factors import FACTORS
from fcsim_providers.limits import TooManyFailures
from fcsim_providers.mailbox import Mailbox
from fcsim_providers.request import RequestRefused
from fcsim_providers.storage.accounts import load_people
from fcsim_providers.storage.database import Database
from fcsim_providers.storage.grants import purge
from fcsim_providers.storage.keys import ensure_keys
from fcsim_providers.storage.schema import upgrade_database, wait_for_others

BODY_MAX = 64 * 1024


def create_app(settings: ProvidersSettings, clock: Callable[[], float] = time.time) -> Flask:
    """The application, its database ready and holding the accounts of the people files."""
    context = _prepare(settings, clock)
    app = Flask("fcsim_providers", static_url_path="/static")
    app.extensions[EXTENSION] = context
    app.extensions["close"] = context.database.close
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    app.json.sort_keys = False  # type: ignore[attr-defined]  # an option of Flask's own JSON provider
    language.install(app)
    for views in (pages, login, waiting, machine, control):
        app.register_blueprint(views.blueprint)
    for blueprint in (*(one.blueprint for one in FACTORS.values()), *(one.blueprint for one in DOORS.values())):
        if blueprint is not None:
            app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", "healthz", lambda: jsonify(status="ok"))
    app.register_error_handler(RequestRefused, pages.show_refusal)
    app.register_error_handler(TooManyFailures, login.show_too_many)
    app.register_error_handler(machine.Refused, machine.answer_refusal)
    app.register_error_handler(NotFound, pages.show_not_found)
    app.register_error_handler(MethodNotAllowed, pages.show_not_found)
    app.before_request(_speak)
    app.before_request(_get_ready)
    app.after_request(_headers)
    return app


def _prepare(settings: ProvidersSettings, clock: Callable[[], float]) -> Context:
    providers: dict[str, Provider] = gather_providers(settings)
    with ExitStack() as undo:
        database = Database(settings.database_url)
        undo.callback(database.close)
        database.wait()
        upgrade_database(database)
        with database.write() as connection:
            wait_for_others(database, connection)
            purge(connection, clock())
            load_people(connection, settings.people_by_name(), providers)
            for provider in providers.values():
                ensure_keys(connection, provider, clock())
        undo.pop_all()
    mailbox = Mailbox(settings.console_url, settings.control_token)
    return Context(settings, providers, database, HubKeys(settings.hub_keys, clock), clock, mailbox)


def _speak() -> None:
    """Some providers have pages in one language alone."""
    context: Context = current_app.extensions[EXTENSION]
    provider = context.providers.get((request.view_args or {}).get("slug", ""))
    if provider is not None and provider.personality.fr is None:
        language.speak("en")


def _get_ready() -> None:
    """Fetch the hub's keys when a person arrives: at the token, a thread of the hub waits for this application."""
    if request.method == "GET" and request.path.endswith("/authorize"):
        context: Context = current_app.extensions[EXTENSION]
        provider = context.providers.get((request.view_args or {}).get("slug", ""))
        client = provider.clients.get(request.args.get("client_id", "")) if provider else None
        if client is not None:
            context.hub_keys.get_ready(client)


def _headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-FCSim"] = "1"
    return response
