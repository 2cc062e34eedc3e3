"""The one way out over HTTP refuses what no registration may name, even behind a name (H025)."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
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


@pytest.fixture
def selfmade(tmp_path: Path) -> Iterator[int]:
    """The port of a TLS listener whose certificate nobody vouches for."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2050, 1, 1, tzinfo=UTC)
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "both.pem").write_bytes(secret + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    listener = socket.create_server(("127.0.0.1", 0))

    def greet() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, context.wrap_socket(connection, server_side=True):
                pass

    greeter = Thread(target=greet)
    greeter.start()
    yield listener.getsockname()[1]
    listener.close()
    greeter.join(5)


def test_h142_a_certificate_that_nobody_vouches_for_is_refused(selfmade: int) -> None:
    with pytest.raises(OutboundFailure, match="SSLError"):
        HttpCaller(5).get(f"https://localhost:{selfmade}/token")


def test_h142_nothing_in_the_product_switches_the_verification_off() -> None:
    packages = [Path(__file__).parents[2] / name for name in ("hub", "providers", "relying_party_demo")]
    sources = [file.read_text(encoding="utf-8") for folder in packages for file in folder.rglob("*.py")]
    assert sources
    for switch in ("AUTHLIB_INSECURE_TRANSPORT", "CERT_NONE", "verify=False", "_create_unverified_context"):
        assert not [1 for source in sources if switch in source]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://localhost:1/token?secret=x", "GET http://localhost:1/token: nothing answers there"),
        ("https://user:pw@nowhere.invalid/token", "GET https://nowhere.invalid/token: the name does not resolve"),
    ],
)
def test_what_went_wrong_is_said_in_words_and_without_what_was_sent(url: str, told: str) -> None:
    with pytest.raises(OutboundFailure) as failed:
        HttpCaller(2).get(url)
    assert str(failed.value).startswith(told)


def test_h125_an_answer_past_the_cap_says_so(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcsim_hub.gateways.http.SIZE_CAP", 1)
    with pytest.raises(OutboundFailure, match="the answer is longer than"):
        HttpCaller(2).get(f"{trap.base}/x")


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"


@pytest.mark.parametrize(
    ("at_once", "dripped"),
    [(b"", b""), (b"", HEAD[:9]), (HEAD[:20], b"X" * 400), (HEAD, b"x" * 400)],
    ids=["nothing", "half a status line", "headers", "body"],
)
def test_h124_an_answer_that_drips_is_cut_when_its_time_is_over(at_once: bytes, dripped: bytes) -> None:
    """The whole of it, not each read: a byte every 20 ms would never be too slow for a limit of 200 ms."""
    listener, over = socket.create_server(("127.0.0.1", 0)), Event()

    def drip() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.sendall(at_once)
                for byte in dripped:
                    connection.sendall(bytes([byte]))
                    over.wait(0.02)
                over.wait(5)

    dripper = Thread(target=drip)
    dripper.start()
    began = time.monotonic()
    with pytest.raises(OutboundFailure, match=r"no complete answer within 0.2 s \(.*Timeout"):
        HttpCaller(0.2).get(f"http://127.0.0.1:{listener.getsockname()[1]}/token")
    assert time.monotonic() - began < 2
    over.set()
    dripper.join(5)
    listener.close()


def test_r24_a_place_that_hangs_takes_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch, trap: Trap) -> None:
    monkeypatch.setattr("fcsim_hub.gateways.http.AT_ONCE", 1)
    waits, go, caller, deaf = Event(), Event(), HttpCaller(5), socket.create_server(("127.0.0.1", 0))

    def hang() -> None:
        connection, _ = deaf.accept()
        waits.set()
        go.wait(10)
        connection.close()

    def ask() -> None:
        with suppress(OutboundFailure):
            caller.get(place)

    place = f"http://127.0.0.1:{deaf.getsockname()[1]}/token"
    threads = [Thread(target=hang), Thread(target=ask)]
    for one in threads:
        one.start()
    assert waits.wait(10)
    with pytest.raises(OutboundFailure, match=r"/token was not asked: 1 calls to it wait already"):
        caller.get(place)
    assert caller.get(f"{trap.base}/x").status == 200, "another place is asked"
    go.set()
    for one in threads:
        one.join(10)
    deaf.close()
    with pytest.raises(OutboundFailure, match="nothing answers there"):
        caller.get(place)
