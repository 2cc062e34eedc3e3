"""Why an answer refuses, for the developer: in a header, its body and its address being FranceConnect's (F15)."""

from typing import TypeVar

from flask import Response

from fcsim_hub.domain.errors.base import HubError
from fcsim_hub.domain.errors.machine import UnexpectedForMachine

EXPLANATION = "X-FCSim-Explanation"
EXPLANATION_MAX = 1024

AnyResponse = TypeVar("AnyResponse", bound=Response)


def explained(response: AnyResponse, error: HubError) -> AnyResponse:
    """What was expected and what was received, where the error knows it."""
    return response if isinstance(error, UnexpectedForMachine) else explained_by(response, error.detail)


def explained_by(response: AnyResponse, detail: str) -> AnyResponse:
    """The same with the words of an error kept since."""
    if detail:
        text = detail.encode("unicode_escape").decode("ascii")  # a request's line feeds start no header
        response.headers[EXPLANATION] = text[:EXPLANATION_MAX]
    return response
