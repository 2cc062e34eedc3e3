"""A country, then its own screen: the node of the other member states (inside-the-hub §4.2, §6.2).

The real screens ask for what each state's means of identification asks; here a person of that state is picked.
"""

from dataclasses import dataclass

from flask import Response, request

from fcsim_providers.answers import show_page
from fcsim_providers.doors.door import Door, NotLetIn
from fcsim_providers.identifiers import country_of
from fcsim_providers.levels import NONE, level_choices
from fcsim_providers.storage.accounts import list_quick
from fcsim_providers.transaction import browser_id, write_transaction
from fcsim_providers.visit import Visit

PEOPLE_MAX = 50


@dataclass(frozen=True)
class Country:
    """A member state with a means of identification that the others accept."""

    code: str
    """ISO 3166-1 alpha-2, in capitals."""
    name: str
    scheme: str
    """What its citizens call that means."""


COUNTRIES = {
    country.code: country
    for country in (
        Country("AT", "Austria", "ID Austria"),
        Country("BE", "Belgium", "Belgian eID"),
        Country("CZ", "Czechia", "Czech eID"),
        Country("DK", "Denmark", "MitID"),
        Country("EE", "Estonia", "Estonian ID card"),
        Country("DE", "Germany", "German eID"),
        Country("IT", "Italy", "SPID and CIE"),
        Country("LU", "Luxembourg", "Luxembourgish eID"),
        Country("NL", "Netherlands", "DigiD"),
        Country("PT", "Portugal", "Cartão de Cidadão"),
        Country("ES", "Spain", "DNIe"),
        Country("SE", "Sweden", "Freja eID"),
    )
}


def knock(visit: Visit) -> Response:
    """Show the screen of a country. A program that knows the person's identifier may give it instead."""
    code = request.form.get("country") or country_of(request.form.get("login", ""))
    if code not in COUNTRIES:
        raise NotLetIn("malformed")
    with visit.context.database.read() as connection:
        people = list_quick(connection, visit.slug, f"{code}/", PEOPLE_MAX)
    return show_page(
        "country.html",
        forms_lead_to=visit.asked.redirect_uri,
        provider=visit.provider,
        country=COUNTRIES[code],
        people=people,
        csrf_token=write_transaction(visit.context, visit.slug, browser_id(visit.slug), visit.asked),
        cancel_url=visit.cancel_url,
        retry_url=visit.retry_url,
        acr=visit.asked.answered_acr or NONE,
        levels=level_choices(visit.asked.answered_acr),
    )


def _facts(_visit: Visit) -> dict[str, object]:
    return {"countries": COUNTRIES.values()}


DOOR = Door("door_country.html", knock, _facts, lists_people=False, amr=("eidas",))
