"""What the control API changed of a platform's file: kept beside it, laid over it, forgotten on demand."""

import json
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from fcsim_hub.domain.platforms import CHANGEABLE, Platform
from fcsim_hub.domain.realms import Realm
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_record, to_dict
from fcsim_hub.storage.tables import platform_changes

_REALM = (platform_changes.c.world == bindparam("w")) & (platform_changes.c.platform == bindparam("p"))
_FIND = select(platform_changes.c.document).where(_REALM)
_DELETE = delete(platform_changes).where(_REALM)
_INSERT = insert(platform_changes)


def find_changes(connection: Connection, realm: Realm) -> str:
    """The document of the changes, empty when there are none."""
    return str(connection.execute(_FIND, {"w": realm.world, "p": realm.platform}).scalar() or "")


def put_changes(connection: Connection, realm: Realm, changes: dict[str, Any], now: float) -> None:
    """Replace the changes."""
    forget_changes(connection, realm)
    row = {"world": realm.world, "platform": realm.platform, "document": json.dumps(changes), "updated_at": now}
    connection.execute(_INSERT, row)


def forget_changes(connection: Connection, realm: Realm) -> bool:
    """Back to what the file says; False when nothing had been changed."""
    return connection.execute(_DELETE, {"w": realm.world, "p": realm.platform}).rowcount == 1


def changed_platform(platform: Platform, changes: dict[str, Any]) -> Platform:
    """The platform with these members changed. Raises InvalidField."""
    for key in changes.keys() - set(CHANGEABLE):
        raise InvalidField(key, f"one of {', '.join(CHANGEABLE)}", "another member")
    return from_record(Platform, to_dict(platform) | changes)
