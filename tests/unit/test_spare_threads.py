"""Who waits for a provider that hangs keeps nobody else waiting (security-and-reliability R24, M21)."""

import socket
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from threading import Event, Semaphore
from typing import Any

import pytest

from fcsim_hub.listeners import Served, bind
from fcsim_hub.spare_threads import FREE, MOST, SpareThreads

HANGING = 20


class Counted:
    """A server's threads, by number."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def set_thread_count(self, count: int) -> None:
        self.counts.append(count)


@pytest.mark.parametrize("usual", [1, 4, 16])
def test_two_threads_at_least_wait_for_nobody_and_no_more_are_started_than_needed(usual: int) -> None:
    spare, server = SpareThreads(usual), Counted()
    spare.serve(server)
    with ExitStack() as calls:
        for under_way in range(1, MOST + 20):
            calls.enter_context(spare.waiting())
            count = server.counts[-1] if server.counts else usual
            assert count == max(usual, min(under_way, MOST) + FREE)
    assert server.counts[-1] == max(usual, FREE)


def test_a_few_short_calls_start_no_thread() -> None:
    spare, server = SpareThreads(4), Counted()
    spare.serve(server)
    with spare.waiting(), spare.waiting():
        assert server.counts == []


def test_a_call_that_fails_gives_its_place_back() -> None:
    spare, server = SpareThreads(1), Counted()
    spare.serve(server)
    with pytest.raises(ZeroDivisionError), spare.waiting():
        raise ZeroDivisionError
    assert server.counts == [1 + FREE, FREE]


def test_a_call_that_ends_after_its_server_starts_no_thread_again() -> None:
    spare, server = SpareThreads(1), Counted()
    spare.serve(server)
    with spare.waiting():
        spare.serve(None)
        counts = [*server.counts]
    assert server.counts == counts


def test_r24_others_are_answered_while_twenty_hang() -> None:
    hanging, go, spare = Semaphore(0), Event(), SpareThreads(2)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/hang":
            with spare.waiting():
                hanging.release()
                go.wait(10)
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    def ask(path: str) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", served.listener.port), timeout=10)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        return connection

    served = Served("hub", app, bind("127.0.0.1", 0), 2, spare)
    served.start()
    waiting = [ask("/hang") for _ in range(HANGING)]
    try:
        for _ in range(HANGING):
            assert hanging.acquire(timeout=10)
        with ask("/") as other:
            assert other.recv(65_536).endswith(b"ok")
    finally:
        go.set()
        for connection in waiting:
            assert connection.recv(65_536).endswith(b"ok")
            connection.close()
        served.stop()
