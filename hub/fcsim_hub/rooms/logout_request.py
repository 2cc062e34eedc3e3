"""Who asks for a logout, proven by the hint, and which session of this browser it is about (§12.1–§12.3).

Not a room: `farewell` asks it.
"""

from dataclasses import dataclass

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.hub import BadRequest, SessionNotFound
from fcsim_hub.domain.errors.logout import HintClientUnknown, LogoutWithoutSession, PostLogoutUriNotRegistered
from fcsim_hub.domain.journey import Session
from fcsim_hub.domain.platforms import Posture
from fcsim_hub.protocol.addresses import explain_mismatch, find_registered
from fcsim_hub.protocol.logout import LogoutRequest, check_hint, claimed_audience
from fcsim_hub.storage.accounts import find_subs
from fcsim_hub.storage.journeys import find_session_of_login, mark_login
from fcsim_hub.storage.keys import load_keys
from fcsim_hub.storage.registrations import CLIENTS
from fcsim_hub.web.cookies import read_cookie
from fcsim_hub.web.visit import Visit


@dataclass(frozen=True)
class Asker:
    """A service that asks for a logout."""

    client: Client
    redirect_uri: str
    """Registered; empty when none was asked."""
    sub: str
    """Of the person the hint is about."""


def posture_of(visit: Visit, pairs: list[tuple[str, str]]) -> Posture:
    """Of the service that the request says it comes from."""
    client = CLIENTS.find(visit.tx, visit.realm, claimed_audience(pairs))
    return client.follows(visit.hub.platform) if client else visit.hub.platform.posture


def prove(visit: Visit, asked: LogoutRequest) -> Asker:
    """The service, proven by the hint, and the address to end at. Raises LogoutError."""
    hub = visit.hub
    client = CLIENTS.find(visit.tx, visit.realm, asked.audience)
    if client is None or not client.active:
        raise HintClientUnknown("the hint's audience is no active client of this platform")
    keys = load_keys(visit.tx, visit.realm, hub.seal, visit.now)
    alg = client.id_token_alg(hub.platform)
    claims = check_hint(asked.hint, issuer=hub.issuer, alg=alg, keys=keys, client_secret=client.client_secret)
    if not asked.redirect_uri:
        return Asker(client, "", str(claims.get("sub")))
    compared = (asked.redirect_uri, client.post_logout_redirect_uris, client.follows(hub.platform))
    where = find_registered(*compared)
    if where is None:
        raise PostLogoutUriNotRegistered(explain_mismatch(*compared))
    return Asker(client, where, str(claims.get("sub")))


def session_of_login(visit: Visit) -> Session:
    """The session that this browser's finished login belongs to. Raises LogoutWithoutSession, SessionNotFound."""
    login_id = read_cookie(visit.hub, visit.hub.platform.login_cookie)
    if login_id is None:
        raise LogoutWithoutSession("the browser sent no cookie of a finished login: logout must be a browser redirect")
    found = find_session_of_login(visit.tx, visit.realm, visit.hub.seal, login_id)
    if found is None or found[1] <= visit.now:
        raise SessionNotFound("the session of this login has expired or was replaced")
    return found[0]


def session_in_its_place(visit: Visit) -> Session | None:
    """The signed-in session of this browser where a further authorization took the place of the login's own: without
    it, posture `standard` would tell a citizen that they are logged out, who is not. The login names it from now on."""
    session, login_id = visit.cookie_session(), read_cookie(visit.hub, visit.hub.platform.login_cookie)
    if session is None or session.signed_in is None or login_id is None:
        return None
    mark_login(visit.tx, visit.realm, session.id, login_id)
    return session


def check_person(visit: Visit, asker: Asker, session: Session) -> None:
    """The hint of one person does not log another one out (H112; RP-Initiated Logout §6)."""
    known = session.signed_in and find_subs(visit.tx, visit.hub.accounts, session.signed_in.account_id).get(
        asker.client.entity
    )
    if known != asker.sub:
        raise BadRequest("id_token_hint is about another person than the one signed in in this browser")
