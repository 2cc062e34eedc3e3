"""A second process that serves a platform of a running fcsim: same database, same secrets, same issuer."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fcsim_hub.config import Addresses
from fcsim_hub.stack import Stack

HOST = "127.0.0.2"
"""Loopback too. The port is the first worker's: only so do two workers on one machine have one issuer."""


@dataclass(frozen=True)
class Worker:
    """The platform FranceConnect, in a process of its own."""

    base: str
    pid: int


@contextmanager
def second_worker(stack: Stack) -> Iterator[Worker]:
    """Serve FranceConnect from another process for a while."""
    settings = stack.settings
    urls = {f"FCSIM_URLS__{name.upper()}": getattr(settings.urls, name) for name in Addresses.model_fields}
    database = settings.database_url
    process = subprocess.Popen(
        [sys.executable, "-m", "fcsim_hub.cli", "serve", "franceconnect", "--host", HOST],
        env={
            **os.environ,
            **urls,
            "FCSIM_DATA": str(settings.data),
            **({"FCSIM_DATABASE_URL": database.get_secret_value()} if database else {}),
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        said = ""
        while "franceconnect answers at" not in said:
            said = process.stderr.readline()
            assert said, "the second worker did not start"
        yield Worker(f"http://{HOST}:{settings.urls.port('franceconnect')}", process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=20)
