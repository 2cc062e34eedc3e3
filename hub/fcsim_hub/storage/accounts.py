"""Accounts: one an identity and platform, with the `sub` each organisation first received (inside-the-hub §11.3)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from sqlalchemy import bindparam, delete, exists, insert, select, update

from fcsim_hub.domain.realms import Realm
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.tables import account_subs, accounts

SUB_MAX = 255
UNUSED_MAX = 3 * 365.25 * 24 * 3600.0
"""Seconds after its last login at which FranceConnect drops an account (§11.3)."""


@dataclass(frozen=True, kw_only=True)
class IdpSettings:
    """The citizen's own list of providers: refused ones, or the only accepted ones (inside-the-hub §12)."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    is_exclude_list: bool = True
    list: tuple[str, ...] = ()

    def blocks(self, uid: str) -> bool:
        """Whether the citizen blocked this provider."""
        return self.is_exclude_list == (uid in self.list)


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account of one platform."""

    id: str
    identity_hash: str
    active: bool = True
    idp_settings: IdpSettings = field(default_factory=IdpSettings)
    created_at: float
    last_connection: float | None
    """None before the first login."""


@dataclass(frozen=True, kw_only=True)
class AccountChange:
    """What the control API may set of an account; None: left as it is."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    active: bool | None = None
    subs: dict[str, str] = field(default_factory=dict)
    """entity_id -> the `sub` stored for it: it wins over the computed one."""
    idp_settings: IdpSettings | None = None

    def __post_init__(self) -> None:
        for entity, sub in self.subs.items():
            if not entity or not sub or max(len(entity), len(sub)) > SUB_MAX:
                raise InvalidField("subs", f"texts of 1 to {SUB_MAX} characters", repr({entity: sub})[:80])


_REALM = (accounts.c.world == bindparam("w")) & (accounts.c.platform == bindparam("p"))
_FIND = select(accounts).where(_REALM, accounts.c.identity_hash == bindparam("h"))
_IS_ACTIVE = select(accounts.c.active).where(_REALM, accounts.c.id == bindparam("a"))
_INSERT = insert(accounts)
_TOUCH = update(accounts).where(_REALM, accounts.c.id == bindparam("a")).values(last_connection=bindparam("now"))
_CHANGE = (
    update(accounts)
    .where(_REALM, accounts.c.id == bindparam("a"))
    .values(active=bindparam("on"), preferences=bindparam("settings"))
)
_OF_ACCOUNT = (
    (account_subs.c.world == bindparam("w"))
    & (account_subs.c.platform == bindparam("p"))
    & (account_subs.c.account_id == bindparam("a"))
)
_OF_ENTITY = _OF_ACCOUNT & (account_subs.c.entity_id == bindparam("e"))
_FIND_SUBS = select(account_subs).where(_OF_ACCOUNT).order_by(account_subs.c.entity_id)
_FIND_SUB = select(account_subs.c.sub).where(_OF_ENTITY)
_DELETE_SUB = delete(account_subs).where(_OF_ENTITY)
_INSERT_SUB = insert(account_subs)
_UNUSED = (accounts.c.created_at < bindparam("before")) & (accounts.c.last_connection < bindparam("before"))
_PURGE_SUBS = delete(account_subs).where(
    exists().where(
        accounts.c.world == account_subs.c.world,
        accounts.c.platform == account_subs.c.platform,
        accounts.c.id == account_subs.c.account_id,
        _UNUSED,
    )
)
_PURGE = delete(accounts).where(_UNUSED)


def find_account(connection: Connection, realm: Realm, identity_hash: str) -> Account | None:
    """The account of an identity, if it ever logged in here."""
    row = connection.execute(_FIND, {"w": realm.world, "p": realm.platform, "h": identity_hash}).first()
    if row is None:
        return None
    settings = json.loads(row.preferences)
    return Account(
        id=row.id,
        identity_hash=row.identity_hash,
        active=row.active,
        idp_settings=IdpSettings(is_exclude_list=settings["is_exclude_list"], list=tuple(settings["list"])),
        created_at=row.created_at,
        last_connection=row.last_connection or None,
    )


