"""Six digits read on a card that makes them (inside-the-hub §6.2, Aidants Connect).

A new code each minute, right during its own minute and the next. The card is simulated by a page of its own, as the
phone of the other factors; its codes belong to one login, so that none is right twice.
"""

import hmac

from flask import Blueprint, Response, request

from fcsim_providers.answers import redirect, refuse_other_sites
from fcsim_providers.certification import conclude
from fcsim_providers.factors.factor import Factor
from fcsim_providers.limits import forgive, note_failure, one_try
from fcsim_providers.step import Step, read_step
from fcsim_providers.storage.accounts import Account
from fcsim_providers.storage.interactions import APPROVED, DEAD, WAITING, count_try, end, find_interaction

blueprint = Blueprint("otp", __name__)
blueprint.before_request(refuse_other_sites)

TRIES = 6
LIFE_SECONDS = 600.0
PERIOD_SECONDS = 60
RIGHT_PERIODS = 2
"""The one of now, and the one before it: typing takes time."""
TYPED_MAX = 32


def card_code(step: Step, period: int) -> str:
    """What the card shows during a period, counted since the epoch."""
    number = int(step.visit.context.signature("otp", f"{step.id} {period}")[:12], 16)
    return f"{number % 1_000_000:06d}"


def _period(step: Step) -> int:
    return int(step.visit.now // PERIOD_SECONDS)


def _show(step: Step, status: int = 200, error: str = "") -> Response:
    account = step.account()
    if account is None:
        return step.ended()
    return step.show(
        "otp.html", status, narrow=True, error=error, account=account, tries_left=TRIES - step.interaction.tries
    )


def _show_card(step: Step) -> Response:
    """The card itself, in another tab."""
    left = PERIOD_SECONDS - int(step.visit.now % PERIOD_SECONDS)
    code = card_code(step, _period(step))
    return step.show("phone_otp.html", code=f"{code[:3]} {code[3:]}", seconds=left)


@blueprint.post("/<slug>/step/<step_id>/otp")
def type_code(slug: str, step_id: str) -> Response:
    """The code of the card was typed."""
    step = read_step(slug, step_id)
    account = step.account()
    if step.interaction.factor != "otp" or step.stage != WAITING or account is None:
        return redirect(step.url, 303)
    outcome = _try(step, account, "".join(request.form.get("code", "")[:TYPED_MAX].split()))
    if outcome in ("wrong", "stale"):
        return _show(read_step(slug, step_id), 401, outcome)
    return redirect(step.url, 303)


def _read(step: Step, typed: str) -> str:
    """approved, stale (the card did show it during this login), or wrong."""
    now, lived = _period(step), int(LIFE_SECONDS // PERIOD_SECONDS)
    for age in range(lived + 1):
        if hmac.compare_digest(card_code(step, now - age).encode(), typed.encode()):
            return APPROVED if age < RIGHT_PERIODS else "stale"
    return "wrong"


def _try(step: Step, account: Account, typed: str) -> str:
    """approved, wrong, stale, or over; exactly one parallel try gets each of the six."""
    now = step.visit.now
    with one_try(step.visit, account.login) as connection:
        if not count_try(connection, step.id, TRIES, now):
            return "over"
        outcome = _read(step, typed)
        if outcome == APPROVED:
            forgive(step.visit, connection, account.login)
            return APPROVED if conclude(connection, step, account) else "over"
        note_failure(step.visit, connection, account.login)
        found = find_interaction(connection, step.id)
        if found and found.tries < TRIES:
            return outcome
        end(connection, step.id, DEAD, "tries", now)
        return "over"


FACTOR = Factor(
    life_seconds=LIFE_SECONDS,
    amr=("otp",),
    show=_show,
    show_phone=_show_card,
    blueprint=blueprint,
)
