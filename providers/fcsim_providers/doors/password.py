"""Identifier and password on one page (security-and-reliability H175, H176, H178)."""

from flask import Response, request

from fcsim_providers.doors.door import Door, NotLetIn
from fcsim_providers.doors.identifier import read_typed
from fcsim_providers.limits import note_failure, one_try
from fcsim_providers.onward import begin
from fcsim_providers.storage.accounts import Account, find_by_typed, right_secret
from fcsim_providers.visit import Visit

SECRET_MAX = 1024
"""Characters; a longer secret is wrong without being hashed."""


def knock(visit: Visit) -> Response:
    """The secret proves the account; an account that is not active is told so only then."""
    key, typed = read_typed(visit), request.form.get("login", "")
    account = _prove(visit, key, request.form.get("password", ""))
    if account is None:
        raise NotLetIn("unknown", typed)
    if account.state != "active":
        raise NotLetIn(account.state, typed)
    return begin(visit, account)


def _prove(visit: Visit, key: str, secret: str) -> Account | None:
    """The account, for its right secret. An unknown account and a wrong secret look, and cost, the same."""
    with visit.context.database.read() as connection:
        account = find_by_typed(connection, visit.slug, key)
    login = account.login if account else key
    with one_try(visit, login) as connection:
        if len(secret) <= SECRET_MAX and right_secret(account, secret):
            return account
        note_failure(visit, connection, login)
    return None


DOOR = Door("door_password.html", knock)
