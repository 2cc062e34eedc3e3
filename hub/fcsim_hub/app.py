"""The composition root of one platform: collaborators, doors, headers, errors."""

import logging
from collections.abc import Mapping
from contextlib import nullcontext

from flask import Blueprint, Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from fcsim_hub.clock import Clock
from fcsim_hub.domain.errors.base import HubError
from fcsim_hub.domain.errors.hub import BadRequest, PageNotFound, Unavailable, Unexpected
from fcsim_hub.domain.errors.machine import BodyUnreadable, UnavailableForMachine, UnexpectedForMachine
from fcsim_hub.domain.platforms import MachineDoor, Platform
from fcsim_hub.domain.realms import Realm
from fcsim_hub.endpoints import (
    checktoken,
    discovery,
    encryption_keys,
    health,
    plain_checktoken,
    revocation,
    sector_identifier,
    token,
    userinfo,
)
from fcsim_hub.endpoints.json_error import json_error
from fcsim_hub.gateways.http import HttpCaller, Waiting
from fcsim_hub.gateways.identity_provider import ProviderClient
from fcsim_hub.gateways.provider_keys import ProviderKeys
from fcsim_hub.gateways.published_keys import PublishedKeys
from fcsim_hub.gateways.sector import Sectors
from fcsim_hub.protocol.decryption import DecryptionRing
from fcsim_hub.rooms import accessibility, choice, consent, delivery, entrance, farewell, provider, verify
from fcsim_hub.rooms.error_page import show_error
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.keys import load_decryption_keys
from fcsim_hub.storage.outages import OUTAGES, RETRY_AFTER, why
from fcsim_hub.storage.sealed import Seal
from fcsim_hub.web import language
from fcsim_hub.web.hub import EXTENSION, Hub, LiveHub, current_hub
from fcsim_hub.web.pages import static, with_code

log = logging.getLogger("fcsim.hub")

ROOMS = (entrance, choice, provider, verify, consent, delivery, farewell)
PLAIN_PAGES = (accessibility,)
MACHINE_DOORS: Mapping[MachineDoor, Blueprint] = {
    "discovery": discovery.blueprint,
    "encryption-keys": encryption_keys.blueprint,
    "sector-identifier": sector_identifier.blueprint,
    "token": token.blueprint,
    "userinfo": userinfo.blueprint,
    "revocation": revocation.blueprint,
    "checktoken": checktoken.blueprint,
    "plain-checktoken": plain_checktoken.blueprint,
}
"""Each platform has those its file names."""
PROGRAMS_READ = {one.name for one in MACHINE_DOORS.values()}
"""What programs call: they read no page, not even of a failure (§9.4)."""
PUBLIC = {
    *(one.name for one in (discovery.blueprint, encryption_keys.blueprint, sector_identifier.blueprint)),
    *(one.name for one in (health.blueprint, accessibility.blueprint)),
}
"""Documents that are the same for everyone, and begin nothing."""
BODY_MAX = 400 * 1024
"""100 KiB of `claims`, each of its characters escaped, are read and refused by what they say (H022)."""


def make_hub(
    platform: Platform,
    database: Database,
    *,
    base_url: str,
    internal_url: str,
    console_url: str,
    secret_key: str,
    clock: Clock,
    while_waiting: Waiting = nullcontext,
) -> Hub:
    """The collaborators of one platform. `while_waiting` is entered around each call to others."""
    http = HttpCaller(platform.lifetimes.outbound, while_waiting)
    realm, seal = Realm(platform.name), Seal(secret_key)

    def decryption_keys() -> DecryptionRing:
        with database.read() as connection:
            return load_decryption_keys(connection, realm, seal, clock.now())

    return Hub(
        platform=platform,
        realm=realm,
        database=database,
        seal=seal,
        clock=clock,
        providers=ProviderClient(http=http, keys=ProviderKeys(http), own_keys=decryption_keys),
        sectors=Sectors(http),
        published_keys=PublishedKeys(http, clock.now),
        base_url=base_url,
        internal_url=internal_url,
        console_url=console_url,
        secret_key=secret_key,
    )


