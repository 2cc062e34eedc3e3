"""The `fcsim` command in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

FCSIM = [sys.executable, "-m", "fcsim_hub.cli"]


def run(*arguments: str, data: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end, with this data folder and these settings."""
    environment = {**os.environ, "FCSIM_DATA": str(data), **env}
    return subprocess.run(
        [*FCSIM, *arguments], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
