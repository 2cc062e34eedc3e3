"""The doors every second factor shares: its page in the browser, its page on the phone, and the way on."""

import io

import segno
from flask import Blueprint, Response, jsonify, request

from fcsim_providers.answers import redirect, refuse_other_sites, require_test_logins
from fcsim_providers.certification import conclude
from fcsim_providers.doors import DOORS
from fcsim_providers.factors import FACTORS
from fcsim_providers.factors.card import find_card
from fcsim_providers.onward import collect, go_on
from fcsim_providers.request import StepUnknown
from fcsim_providers.step import read_phone, read_step
from fcsim_providers.storage.accounts import Account
from fcsim_providers.storage.interactions import (
    APPROVED,
    REFUSED,
    WAITING,
    approve,
    end,
    put_login,
)

blueprint = Blueprint("waiting", __name__)
blueprint.before_request(refuse_other_sites)

PHONE_STATUS = {"dead": 403, "expired": 410}


@blueprint.get("/<slug>/step/<step_id>")
def show(slug: str, step_id: str) -> Response:
    """Where the login stands: its page while it waits, the way on once it is approved, the reason when it ended."""
    step = read_step(slug, step_id)
    if step.stage == WAITING:
        return FACTORS[step.interaction.factor].show(step)
    if step.stage != APPROVED:
        return step.ended()
    if FACTORS[step.interaction.factor].comes_first:
        return go_on(step, step.account())
    arrive = DOORS[step.visit.provider.personality.door].arrive
    return arrive(step) if arrive else collect(step, step.account())


@blueprint.get("/<slug>/step/<step_id>/state")
def state(slug: str, step_id: str) -> Response:
    """The same for the script of the page, which looks every second."""
    step = read_step(slug, step_id)
    response = jsonify(stage=step.stage, seconds=step.seconds_left)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/<slug>/step/<step_id>/qr.svg")
def qr_code(slug: str, step_id: str) -> Response:
    """The phone's address as a QR code."""
    step = read_step(slug, step_id)
    picture = io.BytesIO()
    segno.make(step.phone_url, error="m", micro=False).save(
        picture, kind="svg", scale=5, border=3, light="#fff", omitsize=True
    )
    response = Response(picture.getvalue(), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<slug>/step/<step_id>/pass")
def do_it_for_me(slug: str, step_id: str) -> Response:
    """For testers: what the person would do, done."""
    require_test_logins()
    step = read_step(slug, step_id)
    account = step.account() or find_card(step, request.form.get("login", ""))
    if step.stage != WAITING:
        return redirect(step.url, 303)
    if account is None:
        return step.show("ended.html", 404, stage="waiting", reason="unknown")
    now = step.visit.now
    with step.visit.context.database.write() as connection:
        put_login(connection, step.id, account.login, now)
        if step.interaction.factor == "new_secret":
            approve(connection, step.id, now)  # the provisional code stays: the next test finds it again
        else:
            conclude(connection, step, account)
    return redirect(step.url, 303)


@blueprint.get("/phone/<step_id>")
def show_phone(step_id: str) -> Response:
    """What the phone of the person shows."""
    step = read_phone(step_id)
    show_it = FACTORS[step.interaction.factor].show_phone
    if show_it is None:
        raise StepUnknown("phone: expected a login that a phone takes part in, found another")
    if step.stage == WAITING:
        return show_it(step)
    account: Account | None = step.account()
    facts = {"stage": step.stage, "reason": step.interaction.reason, "account": account}
    return step.show("phone_ended.html", PHONE_STATUS.get(step.stage, 200), **facts)


@blueprint.post("/phone/<step_id>/refuse")
def refuse(step_id: str) -> Response:
    """The person refuses, on the phone."""
    step = read_phone(step_id)
    if FACTORS[step.interaction.factor].show_phone:
        with step.visit.context.database.write() as connection:
            end(connection, step.id, REFUSED, "", step.visit.now)
    return redirect(f"/phone/{step_id}", 303)
