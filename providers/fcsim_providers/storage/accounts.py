"""Accounts of every provider: loaded from the people files, or made at run time."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from fcsim_providers.claims import account_claims
from fcsim_providers.config import PersonFile, Provider
from fcsim_providers.identifiers import read_email_or_phone, read_identifier
from fcsim_providers.storage.tables import provider_accounts as accounts
from fcsim_providers.storage.tables import provider_logins as logins

WORLD = "default"
FILE, CONTROL = "file", "control"
QUICK_MAX = 8


@dataclass(frozen=True)
class Account:
    """An account someone may log in to."""

    login: str
    person: str
    summary: str
    secret_hash: str
    claims: Mapping[str, Any]
    state: str
    wrong_codes: int

    @property
    def name(self) -> str:
        """First given name and family name, as the provider knows them."""
        return _name(self.claims, self.person)


_IS = (accounts.c.world == bindparam("w")) & (accounts.c.slug == bindparam("s"))
_BY_TYPED = (
    select(accounts)
    .join(
        logins,
        (logins.c.world == accounts.c.world)
        & (logins.c.slug == accounts.c.slug)
        & (logins.c.login == accounts.c.login),
    )
    .where(logins.c.world == bindparam("w"), logins.c.slug == bindparam("s"), logins.c.typed == bindparam("t"))
)
_BY_LOGIN = select(accounts).where(_IS, accounts.c.login == bindparam("l"))
_BY_PERSON = select(accounts).where(_IS, accounts.c.person == bindparam("p"))
_QUICK = (
    select(accounts.c.person, accounts.c.summary, accounts.c.login, accounts.c.claims)
    .where(_IS)
    .order_by(accounts.c.person)
)


def secret_hash(login: str, secret: str) -> str:
    """What is kept of a persona's password: test data, so a plain salted digest is enough."""
    return hashlib.sha256(f"{login}\x00{secret}".encode()).hexdigest()


_NOBODYS = secret_hash("nobody", "nothing")


def find_by_typed(connection: Connection, slug: str, typed: str) -> Account | None:
    """The account that a typed identifier leads to."""
    return _account(connection, _BY_TYPED, {"w": WORLD, "s": slug, "t": typed})


def find_by_login(connection: Connection, slug: str, login: str) -> Account | None:
    """The account of a code or token."""
    return _account(connection, _BY_LOGIN, {"w": WORLD, "s": slug, "l": login})


def find_by_person(connection: Connection, slug: str, person: str) -> Account | None:
    """The account of a person, for quick login."""
    if "\x00" in person:
        return None  # no name holds one, and PostgreSQL refuses to be asked
    return _account(connection, _BY_PERSON, {"w": WORLD, "s": slug, "p": person})


def _account(connection: Connection, statement: object, key: dict[str, str]) -> Account | None:
    row = connection.execute(statement, key).first()  # type: ignore[call-overload]  # one of the statements above
    if row is None:
        return None
    known = (row.login, row.person, row.summary, row.secret_hash, json.loads(row.claims))
    return Account(*known, state=row.state, wrong_codes=row.wrong_codes)


def right_secret(account: Account | None, secret: str) -> bool:
    """Whether the secret is the account's; an unknown account costs the same time and fails."""
    expected = account.secret_hash if account else _NOBODYS
    given = secret_hash(account.login if account else "nobody", secret)
    return hmac.compare_digest(expected, given) and account is not None


def list_quick(connection: Connection, slug: str) -> list[dict[str, str]]:
    """A few people with an account here, for one-click login."""
    rows = connection.execute(_QUICK.limit(QUICK_MAX), {"w": WORLD, "s": slug})
    return [
        {
            "person": row.person,
            "summary": row.summary,
            "login": row.login,
            "name": _name(json.loads(row.claims), row.person),
        }
        for row in rows
    ]


def _name(claims: Mapping[str, Any], person: str) -> str:
    return " ".join(filter(None, (claims.get("given_name", "").split(" ")[0], claims.get("family_name")))) or person


class LoginTaken(Exception):
    """Another person has this login at this provider; the text names both, never the login: it may be a NIR."""


def put_person(
    connection: Connection, name: str, person: PersonFile, providers: Mapping[str, Provider], origin: str
) -> None:
    """Create or replace the accounts of a person. Raises LoginTaken."""
    delete_person(connection, name)
    for slug, account in person.accounts.items():
        if (provider := providers.get(slug)) is None:
            continue
        kind = provider.personality.identifier
        login = read_identifier(kind, account.login) or account.login
        if other := find_by_login(connection, slug, login):
            raise LoginTaken(f"accounts.{slug}.login: expected one that nobody has, found the one of {other.person}")
        row: dict[str, object] = {"world": WORLD, "slug": slug, "login": login}
        row |= {"person": name, "summary": person.summary}
        claims = json.dumps(account_claims(person, slug), ensure_ascii=False)
        row |= {"secret_hash": secret_hash(login, account.password), "claims": claims, "origin": origin}
        row |= {"state": account.state, "declared_state": account.state, "wrong_codes": 0}
        connection.execute(insert(accounts), row)
        typed = {login}
        if kind == "email_or_phone" and (phone := read_email_or_phone(person.phone_number)):
            typed.add(phone)
        rows = [{"world": WORLD, "slug": slug, "typed": one, "login": login} for one in sorted(typed)]
        connection.execute(insert(logins), rows)


def delete_person(connection: Connection, name: str) -> int:
    """Remove every account of a person; returns how many."""
    rows = connection.execute(
        select(accounts.c.slug, accounts.c.login).where(accounts.c.world == WORLD, accounts.c.person == name)
    ).all()
    for row in rows:
        connection.execute(
            delete(logins).where(logins.c.world == WORLD, logins.c.slug == row.slug, logins.c.login == row.login)
        )
    return connection.execute(delete(accounts).where(accounts.c.world == WORLD, accounts.c.person == name)).rowcount


def load_people(connection: Connection, people: Mapping[str, PersonFile], providers: Mapping[str, Provider]) -> None:
    """Make the accounts those of the files; accounts made at run time stay."""
    rows = connection.execute(select(accounts).where(accounts.c.world == WORLD, accounts.c.origin == FILE)).all()
    stored: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        # The state declared, not the one of now: a card blocked in a test stays so until somebody unblocks it.
        stored.setdefault(row.person, set()).add((row.slug, row.secret_hash, row.claims, row.declared_state))
    for name in stored.keys() - people.keys():
        delete_person(connection, name)
    for name, person in people.items():
        if stored.get(name, set()) != _wanted(person, providers):
            put_person(connection, name, person, providers, FILE)


def _wanted(person: PersonFile, providers: Mapping[str, Provider]) -> set[tuple[str, ...]]:
    wanted: set[tuple[str, ...]] = set()
    for slug, account in person.accounts.items():
        if slug in providers:
            login = read_identifier(providers[slug].personality.identifier, account.login) or account.login
            claims = json.dumps(account_claims(person, slug), ensure_ascii=False)
            wanted.add((slug, secret_hash(login, account.password), claims, account.state))
    return wanted
