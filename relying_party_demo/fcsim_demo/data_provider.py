"""A demo data provider: an API opened by a citizen's access token, which it has the hub check (§14 of the RP sheet).

The chain is the real one: a service calls this API with the token FranceConnect gave it; this API asks
`/checktoken` whom the token speaks of and what it opens; only then does it answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests
from flask import Blueprint, Response, current_app, jsonify, request
from joserfc import jwe
from joserfc.errors import JoseError

from fcsim_demo.checks import verify
from fcsim_demo.config import DataProviderFile, DemoSettings, PlatformAddress
from fcsim_demo.envelope import Opened
from fcsim_demo.invented import invent
from fcsim_demo.keys import DemoKeys, Key, published
from fcsim_demo.refusal import AnswerRefused

blueprint = Blueprint("data_provider", __name__, url_prefix="/data-providers")

EXTENSION = "fcsim_demo_data"
TIMEOUT_SECONDS = 10


class Refused(Exception):
    """The call gives no data: status and error of RFC 6750 §3.1, and the fact for the developer."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


@dataclass(frozen=True)
class DataProvider:
    """One data provider, with the key that opens what the hub answers it."""

    file: DataProviderFile
    platform: PlatformAddress
    key: Callable[[], Key]
    """Called at the first need: an RSA key takes a moment to make."""


def gather(settings: DemoSettings, keys: DemoKeys) -> dict[str, DataProvider]:
    """Slug -> data provider, those of absent platforms left out."""
    return {
        slug: DataProvider(
            file,
            settings.platforms[file.platform],
            partial(keys.encryption, f"data-providers/{slug}", file.checktoken_encrypted_response_alg),
        )
        for slug, file in settings.data_providers_by_slug().items()
    }


@blueprint.get("/<slug>/jwks")
def jwks(slug: str) -> Response:
    """The public key the hub encrypts to."""
    provider = _provider(slug)
    return jsonify(keys=[published(provider.key(), use="enc", alg=provider.file.checktoken_encrypted_response_alg)])


@blueprint.get("/<slug>/data")
def data(slug: str) -> Response:
    """What the token opens."""
    provider = _provider(slug)
    about = introspect(provider, _bearer(request.headers.get("Authorization", "")))
    scopes = [scope for scope in str(about["scope"]).split(" ") if scope in provider.file.scopes]
    if not scopes:
        raise Refused(403, "insufficient_scope", "the token opens none of this data provider's scopes")
    return jsonify(sub=about["sub"], person=_name(about), data=invent(str(about["sub"]), scopes))


@blueprint.errorhandler(Refused)
def show_refusal(refused: Refused) -> Response:
    """The refusal, as a program reads it."""
    response = jsonify(error=refused.error, error_description=refused.description)
    response.status_code = refused.status
    if refused.status in (401, 403):
        response.headers["WWW-Authenticate"] = f'Bearer error="{refused.error}"'  # RFC 6750 §3
    return response


def _provider(slug: str) -> DataProvider:
    known: Mapping[str, DataProvider] = current_app.extensions[EXTENSION]
    if slug not in known:
        raise Refused(404, "not_found", "no data provider has this name")
    return known[slug]


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(401, "invalid_token", "expected `Authorization: Bearer <access token>`")
    return token


def introspect(provider: DataProvider, token: str) -> Mapping[str, Any]:
    """What the hub says of a token: decrypted with our key, verified with the hub's. Raises Refused."""
    file, base = provider.file, provider.platform.internal_base
    form = {"token": token, "client_id": file.client_id, "client_secret": file.client_secret}
    with requests.Session() as session:
        session.trust_env = False  # a proxy of the environment would swallow calls to localhost
        try:
            answer = session.post(f"{base}/checktoken", data=form, timeout=TIMEOUT_SECONDS)
            keys = session.get(f"{base}/jwks", timeout=TIMEOUT_SECONDS).json()
        except (requests.RequestException, ValueError) as failure:
            raise Refused(502, "server_error", f"the hub does not answer: {type(failure).__name__}") from None
    if answer.status_code != 200:
        raise Refused(502, "server_error", f"checktoken answered {answer.status_code}")
    try:
        algorithms = [file.checktoken_encrypted_response_alg, file.checktoken_encrypted_response_enc]
        opened = jwe.decrypt_compact(answer.text.strip(), provider.key(), algorithms=algorithms)
        inside = Opened(opened.protected, (opened.plaintext or b"").decode())
        signed = verify("token", answer.text, inside, keys, file.checktoken_signed_response_alg)
    except (JoseError, AnswerRefused, ValueError) as failure:
        raise Refused(502, "server_error", f"checktoken's answer does not open: {type(failure).__name__}") from None
    about: Mapping[str, Any] = signed.claims["token_introspection"]
    if signed.claims.get("iss") != provider.platform.issuer or signed.claims.get("aud") != file.client_id:
        raise Refused(502, "server_error", "checktoken's answer is not for this data provider")
    if not about.get("active"):
        raise Refused(401, "invalid_token", "the token is unknown, revoked, or older than 60 seconds")
    return about


def _name(about: Mapping[str, Any]) -> str:
    return f"{about['given_name']} {about['family_name']}"
