"""An identity typed by a tester, as the official mock allows (inside-the-hub §18.1): nobody's account says it.

Nothing is checked: what FranceConnect makes of a wrong date or a missing name is what a tester wants to see.
"""

from flask import Response, request

from fcsim_providers.answers import require_test_logins
from fcsim_providers.claims import Claims
from fcsim_providers.onward import accept, quick_amr
from fcsim_providers.storage.custom import put_custom
from fcsim_providers.visit import Visit

FRANCE = "99100"
FIELDS = (
    "given_name",
    "family_name",
    "preferred_username",
    "gender",
    "birthdate",
    "birthplace",
    "birthcountry",
    "email",
)
LENGTH_MAX = 300
"""Past the longest name that the hub accepts, so that its refusal can be seen."""


def log_in_as_typed(visit: Visit) -> Response:
    """Sign in as the identity of the form, second factor included."""
    require_test_logins()
    with visit.context.database.write() as connection:
        account = put_custom(connection, visit.slug, _read(visit))
    return accept(visit, account, quick_amr(visit))


def _read(visit: Visit) -> Claims:
    """What was typed. An empty field is a claim that is not sent, but a place of birth abroad, which is empty."""
    typed = {name: request.form.get(name, "")[:LENGTH_MAX].replace("\x00", "").strip() for name in FIELDS}
    typed["birthcountry"] = typed["birthcountry"] or FRANCE
    said = {name: value for name, value in typed.items() if name not in visit.provider.personality.withholds}
    return {name: value for name, value in said.items() if value or name == "birthplace"}
