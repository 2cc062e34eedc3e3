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
CPU_OF_PROCESS = 2
"""The kernel's CPUCLOCK_SCHED, beside the process in the number of its clock."""


@dataclass(frozen=True)
class Running:
    """A process that printed its JSON line."""

    pid: int
    ready_after: float
    addresses: dict[str, Any]

    def cpu_seconds(self) -> float:
        """User and system time of the process so far, to the nanosecond, threads that ended included.

        Linux has a clock for each process (clock_getcpuclockid); `stat` counts hundredths of a second.
        """
        return time.clock_gettime_ns((~self.pid << 3) | CPU_OF_PROCESS) / NANOSECONDS

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
