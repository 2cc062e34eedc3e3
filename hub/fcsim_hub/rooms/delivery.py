"""The answer to the service: a code with its grant, event and mail in one transaction; or the error it must receive."""

import uuid
from dataclasses import dataclass, replace

from flask import Blueprint, Response, request

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors.provider import CitizenLeft
from fcsim_hub.domain.errors.resumption import (
    AuthorizationExpired,
    AuthorizationInteractionMissing,
    AuthorizationMismatch,
    LoginOfAnotherSession,
)
from fcsim_hub.domain.journey import Journey, ProviderAnswer, Refusal, Session, SignedIn, Verified
from fcsim_hub.domain.notices import Notice, greeting_name, should_notify
from fcsim_hub.domain.providers import Provider
from fcsim_hub.domain.userinfo import Person, delivered
from fcsim_hub.protocol.addresses import add_to_query
from fcsim_hub.rooms.answers import code_answer, ending, refusal_answer
from fcsim_hub.rooms.dispatch import leave_for, onward
from fcsim_hub.storage.grants import Grant, insert_grant
from fcsim_hub.storage.journeys import mark_login
from fcsim_hub.storage.outbox import insert_notice
from fcsim_hub.storage.registrations import CLIENTS, PROVIDERS
from fcsim_hub.web.cookies import new_session_id, set_cookie
from fcsim_hub.web.credentials import new_code
from fcsim_hub.web.language import follow_journey
from fcsim_hub.web.visit import Visit, door

blueprint = Blueprint("delivery", __name__)


@blueprint.get("/authorize/<uid>")
@door
def deliver(visit: Visit, uid: str) -> Response:
    """Answer the service when the journey is over; lead it on otherwise."""
    session, journey = _open(visit, uid)
    client = visit.client_of(journey)
    asked = journey.request
    if journey.refusal:
        visit.save(replace(session, journey=None))
        return refusal_answer(visit.hub, asked.redirect_uri, asked.state, journey.refusal)
    if visit.login_elsewhere(session):
        raise LoginOfAnotherSession("the login cookie is of another session than the one that asks")
    if not (journey.acknowledged and journey.verified and journey.answer):
        return onward(visit.hub, journey, client, status=303)
    provider = PROVIDERS.find(visit.tx, visit.realm, journey.answer.provider_uid)
    return _deliver(visit, _Finished(session, journey, client, journey.verified, journey.answer, provider))


def _open(visit: Visit, uid: str) -> tuple[Session, Journey]:
    session = visit.cookie_session()
    if session is None:
        raise AuthorizationExpired("the session that started this authorization is unknown or has expired")
    visit.session = session
    follow_journey(session.language, forced=session.language_forced)
    if session.journey is None:
        raise AuthorizationInteractionMissing("this session holds no authorization: it was already answered")
    if session.journey.uid != uid:
        raise AuthorizationMismatch("another authorization was started in this browser since")
    return session, session.journey


@dataclass(frozen=True)
class _Finished:
    """A journey with everything an answer needs."""

    session: Session
    journey: Journey
    client: Client
    verified: Verified
    answer: ProviderAnswer
    provider: Provider | None
    """None when it was removed meanwhile: the login still holds."""


def _deliver(visit: Visit, done: _Finished) -> Response:
    """Grant, code, event, mail and session in one transaction; then the redirect."""
    hub, session, asked = visit.hub, done.session, done.journey.request
    auth_time = session.signed_in.auth_time if session.signed_in else int(visit.now)
    code, login_id, lifetimes = new_code(), new_session_id(), hub.platform.lifetimes
    code_ends, grant_ends = visit.now + lifetimes.code, visit.now + lifetimes.grant
    insert_grant(visit.tx, visit.realm, hub.seal, _grant(done, auth_time), code, code_ends, grant_ends)
    visit.trace("FC_REDIRECTED_TO_SP")
    signed_in = SignedIn(
        answer=done.answer,
        identity=done.verified.identity,
        level=done.verified.level,
        account_id=done.verified.account_id,
        auth_time=auth_time,
        ends_at=visit.ends_at(session),
        reusable=done.provider is None or done.provider.knows_registry,
    )
    visit.save(replace(session, journey=None, signed_in=signed_in, notified=_notify(visit, done)))
    mark_login(visit.tx, visit.realm, session.id, login_id)
    response = code_answer(hub, asked.redirect_uri, asked.state, code)
    set_cookie(hub, response, hub.platform.login_cookie, login_id, dated=hub.platform.session_cookie_dated)
    return response


