"""Where everything is, who exists, what happened."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request

from fcsim_hub import __version__
from fcsim_hub.console.context import current_console
from fcsim_hub.console.problem import read_integer
from fcsim_hub.domain.ledger import LEDGER
from fcsim_hub.storage.events import list_events
from fcsim_hub.storage.people import list_people
from fcsim_hub.storage.registrations import PROVIDERS

blueprint = Blueprint("environment", __name__)

LIMIT = 1000
"""Events answered to whoever names no limit: a test that asks what came `after` one must not miss any."""
LIMIT_MAX = 10_000


@blueprint.get("/environment")
def environment() -> Response:
    """Addresses, platforms and providers."""
    console = current_console()
    platforms = {}
    with console.database.read() as connection:
        people = len(list_people(connection, console.world))
        for name, platform in console.platforms.items():
            _, realm = console.platform(name)
            platforms[name] = {
                "title": platform.title,
                "issuer": console.issuers[name],
                "posture": platform.posture,
                "levels": [str(level) for level in platform.levels],
                "providers": [
                    {"uid": one.uid, "name": one.name, "title": one.title, "issuer": one.issuer, "active": one.active}
                    for one, _ in PROVIDERS.list(connection, realm)
                ],
            }
    return jsonify(
        version=__version__,
        world=console.world,
        now=console.clock.now(),
        platforms=platforms,
        demo={"url": console.urls.demo},
        console={"url": console.urls.console, "api": f"{console.urls.console}/api/v1"},
        people=people,
        left_out=list(console.left_out),
    )


@blueprint.get("/differences")
def differences() -> Response:
    """The fidelity ledger: what an integration must not rely on."""
    return jsonify([asdict(one) for one in LEDGER])


@blueprint.get("/events")
def events() -> Response:
    """Business events of a platform, oldest first; `limit` keeps the newest."""
    console = current_console()
    platform, realm = console.platform(request.args.get("platform") or next(iter(console.platforms)))
    after = read_integer("after", 0, low=0, high=2**53)
    limit = read_integer("limit", LIMIT, low=1, high=LIMIT_MAX)
    with console.database.read() as connection:
        found = list_events(connection, realm, after=after, limit=limit)
    return jsonify([event | {"service": platform.journal_name or platform.name} for event in found])
