"""The redirect that answers a service: a code, or an error it can receive (service-provider-side §6.8, RFC 9207)."""

import logging

from flask import Response

from fcsim_hub.domain.errors.base import RedirectedError
from fcsim_hub.domain.journey import Refusal
from fcsim_hub.protocol.addresses import add_to_fragment, add_to_query
from fcsim_hub.rooms.dispatch import leave_for
from fcsim_hub.web.explanation import explained, explained_by
from fcsim_hub.web.hub import Hub

log = logging.getLogger("fcsim.hub")


def code_answer(hub: Hub, redirect_uri: str, state: str, code: str) -> Response:
    """`code`, `state` and `iss` in the query."""
    return _answer(add_to_query(redirect_uri, [("code", code), *ending(hub, state)]))


def error_answer(hub: Hub, redirect_uri: str, state: str, refused: RedirectedError) -> Response:
    """The error, with `state` and `iss`; never a Y code: that one is for the log."""
    log.info("error %s on %s told to the service", refused.code or type(refused).__name__, hub.platform.name)
    members = [
        ("error", refused.error),
        ("error_description", refused.description),
        *refused.members.items(),
        *ending(hub, state),
    ]
    add = add_to_fragment if refused.in_fragment else add_to_query
    return explained(_answer(add(redirect_uri, members)), refused)


def refusal_answer(hub: Hub, redirect_uri: str, state: str, refusal: Refusal) -> Response:
    """The same for an error established during the journey."""
    members = [
        ("error", refusal.error),
        ("error_description", refusal.description),
        *ending(hub, state),
    ]
    return explained_by(_answer(add_to_query(redirect_uri, members)), refusal.detail)


def ending(hub: Hub, state: str) -> list[tuple[str, str]]:
    """What every answer ends with: the service's `state`, `iss` where the platform has it.

    An empty state is echoed by a platform that requires one; elsewhere it stands for none.
    """
    echoed = state or "state" not in hub.platform.optional_parameters
    return [*([("state", state)] if echoed else []), *([("iss", hub.issuer)] if hub.platform.iss_in_answers else [])]


def _answer(location: str) -> Response:
    return leave_for(location, 303)
