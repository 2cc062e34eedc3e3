"""A card placed on the phone, then its six digits; three wrong ones in a row block it (inside-the-hub §6.2).

The wrong codes belong to the card, not to the login: they are kept with the account until a right one.
"""

from flask import Blueprint, Response, request

from fcsim_providers.answers import redirect, refuse_other_sites, require_test_logins
from fcsim_providers.certification import conclude
from fcsim_providers.factors.factor import Factor
from fcsim_providers.identifiers import read_identifier
from fcsim_providers.step import Step, read_phone
from fcsim_providers.storage.accounts import Account, find_by_typed, list_quick, right_secret
from fcsim_providers.storage.interactions import APPROVED, DEAD, WAITING, end, put_login
from fcsim_providers.storage.states import CARD_TRIES, set_state, take_card_try

blueprint = Blueprint("card", __name__)
blueprint.before_request(refuse_other_sites)

LIFE_SECONDS = 300.0
CODE_MAX = 64


def _show(step: Step) -> Response:
    """In the browser: the code to scan."""
    return step.show("waiting.html", cards=_test_cards(step))


def _show_phone(step: Step, status: int = 200, error: str = "") -> Response:
    account = step.account()
    left = CARD_TRIES - account.wrong_codes if account else CARD_TRIES
    return step.show("phone_card.html", status, error=error, account=account, tries_left=left, cards=_test_cards(step))


def _test_cards(step: Step) -> list[dict[str, str]]:
    if not step.visit.context.settings.test_logins:
        return []
    with step.visit.context.database.read() as connection:
        return list_quick(connection, step.visit.slug)


def find_card(step: Step, typed: str) -> Account | None:
    """The account of a document number."""
    number = read_identifier(step.visit.provider.personality.identifier, typed)
    if number is None:
        return None
    with step.visit.context.database.read() as connection:
        return find_by_typed(connection, step.visit.slug, number)


@blueprint.post("/phone/<step_id>/card")
def place_card(step_id: str) -> Response:
    """A card was placed on the phone, or taken away to place another."""
    step = _waiting(step_id)
    if isinstance(step, Response):
        return step
    if request.form.get("away"):
        return _choose(step, None)
    card = find_card(step, request.form.get("card", ""))
    if card is None:
        return _show_phone(step, 404, "unknown")
    if card.state == "unreadable" or request.form.get("unreadable"):
        return _show_phone(step, 422, "unreadable")
    if card.state != "active":
        return _end(step, card)
    return _choose(step, card.login)


def _waiting(step_id: str) -> Step | Response:
    step = read_phone(step_id)
    here = step.interaction.factor == "card" and step.stage == WAITING
    return step if here else redirect(f"/phone/{step_id}", 303)


def _choose(step: Step, login: str | None) -> Response:
    with step.visit.context.database.write() as connection:
        put_login(connection, step.id, login, step.visit.now)
    return redirect(f"/phone/{step.id}", 303)


def _end(step: Step, card: Account) -> Response:
    """A card that opens nothing ends the login; which one it was is kept, for the tester who mends it."""
    now = step.visit.now
    with step.visit.context.database.write() as connection:
        put_login(connection, step.id, card.login, now)
        end(connection, step.id, DEAD, card.state, now)
    return redirect(f"/phone/{step.id}", 303)


@blueprint.post("/phone/<step_id>/code")
def type_code(step_id: str) -> Response:
    """The six digits were typed."""
    step = _waiting(step_id)
    if isinstance(step, Response):
        return step
    card = step.account()
    if card is not None and _try(step, card, request.form.get("code", "")) == "wrong":
        return _show_phone(read_phone(step_id), 401, "wrong")
    return redirect(f"/phone/{step_id}", 303)


def _try(step: Step, card: Account, typed: str) -> str:
    """approved, wrong, or over; the try is counted before the code is looked at."""
    now = step.visit.now
    with step.visit.context.database.write() as connection:
        left = take_card_try(connection, step.visit.slug, card.login)
        if left is not None and len(typed) <= CODE_MAX and right_secret(card, typed):
            set_state(connection, step.visit.slug, card.login, "active")
            return APPROVED if conclude(connection, step, card) else "over"
        if left:
            return "wrong"
        if left == 0:
            set_state(connection, step.visit.slug, card.login, "blocked")
        end(connection, step.id, DEAD, "blocked", now)
        return "over"


@blueprint.post("/phone/<step_id>/unblock")
def unblock(step_id: str) -> Response:
    """A tester mends the card that ended this login."""
    require_test_logins()
    step = read_phone(step_id)
    if step.interaction.factor == "card" and (card := step.account()) is not None:
        with step.visit.context.database.write() as connection:
            set_state(connection, step.visit.slug, card.login, "active")
    return redirect(f"/phone/{step_id}", 303)


FACTOR = Factor(
    life_seconds=LIFE_SECONDS,
    amr=("pop", "pin", "mfa"),
    show=_show,
    show_phone=_show_phone,
    blueprint=blueprint,
)
