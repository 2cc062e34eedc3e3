"""Mandates over the control API: for whom a professional helper may act, and for what (inside-the-hub §5, §6.2)."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response

from fcsim_hub.console.context import ConsoleContext, current_console
from fcsim_hub.console.people import existing_person, keep_person, unknown_person
from fcsim_hub.console.problem import Problem, invalid, read_json
from fcsim_hub.domain.people import Person
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.storage.registrations import PROVIDERS

blueprint = Blueprint("mandates", __name__)

Mandates = dict[str, tuple[str, ...]]


@blueprint.put("/people/<name>/accounts/<provider>/mandates/<helped>")
def give(name: str, provider: str, helped: str) -> Response:
    """A mandate of a person, with or without accounts, to this helper; it replaces the one there was."""
    perimeters, console = _read_perimeters(), current_console()
    existing_person(console, helped)
    if not _takes_helpers(console, provider):
        raise Problem(409, "No helpers there", f"no provider named {provider[:64]!r} is one of helpers")
    return _change(name, provider, lambda held: held | {helped: perimeters})


@blueprint.delete("/people/<name>/accounts/<provider>/mandates/<helped>")
def withdraw(name: str, provider: str, helped: str) -> Response:
    """The helper acts for this person no more."""

    def without(held: Mandates) -> Mandates:
        if helped not in held:
            raise Problem(404, "No such mandate", f"{name[:64]} holds no mandate of {helped[:64]} at {provider[:64]}")
        return {person: perimeters for person, perimeters in held.items() if person != helped}

    _change(name, provider, without)
    return Response(status=204)


def _takes_helpers(console: ConsoleContext, name: str) -> bool:
    with console.database.read() as connection:
        realms = [console.platform(platform)[1] for platform in console.platforms]
        known = [one for realm in realms for one, _ in PROVIDERS.list(connection, realm)]
    return any(one.name == name and one.asks_mandate for one in known)


def _read_perimeters() -> tuple[str, ...]:
    members = read_json()
    for key in members.keys() - {"perimeters"}:
        raise invalid(InvalidField(key, "perimeters alone", "an unknown member"))
    found = members.get("perimeters")
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise invalid(InvalidField("perimeters", "a list of texts, empty for a mandate without any", repr(found)[:80]))
    return tuple(found)


def _change(name: str, provider: str, change: Callable[[Mandates], Mandates]) -> Response:
    def become(helper: Person | None) -> Person:
        if helper is None:
            raise unknown_person(name)
        if (account := helper.accounts.get(provider)) is None:
            raise Problem(404, "No such account", f"{name[:64]} has no account at {provider[:64]}")
        changed = replace(account, mandates=change(account.mandates))
        return replace(helper, accounts=helper.accounts | {provider: changed})

    return keep_person(current_console(), name, become)
