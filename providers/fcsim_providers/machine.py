"""What hubs call: discovery, JWKS, token, userinfo (inside-the-hub §3.5–§3.7)."""

import hmac
import json
import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, request

from fcsim_providers.claims import release, subject
from fcsim_providers.config import Provider, ProviderFile
from fcsim_providers.context import Context, current_context
from fcsim_providers.encryption import Answer, HubKeysUnavailable, Sealer, encryption_metadata
from fcsim_providers.signing import sign
from fcsim_providers.storage.accounts import find_by_login
from fcsim_providers.storage.grants import TOKEN_SECONDS, Redeemed, claim_code, find_token, insert_token
from fcsim_providers.storage.keys import load_keys

blueprint = Blueprint("machine", __name__)

FORM = "application/x-www-form-urlencoded"
TOKEN_BYTES = 32
ID_TOKEN_SECONDS = 60
CACHED = "public, max-age=600"


class Refused(Exception):
    """A refusal a program reads (RFC 6749 §5.2, RFC 6750 §3)."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


def answer_refusal(refused: Refused) -> Response:
    """The JSON of a refusal."""
    response = jsonify(error=refused.error, error_description=refused.description)
    response.status_code = refused.status
    response.headers["Cache-Control"] = "no-store"
    if refused.status == 401:
        scheme = "Bearer" if refused.error == "invalid_token" else "Basic"
        response.headers["WWW-Authenticate"] = f'{scheme} error="{refused.error}"'
    return response


@blueprint.get("/<slug>/.well-known/openid-configuration")
def discovery(slug: str) -> Response:
    """What the provider says of itself."""
    provider = current_context().provider(slug)
    issuer, registrations = provider.issuer, provider.clients.values()
    document = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/session/end",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile", "email", "birth", "preferred_username", "birthplace", "birthcountry"],
        "acr_values_supported": sorted({acr for one in registrations for acr in one.allowed_acr}),
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "id_token_signing_alg_values_supported": sorted({one.id_token_signed_response_alg for one in registrations}),
        "userinfo_signing_alg_values_supported": sorted(
            {one.userinfo_signed_response_alg for one in registrations if one.userinfo_signed_response_alg}
        ),
        **encryption_metadata(registrations),
    }
    return _cached(document, "application/json")


@blueprint.get("/<slug>/jwks")
def jwks(slug: str) -> Response:
    """The provider's public keys."""
    context = current_context()
    with context.database.read() as connection:
        keys = load_keys(connection, context.provider(slug).slug, context.clock())
    return _cached({"keys": [key.public() for key in keys]}, "application/jwk-set+json")


def _cached(document: dict[str, Any], mimetype: str) -> Response:
    response = Response(json.dumps(document), mimetype=mimetype)
    response.headers["Cache-Control"] = CACHED
    return response


@blueprint.post("/<slug>/token")
def token(slug: str) -> Response:
    """A code for tokens, once."""
    context = current_context()
    provider = context.provider(slug)
    client = _authenticate(provider)
    if request.form.get("grant_type") != "authorization_code":
        raise Refused(400, "unsupported_grant_type", "expected authorization_code")
    # Before the code is spent, and outside any transaction: the hub's keys may have to be fetched.
    seal = _sealer(context, client, "id_token")
    now, access_token = context.clock(), secrets.token_urlsafe(TOKEN_BYTES)
    code, where = request.form.get("code", ""), request.form.get("redirect_uri", "")
    with context.database.write() as connection:
        redeemed = claim_code(connection, slug, code, client.client_id, where, now)
        if redeemed is not None:
            insert_token(connection, slug, access_token, redeemed, now)
    if redeemed is None:
        raise Refused(400, "invalid_grant", "the code is unknown, used, expired, or not of this client and address")
    response = jsonify(
        access_token=access_token,
        token_type="Bearer",  # noqa: S106 - a type, not a secret
        expires_in=int(TOKEN_SECONDS),
        id_token=seal(_id_token(context, provider, client, redeemed, int(now))),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _authenticate(provider: Provider) -> ProviderFile:
    """client_secret_post, and nothing else."""
    if request.mimetype != FORM:
        raise Refused(400, "invalid_request", f"expected a body of type {FORM}")
    client = provider.clients.get(request.form.get("client_id", ""))
    given = request.form.get("client_secret", "")
    expected = client.client_secret if client else "no client has this secret"
    if not hmac.compare_digest(expected.encode(), given.encode(errors="surrogatepass")) or client is None:
        raise Refused(401, "invalid_client", "client_id and client_secret do not match")
    return client


def _id_token(context: Context, provider: Provider, client: ProviderFile, redeemed: Redeemed, now: int) -> str:
    asked = redeemed.request
    claims: dict[str, Any] = {
        "iss": provider.issuer,
        "sub": subject(provider.slug, redeemed.login),
        "aud": client.client_id,
        "exp": now + ID_TOKEN_SECONDS,
        "iat": now,
        "auth_time": redeemed.auth_time,
        "nonce": asked.nonce,
        "acr": asked.answered_acr,
        "amr": list(redeemed.amr),
    }
    if not asked.answered_acr:
        del claims["acr"]  # a tester asked for an answer without a level
    if asked.rep_scope is not None:
        claims["rep_scope"] = list(asked.rep_scope)
    return _sign(context, provider.slug, client, claims, client.id_token_signed_response_alg)


def _sign(context: Context, slug: str, client: ProviderFile, claims: dict[str, Any], alg: str) -> str:
    with context.database.read() as connection:
        keys = load_keys(connection, slug, context.clock())
    # The newest comes first, and is the one to sign with.
    return sign(claims, alg, {key.alg: key for key in reversed(keys)}, client.client_secret)


def _sealer(context: Context, client: ProviderFile, answer: Answer) -> Sealer:
    """What encrypts an answer for the hub of this client. Raises Refused."""
    try:
        return context.hub_keys.sealer(client, answer)
    except HubKeysUnavailable as failure:
        raise Refused(502, "server_error", str(failure)) from None


@blueprint.get("/<slug>/userinfo")
def userinfo(slug: str) -> Response:
    """What the provider knows of the person, for the scopes asked."""
    context = current_context()
    provider = context.provider(slug)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    now = context.clock()
    with context.database.read() as connection:
        found = find_token(connection, slug, given, now) if scheme.lower() == "bearer" and given else None
        account = find_by_login(connection, slug, found.login) if found else None
    if found is None or account is None:
        raise Refused(401, "invalid_token", "the access token is missing, unknown or expired")
    client = provider.clients[found.client_id]
    claims: dict[str, Any] = {"sub": subject(slug, found.login)}
    claims |= release(dict(account.claims), found.scope.split())
    alg = client.userinfo_signed_response_alg
    if not alg:
        return _no_store(jsonify(claims))
    claims |= {"iss": provider.issuer, "aud": client.client_id, "iat": int(now)}
    signed = _sign(context, slug, client, claims, alg)
    sealed = _sealer(context, client, "userinfo")(signed)
    return _no_store(Response(sealed, content_type="application/jwt"))


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
