"""People over the control API: a person made here is known to the registry, the providers and the console at once."""

import json
import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify

from fcsim_hub.console.context import ConsoleContext, current_console
from fcsim_hub.console.problem import Problem, invalid, read_json
from fcsim_hub.domain.people import KEY_MAX, Person, registry_record
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.gateways.http import Answer, OutboundFailure
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_record, to_dict, without_nulls
from fcsim_hub.storage.people import delete_person, find_person, list_people, put_person
from fcsim_hub.storage.registrations import API
from fcsim_hub.storage.registry import delete_record, put_record

blueprint = Blueprint("people", __name__)
log = logging.getLogger("fcsim.console")


class ProvidersSilent(Problem):
    """The providers do not run, or cannot be reached."""


@blueprint.get("/people")
def list_all() -> Response:
    """Everyone, with what to type at each provider."""
    console = current_console()
    with console.database.read() as connection:
        found = list_people(connection, console.world)
    return jsonify([{"name": name, **to_dict(person)} for name, person in found.items()])


@blueprint.get("/people/<name>")
def read(name: str) -> Response:
    """One person."""
    return jsonify({"name": name, **to_dict(existing_person(current_console(), name))})


@blueprint.put("/people/<name>")
def replace(name: str) -> Response:
    """Create or replace."""
    return _store(name, read_json(), whole=True)


@blueprint.patch("/people/<name>")
def change(name: str) -> Response:
    """Change the members given."""
    return _store(name, read_json(), whole=False)


@blueprint.delete("/people/<name>")
def remove(name: str) -> Response:
    """Remove: unknown to the registry and to the providers from the next request on."""
    console = current_console()
    with console.change() as connection:
        person = find_person(connection, console.world, name)
        if person is None:
            raise unknown_person(name)
        delete_person(connection, console.world, name)
        delete_record(connection, console.world, name)
        _tell(lambda: console.provider_accounts.delete(name), needed=bool(person.accounts))
    return Response(status=204)


def existing_person(console: ConsoleContext, name: str) -> Person:
    """The person of an address. Raises Problem 404."""
    with console.database.read() as connection:
        found = find_person(connection, console.world, name)
    if found is None:
        raise unknown_person(name)
    return found


def unknown_person(name: str) -> Problem:
    """What is said of a name that nobody has."""
    return Problem(404, "Unknown person", f"nobody is called {name[:64]!r}")


def _store(name: str, members: dict[str, Any], *, whole: bool) -> Response:
    """Validate and keep everywhere, or nowhere. Raises Problem."""

    def become(before: Person | None) -> Person:
        if before is None and not whole:
            raise unknown_person(name)
        return _read(name, members if before is None or whole else to_dict(before) | members)

    return keep_person(current_console(), name, become)


def keep_person(console: ConsoleContext, name: str, become: Callable[[Person | None], Person]) -> Response:
    """Keep what someone becomes, everywhere or nowhere."""
    with console.change() as connection:
        before = find_person(connection, console.world, name)
        person = become(before)
        _write(connection, console, name, person)
        has_accounts = bool(person.accounts or (before and before.accounts))
        _tell(lambda: console.provider_accounts.put(name, to_dict(person)), needed=has_accounts)
    response = jsonify({"name": name, **to_dict(person)})
    response.status_code = 200 if before else 201
    return response


def _read(name: str, record: dict[str, Any]) -> Person:
    """The person of a record. Raises Problem."""
    try:
        if record.pop("name", name) != name:
            raise InvalidField("name", "the one of the address", "another")
        if len(name) > KEY_MAX:
            raise InvalidField("name", f"at most {KEY_MAX} characters", str(len(name)))
        if record.get("registry", ...) is None:
            del record["registry"]  # the registry holds the civil status itself
        return from_record(Person, without_nulls(Person, record))
    except InvalidField as wrong:
        raise invalid(wrong) from None


def _write(connection: Connection, console: ConsoleContext, name: str, person: Person) -> None:
    put_person(connection, console.world, name, person, console.clock.now(), origin=API)
    delete_record(connection, console.world, name)
    if record := registry_record(person, name):
        put_record(connection, console.world, record)


def _tell(call: Callable[[], Answer], *, needed: bool) -> None:
    """Somebody without account may be helped by another person, so the providers are told; they need not run for it."""
    try:
        tell_providers(call)
    except ProvidersSilent as silent:
        if needed:
            raise
        log.warning("the providers were not told of a person without account: %s", silent.detail)


def tell_providers(call: Callable[[], Answer]) -> Answer:
    """The providers keep accounts of their own; what they refuse is refused here, and nothing is kept."""
    try:
        answer = call()
    except OutboundFailure as failure:
        raise ProvidersSilent(502, "The providers do not answer", str(failure)) from None
    if answer.status >= 400:
        try:
            detail = str(json.loads(answer.body)["error_description"])
        except (ValueError, KeyError, TypeError):
            detail = f"the providers answered {answer.status}"
        raise Problem(409 if answer.status == 409 else 400, "Refused by the providers", detail)
    return answer
