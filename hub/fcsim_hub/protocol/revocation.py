"""The revocation request: token and credentials, each of a strict shape (service-provider-side §13; RFC 7009)."""

import re
from collections.abc import Mapping

from fcsim_hub.domain.errors.machine import RevocationRefused

PARAMETERS = ("token", "client_id", "client_secret")
WITH_ASSERTION = ("token", "client_assertion_type", "client_assertion")
"""What a client of private_key_jwt sends instead (ledger F27); its client_id may come along."""
_TOKEN = re.compile(r"[A-Za-z0-9_~-]{43,}")
SECRET_MIN = 32


def read_revocation(form: Mapping[str, str]) -> str:
    """The token to revoke; raises RevocationRefused."""
    expected = WITH_ASSERTION if "client_assertion" in form else PARAMETERS
    if unlisted := set(form) - {*expected, "client_id"}:
        raise RevocationRefused(f"parameter {min(unlisted)[:64]!r}: expected only {', '.join(expected)}")
    for name in expected:
        if not form.get(name):
            raise RevocationRefused(f"parameter {name!r} is required")
    if not _TOKEN.fullmatch(form["token"]):
        raise RevocationRefused("token: expected 43 characters or more, without space nor special character")
    secret = form.get("client_secret")
    if secret is not None and (len(secret) < SECRET_MIN or not secret.isascii()):
        raise RevocationRefused(f"client_secret: expected {SECRET_MIN} ASCII characters or more")
    return form["token"]
