"""The first page of a provider: its own door, quick login, and the level that will be returned."""

from flask import Blueprint, Response, request

from fcsim_providers.answers import refuse_other_sites, require_test_logins, show_page
from fcsim_providers.certification import UNCERTIFIED, lacks_certification
from fcsim_providers.context import current_context
from fcsim_providers.custom import log_in_as_typed
from fcsim_providers.doors import DOORS
from fcsim_providers.doors.door import NotLetIn
from fcsim_providers.language import current_language
from fcsim_providers.levels import NONE, level_choices, with_chosen_level
from fcsim_providers.limits import TooManyFailures
from fcsim_providers.onward import accept, begin_approved, begin_with, quick_amr
from fcsim_providers.personality import NEVER_OPENED
from fcsim_providers.request import read_request
from fcsim_providers.storage.accounts import find_by_person, list_quick
from fcsim_providers.storage.states import PROVISIONAL_CODE
from fcsim_providers.transaction import browser_id, keep_browser, read_transaction, write_transaction
from fcsim_providers.visit import Visit

blueprint = Blueprint("login", __name__)
blueprint.before_request(refuse_other_sites)

EXPLAINED = {*NEVER_OPENED, "provisional_nir", "not_installed", UNCERTIFIED}
"""Typing again does not help: a page of its own says what would, and leads back."""
STATUS = {"": 200, "malformed": 400, "unknown": 401, "nobody": 401}
"""Of the first page shown again; 403 for the state of an account."""


@blueprint.get("/<slug>/authorize")
def authorize(slug: str) -> Response:
    """The first page, for a proven request."""
    context = current_context()
    provider = context.provider(slug)
    asked, _ = read_request(request.args.to_dict(flat=False), provider, context.settings.callbacks)
    return _first_page(Visit(context, provider, asked))


@blueprint.post("/<slug>/authorize")
def log_in(slug: str) -> Response:
    """A login attempt: through the provider's door, or by picking a person."""
    context = current_context()
    provider = context.provider(slug)
    visit = Visit(context, provider, with_chosen_level(read_transaction(context, slug)))
    try:
        if person := request.form.get("person", ""):
            return _log_in_at_once(visit, person)
        door = DOORS[provider.personality.door]
        return log_in_as_typed(visit) if request.form.get("custom") and door.takes_identities else door.knock(visit)
    except NotLetIn as refused:
        if refused.error in EXPLAINED:
            return _explain(visit, refused.error)
        return _first_page(visit, refused.error, refused.typed)


def _log_in_at_once(visit: Visit, person: str) -> Response:
    """As if the person had done everything, second factor included. Raises NotLetIn."""
    require_test_logins()
    with visit.context.database.read() as connection:
        account = find_by_person(connection, visit.slug, person)
    if account is None:
        raise NotLetIn("unknown")
    if account.state == PROVISIONAL_CODE:
        return begin_with(visit, "new_secret", account)
    if account.state != "active":
        raise NotLetIn(account.state)
    if lacks_certification(visit, account):
        raise NotLetIn(UNCERTIFIED)
    door = DOORS[visit.provider.personality.door]
    if door.arrive:
        return begin_approved(visit, account)
    return accept(visit, account, door.amr or quick_amr(visit))


def _first_page(visit: Visit, error: str = "", typed: str = "") -> Response:
    browser, personality = browser_id(visit.slug), visit.provider.personality
    door = DOORS[personality.door]
    with visit.context.database.read() as connection:
        people = list_quick(connection, visit.slug) if visit.context.settings.test_logins else []
    response = show_page(
        "login.html",
        STATUS.get(error, 403),
        forms_lead_to=visit.asked.redirect_uri,
        provider=visit.provider,
        door=door.template,
        words=personality.words(current_language()),
        people=people,
        lists_people=door.lists_people,
        takes_identities=door.takes_identities,
        csrf_token=write_transaction(visit.context, visit.slug, browser, visit.asked),
        cancel_url=visit.cancel_url,
        acr=visit.asked.answered_acr or NONE,
        levels=level_choices(visit.asked.answered_acr),
        error=error,
        typed=typed[:320],
        **door.facts(visit),
    )
    keep_browser(response, visit.slug, browser)
    return response


def _explain(visit: Visit, reason: str) -> Response:
    return show_page(
        "stopped.html",
        403,
        forms_lead_to=visit.asked.redirect_uri,
        provider=visit.provider,
        reason=reason,
        asked=visit.asked,
        cancel_url=visit.cancel_url,
        retry_url=visit.retry_url,
    )


def show_too_many(refused: TooManyFailures) -> Response:
    """Nothing is looked at for a while (H176)."""
    visit, minutes = refused.visit, -(-refused.seconds // 60)
    response = show_page(
        "limited.html",
        429,
        forms_lead_to=visit.asked.redirect_uri,
        provider=visit.provider,
        minutes=minutes,
        cancel_url="" if request.path.startswith("/phone/") else visit.cancel_url,
    )
    response.headers["Retry-After"] = str(refused.seconds)
    return response
