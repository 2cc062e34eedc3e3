"""eIDAS levels: which one a service asks, which one a provider is asked, which one is given back.

Source: service-provider-side §6.4, §7.5, §8; inside-the-hub §10.
"""

from collections.abc import Iterable
from enum import StrEnum

from fcsim_hub.domain.errors.core import LevelMissing, LevelNotAllowedForProvider, LevelTooLow, NoSsoLevel


class Level(StrEnum):
    """A level of assurance; the wire values order as text, so `max` and `min` say what they mean."""

    EIDAS1 = "eidas1"
    EIDAS2 = "eidas2"
    EIDAS3 = "eidas3"


def read_level(value: str) -> Level | None:
    """The level named by a wire value, or None when FranceConnect does not know it."""
    return next((level for level in Level if level == value), None)


def asked_level(acr_values: str, default: Level) -> Level:
    """The weakest known level of a space-separated `acr_values`; the platform's default when none is known.

    The result may be a level the platform does not serve: that is `invalid_acr`, raised later.
    """
    known = [level for level in map(read_level, acr_values.split(" ")) if level]
    return min(known, default=default)


def level_to_ask(asked: Level, allowed: Iterable[Level]) -> Level:
    """The `acr_values` sent to a provider: never below what it always gives."""
    return max(asked, min(allowed))


def check_answered_level(asked: Level, answered: str | None, allowed: Iterable[Level]) -> Level:
    """The level a provider really gave, refused in FranceConnect's order: missing, too low or unknown, not allowed."""
    if not answered:
        raise LevelMissing("the provider's id_token holds no acr")
    level = read_level(answered)
    if level is None or level < asked:
        raise LevelTooLow(f"the service asked {asked}, the provider answered {answered[:40]!r}")
    if level not in (offered := tuple(allowed)):
        raise LevelNotAllowedForProvider(f"the provider is registered for {', '.join(offered)}, it answered {level}")
    return level


def level_to_return(asked: Level, answered: Level, served: Iterable[Level]) -> Level:
    """The `acr` a service receives: the provider's level when the platform serves it, else the one asked."""
    return answered if answered in tuple(served) else asked


def sso_level(level: Level, sso_levels: Iterable[Level]) -> Level:
    """The `acr` of a single sign-on answer: the best level allowed for SSO that is not above `level`."""
    reachable = [candidate for candidate in sso_levels if candidate <= level]
    if not reachable:
        raise NoSsoLevel(f"no level usable for single sign-on is at or below {level}")
    return max(reachable)
