"""Codes and access tokens: single use, short, stored as digests."""

import hashlib
import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from fcsim_providers.request import Request
from fcsim_providers.storage.accounts import WORLD
from fcsim_providers.storage.tables import provider_codes as codes
from fcsim_providers.storage.tables import provider_tokens as tokens

CODE_SECONDS = 60.0
TOKEN_SECONDS = 60.0


@dataclass(frozen=True)
class Redeemed:
    """What a code stood for."""

    request: Request
    login: str
    auth_time: int
    amr: tuple[str, ...]


@dataclass(frozen=True)
class Token:
    """What an access token opens."""

    client_id: str
    scope: str
    login: str


_CODE = (codes.c.world == bindparam("w")) & (codes.c.slug == bindparam("s")) & (codes.c.code_hash == bindparam("c"))
_FIND = select(codes).where(_CODE, codes.c.used_at.is_(None), codes.c.expires_at > bindparam("now"))
_CLAIM = update(codes).where(_CODE, codes.c.used_at.is_(None)).values(used_at=bindparam("now"))
_TOKEN = select(tokens).where(
    tokens.c.world == bindparam("w"),
    tokens.c.slug == bindparam("s"),
    tokens.c.token_hash == bindparam("t"),
    tokens.c.expires_at > bindparam("now"),
)
_INSERT_CODE, _INSERT_TOKEN = insert(codes), insert(tokens)


def digest(value: str) -> str:
    """What is stored of a code or a token."""
    return hashlib.sha256(value.encode()).hexdigest()


def insert_code(
    connection: Connection, slug: str, code: str, request: Request, login: str, amr: tuple[str, ...], now: float
) -> None:
    """Store a code."""
    row: dict[str, object] = {
        "world": WORLD,
        "slug": slug,
        "code_hash": digest(code),
        "request": json.dumps(asdict(request)),
    }
    row |= {"login": login, "auth_time": now, "expires_at": now + CODE_SECONDS, "used_at": None}
    row["amr"] = json.dumps(amr)
    connection.execute(_INSERT_CODE, row)


def claim_code(
    connection: Connection, slug: str, code: str, client_id: str, redirect_uri: str, now: float
) -> Redeemed | None:
    """Consume a live code of this client and address; None for any other."""
    key = {"w": WORLD, "s": slug, "c": digest(code), "now": now}
    row = connection.execute(_FIND, key).first()
    if row is None:
        return None
    request = Request(**json.loads(row.request))
    if (request.client_id, request.redirect_uri) != (client_id, redirect_uri):
        return None
    if connection.execute(_CLAIM, key).rowcount != 1:
        return None
    return Redeemed(request, row.login, int(row.auth_time), tuple(json.loads(row.amr or '["pwd"]')))


def insert_token(connection: Connection, slug: str, token: str, redeemed: Redeemed, now: float) -> None:
    """Store an access token."""
    row: dict[str, object] = {"world": WORLD, "slug": slug, "token_hash": digest(token)}
    row |= {"client_id": redeemed.request.client_id, "scope": redeemed.request.scope}
    row |= {"login": redeemed.login, "expires_at": now + TOKEN_SECONDS}
    connection.execute(_INSERT_TOKEN, row)


def find_token(connection: Connection, slug: str, token: str, now: float) -> Token | None:
    """A live access token."""
    row = connection.execute(_TOKEN, {"w": WORLD, "s": slug, "t": digest(token), "now": now}).first()
    return Token(row.client_id, row.scope, row.login) if row else None


def purge(connection: Connection, now: float) -> None:
    """Drop what has expired."""
    connection.execute(delete(codes).where(codes.c.expires_at < now))
    connection.execute(delete(tokens).where(tokens.c.expires_at < now))
