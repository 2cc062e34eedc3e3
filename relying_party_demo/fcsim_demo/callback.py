"""The answer of FranceConnect, from the callback's parameters to a verified person."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from authlib.integrations.base_client import OAuthError
from flask import request, session
from joserfc.errors import JoseError
from requests import RequestException

from fcsim_demo.answers import Reader
from fcsim_demo.checks import Token
from fcsim_demo.config import PlatformAddress
from fcsim_demo.logins import Login
from fcsim_demo.refusal import AnswerRefused


def receive(client: Any, reader: Reader) -> Login:
    """Check, exchange, open, verify. Raises AnswerRefused; a login that exists is untouched until all of it holds."""
    begun = _check_answer(client, reader.platform)
    with told():
        answer = client.fetch_access_token(code=request.args["code"], redirect_uri=begun["redirect_uri"])
    received = answer.get("id_token")
    if not isinstance(received, str):
        raise AnswerRefused("id_token", "the token answer has no id_token")
    opened = reader.open("id_token", received)
    with told():
        # Authlib verifies the signed token, which is not always the one that came.
        client.parse_id_token(answer | {"id_token": opened.signed}, nonce=begun["nonce"], leeway=5)
        published = client.fetch_jwk_set()
    id_token = reader.id_token(received, opened, published)
    access_token = str(answer.get("access_token", ""))
    userinfo = fetch_userinfo(client, reader, access_token, id_token)
    scope = str(answer.get("scope") or reader.service.scope)
    return Login(reader.slug, id_token, userinfo, scope, access_token)


def reload_userinfo(client: Any, reader: Reader, login: Login) -> Login:
    """The login with its userinfo read again. Raises AnswerRefused once the access token is dead."""
    return replace(login, userinfo=fetch_userinfo(client, reader, login.access_token, login.id_token))


def revoke(client: Any, login: Login) -> Login:
    """Give the access token back (service-provider-side §13). Raises AnswerRefused("revocation")."""
    with told():
        answer = client.revoke(login.access_token)
    if answer.status_code != 200:
        raise AnswerRefused("revocation", f"revocation answered {answer.status_code}{_error_of(answer)}")
    return replace(login, revoked=True)


def fetch_userinfo(client: Any, reader: Reader, access_token: str, id_token: Token) -> Token:
    """Userinfo of an access token, verified. Raises AnswerRefused."""
    # Without its age, so that the hub says whether it is still good.
    bearer = {"access_token": access_token, "token_type": "Bearer"}
    with told():
        answer = client.get(client.load_server_metadata()["userinfo_endpoint"], token=bearer)
        published = client.fetch_jwk_set()
    if answer.status_code != 200:
        raise AnswerRefused("userinfo", f"userinfo answered {answer.status_code}{_error_of(answer)}")
    return reader.userinfo(answer.text.strip(), published, id_token)


@contextmanager
def told() -> Iterator[None]:
    """Says the failures of a library and of a network in this application's words."""
    try:
        yield
    except OAuthError as refused:
        raise AnswerRefused("token", f"{refused.error}: {refused.description}") from None
    except JoseError as failure:
        raise AnswerRefused("id_token", f"{type(failure).__name__}: {failure}") from None
    except RequestException as failure:
        raise AnswerRefused("unreachable", type(failure).__name__) from None


def _check_answer(client: Any, platform: PlatformAddress) -> Mapping[str, Any]:
    """State before anything else: an error with a foreign state must not touch a login that exists."""
    state = request.args.get("state", "")
    begun: Mapping[str, Any] | None = client.framework.get_state_data(session, state) if state else None
    if not begun:
        raise AnswerRefused("state", "state is missing, or not one of this browser's")
    if "error" in request.args:
        client.framework.clear_state_data(session, state)
        raise AnswerRefused(request.args["error"][:64], request.args.get("error_description", "")[:300])
    if request.args.get("iss") != platform.issuer:
        raise AnswerRefused("iss", f"iss is {request.args.get('iss', '')[:120]!r}: expected {platform.issuer!r}")
    if not request.args.get("code"):
        raise AnswerRefused("code", "the callback has no code")
    client.framework.clear_state_data(session, state)
    return begun


def _error_of(answer: Any) -> str:
    """error and error_description of a JSON answer."""
    try:
        members = answer.json()
    except ValueError:
        return ""
    if not isinstance(members, dict):
        return ""
    return f": {members.get('error')}, {members.get('error_description')}"[:300]
