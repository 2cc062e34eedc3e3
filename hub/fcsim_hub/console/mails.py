"""Mails to citizens: listed, waited for, read, forgotten."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from fcsim_hub.console.context import ConsoleContext, current_console
from fcsim_hub.console.problem import Problem, invalid, read_number
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.gateways.message import make_message, write_letter
from fcsim_hub.storage.outbox import Mail, delete_mails, find_mail, list_mails

blueprint = Blueprint("mails", __name__)

WAIT_MAX = 30.0
POLL_SECONDS = 0.05


@blueprint.get("/mails")
def find() -> Response:
    """Mails, newest first, of a recipient (`to`) or a login (`flow`); `wait` seconds for the first to come."""
    console = current_console()
    wait = read_number("wait", 0, low=0, high=WAIT_MAX)
    found = _list(console)
    for _ in range(int(wait / POLL_SECONDS)):
        if found:
            break
        console.sleep(POLL_SECONDS)
        found = _list(console)
    return jsonify([summary(mail) for mail in found])


def _list(console: ConsoleContext) -> list[Mail]:
    with console.database.read() as connection:
        return list_mails(connection, console.world, to=request.args.get("to", ""), flow=request.args.get("flow", ""))


@blueprint.get("/mails/<mail_id>")
def read(mail_id: str) -> Response:
    """One mail: subject, text, HTML, raw message."""
    mail = existing_mail(mail_id)
    return jsonify(summary(mail) | {"raw": make_message(mail.notice).as_string()})


@blueprint.delete("/mails")
def forget() -> Response:
    """Forget mails, those of a recipient or a login where asked; a name misspelt must not mean all of them."""
    console = current_console()
    for key in request.args.keys() - {"to", "flow"}:
        raise invalid(InvalidField(key, "to or flow", "another parameter"))
    with console.database.write() as connection:
        count = delete_mails(
            connection, console.world, to=request.args.get("to", ""), flow=request.args.get("flow", "")
        )
    return jsonify(deleted=count)


def existing_mail(mail_id: str) -> Mail:
    """The mail of an address. Raises Problem 404."""
    console = current_console()
    with console.database.read() as connection:
        mail = find_mail(connection, console.world, mail_id)
    if mail is None:
        raise Problem(404, "Unknown mail", f"no mail has id {mail_id[:64]!r}")
    return mail


def summary(mail: Mail) -> dict[str, Any]:
    """A mail with its words."""
    notice, letter = mail.notice, write_letter(mail.notice)
    return {
        "id": notice.id,
        "kind": notice.kind,
        "to": notice.to,
        "from": notice.sender,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "flow": notice.flow,
        "code": notice.browsing_id,
        "service": notice.service,
        "provider": notice.provider,
        "platform": notice.platform,
        "language": notice.language,
        "created_at": notice.created_at,
        "status": mail.status,
        "attempts": mail.attempts,
        "sent_at": mail.sent_at,
        "last_error": mail.last_error,
    }
