"""The control API described (OpenAPI 3.1), from the same records that validate it."""

from typing import Any, get_args

from flask import Blueprint, Response, jsonify
from pydantic import TypeAdapter

from fcsim_hub import __version__
from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.data_providers import DataProvider
from fcsim_hub.domain.events import FIELDS
from fcsim_hub.domain.people import AccountState, Person
from fcsim_hub.domain.platforms import CHANGEABLE, Platform
from fcsim_hub.domain.providers import Provider
from fcsim_hub.storage.accounts import AccountChange

blueprint = Blueprint("openapi", __name__)

Operation = dict[str, Any]
ANY = {"type": "object"}
TEXT, TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
LOGIN = {
    "type": "object",
    "required": ["authorization_url", "person", "provider"],
    "additionalProperties": False,
    "properties": dict.fromkeys(("authorization_url", "person", "provider"), TEXT),
}
WHICH = {"type": "string", "enum": ["signing", "encryption"]}
ROTATION = {"type": "object", "required": ["which"], "additionalProperties": False, "properties": {"which": WHICH}}
ROTATED = {
    "type": "object",
    "properties": {
        "made": TEXTS | {"description": "kids of the new keys"},
        "former_published_until": {"type": "number", "description": "seconds since the epoch"},
    },
}
STATE = {
    "type": "object",
    "required": ["state"],
    "properties": {"state": {"type": "string", "enum": list(get_args(AccountState))}},
}
ARRIVAL = {"type": "object", "properties": {"redirect_to": TEXT, "flow_id": TEXT}}
CIVIL_STATUS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("family_name", "given_name", "birthdate", "gender", "birthplace", "birthcountry"), TEXT),
        "given_names": TEXTS,
    },
}
REGISTRY_ANSWER = {
    "type": "object",
    "required": ["code", "identity", "deceased"],
    "properties": {
        "code": {"type": ["integer", "null"]},
        "identity": {"type": ["object", "null"]},
        "deceased": {"type": "boolean"},
    },
}
EVENT = {
    "type": "object",
    "properties": {
        **{name: {"type": ["string", "integer", "boolean", "null"]} for name in FIELDS},
        **dict.fromkeys(("level", "service", "platform", "step", "category", "event", "flow"), TEXT),
        "id": {"type": "integer"},
        "time": {"type": "integer", "description": "milliseconds since the epoch"},
    },
}
RECORDS = (Client, Provider, DataProvider, Person, Platform, AccountChange)


def _schema(kind: type[Any]) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


