"""Business events: one row a fact worth tracing, never a name, an e-mail or a registry datum (inside-the-hub §16)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Event:
    """One trace. `fields` uses FranceConnect's own names (§16.2): sessionId, interactionId, spId, idpId ..."""

    name: str
    flow: str
    """The uid of the journey, empty where there is none."""
    fields: Mapping[str, str | int | bool | None] = field(default_factory=dict)
