"""A provisional code, replaced by one's own at the first login (inside-the-hub §6.2, Ameli).

It comes between the first page, where the provisional code was right, and the provider's own factor, if it has one.
What is chosen is kept until the account is given a state again.
"""

from flask import Blueprint, Response, request

from fcsim_providers.answers import redirect, refuse_other_sites
from fcsim_providers.factors.factor import Factor
from fcsim_providers.step import Step, read_step
from fcsim_providers.storage.accounts import Account, right_secret
from fcsim_providers.storage.interactions import DEAD, WAITING, approve, end
from fcsim_providers.storage.states import change_secret

blueprint = Blueprint("new_secret", __name__)
blueprint.before_request(refuse_other_sites)

LIFE_SECONDS = 600.0
SHORTEST, LONGEST = 8, 64


def _show(step: Step, status: int = 200, error: str = "") -> Response:
    account = step.account()
    if account is None:
        return step.ended()
    return step.show("new_secret.html", status, narrow=True, error=error, account=account, shortest=SHORTEST)


@blueprint.post("/<slug>/step/<step_id>/secret")
def choose(slug: str, step_id: str) -> Response:
    """The person's own secret was chosen."""
    step = read_step(slug, step_id)
    account = step.account()
    if step.interaction.factor != "new_secret" or step.stage != WAITING or account is None:
        return redirect(step.url, 303)
    secret = request.form.get("password", "")
    if error := _wrong(account, secret, request.form.get("again", "")):
        return _show(step, 400, error)
    now = step.visit.now
    with step.visit.context.database.write() as connection:
        if change_secret(connection, slug, account.login, secret):
            approve(connection, step.id, now)
        else:
            end(connection, step.id, DEAD, "changed", now)  # in another login, meanwhile
    return redirect(step.url, 303)


def _wrong(account: Account, secret: str, again: str) -> str:
    """short, long, same (as the provisional one), differ; empty when it can be kept."""
    if len(secret) < SHORTEST:
        return "short"
    if len(secret) > LONGEST:
        return "long"
    if right_secret(account, secret):
        return "same"
    return "" if secret == again else "differ"


FACTOR = Factor(
    life_seconds=LIFE_SECONDS,
    amr=("pwd",),
    show=_show,
    comes_first=True,
    blueprint=blueprint,
)
