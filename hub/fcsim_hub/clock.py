"""Where the time comes from: rules receive it as an argument, only the doors read a clock."""

import time
from dataclasses import dataclass, field
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.time()


@dataclass(frozen=True)
class ShiftedClock:
    """Another clock, some seconds ahead (or behind)."""

    seconds: float
    base: Clock = field(default_factory=SystemClock)

    def now(self) -> float:
        return self.base.now() + self.seconds


@dataclass
class FrozenClock:
    """A time that moves only when it is told to."""

    at: float

    def now(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        """Let some time pass."""
        self.at += seconds
