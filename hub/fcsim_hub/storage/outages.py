"""Failures of a database that is away, restarts, is locked or has too much to do: the same request succeeds later."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError, TimeoutError

OUTAGES: tuple[type[SQLAlchemyError], ...] = (OperationalError, InterfaceError, TimeoutError)
"""The driver cannot connect, lost its connection or waited too long; every connection of the pool is taken."""
RETRY_AFTER = "1"
"""Seconds: a restarted server is back in less, and a person who reloads at once meets the page again, no worse."""


def why(failure: SQLAlchemyError) -> str:
    """What the driver said, without statement nor values; for a log and a developer."""
    told = str(failure.orig) if isinstance(failure, DBAPIError) else ""
    return f"{type(failure).__name__}: {told}" if told else type(failure).__name__
