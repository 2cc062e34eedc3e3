"""Errors a program reads: application/problem+json (RFC 9457), each wrong field with what was expected and found."""

import json
import re
from typing import Any

from flask import Response, request

from fcsim_hub.domain.records import InvalidField

JSON_TYPES = ("application/json", "application/merge-patch+json")
"""The second is how RFC 7396 names a PATCH; neither is one that a page elsewhere may post."""
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class Problem(Exception):
    """A refusal of the control API."""

    def __init__(self, status: int, title: str, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.members = status, title, detail, members


def invalid(error: InvalidField) -> Problem:
    """A wrong field."""
    wrong = {"key": error.key, "expected": error.expected, "found": error.found}
    return Problem(400, "Invalid field", str(error), errors=[wrong])


def show_problem(problem: Problem) -> Response:
    """The answer."""
    body = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
    text = json.dumps(body | problem.members, ensure_ascii=False)
    return Response(text, problem.status, content_type="application/problem+json")


def read_json() -> dict[str, Any]:
    """The JSON object of a request. Raises Problem."""
    if request.mimetype not in JSON_TYPES:
        raise Problem(415, "Unsupported media type", f"expected application/json, found {request.mimetype or 'none'}")
    try:
        members = json.loads(request.get_data(), parse_constant=_refuse_constant)
        _refuse_unstorable(json.dumps(members, ensure_ascii=False))
    except (ValueError, RecursionError) as failure:
        raise Problem(400, "Invalid JSON", f"expected JSON, found: {type(failure).__name__}") from None
    if not isinstance(members, dict):
        raise Problem(400, "Invalid JSON", f"expected an object, found a {type(members).__name__}")
    return members


def _refuse_unstorable(text: str) -> None:
    """Halves of characters, which only an escape can write, and NUL, which PostgreSQL does not store."""
    text.encode()
    if _NUL.search(text):
        raise ValueError("NUL")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def read_integer(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number of the query, in plain digits. Raises Problem."""
    text = request.args.get(name)
    if text is None:
        return default
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(high)) else -1
    if not low <= value <= high:
        raise invalid(InvalidField(name, f"a whole number from {low} to {high}", repr(text)[:80]))
    return value


def read_number(name: str, default: float, *, low: float, high: float) -> float:
    """A number of the query. Raises Problem."""
    text = request.args.get(name, "")
    try:
        value = float(text) if text else default
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise invalid(InvalidField(name, f"a number from {low:g} to {high:g}", repr(text)[:80]))
    return value
