"""Accounts of every provider: loaded from the people files, or made at run time."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, String, and_, bindparam, delete, insert, select

from fcsim_providers.claims import account_claims
from fcsim_providers.config import PersonFile, Provider
from fcsim_providers.identifiers import read_email_or_phone, read_identifier
from fcsim_providers.personality import NEVER_OPENED
from fcsim_providers.storage.tables import provider_accounts as accounts
from fcsim_providers.storage.tables import provider_logins as logins

WORLD = "default"
FILE, CONTROL = "file", "control"
QUICK_MAX = 8
MANDATES = "mandates"
"""Kept beside the claims of a helper, and released to nobody."""
HELPED = "helped:"
"""Begins the login of a person whom helpers may stand for: nothing that is typed leads to it."""
CUSTOM = "custom:"
"""Begins the login of an identity that a tester typed: it is offered to nobody."""


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
    certified: bool = False
    """Whether the identity was certified in person."""
    mandates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a helper: person helped -> perimeters."""

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
_THEIRS = ~accounts.c.login.startswith(HELPED) & ~accounts.c.login.startswith(CUSTOM)
_OPENED = and_(*(accounts.c.state != one for one in NEVER_OPENED))
_BY_PERSON = select(accounts).where(_IS, _THEIRS, accounts.c.person == bindparam("p"))
_QUICK = (
    select(accounts.c.person, accounts.c.summary, accounts.c.login, accounts.c.claims)
    .where(_IS, _THEIRS, _OPENED, accounts.c.login.startswith(bindparam("b", type_=String)))
    .order_by(accounts.c.person)
    .limit(bindparam("n"))
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


def find_helped(connection: Connection, slug: str, person: str) -> Account | None:
    """A person whom helpers may stand for."""
    return find_by_login(connection, slug, f"{HELPED}{person}")


def _account(connection: Connection, statement: object, key: dict[str, str]) -> Account | None:
    row = connection.execute(statement, key).first()  # type: ignore[call-overload]  # one of the statements above
    if row is None:
        return None
    claims = json.loads(row.claims)
    mandates = {person: tuple(held) for person, held in claims.pop(MANDATES, {}).items()}
    secret = row.new_secret_hash or row.secret_hash
    known = (row.login, row.person, row.summary, secret, claims, row.state, row.wrong_codes, row.certified)
    return Account(*known, mandates=mandates)


def right_secret(account: Account | None, secret: str) -> bool:
    """Whether the secret is the account's; an unknown account costs the same time and fails."""
    expected = account.secret_hash if account else _NOBODYS
    given = secret_hash(account.login if account else "nobody", secret)
    return hmac.compare_digest(expected, given) and account is not None


def list_quick(connection: Connection, slug: str, begins: str = "", most: int = QUICK_MAX) -> list[dict[str, Any]]:
    """A few people with an account here, for one-click login; of those whose login begins so."""
    rows = connection.execute(_QUICK, {"w": WORLD, "s": slug, "b": begins, "n": most})
    return [
        {
            "person": row.person,
            "summaries": _summaries(row.summary),
            "login": row.login,
            "name": _name(json.loads(row.claims), row.person),
        }
        for row in rows
    ]


def _summaries(text: str) -> dict[str, str]:
    """What is particular about a person, by language."""
    english, _, french = text.partition("\n")
    return {"en": english, "fr": french or english}


def _name(claims: Mapping[str, Any], person: str) -> str:
    return " ".join(filter(None, (claims.get("given_name", "").split(" ")[0], claims.get("family_name")))) or person


class LoginTaken(Exception):
    """Another person has this login at this provider; the text names both, never the login: it may be a NIR."""


def put_person(
    connection: Connection, name: str, person: PersonFile, providers: Mapping[str, Provider], origin: str
) -> None:
    """Create or replace the accounts of a person. Raises LoginTaken."""
    delete_person(connection, name)
    for row in _rows(name, person, providers):
        if other := find_by_login(connection, row["slug"], row["login"]):
            place = f"accounts.{row['slug']}.login"
            raise LoginTaken(f"{place}: expected one that nobody has, found the one of {other.person}")
        connection.execute(insert(accounts), row | {"origin": origin, "wrong_codes": 0})
        typed = _typed(row, person, providers[row["slug"]])
        if typed:
            key = {"world": WORLD, "slug": row["slug"], "login": row["login"]}
            connection.execute(insert(logins), [key | {"typed": one} for one in sorted(typed)])


def _rows(name: str, person: PersonFile, providers: Mapping[str, Provider]) -> Iterator[dict[str, Any]]:
    """What is stored of a person: their accounts, and who they are where helpers may stand for them."""
    for slug, provider in providers.items():
        summary = "\n".join(filter(None, (" ".join(text.split()) for text in (person.summary, person.summary_fr))))
        known: dict[str, Any] = {"world": WORLD, "slug": slug, "person": name, "summary": summary}
        known["certified"] = person.cnie_certified
        claims = account_claims(person, provider)
        if account := person.accounts.get(slug):
            login = read_identifier(provider.personality.identifier, account.login) or account.login
            mandates = {MANDATES: account.mandates} if account.mandates else {}
            yield known | _secret(login, account.password, claims | mandates, account.state)
        if provider.personality.door == "helper":
            yield known | _secret(f"{HELPED}{name}", "", claims, "active")


def _secret(login: str, secret: str, claims: Mapping[str, Any], state: str) -> dict[str, str]:
    text = json.dumps(claims, ensure_ascii=False)
    kept = {"login": login, "secret_hash": secret_hash(login, secret), "claims": text}
    return kept | {"state": state, "declared_state": state}


def _typed(row: Mapping[str, Any], person: PersonFile, provider: Provider) -> set[str]:
    """What may be typed to mean this account."""
    if row["login"].startswith(HELPED):
        return set()
    phone = read_email_or_phone(person.phone_number)
    return {row["login"]} | ({phone} if provider.personality.identifier == "email_or_phone" and phone else set())


def delete_person(connection: Connection, name: str) -> int:
    """Remove every account of a person; returns how many."""
    rows = connection.execute(
        select(accounts.c.slug, accounts.c.login).where(accounts.c.world == WORLD, accounts.c.person == name)
    ).all()
    for row in rows:
        connection.execute(
            delete(logins).where(logins.c.world == WORLD, logins.c.slug == row.slug, logins.c.login == row.login)
        )
    connection.execute(delete(accounts).where(accounts.c.world == WORLD, accounts.c.person == name))
    return sum(not row.login.startswith(HELPED) for row in rows)


def load_people(connection: Connection, people: Mapping[str, PersonFile], providers: Mapping[str, Provider]) -> None:
    """Make the accounts those of the files; accounts made at run time stay."""
    rows = connection.execute(select(accounts).where(accounts.c.world == WORLD, accounts.c.origin == FILE)).all()
    stored: dict[str, set[tuple[Any, ...]]] = {}
    for row in rows:
        stored.setdefault(row.person, set()).add(_compared({**row._mapping}))
    for name in stored.keys() - people.keys():
        delete_person(connection, name)
    for name, person in people.items():
        if stored.get(name, set()) != {_compared(row) for row in _rows(name, person, providers)}:
            put_person(connection, name, person, providers, FILE)


def _compared(row: Mapping[str, Any]) -> tuple[Any, ...]:
    # The state declared, not the one of now: a card blocked in a test stays so until somebody unblocks it.
    return tuple(row[key] for key in ("slug", "secret_hash", "claims", "declared_state", "summary", "certified"))
