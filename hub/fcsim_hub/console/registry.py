"""The registry asked over the control API, as the hub asks it during a login (inside-the-hub §9)."""

from typing import Any

from flask import Blueprint, Response, jsonify

from fcsim_hub.console.context import current_console
from fcsim_hub.console.problem import invalid, read_json
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.domain.registry import Answer, Found, Rectified, RegistryQuestion, registry_identity
from fcsim_hub.gateways.registry import answer_question

blueprint = Blueprint("registry", __name__)

TEXTS = ("family_name", "birthdate", "gender", "birthplace", "birthcountry")
UNASKED = ("preferred_username", "email")
"""Of a civil status too, as people are written; the registry is asked about neither (inside-the-hub §9.1)."""
MEMBERS = ("given_names", "given_name", *TEXTS, *UNASKED)


@blueprint.post("/registry/lookup")
def look_up() -> Response:
    """What the registry answers about a civil status; `code` is null when it does not answer at all."""
    console = current_console()
    question = _question(read_json())
    with console.database.read() as connection:
        answer = answer_question(connection, console.world, question)
    found = answer.record if isinstance(answer, Found | Rectified) else None
    return jsonify(
        code=answer.code,
        identity=_identity(answer),
        deceased=bool(found and found.death_date),
    )


def _identity(answer: Answer) -> dict[str, Any] | None:
    """The certified identity under OIDC names."""
    if not isinstance(answer, Found | Rectified):
        return None
    identity = registry_identity(answer.record)
    return {
        "given_name": identity.given_name,
        "given_names": list(identity.given_names),
        "family_name": identity.family_name,
        "birthdate": identity.birthdate,
        "gender": identity.gender,
        "birthplace": identity.birthplace,
        "birthcountry": identity.birthcountry,
    }


def _question(members: dict[str, Any]) -> RegistryQuestion:
    """A civil status under OIDC names; `given_names` is a list, `given_name` its text. Raises Problem."""
    for key in members.keys() - set(MEMBERS):
        raise invalid(InvalidField(key, f"one of {', '.join(MEMBERS)}", "another member"))
    texts = {key: members.get(key) or "" for key in MEMBERS if key != "given_names"}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise invalid(InvalidField(key, "a text", repr(value)[:80]))
    names = members.get("given_names", [texts["given_name"]])
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise invalid(InvalidField("given_names", "a list of texts", repr(names)[:80]))
    return RegistryQuestion.of(
        family_name=texts["family_name"],
        given_name=" ".join(names),
        birthdate=texts["birthdate"],
        gender=texts["gender"],
        birthplace=texts["birthplace"],
        birthcountry=texts["birthcountry"] or "99100",
    )
