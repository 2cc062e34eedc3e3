"""JSON that a stranger sent: an object, or ValueError, whatever was in it."""

import json
from typing import Any, NoReturn


def read_object(text: str | bytes, what: str) -> dict[str, Any]:
    """The object written in a text; `what` names it for the developer. Raises ValueError, and nothing else."""
    try:
        members = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # RecursionError: nested deeper than the interpreter follows
        raise ValueError(f"{what} is not JSON") from None
    if not isinstance(members, dict):
        raise ValueError(f"{what} is not a JSON object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    # NaN and Infinity are no JSON, and a date that is NaN is neither past nor to come.
    raise ValueError(name)
