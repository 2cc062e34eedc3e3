"""The hub's cookies: a value and a signature; a session's value is a random id, never a fact (§7.2)."""

import hmac
import secrets

from flask import Response, request

from fcsim_hub.web.hub import Hub

SESSION_ID_BYTES = 64


def new_session_id() -> str:
    """64 random bytes in hexadecimal, as FranceConnect's."""
    return secrets.token_hex(SESSION_ID_BYTES)


def read_cookie(hub: Hub, name: str) -> str | None:
    """The value of a cookie; None when it is absent, or not one this hub signed."""
    if name not in request.cookies:
        return None
    value, _, signature = request.cookies[name].rpartition(".")
    expected = _signature(hub, name, value)
    return value if value and hmac.compare_digest(signature.encode(), expected.encode()) else None


def set_cookie(hub: Hub, response: Response, name: str, value: str, *, dated: bool) -> None:
    """Give the browser an id; `dated` cookies live as long as a session, the others as long as the browser."""
    write_cookie(hub, response, name, value, seconds=hub.platform.lifetimes.session if dated else None)


def write_cookie(hub: Hub, response: Response, name: str, value: str, *, seconds: int | None) -> None:
    """Give the browser a signed value; without `seconds` it lives as long as the browser."""
    response.set_cookie(
        name,
        f"{value}.{_signature(hub, name, value)}",
        max_age=seconds,
        path="/",
        secure=hub.uses_https,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(hub: Hub, response: Response, name: str) -> None:
    """Take an id back."""
    response.delete_cookie(name, path="/", secure=hub.uses_https, httponly=True, samesite="Lax")


def _signature(hub: Hub, name: str, value: str) -> str:
    return hmac.digest(hub.secret_key.encode(), f"{name}={value}".encode(), "sha256").hex()[:43]
