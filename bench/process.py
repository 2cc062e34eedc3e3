"""A server process seen from outside: when it answers, what it used."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class Running:
    """A process that printed its JSON line."""

    pid: int
    ready_after: float
    addresses: dict[str, Any]

    def cpu_seconds(self) -> float:
        """User and system time of its threads so far, to the nanosecond; `stat` counts hundredths of a second."""
        threads = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / NANOSECONDS

    def resident_mb(self) -> float:
        """Memory held now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(one for one in status.splitlines() if one.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@contextmanager
def start(*arguments: str) -> Iterator[Running]:
    """Start a Python program that prints one JSON line when it is ready; stopped at the end."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield Running(process.pid, time.perf_counter() - began, json.loads(line))
    finally:
        process.terminate()
        process.wait(10)
