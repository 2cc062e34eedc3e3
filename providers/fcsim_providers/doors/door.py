"""What a door is."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from fcsim_providers.visit import Visit


class NotLetIn(Exception):
    """The first page is shown again. `error`: malformed, unknown, or the state of the account (config.State)."""

    def __init__(self, error: str, typed: str = "") -> None:
        super().__init__(error)
        self.error, self.typed = error, typed


def _nothing(_visit: Visit) -> dict[str, object]:
    return {}


@dataclass(frozen=True)
class Door:
    """How a login begins at a provider."""

    template: str
    """What the first page asks; it is inside login.html, with quick login and the level beside it."""
    knock: Callable[[Visit], Response]
    """Reads the posted form; answers with the next step. Raises NotLetIn, TooManyFailures."""
    facts: Callable[[Visit], dict[str, object]] = _nothing
    """What its template needs besides the provider's words."""
