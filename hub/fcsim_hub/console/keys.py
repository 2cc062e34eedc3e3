"""Key rotation over the control API: the platform's own keys, and those of a simulated provider."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify

from fcsim_hub.console.context import ConsoleContext, current_console
from fcsim_hub.console.problem import Problem, invalid, read_json
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.realms import Realm
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.gateways.http import OutboundFailure
from fcsim_hub.storage.registrations import PROVIDERS
from fcsim_hub.storage.rotation import Which, families, rotate_keys

blueprint = Blueprint("keys", __name__)


@blueprint.post("/platforms/<name>/keys/rotate")
def rotate(name: str) -> Response:
    """New keys of one kind, used from the next answer on; the former ones stay published for a while."""
    console = current_console()
    platform, realm = console.platform(name)
    which, now = _which(read_json(), platform), console.clock.now()
    with console.database.write() as connection:
        made, until = rotate_keys(connection, platform, realm, console.seal, which, now)
    return jsonify(which=which, made=made, former_published_until=until)


def _which(members: dict[str, Any], platform: Platform) -> Which:
    for key in members.keys() - {"which"}:
        raise invalid(InvalidField(key, "which", "an unknown member"))
    if (which := members.get("which")) == "signing":
        return "signing"
    offered = "signing or encryption" if families(platform) else f"signing: {platform.title} encrypts nothing"
    if which != "encryption" or not families(platform):
        raise invalid(InvalidField("which", offered, repr(which)[:80]))
    return "encryption"


@blueprint.post("/platforms/<name>/providers/<path:uid>/keys/rotate")
def rotate_provider(name: str, uid: str) -> Response:
    """New signing keys of a simulated provider, on every platform it serves. Raises Problem."""
    console = current_console()
    _, realm = console.platform(name)
    slug = _slug(console, realm, uid)
    try:
        answer = console.provider_accounts.rotate_keys(slug)
    except OutboundFailure as failure:
        raise Problem(502, "The providers do not answer", str(failure)) from None
    if answer.status == 404:
        raise _not_ours(uid)
    if answer.status != 200:
        raise Problem(502, "Refused by the providers", f"the providers answered {answer.status}")
    return jsonify(json.loads(answer.body))


def _slug(console: ConsoleContext, realm: Realm, uid: str) -> str:
    """What the providers call the provider registered under a uid: the first segment of its addresses."""
    with console.database.read() as connection:
        provider = PROVIDERS.find(connection, realm, uid)
    if provider is None:
        raise Problem(404, "Unknown provider", f"no provider {uid[:80]!r} on this platform")
    base, _, slug = provider.issuer.rpartition("/")
    if base != console.urls.providers or not slug:
        raise _not_ours(uid)
    return slug


def _not_ours(uid: str) -> Problem:
    return Problem(409, "Not a simulated provider", f"provider {uid[:80]!r} keeps its own keys: rotate them there")
