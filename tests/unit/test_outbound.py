"""The one way out over HTTP refuses what no registration may name, even behind a name (H025)."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, redirect

from fcsim_hub.gateways.http import HttpCaller, OutboundFailure
from fcsim_hub.listeners import Served, bind


class Trap:
    """A listener that counts who comes."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        listener = bind("127.0.0.1", 0)
        self.base = f"http://localhost:{listener.port}"
        app = Flask("trap")

        @app.get("/<path:place>")
        def answer(place: str) -> Any:
            self.calls.append(place)
            return redirect("/elsewhere") if place == "redirect" else Response("{}")

        self.served = Served("trap", app, listener, 2)
        self.served.start()


@pytest.fixture
def trap() -> Iterator[Trap]:
    made = Trap()
    yield made
    made.served.stop()


@pytest.mark.parametrize(
    "resolved", ["169.254.169.254", "fe80::1", "0.0.0.0", "::ffff:169.254.169.254", "fd00:ec2::254"]
)
def test_h025_a_name_that_resolves_to_a_forbidden_address_is_never_called(
    monkeypatch: pytest.MonkeyPatch, trap: Trap, resolved: str
) -> None:
    family = socket.AF_INET6 if ":" in resolved else socket.AF_INET
    monkeypatch.setattr(
        "fcsim_hub.gateways.http.socket.getaddrinfo",
        lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", (resolved, 80))],
    )
    with pytest.raises(OutboundFailure, match="PermissionError"):
        HttpCaller(2).get(f"{trap.base}/x")
    assert trap.calls == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://localhost/x", "http://169.254.169.254/", "http:///x"])
def test_h025_other_schemes_and_places_are_not_called(url: str) -> None:
    with pytest.raises(OutboundFailure):
        HttpCaller(2).get(url)


def test_h025_a_redirect_is_an_answer_and_not_followed(trap: Trap) -> None:
    assert HttpCaller(2).get(f"{trap.base}/redirect").status == 302
    assert trap.calls == ["redirect"]


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, trap: Trap) -> None:
    monkeypatch.setenv("http_proxy", "http://localhost:1")
    assert HttpCaller(2).get(f"{trap.base}/x").status == 200
