"""The program's own log, listened to, and the process' logging as it was before, afterwards."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from fcsim_hub.logs import CAPPED, log_to


@contextmanager
def logged(level: str) -> Iterator[io.StringIO]:
    """What every application of this process logs."""
    root, stream = logging.getLogger(), io.StringIO()
    changed = [root, *(logging.getLogger(name) for name in CAPPED)]
    levels = [one.level for one in changed]
    handler = log_to(stream, level)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        for one, before in zip(changed, levels, strict=True):
            one.setLevel(before)