def create_app(hub: Hub) -> Flask:
    """The Flask application of one platform."""
    app = Flask("fcsim_hub", static_url_path="/static")
    app.extensions[EXTENSION] = LiveHub(hub)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    app.url_map.merge_slashes = False  # `//authorize` is an unknown path, no 308 that would repeat a POST (H044)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # an option of Flask's own JSON provider
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the order of the members is FranceConnect's
    language.install(app)
    app.jinja_env.globals["static"] = static
    app.jinja_env.filters["with_code"] = with_code
    app.context_processor(lambda: {"platform": current_hub().platform, "console_url": hub.console_url})
    platform = hub.platform
    pages = (page.blueprint for page in (*ROOMS, *PLAIN_PAGES))
    for doors in (*pages, *(MACHINE_DOORS[name] for name in platform.machine_doors)):
        app.register_blueprint(doors, url_prefix=platform.prefix)
    logout = f"{platform.prefix}{platform.logout_path}"
    app.add_url_rule(logout, "logout", farewell.end)
    app.add_url_rule(logout, "logout_by_post", farewell.end_by_post, methods=["POST"])
    app.register_blueprint(health.blueprint)
    app.add_url_rule(platform.prefix, "home", _home, strict_slashes=False)
    _install_errors(app)
    app.before_request(_refuse_prefetch)
    app.after_request(_headers)
    return app


def _home() -> Response:
    return Response("Moved Permanently", 301, {"Location": current_hub().platform.home_page}, "text/plain")


def _refuse_prefetch() -> Response | None:
    """HEAD and speculative loads walk no room: no code is issued to nobody, no row is made (H030).

    What is not routed is as unknown to them as to a GET, and public documents answer them.
    """
    if request.method != "HEAD" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        return None
    if request.url_rule is None or request.blueprint in PUBLIC or request.endpoint in ("home", "static"):
        return None
    return Response(status=204, headers={"Cache-Control": "no-store"})


def _headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-FCSim"] = "1"
    return response


def _install_errors(app: Flask) -> None:
    app.register_error_handler(HubError, show_error)
    app.register_error_handler(HTTPException, _http_error)
    for failure in OUTAGES:
        app.register_error_handler(failure, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def _unavailable(error: SQLAlchemyError) -> Response:
    """The database is away, restarts, or is too busy: a citizen or a program may come again (R10, R12, R14)."""
    log.warning("the database did not answer on %s: %s", request.path, why(error))
    if request.blueprint in PROGRAMS_READ:
        answer = json_error(current_hub(), UnavailableForMachine(type(error).__name__))
    else:
        answer = show_error(Unavailable(why(error)))
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _http_error(error: HTTPException) -> Response:
    """The framework's own refusals in FranceConnect's words: a wrong method is an unknown page (§2)."""
    if error.code in (404, 405):
        return show_error(PageNotFound(f"{request.method} {request.path}: {_why_nothing(error)}"))
    if error.code == 413 and request.blueprint in PROGRAMS_READ:
        return json_error(current_hub(), BodyUnreadable(f"the body has more than {BODY_MAX} bytes"))
    refused = show_error(BadRequest(f"{error.code} {error.name}"))
    refused.status_code = error.code or 400
    return refused


def _why_nothing(error: HTTPException) -> str:
    """A wrong method is told apart from a wrong address, to the developer alone."""
    served = set(getattr(error, "valid_methods", None) or ()) - {"HEAD", "OPTIONS"}
    return f"FranceConnect routes {' and '.join(sorted(served))} only" if served else "no such page on this hub"


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected failure on %s", request.path)
    if request.blueprint in PROGRAMS_READ:
        return json_error(current_hub(), UnexpectedForMachine(type(error).__name__))
    return show_error(Unexpected(type(error).__name__))