def claim_account(connection: Connection, realm: Realm, identity_hash: str) -> Account | None:
    """The same; where there is none, nobody else makes it before this transaction ends."""
    if found := find_account(connection, realm, identity_hash):
        return found
    connection.take_turn(f"account {realm.world} {realm.platform} {identity_hash}")
    return find_account(connection, realm, identity_hash)


def is_account_active(connection: Connection, realm: Realm, account_id: str) -> bool:
    """Whether an account still opens: it may have been deactivated, or removed, since a login."""
    found = connection.execute(_IS_ACTIVE, {"w": realm.world, "p": realm.platform, "a": account_id}).scalar()
    return bool(found)


def save_connection(connection: Connection, realm: Realm, account: Account, now: float, *, is_new: bool) -> None:
    """Record a login: creates the account the first time."""
    if is_new:
        _insert(connection, realm, replace(account, last_connection=now))
        return
    connection.execute(_TOUCH, {"w": realm.world, "p": realm.platform, "a": account.id, "now": now})


def put_account(connection: Connection, realm: Realm, account: Account) -> None:
    """Create an account, or set what can be set of it: whether it is active, and its preferences."""
    key = {"w": realm.world, "p": realm.platform, "a": account.id}
    if not connection.execute(_CHANGE, {**key, "on": account.active, "settings": _preferences(account)}).rowcount:
        _insert(connection, realm, account)


def _preferences(account: Account) -> str:
    return json.dumps(
        {"is_exclude_list": account.idp_settings.is_exclude_list, "list": list(account.idp_settings.list)}
    )


def _insert(connection: Connection, realm: Realm, account: Account) -> None:
    row = {
        "world": realm.world,
        "platform": realm.platform,
        "id": account.id,
        "identity_hash": account.identity_hash,
        "active": account.active,
        "preferences": _preferences(account),
        "created_at": account.created_at,
        "last_connection": account.last_connection or 0.0,
    }
    connection.execute(_INSERT, row)


def find_subs(connection: Connection, realm: Realm, account_id: str) -> dict[str, str]:
    """entity_id -> the `sub` stored."""
    rows = connection.execute(_FIND_SUBS, {"w": realm.world, "p": realm.platform, "a": account_id})
    return {row.entity_id: row.sub for row in rows}


def put_subs(connection: Connection, realm: Realm, account_id: str, subs: Mapping[str, str]) -> None:
    """Store a `sub` for each of these organisations, in place of the one it had."""
    for entity, sub in subs.items():
        key = {"w": realm.world, "p": realm.platform, "a": account_id, "e": entity}
        connection.execute(_DELETE_SUB, key)
        row = {"world": realm.world, "platform": realm.platform, "account_id": account_id, "entity_id": entity}
        connection.execute(_INSERT_SUB, {**row, "sub": sub})


def keep_sub(connection: Connection, realm: Realm, account_id: str, entity_id: str, computed: str) -> str:
    """The `sub` of an organisation for this account: the first one stored wins for ever."""
    key = {"w": realm.world, "p": realm.platform, "a": account_id, "e": entity_id}
    if stored := connection.execute(_FIND_SUB, key).scalar():
        return str(stored)
    row = {"world": realm.world, "platform": realm.platform, "account_id": account_id, "entity_id": entity_id}
    connection.execute(_INSERT_SUB, {**row, "sub": computed})
    return computed


def purge_accounts(connection: Connection, now: float) -> int:
    """Drop accounts that nobody used for three years, with their subs; a later login makes another."""
    connection.execute(_PURGE_SUBS, {"before": now - UNUSED_MAX})
    return connection.execute(_PURGE, {"before": now - UNUSED_MAX}).rowcount
