"""Registrations of one kind over the control API: listed, read, replaced, changed, removed.

A change acts at the next request, in every process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic
from urllib.parse import quote

from flask import Blueprint, Response, jsonify
from werkzeug.routing import PathConverter

from fcsim_hub.console.context import current_console
from fcsim_hub.console.problem import Problem, invalid, read_json
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.storage.documents import from_record, to_dict, with_changes
from fcsim_hub.storage.registrations import Registrations, T


class Key(PathConverter):
    """The key of a registration in an address: any text, one that begins with a slash too."""

    part_isolating = False
    regex = ".+?"


@dataclass(frozen=True, kw_only=True)
class Shelf(Generic[T]):
    """The views of one kind of registration."""

    noun: str
    """In the texts of problems: client, provider."""
    segment: str
    """In addresses: /platforms/<platform>/<segment>/<key>."""
    registrations: Registrations[T]
    check: Callable[[T, Platform], None]
    """Refuses what the platform cannot honour; raises InvalidField."""
    complete: Callable[[dict[str, Any], Platform, T | None], dict[str, Any]] = lambda record, *_: record
    """Adds what the platform, or the registration there was, decides where the caller says nothing."""
    made: Callable[[], dict[str, Any]] | None = None
    """What a new one is given where its maker says nothing, its key first of all; None: each is put under a key."""
    parts: Mapping[str, type[Any]] = field(default_factory=dict)
    """Members that are objects, of which a change may name some members alone."""

    def install(self, blueprint: Blueprint) -> None:
        """Add the views."""
        if self.made:
            blueprint.add_url_rule(f"/platforms/<name>/{self.segment}", "create", self.create, methods=["POST"])
        everything, one = f"/platforms/<name>/{self.segment}", f"/platforms/<name>/{self.segment}/<key:key>"
        for path, method, view in (
            (everything, "GET", self.list_all),
            (one, "GET", self.read),
            (one, "PUT", self.replace),
            (one, "PATCH", self.change),
            (one, "DELETE", self.remove),
        ):
            blueprint.add_url_rule(path, f"{view.__name__}", view, methods=[method])

    def list_all(self, name: str) -> Response:
        """Every one of a platform."""
        console = current_console()
        _, realm = console.platform(name)
        with console.database.read() as connection:
            found = self.registrations.list(connection, realm)
        return jsonify([to_dict(record) for record, _ in found])

    def read(self, name: str, key: str) -> Response:
        """One."""
        console = current_console()
        _, realm = console.platform(name)
        with console.database.read() as connection:
            found = self.registrations.find(connection, realm, key)
        if found is None:
            raise self._unknown(key)
        return jsonify(to_dict(found))

    def create(self, name: str) -> Response:
        """A new one, under a key that is made where the caller gives none."""
        current_console().platform(name)
        record = (self.made() if self.made else {}) | read_json()

        def new(before: T | None) -> dict[str, Any]:
            if before is not None:
                key = self.registrations.key
                detail = f"a {self.noun} has this {key}: PUT replaces it, PATCH changes it"
                raise Problem(409, "Already registered", detail)
            return record

        return self.store(name, str(record[self.registrations.key]), new)

    def replace(self, name: str, key: str) -> Response:
        """Create or replace, under a key of the caller's choosing."""
        members = read_json()
        return self.store(name, key, lambda _: members)

    def change(self, name: str, key: str) -> Response:
        """Change the members given."""
        members = read_json()

        def changed(before: T | None) -> dict[str, Any]:
            if before is None:
                raise self._unknown(key)
            return with_changes(to_dict(before), members, self.parts)

        return self.store(name, key, changed)

    def remove(self, name: str, key: str) -> Response:
        """Remove: unknown from the next request on."""
        console = current_console()
        _, realm = console.platform(name)
        with console.change() as connection:
            removed = self.registrations.delete(connection, realm, key)
        if not removed:
            raise self._unknown(key)
        return Response(status=204)

    def store(self, name: str, key: str, write: Callable[[T | None], dict[str, Any]]) -> Response:
        """Keep what `write` makes of the registration there was; 201 when it is new. Raises Problem."""
        console = current_console()
        platform, realm = console.platform(name)
        with console.change() as connection:
            before = self.registrations.find(connection, realm, key)
            record = self._read(key, write(before), platform, before)
            self.registrations.put(connection, realm, record, console.clock.now())
        response = jsonify(to_dict(record))
        if before is None:
            response.status_code = 201
            response.headers["Location"] = f"/api/v1/platforms/{name}/{self.segment}/{quote(key, safe='')}"
        return response

    def _read(self, key: str, record: dict[str, Any], platform: Platform, before: T | None) -> T:
        """The registration of a record that bears this key, or none; so for the platform. Raises Problem."""
        name = self.registrations.key
        try:
            if (found := record.get(name, key)) != key:
                raise InvalidField(name, "the one of the address", repr(found)[:80])
            # A file names its platform, or several: what it holds may be sent as it is.
            named = record.get("platform", platform.name)
            if platform.name not in (named if isinstance(named, list) else [named]):
                raise InvalidField("platform", f"{platform.name!r}, the one of the address", repr(named)[:80])
            record = {member: value for member, value in record.items() if member != "platform"} | {name: key}
            checked = from_record(self.registrations.kind, self.complete(record, platform, before))
            self.check(checked, platform)
        except InvalidField as wrong:
            raise invalid(wrong) from None
        return checked

    def _unknown(self, key: str) -> Problem:
        return Problem(404, f"Unknown {self.noun}", f"no {self.noun} {key[:80]!r} on this platform")
