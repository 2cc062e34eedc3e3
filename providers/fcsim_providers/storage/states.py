"""What may be wrong with an account or its card, and the wrong codes a card has seen in a row."""

from sqlalchemy import Connection, bindparam, update

from fcsim_providers.storage.accounts import WORLD, find_by_login, secret_hash
from fcsim_providers.storage.tables import provider_accounts as accounts

PROVISIONAL_CODE = "provisional_code"
CARD_TRIES = 3
"""Wrong codes in a row that block a card (inside-the-hub §6.2)."""

_IS = (accounts.c.world == WORLD) & (accounts.c.slug == bindparam("s")) & (accounts.c.login == bindparam("l"))
_OF_PERSON = (accounts.c.world == WORLD) & (accounts.c.slug == bindparam("s")) & (accounts.c.person == bindparam("p"))
_SET = update(accounts).where(_IS).values(state=bindparam("to"), wrong_codes=0)
_SET_OF_PERSON = update(accounts).where(_OF_PERSON).values(state=bindparam("to"), wrong_codes=0, new_secret_hash=None)
_CHANGE_SECRET = (
    update(accounts)
    .where(_IS, accounts.c.state == PROVISIONAL_CODE)
    .values(state="active", new_secret_hash=bindparam("h"))
)
_TRY = (
    update(accounts)
    .where(_IS, accounts.c.state == "active", accounts.c.wrong_codes < CARD_TRIES)
    .values(wrong_codes=accounts.c.wrong_codes + 1)
)


def set_state(connection: Connection, slug: str, login: str, state: str) -> None:
    """Give an account a state; its card forgets the wrong codes."""
    connection.execute(_SET, {"s": slug, "l": login, "to": state})


def set_state_of_person(connection: Connection, slug: str, person: str, state: str) -> bool:
    """The same by person, whose secret is the one declared again; False when they have no account there."""
    return bool(connection.execute(_SET_OF_PERSON, {"s": slug, "p": person, "to": state}).rowcount)


def take_card_try(connection: Connection, slug: str, login: str) -> int | None:
    """Count a code before looking at it; returns how many tries remain, None when the card takes no code."""
    if connection.execute(_TRY, {"s": slug, "l": login}).rowcount != 1:
        return None
    account = find_by_login(connection, slug, login)
    return CARD_TRIES - account.wrong_codes if account else None


def change_secret(connection: Connection, slug: str, login: str, secret: str) -> bool:
    """Put the person's own secret in place of the provisional one; False when there is none to replace."""
    changed = connection.execute(_CHANGE_SECRET, {"s": slug, "l": login, "h": secret_hash(login, secret)})
    return bool(changed.rowcount)
