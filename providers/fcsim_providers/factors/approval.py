"""A request on the phone, approved with the app's secret code, or refused (inside-the-hub §6.2, La Poste and Yris)."""

from flask import Blueprint, Response, request

from fcsim_providers.answers import redirect, refuse_other_sites
from fcsim_providers.certification import conclude
from fcsim_providers.factors.factor import Factor
from fcsim_providers.limits import note_failure, one_try
from fcsim_providers.step import Step, read_phone
from fcsim_providers.storage.accounts import Account, right_secret
from fcsim_providers.storage.interactions import APPROVED, DEAD, WAITING, count_try, end, find_interaction

blueprint = Blueprint("approval", __name__)
blueprint.before_request(refuse_other_sites)

TRIES = 3
LIFE_SECONDS = 120.0
CODE_MAX = 64


def _show(step: Step) -> Response:
    """In the browser: where the phone is."""
    return step.show("waiting.html")


def _show_phone(step: Step, status: int = 200, error: str = "") -> Response:
    account = step.account()
    if account is None:
        return step.show("phone_ended.html", 404, stage="dead", reason="gone")
    return step.show(
        "phone_approval.html", status, error=error, account=account, tries_left=TRIES - step.interaction.tries
    )


@blueprint.post("/phone/<step_id>/approve")
def approve_with_code(step_id: str) -> Response:
    """The secret code was typed on the phone."""
    step = read_phone(step_id)
    account = step.account()
    if step.interaction.factor != "approval" or step.stage != WAITING or account is None:
        return redirect(f"/phone/{step_id}", 303)
    if _try(step, account, request.form.get("code", "")) == "wrong":
        return _show_phone(read_phone(step_id), 401, "wrong")
    return redirect(f"/phone/{step_id}", 303)


def _try(step: Step, account: Account, typed: str) -> str:
    """approved, wrong, or over; the third wrong code ends it."""
    now = step.visit.now
    with one_try(step.visit, account.login) as connection:
        if not count_try(connection, step.id, TRIES, now):
            return "over"
        if len(typed) <= CODE_MAX and right_secret(account, typed):
            return APPROVED if conclude(connection, step, account) else "over"
        note_failure(step.visit, connection, account.login)
        found = find_interaction(connection, step.id)
        if found and found.tries < TRIES:
            return "wrong"
        end(connection, step.id, DEAD, "tries", now)
        return "over"


FACTOR = Factor(
    life_seconds=LIFE_SECONDS,
    amr=("pop", "pin", "mfa"),
    show=_show,
    show_phone=_show_phone,
    blueprint=blueprint,
)
