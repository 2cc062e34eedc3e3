"""What a service learned of someone, and what it may do with the access token while it lives."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, session
from requests import RequestException, Session

from fcsim_demo import callback
from fcsim_demo.client import TIMEOUT_SECONDS
from fcsim_demo.context import away, current_login, demo, login_key, service_page
from fcsim_demo.logins import Login
from fcsim_demo.meanings import CLAIMS, LEVELS, date_note, moment_words
from fcsim_demo.refusal import AnswerRefused
from fcsim_demo.scopes import missing

blueprint = Blueprint("identity", __name__)


@blueprint.get("/<slug>/identity")
def show(slug: str) -> Response:
    """What the service learned, claim by claim."""
    demo().service(slug)
    if (found := current_login(slug)) is None:
        return away("pages.home", slug)
    facts = {
        "meanings": CLAIMS,
        "levels": LEVELS,
        "missing": missing(found.scope, found.userinfo.claims),
        "date_note": date_note,
        "moment_words": moment_words,
        "as_json": as_json,
    }
    return service_page("identity.html", slug, login=found, **facts)


@blueprint.post("/<slug>/userinfo")
def reload(slug: str) -> Response:
    """Ask the hub for userinfo again, with the same token."""
    reader = demo().reader(slug)
    if (found := current_login(slug)) is None:
        return away("pages.home", slug)
    return _changed(slug, callback.reload_userinfo(demo().oauth.create_client(slug), reader, found))


@blueprint.post("/<slug>/revocation")
def revoke(slug: str) -> Response:
    """Give the access token back: userinfo and data providers refuse it from then on."""
    demo().service(slug)
    if (found := current_login(slug)) is None:
        return away("pages.home", slug)
    return _changed(slug, callback.revoke(demo().oauth.create_client(slug), found))


@blueprint.post("/<slug>/data")
def data(slug: str) -> Response:
    """The citizen's data, fetched from a data provider with the token of the login."""
    service, _ = demo().service(slug)
    found = current_login(slug)
    if found is None or not service.data_provider:
        return away("pages.home", slug)
    members = _fetch(service.data_provider, found.access_token)
    return service_page("data.html", slug, answer=members, raw=as_json(members))


def as_json(members: Mapping[str, Any]) -> str:
    """Members, as a person reads them."""
    return json.dumps(dict(members), indent=2, ensure_ascii=False)


def _changed(slug: str, login: Login) -> Response:
    demo().logins.change(session[login_key(slug)], login)
    return away("identity.show", slug)


def _fetch(data_provider: str, access_token: str) -> Mapping[str, Any]:
    base = demo().settings.internal_url or demo().settings.public_url
    url, headers = f"{base}/data-providers/{data_provider}/data", {"Authorization": f"Bearer {access_token}"}
    with Session() as calls:
        calls.trust_env = False  # a proxy of the environment would swallow calls to localhost
        try:
            answer = calls.get(url, headers=headers, timeout=TIMEOUT_SECONDS)
            members: Mapping[str, Any] = answer.json()
        except (RequestException, ValueError) as failure:
            raise AnswerRefused("data", type(failure).__name__) from None
    if answer.status_code != 200:
        detail = f"{answer.status_code} {members.get('error')}: {members.get('error_description')}"
        raise AnswerRefused("data", detail[:300])
    return members
