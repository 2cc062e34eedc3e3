"""A login under way, carried by its own form: a proven request and a signature bound to the browser.

Nothing is stored before someone logs in, so an abandoned page costs nothing.
"""

import base64
import hmac
import json
import secrets
from dataclasses import asdict

from flask import Response, request

from fcsim_providers.context import Context
from fcsim_providers.request import Request, RequestRefused

LIFE_SECONDS = 1800


def cookie_name(slug: str) -> str:
    """Unique for each provider: cookies ignore ports."""
    return f"fcsim_provider_{slug}"


def browser_id(slug: str) -> str:
    """The random id of this browser at this provider, a new one when it has none."""
    return request.cookies.get(cookie_name(slug), "")[:64] or secrets.token_urlsafe(24)


def keep_browser(response: Response, slug: str, browser: str) -> None:
    """Give the browser its id."""
    response.set_cookie(cookie_name(slug), browser, httponly=True, samesite="Lax", path=f"/{slug}")


def write_transaction(context: Context, slug: str, browser: str, asked: Request) -> str:
    """The request as a form field that only this browser can send back, for half an hour."""
    body = json.dumps([*asdict(asked).values(), int(context.clock())], separators=(",", ":"))
    text = base64.urlsafe_b64encode(body.encode()).decode()
    return f"{text}.{context.signature(f'{slug} {browser}', text)}"


def read_transaction(context: Context, slug: str) -> Request:
    """The request of a posted form. Raises RequestRefused when it is not this browser's, or too old."""
    text, _, signature = request.form.get("csrf_token", "").partition(".")
    browser = request.cookies.get(cookie_name(slug), "")[:64]
    expected = context.signature(f"{slug} {browser}", text)
    if not browser or not hmac.compare_digest(signature.encode(), expected.encode()):
        raise RequestRefused("csrf_token: expected the one of the page shown to this browser, found another")
    *members, made_at = json.loads(base64.urlsafe_b64decode(text))
    if context.clock() - made_at > LIFE_SECONDS:
        raise RequestRefused("this page was shown more than half an hour ago: start again from the service")
    return Request(*members)
