"""Signing keys of each provider, made once."""

import secrets

from sqlalchemy import Connection, insert, select

from fcsim_providers.config import Provider
from fcsim_providers.signing import SigningKey, make_key, read_key
from fcsim_providers.storage.accounts import WORLD
from fcsim_providers.storage.tables import provider_keys as keys


def ensure_keys(connection: Connection, provider: Provider) -> dict[str, SigningKey]:
    """Algorithm -> key, made where the provider needs one and has none."""
    rows = connection.execute(select(keys).where(keys.c.world == WORLD, keys.c.slug == provider.slug))
    found = {row.alg: read_key(row.kid, row.alg, row.document) for row in rows}
    for alg in provider.algs:
        if alg not in found:
            found[alg] = key = make_key(alg, f"{provider.slug}-{alg}-{secrets.token_hex(4)}")
            row = {
                "world": WORLD,
                "slug": provider.slug,
                "kid": key.kid,
                "alg": alg,
                "document": key.private_document(),
            }
            connection.execute(insert(keys), row)
    return found
