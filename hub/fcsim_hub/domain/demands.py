"""What a service demands of the citizen's session (OpenID Connect Core §3.1.2.1): posture `standard` alone hears it.

FranceConnect decides by itself: `prompt=login` signs nobody in anew, `prompt=none` and `max_age` are refused (§6.5).
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Demands:
    """None of them, where FranceConnect is imitated."""

    silent: bool = False
    """`prompt=none`: no page may be shown."""
    fresh: bool = False
    """`prompt=login`: whoever is signed in signs in again."""
    max_age: int | None = None
    """Seconds since the citizen last signed in, at most."""

    def accept(self, auth_time: float, now: float) -> bool:
        """Whether a finished login of this time serves."""
        return not self.fresh and (self.max_age is None or now - auth_time <= self.max_age)
