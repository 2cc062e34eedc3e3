"""What a door is."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response

from fcsim_providers.step import Step
from fcsim_providers.visit import Visit


class NotLetIn(Exception):
    """Nobody goes on. `error`: malformed, unknown, nobody, the state of the account (personality.State), or another
    reason that has words in reasons.html."""

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
    lists_people: bool = True
    """Whether the first page offers quick login; otherwise a page of the door's own does."""
    amr: tuple[str, ...] = ()
    """What the id_token says was done, where the door itself is the proof."""
    arrive: Callable[[Step], Response] | None = None
    """What is asked once the second factor is approved, before the hub is answered; None: nothing."""
    blueprint: Blueprint | None = None
    """Its own doors, if it has more than one page."""

    @property
    def takes_identities(self) -> bool:
        """Whether a tester may type any identity: where its people are offered, and nothing is asked after them."""
        return self.lists_people and self.arrive is None
