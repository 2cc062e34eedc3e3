"""What the console calls to make people and rotate keys at run time; applications never read each other's tables."""

import hmac

from flask import Blueprint, Response, jsonify, request
from pydantic import ValidationError

from fcsim_providers.claims import subject
from fcsim_providers.config import PersonFile
from fcsim_providers.context import Context, current_context
from fcsim_providers.personality import unfit_state
from fcsim_providers.storage.accounts import CONTROL, LoginTaken, delete_person, find_by_person, put_person
from fcsim_providers.storage.failures import forget_failures
from fcsim_providers.storage.keys import KEPT_SECONDS, rotate_keys
from fcsim_providers.storage.states import set_state_of_person

blueprint = Blueprint("control", __name__)


@blueprint.put("/control/people/<name>")
def put(name: str) -> Response:
    """Create or replace the accounts of a person."""
    context = _authorised()
    if isinstance(context, Response):
        return context
    try:
        person = PersonFile.model_validate_json(request.get_data())
    except ValidationError as invalid:
        problem = invalid.errors(include_url=False)[0]
        key = ".".join(str(part) for part in problem["loc"])
        return _refusal(400, "invalid_request", f"{key}: {problem['msg']}")
    for slug, account in person.accounts.items():
        if slug in context.providers and (expected := unfit_state(context.provider(slug).personality, account.state)):
            return _refusal(400, "invalid_request", f"accounts.{slug}.state: {expected}")
    try:
        with context.database.write() as connection:
            put_person(connection, name, person, context.providers, CONTROL)
    except LoginTaken as taken:
        return _refusal(409, "invalid_request", str(taken))
    return jsonify(person=name, accounts=sorted(person.accounts))


@blueprint.delete("/control/people/<name>")
def remove(name: str) -> Response:
    """Remove the accounts of a person."""
    context = _authorised()
    if isinstance(context, Response):
        return context
    with context.database.write() as connection:
        count = delete_person(connection, name)
    return jsonify(person=name, removed=count)


@blueprint.post("/control/providers/<slug>/keys/rotate")
def rotate(slug: str) -> Response:
    """New signing keys, used at once; the former ones stay published as long as hubs may rely on them."""
    context = _authorised()
    if isinstance(context, Response):
        return context
    provider, now = context.provider(slug), context.clock()
    with context.database.write() as connection:
        made = rotate_keys(connection, provider, now)
    return jsonify(provider=slug, made=made, former_published_until=now + KEPT_SECONDS)


@blueprint.get("/control/people/<name>/accounts/<slug>")
def read_account(name: str, slug: str) -> Response:
    """The `sub` by which this provider speaks of a person."""
    context = _authorised()
    if isinstance(context, Response):
        return context
    context.provider(slug)
    with context.database.read() as connection:
        account = find_by_person(connection, slug, name)
    if account is None:
        return _refusal(404, "invalid_request", f"nobody of this name has an account at {slug[:64]}")
    return jsonify(person=name, provider=slug, sub=subject(slug, account.login))


@blueprint.put("/control/people/<name>/accounts/<slug>/state")
def put_state(name: str, slug: str) -> Response:
    """Put an account, or its card, in a state that accounts of this provider can be in."""
    context = _authorised()
    if isinstance(context, Response):
        return context
    body = request.get_json(silent=True)
    state = str(body.get("state")) if isinstance(body, dict) else ""
    if expected := unfit_state(context.provider(slug).personality, state):
        return _refusal(400, "invalid_request", f"state: {expected}")
    with context.database.write() as connection:
        if not set_state_of_person(connection, slug, name, state):
            return _refusal(404, "invalid_request", f"nobody of this name has an account at {slug[:64]}")
    return jsonify(person=name, provider=slug, state=state)


@blueprint.delete("/control/failures")
def forget() -> Response:
    """Forget the wrong logins counted so far."""
    context = _authorised()
    if isinstance(context, Response):
        return context
    with context.database.write() as connection:
        count = forget_failures(connection)
    return jsonify(forgotten=count)


def _authorised() -> Context | Response:
    """The collaborators, for a caller that holds the control token."""
    context = current_context()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    expected = context.settings.control_token
    if scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), expected.encode()):
        return context
    return _refusal(401, "invalid_token", "expected `Authorization: Bearer <control token>`")


def _refusal(status: int, error: str, description: str) -> Response:
    response = jsonify(error=error, error_description=description)
    response.status_code = status
    return response
