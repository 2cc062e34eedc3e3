"""Nothing to type: a QR code leads to the phone, which says who (inside-the-hub §6.2, France Identité)."""

from flask import Response

from fcsim_providers.doors.door import Door
from fcsim_providers.onward import begin
from fcsim_providers.visit import Visit


def knock(visit: Visit) -> Response:
    """Show the code."""
    return begin(visit, None)


DOOR = Door("door_app.html", knock)
