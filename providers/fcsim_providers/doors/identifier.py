"""An identifier alone: the phone of its owner asks for the rest (inside-the-hub §6.2, La Poste and Yris)."""

from flask import Response, request

from fcsim_providers.doors.door import Door, NotLetIn
from fcsim_providers.identifiers import is_provisional_nir, read_identifier
from fcsim_providers.limits import note_failure, one_try
from fcsim_providers.onward import begin
from fcsim_providers.storage.accounts import find_by_typed
from fcsim_providers.visit import Visit


def read_typed(visit: Visit) -> str:
    """The key of the account meant. Raises NotLetIn."""
    typed = request.form.get("login", "")
    if (key := read_identifier(visit.provider.personality.identifier, typed)) is None:
        raise NotLetIn("malformed", typed)
    if visit.provider.personality.permanent_nir and is_provisional_nir(key):
        raise NotLetIn("provisional_nir", typed)
    return key


def knock(visit: Visit) -> Response:
    """Call the phone of an account. A tester is told that nobody answers to a name, which costs a try."""
    key, typed = read_typed(visit), request.form.get("login", "")
    with visit.context.database.read() as connection:
        account = find_by_typed(connection, visit.slug, key)
    with one_try(visit, account.login if account else key) as connection:
        if account is None:
            note_failure(visit, connection, key)
    if account is None:
        raise NotLetIn("nobody", typed)
    if account.state != "active":
        raise NotLetIn(account.state, typed)
    return begin(visit, account)


DOOR = Door("door_identifier.html", knock)
