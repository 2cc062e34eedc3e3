"""The checktoken request and its answer: a signed introspection, encrypted to the data provider (§14; RFC 9701)."""

import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from fcsim_hub.domain.data_providers import DataProvider
from fcsim_hub.domain.errors.data_provider import (
    ChecktokenRefused,
    DataProviderBadSecret,
    DataProviderKeysInvalid,
    DataProviderNotFound,
)
from fcsim_hub.domain.userinfo import Person, identity_of

PARAMETERS = ("token", "client_id", "client_secret")
_KEY_TYPES: Mapping[str, type[ECKey] | type[RSAKey]] = {"ECDH-ES": ECKey, "RSA-OAEP": RSAKey, "RSA-OAEP-256": RSAKey}


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
        **identity_of(person),
        "given_name_array": list(person.identity.given_names),
    }


def encrypt(signed: str, provider: DataProvider, keys: Mapping[str, Any]) -> str:
    """A JWE of exactly `alg` and `enc` (and `epk`) around the JWS. Raises DataProviderKeysInvalid."""
    alg, enc = provider.checktoken_encrypted_response_alg, provider.checktoken_encrypted_response_enc
    return jwe.encrypt_compact({"alg": alg, "enc": enc}, signed, _encryption_key(alg, keys), algorithms=[alg, enc])


def read_keys(document: bytes) -> dict[str, Any]:
    """A JWKS. Raises DataProviderKeysInvalid."""
    try:
        keys = json.loads(document)
        KeySet.import_key_set(keys)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DataProviderKeysInvalid("expected a JSON Web Key Set, found something else") from None
    return dict(keys)


def _encryption_key(alg: str, keys: Mapping[str, Any]) -> ECKey | RSAKey:
    for members in keys.get("keys", ()):
        if members.get("use", "enc") != "enc" or members.get("alg", alg) != alg:
            continue
        key = next(iter(KeySet.import_key_set({"keys": [members]}).keys))
        if isinstance(key, _KEY_TYPES[alg]):
            return key
    raise DataProviderKeysInvalid(f"the JWKS has no key to encrypt with {alg}")
