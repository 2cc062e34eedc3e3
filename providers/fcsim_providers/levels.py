"""The level a tester wants returned: any, as the official mock allows (inside-the-hub §18.1)."""

from dataclasses import replace

from flask import request

from fcsim_providers.request import Request

LEVELS = ("eidas1", "eidas2", "eidas3")
UNKNOWN, NONE = "eidas4", "none"
"""A level that no platform knows; and the choice of an id_token without one."""
LEVEL_MAX = 64


def level_choices(asked: str) -> list[str]:
    """What the page offers, the level asked among them."""
    return [*LEVELS, UNKNOWN, NONE] + ([asked] if asked and asked not in (*LEVELS, UNKNOWN) else [])


def with_chosen_level(asked: Request) -> Request:
    """The request, to be answered with the level of the form."""
    wanted = request.form.get("acr", asked.answered_acr or NONE)[:LEVEL_MAX]
    acr = "" if wanted == NONE else wanted
    return replace(asked, chosen_acr=None if acr == asked.acr else acr)
