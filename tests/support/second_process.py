"""A platform of a running fcsim, served once more: by a process of its own, at an address of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from fcsim_hub.config import address_key
from fcsim_hub.stack import Stack
from support.site import Site


@contextmanager
def served_again(stack: Stack, platform: str) -> Iterator[Site]:
    """The platform as the other process answers it, on the same databases."""
    settings, key = stack.settings, address_key(platform)
    urls = settings.urls.model_copy(update={key: "http://localhost:0"})
    variables = {f"FCSIM_URLS__{name.upper()}": url for name, url in urls.model_dump().items()} | {
        "FCSIM_DATA": str(settings.data),
        "FCSIM_DATABASE_URL": settings.hub_database,
        "FCSIM_PROVIDERS_DATABASE_URL": settings.providers_database,
    }
    command = [sys.executable, "-m", "fcsim_hub.cli", "serve", platform]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | variables) as process:
        assert process.stderr is not None
        try:
            said = next(line for line in process.stderr if " answers at " in line)
            urls = urls.model_copy(update={key: said.split()[-1]})
            yield Site(replace(stack, settings=settings.model_copy(update={"urls": urls})), platform)
        finally:
            process.terminate()
