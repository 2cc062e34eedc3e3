"""Where a journey goes next: the only place that knows the doors' addresses."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.datastructures import Headers

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.consent import skips_page
from fcsim_hub.domain.journey import Journey, Room, next_room
from fcsim_hub.web.hub import Hub

DOORS: Mapping[Room, str] = {
    Room.CHOICE: "/interaction/{uid}",
    Room.VERIFY: "/interaction/{uid}/verify",
    Room.CONSENT: "/interaction/{uid}/consent",
    Room.AUTO_LOGIN: "/auto-login",
    Room.DELIVERY: "/authorize/{uid}",
}


def address(hub: Hub, room: Room, journey: Journey) -> str:
    """The address of a room for this journey."""
    return hub.doors_url + DOORS[room].format(uid=journey.uid)


def onward(hub: Hub, journey: Journey, client: Client, *, status: int = 302) -> Response:
    """Send the browser where the facts lead."""
    room = next_room(journey, page_skipped=skips_page(client, journey.request))
    return leave_for(address(hub, room, journey), status)


class Leaving(Response):
    """A redirect to an address as it is spelled: Werkzeug folds its host and escapes its query again (H034, H039)."""

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """The headers as they are sent; what is not ASCII is the only thing to encode."""
        headers, spelled = super().get_wsgi_headers(environ), self.headers["Location"]
        if spelled.isascii():
            headers["Location"] = spelled
        return headers


def leave_for(url: str, status: int = 302) -> Response:
    """Send the browser elsewhere; nobody may keep this answer."""
    response = Leaving("", status, {"Location": url}, "text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
