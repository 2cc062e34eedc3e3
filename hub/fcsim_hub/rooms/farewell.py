"""Logout: asked by the service, carried to the provider, ended at the service (service-provider-side §12)."""

import hmac
import secrets
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.hub import PageNotFound, SessionNotFound
from fcsim_hub.domain.errors.logout import LogoutDetailsMissing, LogoutWithoutSession, LogoutXsrfInvalid
from fcsim_hub.domain.errors.provider import ProviderLogoutUrlFailed
from fcsim_hub.domain.journey import Logout, Session, SignedIn
from fcsim_hub.domain.platforms import Posture
from fcsim_hub.domain.providers import Provider
from fcsim_hub.protocol.addresses import add_to_query
from fcsim_hub.protocol.logout import LogoutRequest, read_logout
from fcsim_hub.rooms.dispatch import leave_for
from fcsim_hub.rooms.logout_request import (
    Asker,
    check_person,
    posture_of,
    prove,
    session_in_its_place,
    session_of_login,
)
from fcsim_hub.storage.grants import revoke_grants_of_browser
from fcsim_hub.storage.journeys import delete_session, insert_session, mark_login
from fcsim_hub.storage.registrations import CLIENTS, PROVIDERS
from fcsim_hub.web.cookies import drop_cookie, new_session_id, read_cookie
from fcsim_hub.web.pages import render_page
from fcsim_hub.web.visit import Visit, door

blueprint = Blueprint("farewell", __name__)


@door
def end_by_post(visit: Visit) -> Response:
    """Posture `standard` only; as a GET, because a browser sends no Lax cookie with another site's POST."""
    pairs = list(request.form.items(multi=True))
    if posture_of(visit, pairs) == "faithful":
        raise PageNotFound("POST /session/end: FranceConnect routes GET only")
    return leave_for(f"{visit.hub.doors_url}{visit.hub.platform.logout_path}?{urlencode(pairs)}", 303)


@door
def end(visit: Visit) -> Response:
    """GET, at the path the platform gives it (`logout_path`): check the request, note it, show a page that goes on."""
    pairs = list(request.args.items(multi=True))
    posture = posture_of(visit, pairs)
    asked = read_logout(pairs, posture, allow_localhost=visit.hub.platform.allow_localhost)
    asker = prove(visit, asked)
    session = _session_to_end(visit, posture)
    if session is None:
        return leave_for(_end_address(visit, _logout(asker, asked)), 303)
    if posture == "standard":
        check_person(visit, asker, session)
    return _begin(visit, session, asker.client, _logout(asker, asked))


def _session_to_end(visit: Visit, posture: Posture) -> Session | None:
    """None where none is left, which FranceConnect refuses and posture `standard` does not mind (H108)."""
    try:
        session: Session | None = session_of_login(visit)
    except (LogoutWithoutSession, SessionNotFound):
        if posture == "faithful":
            raise
        session = session_in_its_place(visit)
    is_over = session is None or session.signed_in is None
    return None if is_over and posture == "standard" else session


def _logout(asker: Asker, asked: LogoutRequest) -> Logout:
    return Logout(
        client_id=asker.client.client_id,
        redirect_uri=asker.redirect_uri,
        state=asked.state,
        xsrf=secrets.token_hex(24),
    )


def _begin(visit: Visit, session: Session, client: Client, logout: Logout) -> Response:
    visit.session, visit.client = session, client
    visit.trace("SP_REQUESTED_LOGOUT", **_asker_fields(logout, client))
    visit.save(replace(session, logout=logout))
    provider = _provider_of(visit, session)
    if provider is None or not provider.end_session_endpoint:
        return _step_page(visit, "/client/logout-callback", "get", {}, [])
    return _step_page(visit, "/client/disconnect-from-idp", "post", {}, [provider.end_session_endpoint])


def _asker_fields(logout: Logout, client: Client | None) -> dict[str, str | None]:
    """Every event of a logout names the service that asked for it; one removed meanwhile has its id alone."""
    return {
        "spId": logout.client_id,
        "spName": client.name if client else None,
        "spType": client.type if client else None,
    }


def _provider_of(visit: Visit, session: Session) -> Provider | None:
    if session.signed_in is None:
        return None
    return PROVIDERS.find(visit.tx, visit.realm, session.signed_in.answer.provider_uid)


def _step_page(visit: Visit, path: str, method: str, fields: dict[str, str], leads_to: list[str]) -> Response:
    """A form that posts itself, and a button for browsers that do not."""
    logout = visit.session.logout if visit.session else None
    ends_at = [logout.redirect_uri] if logout else []
    return render_page(
        "logout.html",
        forms_lead_to=[visit.hub.base_url, *leads_to, *ends_at],
        action=visit.hub.doors_url + path,
        method=method,
        fields=fields,
    )


