"""What a long query costs a hub in memory (security-and-reliability H020), in a process of its own."""

import json
import re
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from urllib3 import request

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="no /proc: memory cannot be read"),
]
KIB = 1024
ONE_REQUEST_MAX = 2048
"""KiB."""
REDIRECT_URI = "https://rp.test/callback"


class Process:
    """A whole fcsim, as a user starts it, with one client."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "fcsim_hub.cli", "up", "--ephemeral", "--ports", "auto", "--json"]
        self.running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.running.stdout is not None
        found: dict[str, Any] = json.loads(self.running.stdout.readline())
        self.issuer, self.status = found["franceconnect"]["issuer"], Path(f"/proc/{self.running.pid}/status")
        self.client_id = f"client-{secrets.token_hex(8)}"
        record = {"client_secret": secrets.token_hex(32), "name": "Essai", "redirect_uris": [REDIRECT_URI]}
        answer = request(
            "PUT",
            f"{found['console']['api']}/platforms/franceconnect/clients/{self.client_id}",
            json=record | {"scopes": ["openid"]},
        )
        assert answer.status == 201, answer.data

    def stop(self) -> None:
        self.running.terminate()
        self.running.communicate(timeout=15)

    def kib(self, what: str) -> int:
        """A figure of the kernel: VmRSS is what the process holds, VmHWM the most it held since that was reset."""
        found = re.search(rf"{what}:\s+(\d+) kB", self.status.read_text("ascii"))
        assert found is not None
        return int(found[1])

    def peak_of(self, query: str) -> int:
        """How much more than before the process held, at most, while it answered."""
        (self.status.parent / "clear_refs").write_text("5", "ascii")
        before = self.kib("VmRSS")
        self.ask(query)
        return self.kib("VmHWM") - before

    def ask(self, query: str) -> int:
        """The status of one authorization request; 0 when the hub closed before it had read everything."""
        url = urlsplit(self.issuer)
        head = f"GET {url.path}/authorize?{query} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", url.port or 80), timeout=10) as wire:
            try:
                wire.sendall(head.encode("ascii"))
                received = wire.recv(64)
            except OSError:
                return 0
        return int(received.split(b" ")[1]) if received else 0

    def query(self, name: str, size: int) -> str:
        """A right request but for the size of one parameter."""
        return urlencode(
            {
                "client_id": self.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": "openid",
                "acr_values": "eidas1",
                "state": "s",
                "nonce": "n" * 32,
            }
            | {name: "x" * size}
        )


@pytest.fixture(scope="module")
def process() -> Iterator[Process]:
    made = Process()
    yield made
    made.stop()


@pytest.mark.parametrize("name", ["state", "nonce", "claims", "redirect_uri", "foo"])
@pytest.mark.parametrize("size", [8 * KIB, 64 * KIB, 1024 * KIB])
def test_h020_a_long_query_costs_less_than_two_mebibytes(process: Process, name: str, size: int) -> None:
    query = process.query(name, size)
    statuses = {process.ask(query) for _ in range(5)}  # what is allocated once is not the cost of a request
    assert statuses <= ({303, 400} if size < 64 * KIB else {0, 400, 413, 414, 431})
    assert max(process.peak_of(query) for _ in range(10)) < ONE_REQUEST_MAX


def test_h020_long_queries_do_not_pile_up(process: Process) -> None:
    query = process.query("state", 32 * KIB)
    for _ in range(50):
        process.ask(query)
    before = process.kib("VmRSS")
    for _ in range(200):
        process.ask(query)
    assert (process.kib("VmRSS") - before) / 200 < 128
