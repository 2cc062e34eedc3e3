"""Domain objects as JSON documents, both ways, and the errors of records written by hand."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from fcsim_hub.domain.records import InvalidField

T = TypeVar("T")


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    """The adapter of a class, built once."""
    if (known := _ADAPTERS.get(kind)) is None:
        known = _ADAPTERS[kind] = TypeAdapter(kind)
    return known


def to_json(value: object) -> str:
    """The document of a domain object."""
    return _adapter(type(value)).dump_json(value).decode()


def to_dict(value: object) -> dict[str, Any]:
    """The same, as JSON values."""
    members: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json")
    return members


def to_bytes(value: object) -> bytes:
    """The same, as bytes to seal."""
    return _adapter(type(value)).dump_json(value)


def from_json(kind: type[T], document: str | bytes) -> T:
    """The domain object of a document that this program wrote."""
    return _adapter(kind).validate_json(document)


_PARSED: dict[tuple[type[Any], str], Any] = {}
PARSED_MAX = 1024


def from_cached_json(kind: type[T], document: str) -> T:
    """The same for immutable records read again and again: a changed document is another key.

    Raises InvalidField for one that another version of this program wrote, and this one refuses.
    """
    parsed: T | None = _PARSED.get((kind, document))
    if parsed is None:
        if len(_PARSED) >= PARSED_MAX:
            _PARSED.clear()
        try:
            parsed = _PARSED[kind, document] = from_json(kind, document)
        except ValidationError as invalid:
            raise first_problem(invalid) from None
    return parsed


def from_record(kind: type[T], record: dict[str, Any]) -> T:
    """The domain object of a record written by a person; raises InvalidField naming the first wrong key."""
    try:
        # Through JSON, so that TOML files and API bodies obey the same strictness: "false" is not a boolean.
        return _adapter(kind).validate_json(json.dumps(record, default=str), strict=True)
    except ValidationError as invalid:
        raise first_problem(invalid) from None


def with_changes(before: dict[str, Any], changes: dict[str, Any], parts: Mapping[str, type[Any]]) -> dict[str, Any]:
    """A record with these members changed.

    A part (`modal`) that lacks what it cannot be without changes the part there was; a whole one replaces it.
    """
    changed = before | changes
    for name, kind in parts.items():
        new, old = changes.get(name), before.get(name)
        needed = {one.name for one in fields(kind) if one.default is one.default_factory is MISSING}
        if isinstance(new, dict) and isinstance(old, dict) and needed - new.keys():
            changed[name] = old | new
    return changed


def without_nulls(kind: type[Any], record: dict[str, Any]) -> dict[str, Any]:
    """The same, where null leaves out a text or a list that may be empty: many programs write null for nothing."""
    optional = {one.name for one in fields(kind) if one.default in ("", ())}
    return {key: value for key, value in record.items() if value is not None or key not in optional}


def first_problem(invalid: ValidationError) -> InvalidField:
    """The first problem pydantic met, in our own terms."""
    return problem_of(invalid.errors(include_url=False)[0])


def problem_of(error: ErrorDetails) -> InvalidField:
    """One of pydantic's errors, in our own terms."""
    key = ".".join(str(part) for part in error["loc"])
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, InvalidField):
        return InvalidField(".".join(filter(None, (key, cause.key))), cause.expected, cause.found)
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return InvalidField(key, "a known key", "an unknown one")
    if error["type"].startswith("missing"):
        return InvalidField(key, "a value", "none")
    # This goes to logs and answers: a secret is not quoted, nor what may hold one.
    hidden = key.endswith(("secret", "password")) or isinstance(error["input"], dict)
    found = "another value" if hidden else _shown(error["input"])
    return InvalidField(key, error["msg"].removeprefix("Input should be "), found)


def _shown(value: object) -> str:
    return "null" if value is None else repr(value)[:80]
