"""Connections to PostgreSQL that wait so long and no longer.

`statement_timeout` is kept by the server; one that is stopped, or whose host went away, keeps nothing. What waits for
it would hold a thread until the network gives up, minutes later (security-and-reliability R15).
"""

from collections.abc import Generator
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event

ANSWER_SECONDS = 5.5
"""For a statement: a little more than the server gives it, which says better what was wrong."""
PING_SECONDS = 1.0
"""For the question whether a kept connection still lives."""

Answer = TypeVar("Answer")


class PatientConnection(Connection[Any]):
    """psycopg's, each wait of which ends."""

    patience = ANSWER_SECONDS

    def wait(self, gen: Generator[Any, Any, Answer], interval: float = 0.1, timeout: float | None = None) -> Answer:
        """Wait for the server. Raises psycopg.OperationalError, the connection closed: what comes late is nobody's."""
        seconds = self.patience if timeout is None else timeout
        try:
            return super().wait(gen, interval, seconds)
        except OperationalError:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise  # the server's own word
            self.close()
            raise OperationalError(f"the server did not answer within {seconds:g} s") from None


def make_patient(engine: Engine) -> None:
    """Let an engine open such connections."""
    usual = engine.dialect.do_ping

    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> PatientConnection:
        return PatientConnection.connect(*arguments, **options)

    def ping(connection: Any) -> bool:
        connection.patience = PING_SECONDS
        try:
            return usual(connection)
        finally:
            connection.patience = ANSWER_SECONDS

    event.listen(engine, "do_connect", connect)
    engine.dialect.do_ping = ping  # type: ignore[method-assign,assignment]  # an event on an engine costs every statement a look-up
