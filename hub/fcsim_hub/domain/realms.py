"""A realm: one platform inside one world. Every row that is not configuration belongs to exactly one."""

from dataclasses import dataclass

DEFAULT_WORLD = "default"


@dataclass(frozen=True, slots=True)
class Realm:
    """Worlds isolate tests from one another; platforms never share clients, accounts, keys or sessions."""

    platform: str
    world: str = DEFAULT_WORLD
