"""Signing keys of each realm, made once, sealed at rest, shared by every process on the database."""

from functools import lru_cache

from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import bindparam, insert, select

from fcsim_hub.domain.realms import Realm
from fcsim_hub.protocol.keys import KeyRing, SigningKey, import_key
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.sealed import Seal
from fcsim_hub.storage.tables import signing_keys

_LIST = (
    select(signing_keys)
    .where(signing_keys.c.world == bindparam("w"), signing_keys.c.platform == bindparam("p"))
    .order_by(signing_keys.c.not_before.desc(), signing_keys.c.alg)
)
_INSERT = insert(signing_keys)


class KeysUnreadable(Exception):
    """The stored keys were sealed with another secret: start with that secret, or with another database."""


def load_keys(connection: Connection, realm: Realm, seal: Seal, now: float) -> KeyRing:
    """The keys of a realm that are valid now, newest first."""
    rows = connection.execute(_LIST, {"w": realm.world, "p": realm.platform})
    return KeyRing(
        tuple(
            SigningKey(kid=row.kid, alg=row.alg, key=_open_key(seal, row.sealed))
            for row in rows
            if row.not_before <= now and (row.not_after is None or now < row.not_after)
        )
    )


@lru_cache(maxsize=256)
def _open_key(seal: Seal, sealed: bytes) -> ECKey | RSAKey:
    plain = seal.open(sealed)
    if plain is None:
        raise KeysUnreadable("the signing keys of this database were sealed with another secret_key")
    return import_key(plain)


def store_key(connection: Connection, realm: Realm, seal: Seal, key: SigningKey, now: float) -> None:
    """Add a key, valid from now on."""
    connection.execute(
        _INSERT,
        {
            "world": realm.world,
            "platform": realm.platform,
            "kid": key.kid,
            "alg": key.alg,
            "sealed": seal.close(key.private_document()),
            "not_before": now,
            "not_after": None,
        },
    )
