"""The composition root of the demo services."""

from flask import Flask, Response, jsonify
from werkzeug.exceptions import MethodNotAllowed, NotFound

from fcsim_demo import context, data_provider, identity, language, pages, refusals, sign_in, sign_out
from fcsim_demo.client import register_services
from fcsim_demo.config import DemoSettings
from fcsim_demo.keys import DemoKeys
from fcsim_demo.refusal import AnswerRefused

BODY_MAX = 64 * 1024


def create_app(settings: DemoSettings) -> Flask:
    """The application; it calls the hub only when someone logs in."""
    app = Flask("fcsim_demo", static_url_path="/static")
    app.secret_key = settings.secret_key
    # Cookies ignore ports: every application on localhost needs a name of its own.
    app.config.update(
        SESSION_COOKIE_NAME="fcsim_demo",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        MAX_CONTENT_LENGTH=BODY_MAX,
    )
    language.install(app)
    keys = DemoKeys(settings.secret_key, settings.keys_folder)
    app.extensions[context.EXTENSION] = context.Demo(settings, register_services(app, settings, keys), keys)
    app.extensions[data_provider.EXTENSION] = data_provider.gather(settings, keys)
    for module in (data_provider, pages, sign_in, identity, sign_out):
        app.register_blueprint(module.blueprint)
    app.add_url_rule("/healthz", "healthz", lambda: jsonify(status="ok"))
    app.register_error_handler(AnswerRefused, refusals.show_error)
    app.register_error_handler(NotFound, refusals.show_not_found)
    app.register_error_handler(MethodNotAllowed, refusals.show_not_found)
    app.after_request(_headers)
    return app


def _headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-FCSim"] = "1"
    return response
