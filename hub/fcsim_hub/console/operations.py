"""What the description of the control API is made of: schemas, parameters, operations (OpenAPI 3.1)."""

from typing import Any, get_args

from fcsim_hub.console import registry
from fcsim_hub.domain.events import FIELDS
from fcsim_hub.domain.people import AccountState

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
MANDATE = {
    "type": "object",
    "required": ["perimeters"],
    "additionalProperties": False,
    "properties": {"perimeters": TEXTS | {"description": "empty: a mandate without any"}},
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
        **{key: {"type": ["string", "null"]} for key in ("given_name", *registry.TEXTS, *registry.UNASKED)},
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
ACCOUNT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "active", "subs", "idp_settings", "created_at", "last_connection"],
    "properties": {
        "id": TEXT,
        "active": {"type": "boolean"},
        "subs": {"type": "object", "additionalProperties": TEXT, "description": "entity_id -> sub"},
        "idp_settings": {"$ref": "#/components/schemas/IdpSettings"},
        "created_at": {"type": "number", "description": "seconds since the epoch"},
        "last_connection": {"type": ["number", "null"], "description": "null before the first login"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "A refusal (RFC 9457)",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": {
            "type": "array",
            "description": "each wrong member, with what was expected and found",
            "items": {"type": "object", "properties": dict.fromkeys(("key", "expected", "found"), TEXT)},
        },
    },
}
REFUSED = {
    "description": "Refused",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
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


def schema_of(kind: type[Any]) -> dict[str, Any]:
    """A record, described among the components."""
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def written(kind: type[Any]) -> dict[str, Any]:
    """The same as a caller may write it, described among the components."""
    return {"$ref": f"#/components/schemas/Written{kind.__name__}"}


def changed(kind: type[Any]) -> dict[str, Any]:
    """The same with nothing required: what is not given stays."""
    return {"$ref": f"#/components/schemas/Changed{kind.__name__}"}


def path_parameter(name: str) -> dict[str, Any]:
    """A part of the address between braces."""
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


def query_parameter(name: str, kind: str, why: str) -> dict[str, Any]:
    """A parameter of the query, which may be left out."""
    return {"name": name, "in": "query", "description": why, "schema": {"type": kind}}


def list_of(items: dict[str, Any]) -> dict[str, Any]:
    """Several of one schema."""
    return {"type": "array", "items": items}


def describe(
    summary: str,
    *,
    answer: dict[str, Any],
    body: dict[str, Any] | None = None,
    status: tuple[str, ...] = ("200",),
    query: Any = (),
) -> Operation:
    """One operation: what it answers, what it takes; a refusal is a problem."""
    done = {"description": "Done", "content": {"application/json": {"schema": answer}}}
    operation: Operation = {
        "summary": summary,
        "parameters": list(query),
        "responses": {**dict.fromkeys(status, done), "default": REFUSED},
    }
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def removal() -> Operation:
    """Of one registration: nothing is answered."""
    return {
        "summary": "Remove",
        "parameters": [],
        "responses": {"204": {"description": "Removed"}, "default": REFUSED},
    }


CREATED_OR_CHANGED = ("200", "201")


def one_record(kind: type[Any]) -> dict[str, Operation]:
    """What can be done with one registration, or one person."""
    record = schema_of(kind)
    return {
        "get": describe("One", answer=record),
        "put": describe("Create or replace", answer=record, body=written(kind), status=CREATED_OR_CHANGED),
        "patch": describe("Change some members", answer=record, body=changed(kind)),
        "delete": removal(),
    }
