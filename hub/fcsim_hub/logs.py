"""What is printed while everything runs: one line an event, nothing that a stranger wrote left able to start another.

No token, code, secret, name or registration number is logged by fcsim; there is no access log. Libraries that would
print some are capped here (security-and-reliability H196, H197, H198).
"""

import logging
import re
from typing import TextIO

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
LINE_MAX = 2048
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
CAPPED = ("authlib", "urllib3", "waitress", "werkzeug", "sqlalchemy", "psycopg", "asyncio")
"""Authlib prints whole tokens at DEBUG, urllib3 addresses with their codes, SQLAlchemy the values of statements."""


class OneLine(logging.Formatter):
    """A message on one line, cut where it is long; the traceback of a defect follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole of it; another formatter may have left its own text of the traceback."""
        record.exc_text = None
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - a name of logging
        """The line, before the traceback."""
        line = _CONTROL.sub(_escape, super().formatMessage(record))
        return line if len(line) <= LINE_MAX else f"{line[:LINE_MAX]}… ({len(line)} characters)"

    def formatException(self, ei: object) -> str:  # noqa: N802 - a name of logging
        """The traceback: its lines stay lines, nothing else of it moves a cursor."""
        text = super().formatException(ei)  # type: ignore[arg-type]  # passed on as it came
        return "\n".join(_CONTROL.sub(_escape, line)[:LINE_MAX] for line in text.split("\n"))


def _escape(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0]):02x}" if ord(found[0]) < 256 else f"\\u{ord(found[0]):04x}"


def log_to(stream: TextIO, level: str) -> logging.Handler:
    """Begin to log; the handler, for those who want to end it."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for chatty in CAPPED:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return handler
