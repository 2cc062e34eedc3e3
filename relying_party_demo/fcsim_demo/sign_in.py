"""Off to the hub, and back."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request, session, url_for
from requests import RequestException

from fcsim_demo.asking import as_post, from_form, overrides
from fcsim_demo.callback import receive
from fcsim_demo.client import authorize_parameters
from fcsim_demo.context import away, demo, login_key, service_page
from fcsim_demo.refusal import AnswerRefused

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/<slug>/login")
def begin(slug: str) -> Response:
    """Off to the hub; a few parameters may be set in the address, to try what they do; `method=post` sends a form."""
    url = _authorization_url(slug)
    if request.args.get("method") == "post":
        return service_page("post.html", slug, post=as_post(url))
    answer: Response = redirect(url)  # type: ignore[assignment]  # Flask's own response class
    return answer


@blueprint.get("/<slug>/try")
def attempt(slug: str) -> Response:
    """The form for developers, as the address of a login."""
    demo().service(slug)
    query = urlencode(from_form(request.args))
    answer: Response = redirect(f"{url_for('sign_in.begin', slug=slug)}?{query}", 303)  # type: ignore[assignment]  # Flask's own response class
    return answer


@blueprint.get("/<slug>/callback")
def callback(slug: str) -> Response:
    """Back from the hub."""
    reader = demo().reader(slug)
    finished = receive(demo().oauth.create_client(slug), reader)
    demo().logins.forget(session.get(login_key(slug)))
    session[login_key(slug)] = demo().logins.add(finished)
    return away("identity.show", slug)


def _authorization_url(slug: str) -> str:
    """The address of the request; its state and nonce are kept for the callback."""
    service, _ = demo().service(slug)
    where, parameters = demo().address(slug, "callback"), authorize_parameters(service, overrides(request.args))
    client: Any = demo().oauth.create_client(slug)
    try:
        made = client.create_authorization_url(where, **parameters)
    except RequestException as failure:
        raise AnswerRefused("unreachable", type(failure).__name__) from None
    client.save_authorize_data(redirect_uri=where, **made | {"nonce": parameters["nonce"]})
    return str(made["url"])
