"""Who may use the console: this machine's programs and browsers; others, where it listens to them, with the token.

Source: security-and-reliability H182, H183.
"""

import hmac

from flask import Flask, request

from fcsim_hub.console.context import current_console
from fcsim_hub.console.problem import Problem

OPEN_TO_ALL = ("/healthz", "/static/")
EXPECTED = (
    "this console listens beyond this machine: expected the control token (the file `control_token` of the data "
    "folder, or FCSIM_CONTROL_TOKEN) as `Authorization: Bearer <token>`, or as the password of HTTP Basic; "
    "FCSIM_OPEN_TEST_LOGINS=true opens everything to everyone"
)


def install(app: Flask) -> None:
    """Guard every address of the console."""
    app.before_request(_refuse_other_sites)
    app.before_request(_refuse_strangers)
    app.before_request(_refuse_nul)


def holds_token() -> bool:
    """Whether this request proves itself with the control token."""
    token = current_console().control_token.encode()
    given = request.authorization
    if given is None or given.type not in ("bearer", "basic"):
        return False
    secret = given.token if given.type == "bearer" else given.password
    return hmac.compare_digest((secret or "").encode(), token)


def _refuse_other_sites() -> None:
    """A page of another site must neither drive the simulator from a developer's browser nor keep it busy.

    A link to a page of the console may be followed from anywhere. Programs that are no browsers send neither header.
    """
    origin, whose = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
    is_foreign = origin not in (None, request.host_url.rstrip("/")) or whose not in ("none", "same-origin")
    is_link = request.method in ("GET", "HEAD") and origin is None
    if is_foreign and not (is_link and request.headers.get("Sec-Fetch-Mode") == "navigate"):
        raise Problem(403, "Another site", "requests of pages of another origin are refused")


def _refuse_strangers() -> None:
    """Whoever reaches this console could read every secret and be anybody."""
    if not current_console().is_open and not request.path.startswith(OPEN_TO_ALL) and not holds_token():
        raise Problem(401, "Control token expected", EXPECTED)


def _refuse_nul() -> None:
    """No name holds a NUL, and PostgreSQL refuses to be asked for one."""
    if "\x00" in request.path or any("\x00" in value for value in request.args.values()):
        raise Problem(400, "Invalid character", "the address holds a NUL character")
