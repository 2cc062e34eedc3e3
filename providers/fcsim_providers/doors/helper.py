"""A professional helper, then the person helped: Aidants Connect (inside-the-hub §5, §6.2).

The helper proves who they are; the identity delivered is the person's, with the perimeters of the mandate they gave.
Which person is said once the second factor is approved, and uses that approval: once.
"""

from dataclasses import replace

from flask import Blueprint, Response, request

from fcsim_providers.answers import redirect, refuse_other_sites
from fcsim_providers.doors.door import Door
from fcsim_providers.doors.identifier import knock
from fcsim_providers.onward import collect
from fcsim_providers.step import Step, read_step
from fcsim_providers.storage.accounts import Account, find_helped
from fcsim_providers.storage.interactions import APPROVED

blueprint = Blueprint("helper", __name__)
blueprint.before_request(refuse_other_sites)


def _choose(step: Step, status: int = 200, error: str = "") -> Response:
    """The people who gave this helper a mandate, with what each mandate is for."""
    helper = step.account()
    if helper is None:
        return step.ended()
    accepted = step.visit.asked.rep_scope or ()
    return step.show(
        "mandates.html", status, error=error, helper=helper, helped=_helped(step, helper), accepted=accepted
    )


def _helped(step: Step, helper: Account) -> list[tuple[Account, tuple[str, ...]]]:
    with step.visit.context.database.read() as connection:
        found = [(find_helped(connection, step.visit.slug, name), held) for name, held in helper.mandates.items()]
    return [(person, held) for person, held in found if person is not None]


@blueprint.post("/<slug>/step/<step_id>/person")
def choose_person(slug: str, step_id: str) -> Response:
    """For whom the helper acts; a mandate that does not fit the service is for the hub to refuse."""
    step = read_step(slug, step_id)
    helper, name = step.account(), request.form.get("person", "")
    if step.stage != APPROVED or helper is None:
        return redirect(step.url, 303)
    person = next((one for one, _ in _helped(step, helper) if one.person == name), None)
    if person is None:
        return _choose(step, 403, "no mandate")
    asked = step.visit.asked
    if asked.rep_scope is not None:
        asked = replace(asked, rep_scope=helper.mandates[name])
    return collect(replace(step, visit=replace(step.visit, asked=asked)), person)


DOOR = Door("door_helper.html", knock, arrive=_choose, blueprint=blueprint)
