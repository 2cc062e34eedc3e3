"""Identifier and password on one page (security-and-reliability H175, H176, H178)."""

from flask import Response, request

from fcsim_providers.doors.door import Door, NotLetIn
from fcsim_providers.doors.identifier import read_typed
from fcsim_providers.limits import note_failure, one_try
from fcsim_providers.onward import begin, begin_with
from fcsim_providers.personality import NEVER_OPENED
from fcsim_providers.storage.accounts import Account, find_by_typed, right_secret
from fcsim_providers.storage.states import PROVISIONAL_CODE
from fcsim_providers.visit import Visit

SECRET_MAX = 1024
"""Characters; a longer secret is wrong without being hashed."""


def knock(visit: Visit) -> Response:
    """The secret proves the account; an account that is not active is told so only then.

    One that was never opened has no secret: its identifier is enough to be told, and costs a try.
    """
    key, typed = read_typed(visit), request.form.get("login", "")
    account = _prove(visit, key, request.form.get("password", ""))
    if account is None:
        raise NotLetIn("unknown", typed)
    if account.state == PROVISIONAL_CODE:
        return begin_with(visit, "new_secret", account)
    if account.state != "active":
        raise NotLetIn(account.state, typed)
    return begin(visit, account)


def _prove(visit: Visit, key: str, secret: str) -> Account | None:
    """The account, for its right secret or because it has none. An unknown one looks and costs like a wrong secret."""
    with visit.context.database.read() as connection:
        account = find_by_typed(connection, visit.slug, key)
    login = account.login if account else key
    never_opened = account is not None and account.state in NEVER_OPENED
    with one_try(visit, login) as connection:
        right = len(secret) <= SECRET_MAX and right_secret(account, secret) and not never_opened
        if not right:
            note_failure(visit, connection, login)
    return account if right or never_opened else None


DOOR = Door("door_password.html", knock)
