"""What providers know of logins, over the control API: states of accounts and cards, wrong logins counted."""

import json

from flask import Blueprint, Response, jsonify

from fcsim_hub.console.context import current_console
from fcsim_hub.console.people import existing_person, tell_providers
from fcsim_hub.console.problem import Problem, invalid, read_json
from fcsim_hub.domain.records import InvalidField

blueprint = Blueprint("provider_logins", __name__)


@blueprint.put("/people/<name>/accounts/<provider>/state")
def change_state(name: str, provider: str) -> Response:
    """What the account, or its card, is in from the next step of any login on; the provider says which suit it."""
    console, state = current_console(), read_json().get("state")
    if not isinstance(state, str):
        raise invalid(InvalidField("state", "a text", repr(state)[:40]))
    if provider not in existing_person(console, name).accounts:
        raise Problem(404, "No such account", f"{name[:64]} has no account at {provider[:64]}")
    answer = tell_providers(lambda: console.provider_accounts.put_state(name, provider, state))
    return jsonify(json.loads(answer.body))


@blueprint.delete("/login-failures")
def forget_failures() -> Response:
    """Forget the wrong logins counted so far: nobody is refused for them any more (H176)."""
    console = current_console()
    answer = tell_providers(console.provider_accounts.forget_failures)
    return jsonify(json.loads(answer.body))
