"""A platform over the control API: what can be changed of it while it runs, and back to what its file says."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify

from fcsim_hub.console.context import current_console
from fcsim_hub.console.problem import invalid, read_json
from fcsim_hub.domain.platforms import CHANGEABLE, Banner, Platform
from fcsim_hub.domain.realms import Realm
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import to_dict, with_changes
from fcsim_hub.storage.platforms import changed_platform, find_changes, forget_changes, put_changes
from fcsim_hub.web.hub import FRESH_SECONDS

blueprint = Blueprint("platforms", __name__)

NAMED = ("name", "title")
"""What GET shows beside the changeable members and the issuer."""


@blueprint.get("/platforms")
def list_all() -> Response:
    """Every platform as it answers now."""
    found = (_now(name) for name in current_console().platforms)
    return jsonify([_members(changed_platform(platform, changes)) for platform, changes in found])


@blueprint.get("/platforms/<name>")
def read(name: str) -> Response:
    """The platform as it answers now."""
    platform, changes = _now(name)
    return jsonify(_members(changed_platform(platform, changes)))


@blueprint.patch("/platforms/<name>")
def change(name: str) -> Response:
    """Change the members given; what GET shows beside them may come back as it was."""
    console = current_console()
    platform, realm = console.platform(name)
    shown = _members(platform)
    fixed = {key: shown[key] for key in (*NAMED, "issuer")}
    members = {key: value for key, value in read_json().items() if key not in fixed or value != fixed[key]}
    with console.change() as connection:
        before = _changes(connection, realm)
        try:
            now = to_dict(changed_platform(platform, before))
            whole = with_changes(now, members, {"notice": Banner})
            changes = before | {name: whole[name] for name in members}
            changed = changed_platform(platform, changes)
        except InvalidField as wrong:
            raise invalid(wrong) from None
        put_changes(connection, realm, changes, console.clock.now())
    return _once_in_effect(changed)


@blueprint.delete("/platforms/<name>")
def forget(name: str) -> Response:
    """Back to what the file says."""
    console = current_console()
    platform, realm = console.platform(name)
    with console.change() as connection:
        forget_changes(connection, realm)
    return _once_in_effect(platform)


def _now(name: str) -> tuple[Platform, dict[str, Any]]:
    console = current_console()
    platform, realm = console.platform(name)
    with console.database.read() as connection:
        return platform, _changes(connection, realm)


def _changes(connection: Connection, realm: Realm) -> dict[str, Any]:
    document = find_changes(connection, realm)
    return json.loads(document) if document else {}


def _once_in_effect(platform: Platform) -> Response:
    """Answer when no process serves the former platform any more: what the caller asks next meets the new one."""
    current_console().sleep(FRESH_SECONDS)
    return jsonify(_members(platform))


def _members(platform: Platform) -> dict[str, Any]:
    members = to_dict(platform)
    shown = {key: members[key] for key in (*NAMED, *CHANGEABLE)}
    return shown | {"issuer": current_console().issuers[platform.name]}
