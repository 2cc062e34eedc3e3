"""Requests written on the socket: no library between a test and the bytes."""

import socket
from urllib.parse import urlsplit

from support.site import Site


class RawAnswer:
    """What a socket gave; status 0 when it gave nothing."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.data = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1]) if lines[0] else 0
        self.headers = {name: value for name, _, value in (line.partition(": ") for line in lines[1:])}


def raw_get(site: Site, target: str) -> RawAnswer:
    """A GET of a request target that no library would send."""
    url = urlsplit(site.hub)
    with socket.create_connection(("127.0.0.1", url.port or 80), timeout=10) as wire:
        try:
            wire.sendall(f"GET {target} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n\r\n".encode("latin-1"))
            received = b""
            while chunk := wire.recv(65_536):
                received += chunk
        except OSError:
            return RawAnswer(b"")  # the hub closed before it had read everything: that is its right
    return RawAnswer(received)
