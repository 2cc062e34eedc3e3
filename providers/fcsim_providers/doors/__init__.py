"""First pages of a login, one file each: what is asked before any second factor.

door        what a door is
password    identifier and password
identifier  identifier alone: the phone asks for the rest
app         nothing: a QR code, and the phone says who
country     a country: its own screen asks for the rest
helper      the address of a helper, who says at the end for whom

A new one is a file here, its line in DOORS, its name in personality.DoorName, and a template.
"""

from fcsim_providers.doors import app, country, helper, identifier, password
from fcsim_providers.doors.door import Door

DOORS: dict[str, Door] = {
    "password": password.DOOR,
    "identifier": identifier.DOOR,
    "app": app.DOOR,
    "country": country.DOOR,
    "helper": helper.DOOR,
}
