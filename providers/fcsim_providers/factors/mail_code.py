"""Six digits by e-mail (inside-the-hub §6.2, impots.gouv; security-and-reliability H179).

Six tries, five minutes, one use, bound to the login and its browser. The code leaves through the console; when that
fails nothing is lost: no code is right yet, and the page offers to send one again.
"""

import hmac
import logging
import secrets

from flask import Blueprint, Response, request

from fcsim_providers.answers import redirect, refuse_other_sites
from fcsim_providers.certification import conclude
from fcsim_providers.factors.factor import Factor
from fcsim_providers.language import current_language
from fcsim_providers.limits import note_failure, one_try
from fcsim_providers.mailbox import CodeMail, MailboxSilent
from fcsim_providers.step import Step, read_step
from fcsim_providers.storage.accounts import Account
from fcsim_providers.storage.interactions import (
    APPROVED,
    DEAD,
    WAITING,
    count_send,
    count_try,
    end,
    find_interaction,
    put_code,
    uncount_send,
)
from fcsim_providers.trust import is_trusted, trust
from fcsim_providers.visit import Visit

blueprint = Blueprint("mail_code", __name__)
blueprint.before_request(refuse_other_sites)
log = logging.getLogger("fcsim.providers")

TRIES, SENDS = 6, 5
CODE_SECONDS = 300
LIFE_SECONDS = 1800.0
"""Of the whole step: a code that expired can be sent again meanwhile."""
TYPED_MAX = 32


def _waive(visit: Visit, account: Account) -> bool:
    """A trusted device needs no code; an account without an address cannot have one."""
    return not account.claims.get("email") or is_trusted(visit, account)


def _start(step: Step, account: Account | None) -> None:
    if account:
        _send(step, account)


def _send(step: Step, account: Account) -> None:
    """Mail a new code, then make it the right one: until then the former stays."""
    visit, code, now = step.visit, f"{secrets.randbelow(1_000_000):06d}", step.visit.now
    database = visit.context.database
    with database.write() as connection:
        if not count_send(connection, step.id, SENDS, now):
            return
    try:
        visit.context.mailbox.send(_mail(step, account, code))
    except MailboxSilent as silent:
        log.warning("%s: no code was sent: %s", visit.slug, silent)
        with database.write() as connection:
            uncount_send(connection, step.id, now)
        return
    with database.write() as connection:
        put_code(connection, step.id, _code_hash(step, code), now + CODE_SECONDS, now)


def _mail(step: Step, account: Account, code: str) -> CodeMail:
    return CodeMail(
        to=account.claims["email"],
        person=account.name,
        provider=step.visit.provider.title,
        language=current_language(),
        code=code,
        minutes=CODE_SECONDS // 60,
    )


def _code_hash(step: Step, code: str) -> str:
    """Keyed: a million codes are tried in no time by whoever reads the table."""
    return step.visit.context.signature("mail code", f"{step.id}\x00{code}")


def _show(step: Step, status: int = 200, error: str = "") -> Response:
    found, account = step.interaction, step.account()
    if account is None:
        return step.ended()
    sent = found.code_hash is not None
    return step.show(
        "mail_code.html",
        status if sent or error else 503,
        narrow=True,
        error=error or ("" if sent else "unsent"),
        sent=sent,
        address=_masked(account.claims.get("email", "")),
        tries_left=TRIES - found.tries,
        may_send=found.sends < SENDS,
        code_seconds=max(0, int((found.code_expires_at or 0) - step.visit.now)),
    )


def _masked(address: str) -> str:
    """Enough of an address to recognise one's own."""
    name, _, host = address.partition("@")
    return f"{name[:2]}{'•' * max(1, len(name) - 2)}@{host}"


@blueprint.post("/<slug>/step/<step_id>/code")
def type_code(slug: str, step_id: str) -> Response:
    """A code was typed."""
    step = read_step(slug, step_id)
    account = step.account()
    if step.stage != WAITING or account is None:
        return redirect(step.url, 303)
    outcome = _try(step, account, "".join(request.form.get("code", "")[:TYPED_MAX].split()))
    if outcome in ("wrong", "stale"):
        return _show(read_step(slug, step_id), 401, outcome)
    response = redirect(step.url, 303)
    if outcome == APPROVED and request.form.get("trust"):
        trust(step.visit, account, response)
    return response


def _try(step: Step, account: Account, typed: str) -> str:
    """approved, wrong, stale (right, too late), or over; exactly one parallel try gets each of the six."""
    now = step.visit.now
    with one_try(step.visit, account.login) as connection:
        if not count_try(connection, step.id, TRIES, now):
            return "over"
        found = find_interaction(connection, step.id)  # after the count: the code may have been replaced meanwhile
        if found is None or found.code_hash is None:
            return "over"
        right = hmac.compare_digest(found.code_hash, _code_hash(step, typed))
        if right and (found.code_expires_at or 0) > now:
            return APPROVED if conclude(connection, step, account) else "over"
        note_failure(step.visit, connection, account.login)
        if found.tries < TRIES:
            return "stale" if right else "wrong"
        end(connection, step.id, DEAD, "tries", now)
        return "over"


@blueprint.post("/<slug>/step/<step_id>/again")
def send_again(slug: str, step_id: str) -> Response:
    """Another code; the former one is right no more. The tries already made stay made."""
    step = read_step(slug, step_id)
    account = step.account()
    if step.stage == WAITING and account is not None:
        _send(step, account)
    return redirect(step.url, 303)


FACTOR = Factor(
    life_seconds=LIFE_SECONDS,
    amr=("pwd", "mail"),
    show=_show,
    waive=_waive,
    start=_start,
    blueprint=blueprint,
)
