"""The control API described (OpenAPI 3.1), from the same records that validate it."""

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import TypeAdapter

from fcsim_hub import __version__
from fcsim_hub.console.accounts import READ_ONLY
from fcsim_hub.console.environment import LIMIT, LIMIT_MAX
from fcsim_hub.console.operations import (
    ACCOUNT,
    ANY,
    ARRIVAL,
    CIVIL_STATUS,
    CREATED_OR_CHANGED,
    EVENT,
    LOGIN,
    MANDATE,
    PROBLEM,
    REGISTRY_ANSWER,
    ROTATED,
    ROTATION,
    STATE,
    TEXT,
    Operation,
    describe,
    list_of,
    one_record,
    path_parameter,
    query_parameter,
    removal,
    schema_of,
)
from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.data_providers import DataProvider
from fcsim_hub.domain.people import Person
from fcsim_hub.domain.platforms import CHANGEABLE, Platform
from fcsim_hub.domain.providers import Provider
from fcsim_hub.storage.accounts import AccountChange

blueprint = Blueprint("openapi", __name__)

ON = "/platforms/{platform}"
RECORDS = (Client, Provider, DataProvider, Person, Platform, AccountChange)
WRITTEN = {"Client": "client_id", "Provider": "uid", "DataProvider": "client_id"}
"""Registrations that callers write, with the member that their address already holds."""
NEW_CLIENT = {"$ref": "#/components/schemas/NewClient"}
NEW_PROVIDER = {"$ref": "#/components/schemas/WrittenProvider"}
"""Its id and secret are made where none is given."""
NOTHING = {"type": "null"}
PLATFORM = {
    "type": ["string", "array"],
    "items": TEXT,
    "description": "As in a fixture file; it must name the platform of the address",
}

CONTROL_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "Asked for where the console listens beyond this machine, and always of /notices",
}
OUTCOME = "A word declares what the civil status leads to, and changes nothing; a code (E010004 ...) forces the answer"
MAIL_QUERY = (
    query_parameter("to", "string", "recipient"),
    query_parameter("flow", "string", "flow_id of a login"),
    query_parameter("wait", "number", "seconds to wait for the first one, 30 at most"),
)
EVENT_QUERY = (
    query_parameter("platform", "string", "franceconnect by default"),
    query_parameter("after", "integer", "id of the last event already known"),
    query_parameter("limit", "integer", f"how many of the newest: {LIMIT} when nothing is said, {LIMIT_MAX} at most"),
)


def _paths() -> dict[str, dict[str, Operation]]:
    return _place_paths() | _platform_paths() | _registration_paths() | _people_paths() | _journal_paths()


def _place_paths() -> dict[str, dict[str, Operation]]:
    return {
        "/environment": {"get": describe("Where everything is", answer=ANY)},
        "/differences": {"get": describe("The fidelity ledger", answer=list_of(ANY))},
        "/openapi.json": {"get": describe("This document", answer=ANY)},
    }


def _platform_paths() -> dict[str, dict[str, Operation]]:
    platform = schema_of(Platform)
    return {
        "/platforms": {"get": describe("Platforms", answer=list_of(platform))},
        ON: {
            "get": describe("A platform as it answers now", answer=platform),
            "patch": describe(f"Change {', '.join(CHANGEABLE)}", answer=platform, body=_changes()),
            "delete": describe("Back to what its file says", answer=platform),
        },
        f"{ON}/keys/rotate": {"post": describe("New keys of the platform", answer=ROTATED, body=ROTATION)},
        f"{ON}/accounts/{{person}}": {
            "get": describe("The account of a person", answer=ACCOUNT),
            "put": describe(
                "Create it, or change some members",
                answer=ACCOUNT,
                body=schema_of(AccountChange),
                status=CREATED_OR_CHANGED,
            ),
        },
    }


def _registration_paths() -> dict[str, dict[str, Operation]]:
    client, provider, data_provider = schema_of(Client), schema_of(Provider), schema_of(DataProvider)
    return {
        f"{ON}/clients": {
            "get": describe("Clients", answer=list_of(client)),
            "post": describe("New client", answer=client, body=NEW_CLIENT, status=("201",)),
        },
        f"{ON}/clients/{{client_id}}": one_record(Client),
        f"{ON}/providers": {
            "get": describe("Identity providers", answer=list_of(provider)),
            "post": describe("New identity provider", answer=provider, body=NEW_PROVIDER, status=("201",)),
        },
        f"{ON}/providers/{{uid}}": one_record(Provider),
        f"{ON}/providers/{{uid}}/keys/rotate": {"post": describe("New keys of a simulated provider", answer=ROTATED)},
        f"{ON}/data-providers": {"get": describe("Data providers", answer=list_of(data_provider))},
        f"{ON}/data-providers/{{client_id}}": one_record(DataProvider),
    }


