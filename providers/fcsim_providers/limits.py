"""Guessing takes time: past ten failures of a login, or a hundred from an address, in a quarter of an hour (H176).

A secret is looked at in the transaction that counts it, and tries of one login or one address wait for each other:
the eleventh is refused however many arrive at once. An attempt that succeeds writes nothing here, so it waits little.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request
from sqlalchemy import Connection

from fcsim_providers.storage.failures import (
    forgive_login,
    insert_failure,
    latest_of_address,
    latest_of_login,
    take_turns,
)
from fcsim_providers.visit import Visit

LOGIN_MAX, ADDRESS_MAX = 10, 100
WINDOW_SECONDS = 900.0


class TooManyFailures(Exception):
    """Nothing more is looked at for `seconds`."""

    def __init__(self, visit: Visit, seconds: int) -> None:
        super().__init__(f"too many failures: again in {seconds} s")
        self.visit, self.seconds = visit, seconds


@contextmanager
def one_try(visit: Visit, login: str) -> Iterator[Connection]:
    """The transaction in which a secret of this login is looked at, and noted when it is wrong.

    Raises TooManyFailures before anything is looked at.
    """
    with visit.context.database.write() as connection:
        if visit.context.settings.limit_logins:
            take_turns(connection, _login_hash(visit, login), _address_hash(visit))
            _check_failures(visit, connection, login)
        yield connection


def _check_failures(visit: Visit, connection: Connection, login: str) -> None:
    since = visit.now - WINDOW_SECONDS
    for times, most in (
        (latest_of_login(connection, _login_hash(visit, login), since, LOGIN_MAX), LOGIN_MAX),
        (latest_of_address(connection, _address_hash(visit), since, ADDRESS_MAX), ADDRESS_MAX),
    ):
        if len(times) >= most:
            raise TooManyFailures(visit, max(1, math.ceil(times[-1] - since)))


def note_failure(visit: Visit, connection: Connection, login: str) -> None:
    """A wrong password or code; an unknown login counts like a known one."""
    if visit.context.settings.limit_logins:
        now = visit.now
        insert_failure(connection, _login_hash(visit, login), _address_hash(visit), now, now - WINDOW_SECONDS)


def forgive(visit: Visit, connection: Connection, login: str) -> None:
    """A login that succeeded begins to count anew."""
    if visit.context.settings.limit_logins:
        forgive_login(connection, _login_hash(visit, login))


def _login_hash(visit: Visit, login: str) -> str:
    return visit.context.signature("failures of login", f"{visit.slug}\x00{login}")


def _address_hash(visit: Visit) -> str:
    return visit.context.signature("failures of address", request.remote_addr or "")
