"""Accounts of identities that a tester typed: nothing leads to them but the login that made them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from fcsim_providers.storage.accounts import CONTROL, CUSTOM, WORLD, Account, find_by_login
from fcsim_providers.storage.failures import take_turns
from fcsim_providers.storage.tables import provider_accounts as accounts


def put_custom(connection: Connection, slug: str, claims: Mapping[str, Any]) -> Account:
    """The account of an identity at one provider: the same claims are the same person there."""
    text = json.dumps(claims, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    login = f"{CUSTOM}{digest}"
    take_turns(connection, digest)
    if found := find_by_login(connection, slug, login):
        return found
    row = {"world": WORLD, "slug": slug, "login": login, "person": login, "claims": text, "origin": CONTROL}
    connection.execute(insert(accounts), row | {"summary": "", "secret_hash": ""})
    return Account(login, login, "", "", claims, "active", 0)
