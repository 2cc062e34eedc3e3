"""People over the control API: a person made here is known to the registry, the providers and the console at once."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify

from fcsim_hub.console.context import ConsoleContext, current_console
from fcsim_hub.console.problem import Problem, invalid, read_json
from fcsim_hub.domain.people import KEY_MAX, Person, registry_record
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.gateways.http import Answer, OutboundFailure
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_record, to_dict
from fcsim_hub.storage.people import delete_person, find_person, list_people, put_person
from fcsim_hub.storage.registrations import API
from fcsim_hub.storage.registry import delete_record, put_record

blueprint = Blueprint("people", __name__)


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
    return _store(name, read_json())


@blueprint.patch("/people/<name>")
def change(name: str) -> Response:
    """Change the members given."""
    return _store(name, to_dict(existing_person(current_console(), name)) | read_json())


@blueprint.delete("/people/<name>")
def remove(name: str) -> Response:
    """Remove: unknown to the registry and to the providers from the next request on."""
    console = current_console()
    with console.database.write() as connection:
        person = find_person(connection, console.world, name)
        if person is None:
            raise unknown_person(name)
        delete_person(connection, console.world, name)
        delete_record(connection, console.world, name)
        tell_providers(lambda: console.provider_accounts.delete(name))
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


def _store(name: str, record: dict[str, Any]) -> Response:
    """Validate and keep everywhere, or nowhere. Raises Problem."""
    if record.pop("name", name) != name:
        raise invalid(InvalidField("name", "the one of the address", "another"))
    try:
        person = from_record(Person, record)
        if len(name) > KEY_MAX:
            raise InvalidField("name", f"at most {KEY_MAX} characters", str(len(name)))
    except InvalidField as wrong:
        raise invalid(wrong) from None
    return keep_person(current_console(), name, lambda _: person)


def keep_person(console: ConsoleContext, name: str, become: Callable[[Person | None], Person]) -> Response:
    """Keep what someone becomes, everywhere or nowhere; providers are told of those without account too, whom a
    helper may stand for."""
    with console.database.write() as connection:
        before = find_person(connection, console.world, name)
        person = become(before)
        _write(connection, console, name, person)
        tell_providers(lambda: console.provider_accounts.put(name, to_dict(person)))
    response = jsonify({"name": name, **to_dict(person)})
    response.status_code = 200 if before else 201
    return response


def _write(connection: Connection, console: ConsoleContext, name: str, person: Person) -> None:
    put_person(connection, console.world, name, person, console.clock.now(), origin=API)
    delete_record(connection, console.world, name)
    if record := registry_record(person, name):
        put_record(connection, console.world, record)


def tell_providers(call: Callable[[], Answer]) -> Answer:
    """The providers keep accounts of their own; what they refuse is refused here, and nothing is kept."""
    try:
        answer = call()
    except OutboundFailure as failure:
        raise Problem(502, "The providers do not answer", str(failure)) from None
    if answer.status >= 400:
        try:
            detail = str(json.loads(answer.body)["error_description"])
        except (ValueError, KeyError, TypeError):
            detail = f"the providers answered {answer.status}"
        raise Problem(409 if answer.status == 409 else 400, "Refused by the providers", detail)
    return answer