@blueprint.post("/client/disconnect-from-idp")
@door
def disconnect(visit: Visit) -> Response:
    """Off to the provider's own logout (inside-the-hub §3.8). Posture `standard` ends the session before: a provider
    that never sends the citizen back must not keep them signed in here (H111)."""
    session = visit.session = session_of_login(visit)
    logout = _under_way(session)
    if logout.ended:
        return leave_for(f"{visit.hub.doors_url}/client/logout-callback")
    provider = _provider_of(visit, session)
    if provider is None or session.signed_in is None or not provider.end_session_endpoint:
        raise ProviderLogoutUrlFailed("the provider of this session has no end_session_endpoint any more")
    client = CLIENTS.find(visit.tx, visit.realm, logout.client_id)
    asker = _asker_fields(logout, client)
    visit.trace("FC_REQUESTED_LOGOUT_FROM_IDP", **asker, idpId=provider.uid, idpName=provider.name)
    response = leave_for(_provider_logout(visit, provider, session.signed_in))
    if client is not None and client.follows(visit.hub.platform) == "standard":
        _terminate(visit, session, logout, response)
    else:
        visit.save(session)
    return response


def _provider_logout(visit: Visit, provider: Provider, signed_in: SignedIn) -> str:
    query = urlencode(
        {
            "id_token_hint": signed_in.answer.id_token,
            "post_logout_redirect_uri": f"{visit.hub.doors_url}/client/logout-callback",
            "state": secrets.token_hex(32),
            "client_id": provider.client_id,
        }
    )
    separator = "&" if "?" in provider.end_session_endpoint else "?"
    return f"{provider.end_session_endpoint}{separator}{query}"


@blueprint.get("/client/logout-callback")
@door
def back_from_provider(visit: Visit) -> Response:
    """The session ends here at the latest; on to the confirmation. What the provider sends along is not looked at."""
    session = visit.session = session_of_login(visit)
    logout = _under_way(session)
    response = _step_page(visit, "/session/end/confirm", "post", {"xsrf": logout.xsrf}, [])
    if not logout.ended:
        _terminate(visit, session, logout, response)
    return response


def _terminate(visit: Visit, session: Session, logout: Logout, response: Response) -> None:
    """Its grants die, its id answers no more; only the way back to the service is kept."""
    client = CLIENTS.find(visit.tx, visit.realm, logout.client_id)
    visit.trace("FC_SESSION_TERMINATED", **_asker_fields(logout, client))
    revoke_grants_of_browser(visit.tx, visit.realm, session.browsing_id, visit.now)
    delete_session(visit.tx, visit.realm, session.id)
    remains = replace(
        visit.renewed(session),
        id=new_session_id(),
        journey=None,
        signed_in=None,
        csrf="",
        notified=(),
        logout=replace(logout, ended=True),
    )
    insert_session(visit.tx, visit.realm, visit.hub.seal, remains, visit.ends_at(remains))
    login_id = read_cookie(visit.hub, visit.hub.platform.login_cookie) or ""
    mark_login(visit.tx, visit.realm, remains.id, login_id)
    drop_cookie(visit.hub, response, visit.hub.platform.session_cookie)


@blueprint.post("/session/end/confirm")
@door
def confirm(visit: Visit) -> Response:
    """Back to the service, or to a page that says the citizen is logged out."""
    session = session_of_login(visit)
    logout = _under_way(session)
    if not hmac.compare_digest(logout.xsrf.encode(), request.form.get("xsrf", "").encode()):
        raise LogoutXsrfInvalid("xsrf is missing, or not the one of this logout")
    delete_session(visit.tx, visit.realm, session.id)
    response = leave_for(_end_address(visit, logout), 303)
    drop_cookie(visit.hub, response, visit.hub.platform.login_cookie)
    return response


def _end_address(visit: Visit, logout: Logout) -> str:
    if logout.redirect_uri:
        return (
            add_to_query(logout.redirect_uri, [("state", logout.state)])
            if logout.state is not None
            else logout.redirect_uri
        )
    return f"{visit.hub.doors_url}/session/end/success?{urlencode({'client_id': logout.client_id})}"


def _under_way(session: Session) -> Logout:
    if session.logout is None:
        raise LogoutDetailsMissing("no logout was asked in this session")
    return session.logout


@blueprint.get("/session/end/success")
@door
def success(visit: Visit) -> Response:
    """The page for services that gave no address to return to."""
    client = CLIENTS.find(visit.tx, visit.realm, request.args.get("client_id", ""))
    return render_page("logged_out.html", client=client)
