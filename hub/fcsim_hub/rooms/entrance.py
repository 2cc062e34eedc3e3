"""GET and POST /authorize: what the service asks, proven; a journey begins (service-provider-side §6)."""

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, Response, request

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.consent import Page, which_page
from fcsim_hub.domain.errors.authorize import (
    AuthorizeParamsRefused,
    ClientUnknown,
    ConsentRequired,
    LoginRequired,
    SessionDemandInvalid,
)
from fcsim_hub.domain.errors.base import RedirectedError
from fcsim_hub.domain.errors.logout import LogoutError
from fcsim_hub.domain.journey import Journey, Request, Room, Session, SignedIn, can_sign_on
from fcsim_hub.protocol.logout import check_hint
from fcsim_hub.protocol.parameters import Parameters, check_escapes, read_parameters
from fcsim_hub.protocol.request import find_address, read_request
from fcsim_hub.rooms.answers import error_answer
from fcsim_hub.rooms.dispatch import address, leave_for
from fcsim_hub.storage.accounts import find_subs
from fcsim_hub.storage.journeys import delete_session, insert_session
from fcsim_hub.storage.keys import load_keys
from fcsim_hub.storage.registrations import CLIENTS
from fcsim_hub.web.cookies import drop_cookie, new_session_id
from fcsim_hub.web.language import current_language
from fcsim_hub.web.visit import Visit, door

blueprint = Blueprint("entrance", __name__)

UID_BYTES = 32
FORM = "application/x-www-form-urlencoded"


@blueprint.get("/authorize")
@blueprint.post("/authorize")
@door
def authorize(visit: Visit) -> Response:
    """Prove the request, then begin a journey, or answer the service with an error it can receive."""
    pairs = list(_received())
    client, params = _read(visit, pairs)
    where = find_address(params, client, visit.hub.platform)
    try:
        asked = read_request(params, client, visit.hub.platform, where)
        before = visit.cookie_session()
        known = _signed_in(visit, client, before, asked, params.get("id_token_hint"))
    except RedirectedError as refused:
        if not visit.hub.platform.tells_refused_requests:
            raise
        return error_answer(visit.hub, str(where), params.get("state"), refused)
    if request.method == "POST":
        asked = replace(asked, idp_hint="")  # §6.3: FranceConnect reads it in the query alone
    return _begin(visit, asked, before, known)


def _received() -> Iterable[tuple[str, str]]:
    """The parameters of the query, or of the form when posted: never a mix of both."""
    if request.method != "POST":
        check_escapes(request.query_string)
        return request.args.items(multi=True)
    if request.mimetype != FORM:
        kind = f"Content-Type is {request.mimetype[:80]!r}" if request.mimetype else "there is no Content-Type"
        raise AuthorizeParamsRefused(f"{kind}: a POST is expected to hold its parameters in a body of {FORM}")
    check_escapes(request.get_data())
    return request.form.items(multi=True)


def _read(visit: Visit, pairs: list[tuple[str, str]]) -> tuple[Client, Parameters]:
    platform = visit.hub.platform
    with visit.hub.database.read() as connection:
        client = CLIENTS.find(connection, visit.realm, dict(pairs).get("client_id", ""))
    posture = client.follows(platform) if client else platform.posture
    params = read_parameters(pairs, posture, platform, client.optional_parameters if client else ())
    if client is None or not client.active:
        raise ClientUnknown(f"no active client {params.get('client_id')[:80]!r} on {platform.title}")
    visit.client = client
    visit.hub.sectors.check(client)
    return client, params


def _signed_in(visit: Visit, client: Client, before: Session | None, asked: Request, hint: str) -> SignedIn | None:
    """The finished login that serves this request; None: somebody signs in. Raises RedirectedError."""
    known, demands = before.signed_in if before else None, asked.demands
    serves = (
        known is not None
        # Counted from the login (§8): a service that begins single sign-on again and again does not prolong it.
        and (visit.hub.platform.session_sliding or visit.now < known.ends_at)
        and can_sign_on(known, asked.asked, visit.hub.platform.sso_levels)
        and demands.accept(known.auth_time, visit.now)
        and (not hint or _is_about(visit, client, known, hint))
    )
    if demands.silent and not serves:
        raise LoginRequired("prompt is none, and no login of this browser serves")
    if demands.silent and which_page(client, asked.scopes) is Page.CONSENT:
        raise ConsentRequired("prompt is none, and this service asks for a consent at each login")
    return known if serves else None


def _is_about(visit: Visit, client: Client, known: SignedIn, hint: str) -> bool:
    """Whether an id_token of this client speaks of the person signed in (OpenID Connect Core §3.1.2.1)."""
    hub = visit.hub
    keys = load_keys(visit.tx, visit.realm, hub.seal, visit.now)
    alg = client.id_token_alg(hub.platform)
    try:
        claims = check_hint(hint, issuer=hub.issuer, alg=alg, keys=keys, client_secret=client.client_secret)
    except LogoutError as refused:
        raise SessionDemandInvalid(refused.detail) from None
    return find_subs(visit.tx, hub.accounts, known.account_id).get(client.entity) == claims.get("sub")


def _begin(visit: Visit, asked: Request, before: Session | None, known: SignedIn | None) -> Response:
    """A new session in place of the browser's, and a journey in it; a finished login is kept when it can serve."""
    if before is not None:
        delete_session(visit.tx, visit.realm, before.id)
    sso = known is not None
    journey = Journey(
        uid=secrets.token_urlsafe(UID_BYTES),
        request=asked,
        started_at=visit.now,
        # From any caller: ledger F19.
        suspicious=request.headers.get("X-Suspicious") == "1",
        is_sso=sso,
        answer=known.answer if known else None,
    )
    visit.session = session = Session(
        id=new_session_id(),
        renewed_at=visit.now,
        browsing_id=before.browsing_id if before and sso else str(uuid.uuid4()),
        language=current_language(),
        journey=journey,
        signed_in=known,
        notified=before.notified if before and sso else (),
    )
    insert_session(visit.tx, visit.realm, visit.hub.seal, session, visit.ends_at(session))
    visit.keep_cookie(session)
    visit.trace("FC_AUTHORIZE_INITIATED")
    response = leave_for(address(visit.hub, Room.CHOICE, journey), 303)
    _forget_login(visit, response)
    return response


def _forget_login(visit: Visit, response: Response) -> None:
    """§7.1: until this login is finished, none is. In posture `standard` the former can still be ended."""
    platform = visit.hub.platform
    if platform.login_cookie in request.cookies and visit.client and visit.client.follows(platform) == "faithful":
        drop_cookie(visit.hub, response, platform.login_cookie)
