"""Whether an access token still opens anything, for those who check it on behalf of others (§14)."""

from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.grants import TokenState
from fcsim_hub.storage.registrations import CLIENTS
from fcsim_hub.web.hub import Hub


def if_alive(hub: Hub, connection: Connection, state: TokenState | None, now: float) -> TokenState | None:
    """The token, unless it is unknown, expired, revoked, or its client was removed or deactivated meanwhile."""
    if state is None or state.revoked or now >= state.expires_at:
        return None
    client = CLIENTS.find(connection, hub.realm, state.client_id)
    return state if client is not None and client.active else None
