"""Grants: one finished login of one client, its single-use code and its access tokens. All stored as digests.

A code is consumed by one conditional statement, in the transaction that stores the token it gives.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update

from fcsim_hub.domain.journey import Request
from fcsim_hub.domain.realms import Realm
from fcsim_hub.domain.userinfo import Person
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_json, to_bytes
from fcsim_hub.storage.sealed import Seal, digest
from fcsim_hub.storage.tables import access_tokens, grants


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a client was granted, and about whom."""

    id: str
    request: Request
    person: Person
    acr: str
    auth_time: int
    flow: str
    browsing_id: str
    session_id: str
    account_id: str
    is_sso: bool


@dataclass(frozen=True, kw_only=True)
class CodeState:
    """A stored code, found before it is judged."""

    grant: Grant
    client_id: str
    code_expires_at: float
    used: bool
    revoked: bool
    grant_expires_at: float


_REALM = (grants.c.world == bindparam("w")) & (grants.c.platform == bindparam("p"))
_INSERT = insert(grants)
_BY_CODE = select(grants).where(_REALM, grants.c.code_hash == bindparam("c"))
_CLAIM = (
    update(grants)
    .where(_REALM, grants.c.code_hash == bindparam("c"), grants.c.code_used_at.is_(None))
    .values(code_used_at=bindparam("now"))
)
_REVOKE = update(grants).where(_REALM, grants.c.id == bindparam("g")).values(revoked_at=bindparam("now"))
_REVOKE_BROWSING = (
    update(grants)
    .where(_REALM, grants.c.browsing_hash == bindparam("b"), grants.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_INSERT_TOKEN = insert(access_tokens)
_BY_TOKEN = (
    select(
        access_tokens.c.expires_at.label("token_expires_at"),
        access_tokens.c.client_id.label("token_client"),
        grants,
    )
    .join(
        grants,
        (grants.c.world == access_tokens.c.world)
        & (grants.c.platform == access_tokens.c.platform)
        & (grants.c.id == access_tokens.c.grant_id),
    )
    .where(
        access_tokens.c.world == bindparam("w"),
        access_tokens.c.platform == bindparam("p"),
        access_tokens.c.token_hash == bindparam("t"),
    )
)
_DELETE_TOKEN = delete(access_tokens).where(
    access_tokens.c.world == bindparam("w"),
    access_tokens.c.platform == bindparam("p"),
    access_tokens.c.token_hash == bindparam("t"),
)
_PURGE = delete(grants).where(grants.c.expires_at < bindparam("limit"))
_PURGE_TOKENS = delete(access_tokens).where(access_tokens.c.expires_at < bindparam("limit"))


def _realm(realm: Realm) -> dict[str, object]:
    return {"w": realm.world, "p": realm.platform}


def insert_grant(
    connection: Connection,
    realm: Realm,
    seal: Seal,
    grant: Grant,
    code: str,
    code_expires_at: float,
    expires_at: float,
) -> None:
    """Store a grant with its code."""
    connection.execute(
        _INSERT,
        {
            "world": realm.world,
            "platform": realm.platform,
            "id": grant.id,
            "code_hash": digest(code),
            "client_id": grant.request.client_id,
            "browsing_hash": digest(grant.browsing_id),
            "sealed": seal.close(to_bytes(grant)),
            "code_expires_at": code_expires_at,
            "code_used_at": None,
            "expires_at": expires_at,
            "revoked_at": None,
        },
    )


def find_code(connection: Connection, realm: Realm, seal: Seal, code: str) -> CodeState | None:
    """The code as stored, used or not, expired or not; None when unknown or purged."""
    row = connection.execute(_BY_CODE, {**_realm(realm), "c": digest(code)}).first()
    plain = seal.open(row.sealed) if row else None
    if row is None or plain is None:
        return None
    return CodeState(
        grant=from_json(Grant, plain),
        client_id=row.client_id,
        code_expires_at=row.code_expires_at,
        used=row.code_used_at is not None,
        revoked=row.revoked_at is not None,
        grant_expires_at=row.expires_at,
    )


def claim_code(connection: Connection, realm: Realm, code: str, now: float) -> bool:
    """Consume the code; False when someone else just did."""
    return connection.execute(_CLAIM, {**_realm(realm), "c": digest(code), "now": now}).rowcount == 1


def insert_token(connection: Connection, realm: Realm, grant: Grant, token: str, expires_at: float) -> None:
    """Store an access token of a grant."""
    row = {
        "world": realm.world,
        "platform": realm.platform,
        "token_hash": digest(token),
        "grant_id": grant.id,
    }
    connection.execute(_INSERT_TOKEN, {**row, "client_id": grant.request.client_id, "expires_at": expires_at})


@dataclass(frozen=True, kw_only=True)
class TokenState:
    """A stored access token and the grant behind it."""

    grant: Grant
    client_id: str
    expires_at: float
    revoked: bool
    grant_expires_at: float


def find_token(connection: Connection, realm: Realm, seal: Seal, token: str) -> TokenState | None:
    """The token as stored, whatever its age; None when unknown or purged."""
    row = connection.execute(_BY_TOKEN, {**_realm(realm), "t": digest(token)}).first()
    plain = seal.open(row.sealed) if row else None
    if row is None or plain is None:
        return None
    return TokenState(
        grant=from_json(Grant, plain),
        client_id=row.token_client,
        expires_at=row.token_expires_at,
        revoked=row.revoked_at is not None,
        grant_expires_at=row.expires_at,
    )


def delete_token(connection: Connection, realm: Realm, token: str) -> None:
    """Forget an access token, if it exists."""
    connection.execute(_DELETE_TOKEN, {**_realm(realm), "t": digest(token)})


def revoke_grant(connection: Connection, realm: Realm, grant_id: str, now: float) -> None:
    """Kill a grant: its code and its tokens answer no more."""
    connection.execute(_REVOKE, {**_realm(realm), "g": grant_id, "now": now})


def revoke_grants_of_browser(connection: Connection, realm: Realm, browsing_id: str, now: float) -> None:
    """Kill every grant of a browsing session that ends, single sign-on's included."""
    connection.execute(_REVOKE_BROWSING, {**_realm(realm), "b": digest(browsing_id), "now": now})


def purge_grants(connection: Connection, limit: float) -> None:
    """Drop what expired before `limit`; kept a while so that a replay is told from an unknown code."""
    connection.execute(_PURGE, {"limit": limit})
    connection.execute(_PURGE_TOKENS, {"limit": limit})
