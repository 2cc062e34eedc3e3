"""Levels that a provider gives to people alone whose identity was certified in person (inside-the-hub §6.1, §6.3).

France Identité is certified at a town hall or a consulate, where fingerprints are compared with those of the card.
The card and its code are right all the same: the refusal comes after them. A level that a tester chose in place of
the one asked is returned as it is.
"""

from sqlalchemy import Connection

from fcsim_providers.step import Step
from fcsim_providers.storage.accounts import Account
from fcsim_providers.storage.interactions import DEAD, approve, end
from fcsim_providers.visit import Visit

UNCERTIFIED = "uncertified"


def lacks_certification(visit: Visit, account: Account) -> bool:
    """Whether the level asked is not for this person."""
    asked = visit.asked
    needed = asked.chosen_acr is None and asked.acr in visit.provider.personality.certified_levels
    return needed and not account.certified


def conclude(connection: Connection, step: Step, account: Account) -> bool:
    """Everything was proven: an approval, unless the account's state or the level asked forbids it."""
    now, problem = step.visit.now, "" if account.state == "active" else account.state
    if problem := problem or (UNCERTIFIED if lacks_certification(step.visit, account) else ""):
        end(connection, step.id, DEAD, problem, now)
        return False
    return approve(connection, step.id, now)
