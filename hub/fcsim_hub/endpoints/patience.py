"""How often a caller of the back channel may fail before it must wait (security-and-reliability H075, H087).

Successes are never counted, so neither a busy service nor a load test meets the limit; a caller is a client at an IP
address, so that nobody locks a service out from elsewhere.
"""

from flask import request

from fcsim_hub.domain.platforms import Limits
from fcsim_hub.storage.failures import count_failures, note_failure
from fcsim_hub.web.hub import Hub


def must_wait(hub: Hub, door: str, client_id: str, most: int, now: float) -> bool:
    """Whether this caller failed too often at this door; never where the platform sets no limit."""
    if not most:
        return False
    with hub.database.read() as connection:
        since = now - Limits.WINDOW
        return count_failures(connection, hub.realm, _caller(door, client_id), since) >= most


def note(hub: Hub, door: str, client_id: str, most: int, now: float) -> None:
    """This caller failed."""
    if most:
        with hub.database.write() as connection:
            note_failure(connection, hub.realm, _caller(door, client_id), now)


def _caller(door: str, client_id: str) -> str:
    return f"{door} {request.remote_addr} {client_id}"
