"""Mails that others put in the outbox: the providers' one-time codes, for callers that hold the control token."""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Literal

from flask import Blueprint, Response, jsonify

from fcsim_hub.console.context import ConsoleContext, current_console
from fcsim_hub.console.gate import holds_token
from fcsim_hub.console.problem import Problem, invalid, read_json
from fcsim_hub.domain.identity import is_email
from fcsim_hub.domain.notices import Notice
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.storage.documents import from_record
from fcsim_hub.storage.outbox import insert_notice

blueprint = Blueprint("notices", __name__)

SENDER = "ne-pas-repondre@fcsim.test"
TEXT_MAX = 320


@dataclass(frozen=True, kw_only=True)
class CodeNotice:
    """What a provider says of a code it wants mailed."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    kind: Literal["code"]
    to: str
    person: str
    provider: str
    language: Literal["fr", "en"]
    code: str
    minutes: int

    def __post_init__(self) -> None:
        if not is_email(self.to) or len(self.to) > TEXT_MAX:
            raise InvalidField("to", "an e-mail address", "another text")
        for key in ("person", "provider", "code"):
            if not 0 < len(getattr(self, key)) <= TEXT_MAX:
                raise InvalidField(key, f"1 to {TEXT_MAX} characters", "a shorter or longer text")


@blueprint.post("/notices")
def post() -> Response:
    """Put a mail in the outbox."""
    console = _authorised()
    try:
        asked = from_record(CodeNotice, read_json())
    except InvalidField as wrong:
        raise invalid(wrong) from None
    notice = Notice(id=uuid.uuid4().hex, sender=SENDER, created_at=console.clock.now(), **vars(asked))
    with console.database.write() as connection:
        insert_notice(connection, console.world, notice)
    response = jsonify(id=notice.id)
    response.status_code = 201
    return response


def _authorised() -> ConsoleContext:
    """The console, for a caller that holds the control token: anybody else could write to anybody. Raises Problem."""
    if holds_token():
        return current_console()
    raise Problem(401, "Control token expected", "expected `Authorization: Bearer <control token>`")
