"""The answer of FranceConnect, from the callback's parameters to a verified person."""

import time
from typing import Any

from authlib.integrations.base_client import OAuthError
from flask import request, session
from joserfc.errors import JoseError
from requests import RequestException

from fcsim_demo.checks import AnswerRefused, check_audience, check_level, check_same_person, open_signed
from fcsim_demo.config import PlatformAddress, ServiceFile
from fcsim_demo.logins import Login


def receive(client: Any, slug: str, service: ServiceFile, platform: PlatformAddress) -> Login:
    """Check, exchange, verify. Raises AnswerRefused; a login that exists is untouched until all of it holds."""
    _check_answer(client, platform)
    try:
        token = client.authorize_access_token(leeway=5)
        keys = client.fetch_jwk_set()
        identity = client.get(client.load_server_metadata()["userinfo_endpoint"], token=token)
    except OAuthError as refused:
        raise AnswerRefused("token", f"{refused.error}: {refused.description}") from None
    except JoseError as failure:
        raise AnswerRefused("id_token", f"{type(failure).__name__}: {failure}") from None
    except RequestException as failure:
        raise AnswerRefused("unreachable", type(failure).__name__) from None
    if identity.status_code != 200:
        raise AnswerRefused("userinfo", f"userinfo answered {identity.status_code}")
    return _verify(slug, service, platform, token, identity.text.strip(), keys)


def _check_answer(client: Any, platform: PlatformAddress) -> None:
    """State before anything else: an error with a foreign state must not touch a login that exists."""
    state = request.args.get("state", "")
    if not state or not client.framework.get_state_data(session, state):
        raise AnswerRefused("state", "state is missing, or not one of this browser's")
    if "error" in request.args:
        client.framework.clear_state_data(session, state)
        raise AnswerRefused(request.args["error"][:64], request.args.get("error_description", "")[:300])
    if request.args.get("iss") != platform.issuer:
        raise AnswerRefused("iss", f"iss is {request.args.get('iss', '')[:120]!r}: expected {platform.issuer!r}")
    if not request.args.get("code"):
        raise AnswerRefused("code", "the callback has no code")


def _verify(
    slug: str,
    service: ServiceFile,
    platform: PlatformAddress,
    token: dict[str, Any],
    userinfo: str,
    keys: dict[str, Any],
) -> Login:
    """Each signature with the registered algorithm, each token for this service, both for one person."""
    registration, now = service.client, time.time()
    id_token = token.get("id_token")
    if not isinstance(id_token, str):
        raise AnswerRefused("id_token", "the token answer has no id_token")
    signed = open_signed("id_token", id_token, keys, registration.id_token_signed_response_alg)
    person = open_signed("userinfo", userinfo, keys, registration.userinfo_signed_response_alg)
    for kind, claims in (("id_token", signed.claims), ("userinfo", person.claims)):
        check_audience(kind, claims, issuer=platform.issuer, client_id=registration.client_id, now=now)
    check_level(signed.claims, service.acr_values)
    check_same_person(signed.claims, person.claims)
    access_token = str(token.get("access_token", ""))
    return Login(slug, id_token, signed.header, signed.claims, userinfo, person.claims, access_token)