def _query(name: str, kind: str, why: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": why, "schema": {"type": kind}}


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _operation(
    summary: str,
    *,
    answer: dict[str, Any],
    body: dict[str, Any] | None = None,
    status: str = "200",
    query: Any = (),
) -> Operation:
    problem = {"description": "Refused", "content": {"application/problem+json": {"schema": ANY}}}
    operation: Operation = {
        "summary": summary,
        "parameters": list(query),
        "responses": {
            status: {"description": "Done", "content": {"application/json": {"schema": answer}}},
            "default": problem,
        },
    }
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _removal() -> Operation:
    return {
        "summary": "Remove",
        "parameters": [],
        "responses": {"204": {"description": "Removed"}, "default": {"description": "Refused"}},
    }


def _one(record: dict[str, Any]) -> dict[str, Operation]:
    """What can be done with one registration."""
    return {
        "get": _operation("One", answer=record),
        "put": _operation("Create or replace", answer=record, body=record),
        "patch": _operation("Change some members", answer=record, body=ANY),
        "delete": _removal(),
    }


def _paths() -> dict[str, dict[str, Operation]]:
    client, provider, data_provider = _schema(Client), _schema(Provider), _schema(DataProvider)
    person, platform, account = _schema(Person), _schema(Platform), _schema(AccountChange)
    on = "/platforms/{platform}"
    return {
        "/environment": {"get": _operation("Where everything is", answer=ANY)},
        "/differences": {"get": _operation("The fidelity ledger", answer=_list_of(ANY))},
        "/platforms": {"get": _operation("Platforms", answer=_list_of(platform))},
        on: {
            "get": _operation("A platform as it answers now", answer=platform),
            "patch": _operation(f"Change {', '.join(CHANGEABLE)}", answer=platform, body=_changes()),
            "delete": _operation("Back to what its file says", answer=platform),
        },
        f"{on}/clients": {
            "get": _operation("Clients", answer=_list_of(client)),
            "post": _operation("New client", answer=client, body=ANY, status="201"),
        },
        f"{on}/clients/{{client_id}}": _one(client),
        f"{on}/providers": {"get": _operation("Identity providers", answer=_list_of(provider))},
        f"{on}/providers/{{uid}}": _one(provider),
        f"{on}/keys/rotate": {"post": _operation("New keys of the platform", answer=ROTATED, body=ROTATION)},
        f"{on}/providers/{{uid}}/keys/rotate": {"post": _operation("New keys of a simulated provider", answer=ROTATED)},
        f"{on}/data-providers": {"get": _operation("Data providers", answer=_list_of(data_provider))},
        f"{on}/data-providers/{{client_id}}": _one(data_provider),
        f"{on}/accounts/{{person}}": {
            "get": _operation("The account of a person", answer=ANY),
            "put": _operation("Create it, or change some members", answer=ANY, body=account),
        },
        "/people": {"get": _operation("People and what to type", answer=_list_of(person))},
        "/people/{name}": _one(person),
        "/people/{name}/accounts/{provider}/state": {
            "put": _operation("Put an account or its card in a state that suits its provider", answer=ANY, body=STATE)
        },
        "/login-failures": {"delete": _operation("Forget the wrong logins counted so far", answer=ANY)},
        "/notices": {
            "post": _operation("A provider's code, for the outbox (control token)", answer=ANY, body=ANY, status="201")
        },
        "/registry/lookup": {
            "post": _operation("What the registry answers", answer=REGISTRY_ANSWER, body=CIVIL_STATUS)
        },
        "/mails": {
            "get": _operation("Mails to citizens", answer=_list_of(ANY), query=MAIL_QUERY),
            "delete": _operation("Forget mails", answer=ANY, query=MAIL_QUERY[:2]),
        },
        "/mails/{id}": {"get": _operation("One mail", answer=ANY)},
        "/events": {"get": _operation("Business events", answer=_list_of(EVENT), query=EVENT_QUERY)},
        "/logins": {"post": _operation("Log in without a browser", answer=ARRIVAL, body=LOGIN)},
        "/openapi.json": {"get": _operation("This document", answer=ANY)},
    }


MAIL_QUERY = (
    _query("to", "string", "recipient"),
    _query("flow", "string", "flow_id of a login"),
    _query("wait", "number", "seconds to wait for the first one, 30 at most"),
)
EVENT_QUERY = (
    _query("platform", "string", "franceconnect by default"),
    _query("after", "integer", "id of the last event already known"),
    _query("limit", "integer", "how many of the newest, 1000 at most"),
)


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    paths = _paths()
    for path, operations in paths.items():
        named = [_path(part[1:-1]) for part in path.split("/") if part.startswith("{")]
        for operation in operations.values():
            operation["parameters"] = [*named, *operation["parameters"]]
    return {
        "openapi": "3.1.0",
        "info": {"title": "fcsim control API", "version": __version__},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for kind in RECORDS:
        schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[kind.__name__] = schema
    schemas["Person"]["properties"]["name"] = TEXT
    schemas["Platform"] = _changeable(schemas["Platform"])
    return schemas


def _changes() -> dict[str, Any]:
    properties = _schemas()["Platform"]["properties"]
    members = {name: properties[name] for name in CHANGEABLE}
    return {"type": "object", "additionalProperties": False, "properties": members}


def _changeable(platform: dict[str, Any]) -> dict[str, Any]:
    """A platform as the API shows it: what can be changed of it, and what it is called."""
    shown = {key: platform["properties"][key] for key in ("name", "title", *CHANGEABLE)} | {"issuer": TEXT}
    return {"type": "object", "title": "Platform", "properties": shown, "required": list(shown)}


@blueprint.get("/openapi.json")
def serve() -> Response:
    """The document."""
    return jsonify(document())
