"""Who calls the token endpoint: client_secret_post, the Basic that FranceConnect happens to accept, or an assertion
(§9.1, §9.4, §15.4)."""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import unquote_plus

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.assertion import AssertionIssuerWrong, AssertionTypeWrong
from fcsim_hub.domain.errors.client_auth import (
    AuthenticationMethodMismatch,
    BadSecret,
    BasicHeaderMalformed,
    ClientNotFound,
    NoClientAuthentication,
    SeveralAuthentications,
)
from fcsim_hub.domain.errors.machine import ParameterTwice
from fcsim_hub.protocol.client_assertion import ASSERTION_TYPE, Assertion, read_assertion


class FindClient(Protocol):
    """Something that finds a registered client."""

    def __call__(self, client_id: str) -> Client | None: ...


@dataclass(frozen=True)
class Credentials:
    """What a caller says it is, and what it proves that with: a secret or an assertion."""

    client_id: str
    secret: str = field(default="", repr=False)
    assertion: Assertion | None = field(default=None, repr=False)


def read_form(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A form whose parameters are there once (RFC 6749 §3.2)."""
    form: dict[str, str] = {}
    for name, value in pairs:
        if name in form:
            raise ParameterTwice(f"parameter {name[:64]!r} was sent twice")
        form[name] = value
    return form


def read_credentials(authorization: str | None, form: Mapping[str, str]) -> Credentials:
    """The credentials of a request, from one place and one only."""
    in_form = bool(form.get("client_secret"))
    if form.get("client_assertion") or form.get("client_assertion_type"):
        if in_form or authorization:
            raise SeveralAuthentications("a client_assertion and another credential were sent")
        return _read_assertion(form)
    if authorization is not None:
        if in_form:
            raise SeveralAuthentications("credentials are in the Authorization header and in the body")
        return _read_basic(authorization, form)
    client_id = form.get("client_id", "")
    if not client_id:
        raise NoClientAuthentication("neither client_id and client_secret in the body, nor an Authorization header")
    return Credentials(client_id, form.get("client_secret", ""))


def _read_basic(authorization: str, form: Mapping[str, str]) -> Credentials:
    """HTTP Basic (ledger F08)."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError(scheme)
        identifier, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        raise BasicHeaderMalformed("the Authorization header is not `Basic base64(client_id:client_secret)`") from None
    client_id = unquote_plus(identifier)
    if not colon or not client_id:
        raise BasicHeaderMalformed("the Basic credentials have no colon or no client_id")
    if form.get("client_id", client_id) != client_id:
        raise SeveralAuthentications("client_id differs between the Authorization header and the body")
    return Credentials(client_id, unquote_plus(secret))


def _read_assertion(form: Mapping[str, str]) -> Credentials:
    """private_key_jwt (ledger F27)."""
    if not form.get("client_assertion") or form.get("client_assertion_type") != ASSERTION_TYPE:
        raise AssertionTypeWrong(f"expected client_assertion, and client_assertion_type={ASSERTION_TYPE}")
    assertion = read_assertion(form["client_assertion"])
    if form.get("client_id", assertion.client_id) != assertion.client_id:
        raise AssertionIssuerWrong(
            "sub of client_assertion is not the client_id of the body",
            reason="subject of client_assertion must be the same as client_id provided in the body",
        )
    return Credentials(assertion.client_id, assertion=assertion)


def authenticate(credentials: Credentials, find_client: FindClient, now: float) -> Client:
    """The client these credentials prove; unknown and wrong take the same time. An assertion is left to verify."""
    client = find_client(credentials.client_id)
    known = client is not None and client.active
    expected = client.secrets(now) if client is not None and known else ("no client has this secret",)
    matches = [_is_same(one, credentials.secret) for one in expected]
    if client is None or not known:
        raise ClientNotFound("no active client of this platform has this client_id")
    if credentials.assertion is not None:
        if not client.takes_assertions:
            raise AuthenticationMethodMismatch("client_assertion was sent, this client has no key for it")
        return client
    if not client.takes_secrets:
        raise AuthenticationMethodMismatch("this client is registered for private_key_jwt: its secret is not enough")
    if not credentials.secret:
        # FranceConnect's library reads a lone client_id as the method "none", which no client is registered for.
        raise AuthenticationMethodMismatch("client_id was sent without client_secret")
    if not any(matches):
        raise BadSecret("the secret is not the one registered for this client")
    return client


def used_former_secret(credentials: Credentials, client: Client) -> bool:
    """Whether an authenticated client still shows the secret before its own (H068)."""
    return credentials.assertion is None and not _is_same(client.client_secret, credentials.secret)


def _is_same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode(errors="surrogatepass"))
