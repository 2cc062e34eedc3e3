"""Accounts over the control API: the account a person has, or will have, on a platform (inside-the-hub §11.3, §12)."""

import json
import uuid
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify

from fcsim_hub.console.context import ConsoleContext, current_console
from fcsim_hub.console.people import existing_person, tell_providers
from fcsim_hub.console.problem import Problem, invalid, read_json
from fcsim_hub.domain.people import Person, certified_identity
from fcsim_hub.domain.realms import Realm
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.domain.subject import foreign_identity_hash, identity_hash
from fcsim_hub.storage.accounts import (
    Account,
    AccountChange,
    claim_account,
    find_account,
    find_subs,
    put_account,
    put_subs,
)
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.documents import from_record, to_dict
from fcsim_hub.storage.registrations import PROVIDERS

blueprint = Blueprint("accounts", __name__)

READ_ONLY = ("id", "created_at", "last_connection")


@blueprint.get("/platforms/<name>/accounts/<person>")
def read(name: str, person: str) -> Response:
    """The account of a person on a platform."""
    console = current_console()
    realm = console.accounts(name)
    key = _key(console, name, person)
    with console.database.read() as connection:
        account = find_account(connection, realm, key)
        if account is None:
            raise Problem(
                404, "No account", f"{person[:64]} has no account on {name}: neither a login nor a PUT made one"
            )
        return jsonify(_described(connection, realm, account))


@blueprint.put("/platforms/<name>/accounts/<person>")
def change(name: str, person: str) -> Response:
    """Create the account, before any login if need be, or change the members given; the others stay."""
    console = current_console()
    realm = console.accounts(name)
    key = _key(console, name, person)
    members = read_json()
    known = {member: members.pop(member) for member in READ_ONLY if member in members}
    try:
        asked = from_record(AccountChange, members)
    except InvalidField as wrong:
        raise invalid(wrong) from None
    now = console.clock.now()
    with console.change() as connection:
        before = claim_account(connection, realm, key)
        _refuse_others(known, _described(connection, realm, before) if before else {})
        account = before or Account(id=str(uuid.uuid4()), identity_hash=key, created_at=now, last_connection=None)
        account = replace(
            account,
            active=account.active if asked.active is None else asked.active,
            idp_settings=asked.idp_settings or account.idp_settings,
        )
        put_account(connection, realm, account)
        put_subs(connection, realm, account.id, asked.subs)
        response = jsonify(_described(connection, realm, account))
    response.status_code = 200 if before else 201
    return response


def _refuse_others(known: dict[str, Any], shown: dict[str, Any]) -> None:
    """What GET shows may come back with a change, as it was. Raises Problem."""
    for member, value in known.items():
        if member not in shown or value != shown[member]:
            raise invalid(InvalidField(member, "what GET shows, or nothing: it cannot be set", repr(value)[:80]))


def _key(console: ConsoleContext, platform: str, name: str) -> str:
    """Accounts are found as a login finds them (§11.1): by the identity that the registry certifies; those of people it
    does not hold, whom the node of another state vouches for, by what that node calls them."""
    person = existing_person(console, name)
    if node := _node_of(console, platform, person):
        answer = tell_providers(lambda: console.provider_accounts.read(name, node))
        return foreign_identity_hash(str(json.loads(answer.body)["sub"]))
    return identity_hash(certified_identity(person))


def _node_of(console: ConsoleContext, platform: str, person: Person) -> str:
    if not person.registry.absent:
        return ""
    _, realm = console.platform(platform)
    with console.database.read() as connection:
        nodes = [one.name for one, _ in PROVIDERS.list(connection, realm) if not one.knows_registry]
    return next((name for name in nodes if name in person.accounts), "")


def _described(connection: Connection, realm: Realm, account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "active": account.active,
        "subs": find_subs(connection, realm, account.id),
        "idp_settings": to_dict(account.idp_settings),
        "created_at": account.created_at,
        "last_connection": account.last_connection,
    }
