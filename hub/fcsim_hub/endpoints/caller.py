"""Which client calls a machine door: proven by a secret, or by an assertion signed with its own key (§9.1, §15.4)."""

import logging
from collections.abc import Mapping

from flask import request

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.assertion import AssertionRefused, AssertionReplayed
from fcsim_hub.domain.errors.encryption import ClientKeyError
from fcsim_hub.domain.errors.machine import MachineError, TooManyFailures
from fcsim_hub.endpoints.patience import must_wait, note
from fcsim_hub.gateways.client_keys import find_client_keys
from fcsim_hub.protocol.client_assertion import Assertion, check_assertion, verify_assertion
from fcsim_hub.protocol.client_auth import Credentials, authenticate, read_credentials, used_former_secret
from fcsim_hub.protocol.encryption import Key
from fcsim_hub.storage.assertions import claim_assertion
from fcsim_hub.storage.registrations import CLIENTS
from fcsim_hub.web.hub import Hub

log = logging.getLogger("fcsim.hub")


def authenticate_caller(hub: Hub, form: Mapping[str, str]) -> Client:
    """The client of this request; one that failed too often must wait, right or wrong (H075). Raises MachineError.

    May call out: never inside a transaction.
    """
    credentials = read_credentials(request.headers.get("Authorization"), form)
    now, most = hub.clock.now(), hub.platform.limits.bad_secrets
    if must_wait(hub, "secret", credentials.client_id, most, now):
        raise TooManyFailures(f"more than {most} wrong proofs within a minute")
    try:
        return _proven(hub, credentials)
    except MachineError:
        note(hub, "secret", credentials.client_id, most, now)
        raise


def _proven(hub: Hub, credentials: Credentials) -> Client:
    with hub.database.read() as connection:
        client = authenticate(credentials, lambda key: CLIENTS.find(connection, hub.realm, key), hub.clock.now())
    if used_former_secret(credentials, client):
        log.info("client %s proved itself with its former secret", client.client_id)
    if credentials.assertion is not None:
        _check(hub, client, credentials.assertion)
    return client


def _check(hub: Hub, client: Client, assertion: Assertion) -> None:
    now = hub.clock.now()
    is_strict = client.follows(hub.platform) == "standard"
    check_assertion(
        assertion,
        client_id=client.client_id,
        audiences=(hub.issuer,) if is_strict else _names(hub),
        lists=not is_strict,
        algs=hub.platform.key_algs,
        now=now,
    )
    verify_assertion(assertion, _keys(hub, client, assertion))
    expires_at = assertion.expires_at
    if not claim_assertion(hub.database, hub.realm, client.client_id, assertion.jti, expires_at=expires_at, now=now):
        raise AssertionReplayed("this client_assertion authenticated a request before")


def _names(hub: Hub) -> tuple[str, ...]:
    """What FranceConnect's library takes for itself: the issuer, the token endpoint, the endpoint called.

    Posture `standard` takes the issuer alone: an assertion that names an endpoint, or other servers too, can be
    made by a hostile server for this one (H071). None of them is made of the request's headers (H095).
    """
    internal = f"{hub.internal_url}{hub.platform.prefix}/token"
    return tuple(dict.fromkeys((hub.issuer, f"{hub.issuer}/token", internal, f"{hub.base_url}{request.path}")))


def _keys(hub: Hub, client: Client, assertion: Assertion) -> tuple[Key, ...]:
    """The keys that may have signed it; what keeps the hub from having it is no fault of the request's (H073)."""
    try:
        return find_client_keys(hub.published_keys, client, assertion.alg, assertion.kid)
    except ClientKeyError as failure:
        raise AssertionRefused(failure.detail, reason=f"{failure.description} ({failure.reason})") from None
