"""Key pairs of each realm, made once, sealed at rest, shared by every process on the database.

Two rings in one table, told apart by the algorithm: a key that signs never decrypts. A key without end is the
one in use; a retired one keeps its end, so that what was made with it, or for it, is still understood.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import bindparam, delete, insert, literal, select, update

from fcsim_hub.domain.realms import Realm
from fcsim_hub.protocol.decryption import FAMILIES, PUBLISHED_SECONDS, DecryptionKey, DecryptionRing
from fcsim_hub.protocol.keys import KeyRing, SigningKey, import_key
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.sealed import Seal
from fcsim_hub.storage.tables import signing_keys as keys

DECRYPTION = tuple(sorted(set(FAMILIES.values())))
"""What the column `alg` says of a key that decrypts; every other key signs."""

_REALM = (keys.c.world == bindparam("w")) & (keys.c.platform == bindparam("p"))
_VALID = keys.c.not_after.is_(None) | (keys.c.not_after > bindparam("now"))  # a key is made to be used at once
_NEWEST_FIRST = (keys.c.not_after.is_not(None), keys.c.not_before.desc(), keys.c.alg)
_DECRYPTS = keys.c.alg.in_([literal(family) for family in DECRYPTION])
_SIGNING = select(keys).where(_REALM, _VALID, ~_DECRYPTS).order_by(*_NEWEST_FIRST)
_STORED = select(keys.c.alg, keys.c.sealed).where(_REALM, _VALID)
_DECRYPTING = select(keys).where(_REALM, _VALID, _DECRYPTS).order_by(*_NEWEST_FIRST)
_RETIRE = (
    update(keys)
    .where(_REALM, keys.c.alg == bindparam("retired"), keys.c.not_after.is_(None))
    .values(not_after=bindparam("ends_at"))
)
_PURGE = delete(keys).where(_REALM, keys.c.not_after < bindparam("now"))
_INSERT = insert(keys)


class KeysUnreadable(Exception):
    """The stored keys were sealed with another secret: start with that secret, or with another database."""


def stored_algs(connection: Connection, realm: Realm, seal: Seal, now: float) -> set[str]:
    """What the realm has keys for, of both rings. Raises KeysUnreadable.

    They are opened and not imported: an RSA key takes sixty milliseconds, and whoever needs it first pays that once.
    """
    rows = connection.execute(_STORED, _key(realm, now)).all()
    for row in rows:
        _unseal(seal, row.sealed)
    return {row.alg for row in rows}


def load_keys(connection: Connection, realm: Realm, seal: Seal, now: float) -> KeyRing:
    """The signing keys of a realm that are valid now, newest first."""
    rows = connection.execute(_SIGNING, _key(realm, now))
    return KeyRing(tuple(SigningKey(kid=row.kid, alg=row.alg, key=_open_key(seal, row.sealed)) for row in rows))


def load_decryption_keys(connection: Connection, realm: Realm, seal: Seal, now: float) -> DecryptionRing:
    """The keys that open what providers encrypt now, newest first."""
    rows = connection.execute(_DECRYPTING, _key(realm, now))
    return DecryptionRing(tuple(_decryption_key(row, seal, now) for row in rows))


def _decryption_key(row: Any, seal: Seal, now: float) -> DecryptionKey:
    published = row.not_after is None or now < row.not_after - PUBLISHED_SECONDS
    return DecryptionKey(row.kid, row.alg, _open_key(seal, row.sealed), published)


def _key(realm: Realm, now: float) -> dict[str, Any]:
    return {"w": realm.world, "p": realm.platform, "now": now}


@lru_cache(maxsize=256)
def _open_key(seal: Seal, sealed: bytes) -> ECKey | RSAKey:
    return import_key(_unseal(seal, sealed))


def _unseal(seal: Seal, sealed: bytes) -> bytes:
    plain = seal.open(sealed)
    if plain is None:
        raise KeysUnreadable(
            "the signing keys of this database were sealed with another secret_key: restore it, or use another database"
        )
    return plain


def store_key(connection: Connection, realm: Realm, seal: Seal, key: SigningKey | DecryptionKey, now: float) -> None:
    """Add a key, valid from now on."""
    connection.execute(
        _INSERT,
        {
            "world": realm.world,
            "platform": realm.platform,
            "kid": key.kid,
            "alg": key.alg if isinstance(key, SigningKey) else key.family,
            "sealed": seal.close(key.private_document()),
            "not_before": now,
            "not_after": None,
        },
    )


def retire_keys(connection: Connection, realm: Realm, algs: Iterable[str], now: float, ends_at: float) -> None:
    """Give the keys in use for these algorithms an end; those that ended before are no more."""
    for alg in algs:
        connection.execute(_RETIRE, {"w": realm.world, "p": realm.platform, "retired": alg, "ends_at": ends_at})
    connection.execute(_PURGE, _key(realm, now))
