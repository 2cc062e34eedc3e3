"""The pages of what went wrong."""

from flask import Response, request

from fcsim_demo.context import current_login, demo, page
from fcsim_demo.meanings import ERRORS, UNKNOWN
from fcsim_demo.refusal import AnswerRefused

BAD_GATEWAY = frozenset({"unreachable", "token", "id_token", "userinfo", "acr", "data", "revocation"})
"""Kinds that blame the hub or a data provider, not the browser's request."""


def show_error(refused: AnswerRefused) -> Response:
    """Every error of a callback, in plain words, with the facts for the developer."""
    slug = str((request.view_args or {}).get("slug", ""))
    facts = {"kind": refused.kind, "detail": refused.detail, "meaning": ERRORS.get(refused.kind, UNKNOWN)}
    service = demo().services.get(slug)
    response = page("error.html", slug=slug, service=service, login=current_login(slug), **facts)
    response.status_code = 502 if refused.kind in BAD_GATEWAY else 400
    return response


def show_not_found(_error: Exception) -> Response:
    """An address that leads nowhere."""
    detail = f"no page answers {request.method} {request.path[:200]}"
    response = page("error.html", slug="", service=None, kind="404", detail=detail, meaning="", login=None)
    response.status_code = 404
    return response