def _grant(done: _Finished, auth_time: int) -> Grant:
    person = Person(
        sub=done.verified.sub,
        identity=done.verified.identity,
        provider=done.answer.identity,
        provider_uid=done.answer.provider_uid,
        provider_name=done.answer.provider_name,
        provider_title=done.answer.provider_title,
        provider_acr=done.answer.acr,
        amr=done.provider.amr if done.provider else (),
    )
    return Grant(
        id=str(uuid.uuid4()),
        request=done.journey.request,
        person=person,
        acr=str(done.verified.level),
        auth_time=auth_time,
        flow=done.journey.uid,
        browsing_id=done.session.browsing_id,
        session_id=done.session.id,
        account_id=done.verified.account_id,
        is_sso=done.journey.is_sso,
    )


def _is_told(visit: Visit, done: _Finished) -> bool:
    mode, journey = visit.hub.platform.mail_mode, done.journey
    return should_notify(
        mode, done.client.client_id, done.session.notified, journey.device, suspicious=journey.suspicious
    )


def _notify(visit: Visit, done: _Finished) -> tuple[str, ...]:
    """The mail to the citizen, once for each service in a browsing session; returns who was notified for."""
    platform, session, client = visit.hub.platform, done.session, done.client
    recipient = done.answer.identity.email  # none from another member state: its people are not written to (§14.1)
    if recipient and _is_told(visit, done):
        notice = Notice(
            id=uuid.uuid4().hex,
            kind="connection",
            to=recipient,
            sender=platform.mail_sender,
            language=session.language,
            flow=done.journey.uid,
            created_at=visit.now,
            person=greeting_name(
                delivered(done.verified.identity, done.answer.identity, platform.identity_from), done.answer.identity
            ),
            service=client.name,
            provider=done.provider.title if done.provider else "",
            platform=platform.title,
            browsing_id=session.browsing_id,
        )
        insert_notice(visit.tx, visit.realm.world, notice)
    return tuple(dict.fromkeys((*session.notified, client.client_id)))


@blueprint.get("/redirect-to-sp-with-error")
@door
def leave(visit: Visit) -> Response:
    """The citizen goes back to the service, from the choice page or from an error page (§7.8)."""
    refusal = Refusal(
        error=_ascii(request.args.get("error", "")) or CitizenLeft.error,
        description=_ascii(request.args.get("error_description", "")) or CitizenLeft.description,
    )
    session = visit.cookie_session()
    if session is not None and session.journey is not None:
        visit.session = session
        journey = replace(session.journey, refusal=refusal)
        visit.save(replace(session, journey=journey))
        return onward(visit.hub, journey, visit.client_of(journey), status=303)
    return _leave_without_journey(visit, refusal)


def _leave_without_journey(visit: Visit, refusal: Refusal) -> Response:
    """Only to an address registered to the letter, for any service; `state` is FranceConnect's literal when missing."""
    where = request.args.get("redirect_uri", "")
    clients = (client for client, _ in CLIENTS.list(visit.tx, visit.realm) if client.active)
    if not any(where in client.redirect_uris for client in clients):
        raise CitizenLeft("redirect_uri is missing, or registered for no active service of this platform")
    members = [
        ("error", refusal.error),
        ("error_description", refusal.description),
        *ending(visit.hub, request.args.get("state", "undefined")),
    ]
    return leave_for(add_to_query(where, members))


def _ascii(text: str) -> str:
    """What RFC 6749 allows in an error: printable ASCII less quote and backslash."""
    return "".join(char for char in text[:256] if " " <= char <= "~" and char not in '"\\')
