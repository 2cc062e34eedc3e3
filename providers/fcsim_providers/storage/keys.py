"""Signing keys of each provider: made once, replaced on demand, the former ones published for a while."""

import json
import secrets
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from fcsim_providers.config import Provider
from fcsim_providers.signing import SigningKey, make_key, read_key
from fcsim_providers.storage.accounts import WORLD
from fcsim_providers.storage.grants import TOKEN_SECONDS
from fcsim_providers.storage.tables import provider_keys as keys

KEPT_SECONDS = 600.0 + TOKEN_SECONDS
"""How long a retired key is published: what a hub may have cached, then the life of what was signed (§3.7)."""
_MADE_AT, _ENDS_AT = "fcsim_made_at", "fcsim_ends_at"
"""Members of the stored document beside the key's own; a document without them is of a key in use."""
_OF_PROVIDER = select(keys).where(keys.c.world == bindparam("w"), keys.c.slug == bindparam("s")).order_by(keys.c.kid)


def ensure_keys(connection: Connection, provider: Provider, now: float) -> None:
    """A key for each algorithm of the provider, made where it has none.

    Those it has are not imported: an RSA key takes sixty milliseconds, and whoever needs it first pays that once.
    """
    found = {row.alg for row in _valid(connection, provider.slug, now)}
    for alg in provider.algs:
        if alg not in found:
            _store(connection, provider.slug, alg, now)


def load_keys(connection: Connection, slug: str, now: float) -> list[SigningKey]:
    """The keys of a provider that are valid now, the newest first: that one signs."""
    return [_read(row.kid, row.alg, row.document) for row in _valid(connection, slug, now)]


def _valid(connection: Connection, slug: str, now: float) -> list[Row[Any]]:
    rows = connection.execute(_OF_PROVIDER, {"w": WORLD, "s": slug})
    valid = [one for one in ((row, *_times(row.document)) for row in rows) if now < one[2]]
    valid.sort(key=lambda one: (one[2] == float("inf"), one[1]), reverse=True)
    return [row for row, _, _ in valid]


def rotate_keys(connection: Connection, provider: Provider, now: float) -> list[str]:
    """New keys in the place of those in use; returns their kids. Those that ended before are no more."""
    for row in connection.execute(_OF_PROVIDER, {"w": WORLD, "s": provider.slug}).all():
        one = (keys.c.world == WORLD) & (keys.c.slug == provider.slug) & (keys.c.kid == row.kid)
        ends_at = _times(row.document)[1]
        if ends_at <= now:
            connection.execute(delete(keys).where(one))
        elif ends_at == float("inf"):
            document = json.dumps(json.loads(row.document) | {_ENDS_AT: now + KEPT_SECONDS})
            connection.execute(update(keys).where(one).values(document=document))
    return [_store(connection, provider.slug, alg, now) for alg in provider.algs]


def _store(connection: Connection, slug: str, alg: str, now: float) -> str:
    key = make_key(alg, f"{slug}-{alg}-{secrets.token_hex(4)}")
    document = json.dumps(json.loads(key.private_document()) | {_MADE_AT: now})
    row = {"world": WORLD, "slug": slug, "kid": key.kid, "alg": alg, "document": document}
    connection.execute(insert(keys), row)
    return key.kid


@lru_cache(maxsize=256)
def _times(document: str) -> tuple[float, float]:
    """Since when a key is used, and until when it is published."""
    members = json.loads(document)
    return members.get(_MADE_AT, 0.0), members.get(_ENDS_AT, float("inf"))


@lru_cache(maxsize=256)
def _read(kid: str, alg: str, document: str) -> SigningKey:
    members = json.loads(document)
    own = {name: value for name, value in members.items() if name not in (_MADE_AT, _ENDS_AT)}
    return read_key(kid, alg, json.dumps(own))
