"""What follows a first page: the second factor when there is one, then the code for the hub."""

import secrets

from flask import Response, request
from sqlalchemy import Connection

from fcsim_providers.answers import redirect
from fcsim_providers.factors import FACTORS
from fcsim_providers.limits import forgive
from fcsim_providers.step import ID_BYTES, Step, read_step
from fcsim_providers.storage.accounts import Account
from fcsim_providers.storage.grants import digest, insert_code
from fcsim_providers.storage.interactions import WAITING, Interaction, approve, claim, open_interaction
from fcsim_providers.transaction import cookie_name
from fcsim_providers.visit import Visit

CODE_BYTES = 32
PASSWORD_ALONE = ("pwd",)


def begin(visit: Visit, account: Account | None) -> Response:
    """The second factor of this provider, unless this login goes without; `account`: None when the phone says who."""
    name = visit.provider.personality.factor
    factor = FACTORS.get(name)
    if account is not None and (factor is None or factor.waive(visit, account)):
        return accept(visit, account, PASSWORD_ALONE)
    return begin_with(visit, name, account)


def begin_with(visit: Visit, name: str, account: Account | None) -> Response:
    """One factor, whatever the provider's own is."""
    step = _open(visit, name, account)
    FACTORS[name].start(step, account)
    return redirect(step.url, 303)


def begin_approved(visit: Visit, account: Account) -> Response:
    """As if the second factor were done already, where something is asked after it."""
    step = _open(visit, visit.provider.personality.factor, account)
    with visit.context.database.write() as connection:
        approve(connection, step.id, visit.now)
    return redirect(step.url, 303)


def _open(visit: Visit, name: str, account: Account | None) -> Step:
    """A new interaction, bound to this browser."""
    now = visit.now
    interaction = Interaction(
        id=secrets.token_urlsafe(ID_BYTES),
        slug=visit.slug,
        factor=name,
        browser_hash=digest(request.cookies.get(cookie_name(visit.slug), "")[:64]),
        request=visit.asked,
        login=account.login if account else None,
        status=WAITING,
        reason="",
        tries=0,
        sends=0,
        code_hash=None,
        code_expires_at=None,
        expires_at=now + FACTORS[name].life_seconds,
    )
    with visit.context.database.write() as connection:
        open_interaction(connection, interaction, now)
    return Step(visit, interaction)


def quick_amr(visit: Visit) -> tuple[str, ...]:
    """What a login is said to have been made of when a tester made it in one click."""
    factor = FACTORS.get(visit.provider.personality.factor)
    return factor.amr if factor else PASSWORD_ALONE


def accept(visit: Visit, account: Account, amr: tuple[str, ...]) -> Response:
    """Back to the hub with a code."""
    with visit.context.database.write() as connection:
        code = grant(visit, connection, account, amr)
    return redirect(visit.answer_url(code=code))


def collect(step: Step, account: Account | None) -> Response:
    """Use the approval of a step: once, in the transaction that makes the code."""
    visit, amr = step.visit, FACTORS[step.interaction.factor].amr
    code = None
    with visit.context.database.write() as connection:
        if account is not None and claim(connection, step.id, visit.now):
            code = grant(visit, connection, account, amr)
    return redirect(visit.answer_url(code=code)) if code else read_step(visit.slug, step.id).ended()


def go_on(step: Step, account: Account | None) -> Response:
    """From a step that comes before the provider's own factor, to that one: once."""
    with step.visit.context.database.write() as connection:
        mine = account is not None and claim(connection, step.id, step.visit.now)
    return begin(step.visit, account) if mine else read_step(step.visit.slug, step.id).ended()


def grant(visit: Visit, connection: Connection, account: Account, amr: tuple[str, ...]) -> str:
    """A code for the hub, in a transaction of the caller's."""
    code = secrets.token_urlsafe(CODE_BYTES)
    insert_code(connection, visit.slug, code, visit.asked, account.login, amr, visit.now)
    forgive(visit, connection, account.login)
    return code
