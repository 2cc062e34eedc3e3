"""The server of an application: answers leave whole, and a stop lets them leave."""

import socket
from collections.abc import Callable, Iterable
from threading import Event, Thread
from typing import Any

from fcsim_hub.listeners import Served, bind

BODY = b"x" * 70_000
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def _read(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_an_answer_leaves_in_one_piece() -> None:
    def app(_environ: Any, start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    served = Served("whole", app, bind("127.0.0.1", 0), 1)
    served.start()
    try:
        with socket.create_connection(("127.0.0.1", served.listener.port), timeout=5) as connection:
            connection.sendall(REQUEST)
            assert connection.recv(65_536).endswith(b"\r\n\r\nok")
    finally:
        served.stop()


def test_a_stop_waits_for_the_answer_under_way_and_sends_it() -> None:
    arrived, go = Event(), Event()

    def app(_environ: Any, start: Callable[..., Any]) -> Iterable[bytes]:
        arrived.set()
        go.wait(5)
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))])
        return [BODY[:100], BODY[100:]]

    served = Served("slow", app, bind("127.0.0.1", 0), 1)
    served.start()
    with socket.create_connection(("127.0.0.1", served.listener.port), timeout=5) as connection:
        connection.sendall(REQUEST)
        assert arrived.wait(5)
        stopping = Thread(target=served.stop)
        stopping.start()
        go.set()
        stopping.join(5)
        assert _read(connection).endswith(BODY)


def test_a_short_answer_survives_a_stop_too() -> None:
    arrived = Event()

    def app(_environ: Any, start: Callable[..., Any]) -> Iterable[bytes]:
        arrived.set()
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    for _ in range(20):
        arrived.clear()
        served = Served("short", app, bind("127.0.0.1", 0), 1)
        served.start()
        with socket.create_connection(("127.0.0.1", served.listener.port), timeout=5) as connection:
            connection.sendall(REQUEST)
            assert arrived.wait(5)
            served.stop()
            assert _read(connection).endswith(b"ok")
