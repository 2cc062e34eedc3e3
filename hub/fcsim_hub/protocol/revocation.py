"""The revocation request: token and credentials, each of a strict shape (service-provider-side §13; RFC 7009)."""

import re
from collections.abc import Iterable

from fcsim_hub.domain.errors.machine import RevocationRefused

PARAMETERS = ("token", "client_id", "client_secret")
WITH_ASSERTION = ("token", "client_assertion_type", "client_assertion")
"""What a client of private_key_jwt sends instead (ledger F27); its client_id may come along."""
TOKEN_MIN = 43
_METACHARACTERS = re.compile(r"[\s.*+?^${}()|\[\]\\]")
SECRET_MIN = 32


def read_revocation(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The form, each parameter there once and of its shape; raises RevocationRefused whatever is wrong (Y000400)."""
    form: dict[str, str] = {}
    for name, value in pairs:
        if name in form:
            raise RevocationRefused(f"parameter {name[:64]!r} was sent twice")
        form[name] = value
    expected = WITH_ASSERTION if "client_assertion" in form else PARAMETERS
    if unlisted := set(form) - {*expected, "client_id"}:
        raise RevocationRefused(f"parameter {min(unlisted)[:64]!r}: expected only {', '.join(expected)}")
    for name in expected:
        if not form.get(name):
            raise RevocationRefused(f"parameter {name!r} is required")
    if len(form["token"]) < TOKEN_MIN or _METACHARACTERS.search(form["token"]):
        raise RevocationRefused(
            f"token: expected {TOKEN_MIN} characters or more, none a space nor one of .*+?^${{}}()|[]\\"
        )
    secret = form.get("client_secret")
    if secret is not None and (len(secret) < SECRET_MIN or not secret.isascii()):
        raise RevocationRefused(f"client_secret: expected {SECRET_MIN} ASCII characters or more")
    return form
