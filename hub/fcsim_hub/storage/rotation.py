"""Keys made where a realm lacks them, and replaced while everything runs (inside-the-hub §3.7).

The new key is used at once. The old one stays as long as somebody may still rely on it: a cache keeps a key set
600 s, a token outlives its signature's key, and a logout shows an id_token as old as its session.
"""

import secrets
from typing import Literal

from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.realms import Realm
from fcsim_hub.protocol.decryption import FAMILIES, PUBLISHED_SECONDS, DecryptionKey, Family, make_decryption_key
from fcsim_hub.protocol.keys import SigningKey, make_key
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.keys import retire_keys, store_key, stored_algs
from fcsim_hub.storage.sealed import Seal

Which = Literal["signing", "encryption"]


def ensure_keys(connection: Connection, platform: Platform, realm: Realm, seal: Seal, now: float) -> None:
    """A key for each algorithm of the platform, made where there is none."""
    stored = stored_algs(connection, realm, seal, now)
    for alg in platform.key_algs:
        if alg not in stored:
            store_key(connection, realm, seal, _signing_key(alg), now)
    for family in families(platform):
        if family not in stored:
            store_key(connection, realm, seal, _decryption_key(family), now)


def families(platform: Platform) -> tuple[Family, ...]:
    """The kinds of key that the platform's encryption algorithms take; none where nothing is encrypted."""
    return tuple(sorted({FAMILIES[alg] for alg in platform.encryption_algs}))


def rotate_keys(
    connection: Connection, platform: Platform, realm: Realm, seal: Seal, which: Which, now: float
) -> tuple[list[str], float]:
    """Replace every key of one ring. Returns the kids made, and until when the former ones are published."""
    ends_at = published_until = now + kept_seconds(platform)
    made: list[SigningKey] | list[DecryptionKey] = [_signing_key(alg) for alg in platform.key_algs]
    algs: tuple[str, ...] = platform.key_algs
    if which == "encryption":
        made, algs = [_decryption_key(family) for family in families(platform)], families(platform)
        ends_at += PUBLISHED_SECONDS  # somebody may fetch the set at the last moment, and keep it
    retire_keys(connection, realm, algs, now, ends_at)
    for key in made:
        store_key(connection, realm, seal, key, now)
    return [key.kid for key in made], published_until


def kept_seconds(platform: Platform) -> float:
    """How long a retired key is published: a cache, then a token, then the session whose logout shows it."""
    lives = platform.lifetimes
    return PUBLISHED_SECONDS + max(lives.id_token, lives.access_token) + lives.session


def _signing_key(alg: str) -> SigningKey:
    return make_key(alg, f"fcsim:{alg}:{secrets.token_hex(4)}")


def _decryption_key(family: Family) -> DecryptionKey:
    return make_decryption_key(family, f"fcsim:enc:{family}:{secrets.token_hex(4)}")
