"""The checktoken request and its answer: an introspection, to be signed and encrypted (§14; RFC 9701)."""

import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from fcsim_hub.domain.data_providers import DataProvider
from fcsim_hub.domain.errors.data_provider import (
    ChecktokenRefused,
    DataProviderBadSecret,
    DataProviderNotFound,
)
from fcsim_hub.domain.userinfo import Person, pivot_claims

PARAMETERS = ("token", "client_id", "client_secret")


def read_checktoken(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The three parameters, each once and not empty. Raises ChecktokenRefused."""
    form: dict[str, str] = {}
    for name, value in pairs:
        if name not in PARAMETERS or name in form:
            raise ChecktokenRefused(f"parameter {name[:64]!r}: expected {', '.join(PARAMETERS)}, once each")
        form[name] = value
    if missing := [name for name in PARAMETERS if not form.get(name)]:
        raise ChecktokenRefused(f"parameter {missing[0]!r} is missing or empty")
    return form


def read_lone_token(mimetype: str, body: bytes, form: Mapping[str, str]) -> str:
    """The token of v1's request, `{"token": "..."}` in JSON or as a form (§14). Raises ChecktokenRefused."""
    members: object = form
    if mimetype == "application/json":
        try:
            members = json.loads(body)
        except (ValueError, RecursionError):
            raise ChecktokenRefused("the body is not JSON") from None
    token = members.get("token") if isinstance(members, Mapping) else None
    if not isinstance(token, str) or not token:
        raise ChecktokenRefused("parameter 'token' is missing or empty: expected a JSON object or a form that holds it")
    return token


def authenticate(provider: DataProvider | None, secret: str) -> DataProvider:
    """The data provider, its secret proven; unknown and wrong take the same time."""
    known = provider is not None and provider.active
    expected = provider.client_secret if provider is not None and known else "no data provider has this secret"
    matches = hmac.compare_digest(expected.encode(), secret.encode(errors="surrogatepass"))
    if provider is None or not known:
        raise DataProviderNotFound("no active data provider of this platform has this client_id")
    if not matches:
        raise DataProviderBadSecret("the secret is not the one registered for this data provider")
    return provider


def introspection(
    person: Person,
    *,
    token: str,
    client_id: str,
    sub: str,
    issued_at: int,
    expires_at: int,
    acr: str,
    scopes: Iterable[str],
) -> dict[str, Any]:
    """`token_introspection` of a live token: whom it speaks of, and what it opens at this data provider."""
    return {
        "active": True,
        "aud": client_id,
        "sub": sub,
        "iat": issued_at,
        "exp": expires_at,
        "acr": acr,
        "jti": token,
        "scope": " ".join(scopes),
        **pivot_claims(person.identity),
        "given_name_array": list(person.identity.given_names),
    }
