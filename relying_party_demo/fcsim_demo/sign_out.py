"""The end of a login: here first, then at the hub."""

from flask import Blueprint, Response, request, session

from fcsim_demo.context import away, current_login, demo, login_key, service_page
from fcsim_demo.refusal import AnswerRefused

blueprint = Blueprint("sign_out", __name__)


@blueprint.post("/<slug>/logout")
def leave(slug: str) -> Response:
    """End the login here first, then send the browser to the hub: a back-channel call would do nothing."""
    demo().service(slug)
    found = current_login(slug)
    demo().logins.forget(session.pop(login_key(slug), None))
    if found is None:
        return away("pages.home", slug)
    client, where = demo().oauth.create_client(slug), demo().address(slug, "logged-out")
    # The signed token, out of its envelope: FranceConnect+ refuses a JWE as a hint (Y04FEDB9).
    answer: Response = client.logout_redirect(post_logout_redirect_uri=where, id_token_hint=found.id_token.signed)
    return answer


@blueprint.get("/<slug>/logged-out")
def left(slug: str) -> Response:
    """Back from the hub's logout."""
    demo().service(slug)
    client = demo().oauth.create_client(slug)
    state = request.args.get("state", "")
    if not state or not client.framework.get_state_data(session, state):
        raise AnswerRefused("logout", "state is missing, or not one of this browser's")
    client.framework.clear_state_data(session, state)
    return service_page("logged_out.html", slug)
