"""Threads that stand in for those of a server that wait for somebody else's answer.

A provider that hangs holds each citizen who chose it for six seconds. Without this, four of them hold the hub, and
everybody waits for that provider (security-and-reliability R24, M21).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol

FREE = 2
"""Threads at least that wait for nobody. A few calls at once are usual and short: no thread is started for them."""
MOST = 200
"""Calls that are stood in for; past them, requests queue."""


class Dispatcher(Protocol):
    """What a server's threads belong to (waitress)."""

    def set_thread_count(self, count: int, /) -> None:
        """Start or end threads."""


class SpareThreads:
    """The number of threads of one server, by how many of them wait."""

    def __init__(self, usual: int) -> None:
        self.usual = usual
        self._waiting = 0
        self._lock = Lock()
        self._dispatcher: Dispatcher | None = None

    def serve(self, dispatcher: Dispatcher | None) -> None:
        """Count for this server; None: its threads are ending, none is started again."""
        with self._lock:
            self._dispatcher = dispatcher

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While a call goes out: the thread that makes it does nothing else."""
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def _change(self, by: int) -> None:
        with self._lock:
            before, self._waiting = self._wanted(), self._waiting + by
            if self._dispatcher and (wanted := self._wanted()) != before:
                self._dispatcher.set_thread_count(wanted)

    def _wanted(self) -> int:
        return max(self.usual, min(self._waiting, MOST) + FREE)