def _people_paths() -> dict[str, dict[str, Operation]]:
    person = schema_of(Person)
    return {
        "/people": {"get": describe("People and what to type", answer=list_of(person))},
        "/people/{name}": one_record(Person),
        "/people/{name}/accounts/{provider}/state": {
            "put": describe("Put an account or its card in a state that suits its provider", answer=ANY, body=STATE)
        },
        "/people/{name}/accounts/{provider}/mandates/{helped}": {
            "put": describe("A person's mandate to this helper", answer=person, body=MANDATE),
            "delete": removal(),
        },
        "/login-failures": {"delete": describe("Forget the wrong logins counted so far", answer=ANY)},
        "/registry/lookup": {"post": describe("What the registry answers", answer=REGISTRY_ANSWER, body=CIVIL_STATUS)},
        "/logins": {"post": describe("Log in without a browser", answer=ARRIVAL, body=LOGIN)},
    }


def _journal_paths() -> dict[str, dict[str, Operation]]:
    return {
        "/notices": {
            "post": describe("A provider's code, for the outbox (control token)", answer=ANY, body=ANY, status=("201",))
        },
        "/mails": {
            "get": describe("Mails to citizens", answer=list_of(ANY), query=MAIL_QUERY),
            "delete": describe("Forget mails", answer=ANY, query=MAIL_QUERY[:2]),
        },
        "/mails/{id}": {"get": describe("One mail", answer=ANY)},
        "/events": {"get": describe("Business events", answer=list_of(EVENT), query=EVENT_QUERY)},
    }


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    paths = _paths()
    for path, operations in paths.items():
        named = [path_parameter(part[1:-1]) for part in path.split("/") if part.startswith("{")]
        for operation in operations.values():
            operation["parameters"] = [*named, *operation["parameters"]]
    return {
        "openapi": "3.1.0",
        "info": {"title": "fcsim control API", "version": __version__},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "security": [{}, {"control_token": []}],
        "components": {"schemas": _schemas(), "securitySchemes": {"control_token": CONTROL_TOKEN}},
    }


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for kind in RECORDS:
        schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[kind.__name__] = schema
    schemas["Person"]["properties"]["name"] = TEXT
    schemas["RegistryEntry"]["properties"]["outcome"]["description"] = OUTCOME
    schemas["Platform"] = _changeable(schemas["Platform"])
    read_only = {name: ACCOUNT["properties"][name] | {"readOnly": True} for name in READ_ONLY}
    schemas["AccountChange"]["properties"] |= read_only
    written = {name: _written(schemas[name], key) for name, key in WRITTEN.items()}
    written["Person"] = _written_person(schemas["Person"])
    for name, schema in written.items():
        schemas[f"Written{name}"] = schema
        schemas[f"Changed{name}"] = schema | {"required": []}
    new = schemas["WrittenClient"] | {"required": ["name", "redirect_uris"]}
    return schemas | {"NewClient": new, "Problem": PROBLEM}


def _written(record: dict[str, Any], key: str) -> dict[str, Any]:
    """A registration as a caller may write it."""
    required = [name for name in record["required"] if name != key]
    properties = _nullable(record["properties"]) if record["title"] == Client.__name__ else record["properties"]
    return record | {"required": required, "properties": properties | {"platform": PLATFORM}}


def _written_person(person: dict[str, Any]) -> dict[str, Any]:
    registry = {"registry": {"anyOf": [person["properties"]["registry"], NOTHING]}}
    return person | {"properties": _nullable(person["properties"]) | registry}


def _nullable(properties: dict[str, Any]) -> dict[str, Any]:
    """Null is nothing, for what may be empty."""
    return {
        name: {"anyOf": [member, NOTHING]} if member.get("default") in ("", []) else member
        for name, member in properties.items()
    }


def _changes() -> dict[str, Any]:
    properties = _schemas()["Platform"]["properties"]
    members = {name: properties[name] for name in CHANGEABLE}
    fixed = {name: member | {"readOnly": True} for name, member in properties.items() if name not in members}
    return {"type": "object", "additionalProperties": False, "properties": members | fixed}


def _changeable(platform: dict[str, Any]) -> dict[str, Any]:
    """A platform as the API shows it: what can be changed of it, and what it is called."""
    shown = {key: platform["properties"][key] for key in ("name", "title", *CHANGEABLE)} | {"issuer": TEXT}
    return {"type": "object", "title": "Platform", "properties": shown, "required": list(shown)}


@blueprint.get("/openapi.json")
def serve() -> Response:
    """The document."""
    return jsonify(document())
