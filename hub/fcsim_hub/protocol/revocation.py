"""The revocation request: exactly three parameters, each of a strict shape (service-provider-side §13; RFC 7009)."""

import re
from collections.abc import Mapping

from fcsim_hub.domain.errors.machine import RevocationRefused

PARAMETERS = ("token", "client_id", "client_secret")
_TOKEN = re.compile(r"[A-Za-z0-9_~-]{43,}")
SECRET_MIN = 32


def read_revocation(form: Mapping[str, str]) -> str:
    """The token to revoke; raises RevocationRefused."""
    if unlisted := set(form) - set(PARAMETERS):
        raise RevocationRefused(f"parameter {min(unlisted)[:64]!r}: expected only {', '.join(PARAMETERS)}")
    for name in PARAMETERS:
        if not form.get(name):
            raise RevocationRefused(f"parameter {name!r} is required")
    if not _TOKEN.fullmatch(form["token"]):
        raise RevocationRefused("token: expected 43 characters or more, without space nor special character")
    if len(form["client_secret"]) < SECRET_MIN or not form["client_secret"].isascii():
        raise RevocationRefused(f"client_secret: expected {SECRET_MIN} ASCII characters or more")
    return form["token"]
