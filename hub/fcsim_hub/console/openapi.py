"""The control API described (OpenAPI 3.1), from the same records that validate it."""

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import TypeAdapter

from fcsim_hub import __version__
from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.people import Person

blueprint = Blueprint("openapi", __name__)

Operation = dict[str, Any]
PLATFORM = {
    "name": "platform",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "example": "franceconnect",
}
CLIENT_ID = {"name": "client_id", "in": "path", "required": True, "schema": {"type": "string"}}
CLIENT, PEOPLE = {"$ref": "#/components/schemas/Client"}, {"$ref": "#/components/schemas/Person"}
LOGIN = {
    "type": "object",
    "required": ["authorization_url", "person", "provider"],
    "additionalProperties": False,
    "properties": {name: {"type": "string"} for name in ("authorization_url", "person", "provider")},
}
WHICH = {"type": "string", "enum": ["signing", "encryption"]}
ROTATION = {"type": "object", "required": ["which"], "additionalProperties": False, "properties": {"which": WHICH}}
ROTATED = {
    "type": "object",
    "properties": {
        "made": {"type": "array", "items": {"type": "string"}, "description": "kids of the new keys"},
        "former_published_until": {"type": "number", "description": "seconds since the epoch"},
    },
}
STATE = {"type": "object", "required": ["state"], "properties": {"state": {"type": "string"}}}
ARRIVAL = {"type": "object", "properties": {"redirect_to": {"type": "string"}, "flow_id": {"type": "string"}}}
ANY = {"type": "object"}


def _query(name: str, kind: str, why: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": why, "schema": {"type": kind}}


def _operation(
    summary: str,
    *,
    answer: dict[str, Any],
    body: dict[str, Any] | None = None,
    status: str = "200",
    parameters: Any = (),
) -> Operation:
    problem = {"description": "Refused", "content": {"application/problem+json": {"schema": ANY}}}
    operation: Operation = {
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            status: {"description": "Done", "content": {"application/json": {"schema": answer}}},
            "default": problem,
        },
    }
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    mail_query = (
        _query("to", "string", "recipient"),
        _query("flow", "string", "flow_id of a login"),
        _query("wait", "number", "seconds to wait for the first one, 30 at most"),
    )
    event_query = (
        _query("platform", "string", "franceconnect by default"),
        _query("after", "integer", "id of the last event already known"),
        _query("limit", "integer", "how many of the newest, 1000 at most"),
    )
    one, gone = (PLATFORM, CLIENT_ID), {"204": {"description": "Removed"}, "default": {"description": "Refused"}}
    account = tuple(CLIENT_ID | {"name": name} for name in ("name", "provider"))
    paths: dict[str, dict[str, Operation]] = {
        "/environment": {"get": _operation("Where everything is", answer=ANY)},
        "/platforms/{platform}/clients": {
            "get": _operation("Clients", answer=_list_of(CLIENT), parameters=[PLATFORM]),
            "post": _operation("New client", answer=CLIENT, body=ANY, status="201", parameters=[PLATFORM]),
        },
        "/platforms/{platform}/clients/{client_id}": {
            "get": _operation("One client", answer=CLIENT, parameters=one),
            "put": _operation("Create or replace", answer=CLIENT, body=CLIENT, parameters=one),
            "patch": _operation("Change some members", answer=CLIENT, body=ANY, parameters=one),
            "delete": {"summary": "Remove", "parameters": list(one), "responses": gone},
        },
        "/platforms/{platform}/keys/rotate": {
            "post": _operation("New keys of the platform", answer=ROTATED, body=ROTATION, parameters=[PLATFORM])
        },
        "/platforms/{platform}/providers/{uid}/keys/rotate": {
            "post": _operation(
                "New keys of a simulated provider", answer=ROTATED, parameters=[PLATFORM, CLIENT_ID | {"name": "uid"}]
            )
        },
        "/people": {"get": _operation("People and what to type", answer=_list_of(PEOPLE))},
        "/mails": {
            "get": _operation("Mails to citizens", answer=_list_of(ANY), parameters=mail_query),
            "delete": _operation("Forget mails", answer=ANY, parameters=mail_query[:2]),
        },
        "/mails/{id}": {"get": _operation("One mail", answer=ANY, parameters=[CLIENT_ID | {"name": "id"}])},
        "/notices": {
            "post": _operation(
                "Put a provider's code in the outbox (control token)", answer=ANY, body=ANY, status="201"
            )
        },
        "/people/{name}/accounts/{provider}/state": {
            "put": _operation(
                "Lock an account, block its card, or set it right", answer=ANY, body=STATE, parameters=account
            )
        },
        "/login-failures": {"delete": _operation("Forget the wrong logins counted so far", answer=ANY)},
        "/events": {"get": _operation("Business events", answer=_list_of(ANY), parameters=event_query)},
        "/logins": {"post": _operation("Log in without a browser", answer=ARRIVAL, body=LOGIN)},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "fcsim control API", "version": __version__},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for kind in (Client, Person):
        schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[kind.__name__] = schema
    return schemas


@blueprint.get("/openapi.json")
def serve() -> Response:
    """The document."""
    return jsonify(document())
