"""One browser request on its way through a room: its session, its transaction, its events.

The transaction opens at the first need and is committed by the door when the room succeeds. When the room
raises, everything it wrote is undone, except the events: a refused login is a fact worth its trace.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import Response, g

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.errors import HubError
from fcsim_hub.domain.errors.hub import ClientGone, InteractionNotFound, SessionNotFound
from fcsim_hub.domain.errors.resumption import PrincipalChanged
from fcsim_hub.domain.events import Event
from fcsim_hub.domain.journey import Journey, Session
from fcsim_hub.storage import journeys
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.events import write_events
from fcsim_hub.storage.registrations import CLIENTS
from fcsim_hub.web.cookies import new_session_id, read_cookie, set_cookie
from fcsim_hub.web.hub import Hub, current_hub
from fcsim_hub.web.language import current_language, follow_journey
from fcsim_hub.web.tracing import describe


class Visit:
    """What a room is given."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.realm = hub.realm
        self.now = hub.clock.now()
        self.session: Session | None = None
        self.client: Client | None = None
        self.provider_title = ""
        """The provider of the journey, once a room looked it up."""
        self.events: list[Event] = []
        self._stack = ExitStack()
        self._connection: Connection | None = None
        self._cookie: str | None = None

    @property
    def tx(self) -> Connection:
        """The transaction of this visit."""
        if self._connection is None:
            self._connection = self._stack.enter_context(self.hub.database.write())
        return self._connection

    def cookie_session(self) -> Session | None:
        """The live session of this browser, locked; None when there is none."""
        session_id = read_cookie(self.hub, self.hub.platform.session_cookie)
        if session_id is None:
            return None
        return journeys.find_session(self.tx, self.realm, self.hub.seal, session_id, self.now, claim=True)

    def open_session(self) -> Session:
        """The session of this browser, locked until the visit ends; raises SessionNotFound."""
        return self._known(self.cookie_session())

    def _known(self, session: Session | None) -> Session:
        if session is None:
            raise SessionNotFound("this session is unknown or has expired")
        self.session = session
        follow_journey(session.language, forced=session.language_forced)
        return session

    def open_journey(self, uid: str | None = None) -> tuple[Session, Journey]:
        """The session and its journey, the one named by the address where it names one.

        Raises PrincipalChanged too: single sign-on goes on with the person it began with, or not at all.
        """
        session, journey = self.journey_of(self.open_session(), uid)
        if session.signed_in is not None:
            login = self.login_elsewhere(session)
            if login and login.signed_in and login.signed_in.account_id != session.signed_in.account_id:
                raise PrincipalChanged("the login cookie is of another account than the one signed in")
        return session, journey

    def login_elsewhere(self, session: Session) -> Session | None:
        """The live session of the login that the browser shows, where it is another one than its own.

        What is left of a session while it is logged out holds no login any more.
        """
        login_id = read_cookie(self.hub, self.hub.platform.login_cookie)
        if login_id is None:
            return None
        found = journeys.find_session_of_login(self.tx, self.realm, self.hub.seal, login_id)
        is_elsewhere = found and found[1] > self.now and found[0].id != session.id and found[0].signed_in
        return found[0] if found and is_elsewhere else None

    def journey_of(self, session: Session, uid: str | None = None) -> tuple[Session, Journey]:
        """The journey under way in a session; raises InteractionNotFound, SessionNotFound."""
        if session.journey is None:
            raise InteractionNotFound("this session holds no interaction: it was answered")
        if uid not in (None, session.journey.uid):
            # Of another browser, or of a tab that a second /authorize left behind (H029, H161).
            raise SessionNotFound("the interaction of this address is not the one of this browser's session")
        return session, session.journey

    def peek_client(self, journey: Journey) -> None:
        """Know the service of a journey outside any transaction: its name is in every event."""
        with self.hub.database.read() as connection:
            self.client = CLIENTS.find(connection, self.realm, journey.request.client_id)

    def client_of(self, journey: Journey) -> Client:
        """The service of a journey; raises ClientGone when it vanished meanwhile."""
        self.client = CLIENTS.find(self.tx, self.realm, journey.request.client_id)
        if self.client is None or not self.client.active:
            raise ClientGone("the client of this interaction was removed or deactivated meanwhile")
        return self.client

    def save(self, session: Session) -> None:
        """Store the session; its life starts anew where the platform's sessions slide (§7.2)."""
        session = replace(session, language=current_language())
        self.session = session = self.renewed(session) if self.hub.platform.session_sliding else session
        journeys.update_session(self.tx, self.realm, self.hub.seal, session, self.ends_at(session))
        self._cookie = session.id

    def keep_cookie(self, session: Session) -> None:
        """Give the browser the id of a session stored by the room itself."""
        self._cookie = session.id

    def rotate(self, session: Session) -> Session:
        """Store the session under a new id; the old one answers no more (§7.2: at authorize and at the callback)."""
        journeys.delete_session(self.tx, self.realm, session.id)
        self.session = fresh = replace(session, id=new_session_id())
        if self.hub.platform.session_sliding:
            self.session = fresh = self.renewed(fresh)
        journeys.insert_session(self.tx, self.realm, self.hub.seal, fresh, self.ends_at(fresh))
        self._cookie = fresh.id
        return fresh

    def renewed(self, session: Session) -> Session:
        """The session, its life begun anew now."""
        return replace(session, renewed_at=self.now)

    def ends_at(self, session: Session) -> float:
        """When a session ends."""
        return session.renewed_at + self.hub.platform.lifetimes.session

    def trace(self, name: str, **more: str | int | bool | None) -> None:
        """Note a business event; written when the visit ends, whatever its end."""
        self.events.append(describe(name, self.session, self.client, more))

    def settle(self) -> None:
        """Commit what was written so far: what follows calls out, holds no lock, and opens a transaction of its own."""
        self._stack.close()
        self._connection = None

    def commit(self, response: Response) -> Response:
        """End well: events, transaction, cookie."""
        if self.events:
            write_events(self.tx, self.realm, self.events, self.now)
        self._stack.close()
        if self._cookie:
            platform = self.hub.platform
            set_cookie(self.hub, response, platform.session_cookie, self._cookie, dated=platform.session_cookie_dated)
        return response

    def abandon(self, failure: BaseException) -> None:
        """End badly: everything undone, the events kept."""
        self._stack.__exit__(type(failure), failure, failure.__traceback__)
        self._connection = None
        if self.events and isinstance(failure, HubError):
            with self.hub.database.write() as connection:
                write_events(connection, self.realm, self.events, self.now)


def door(room: Callable[..., Response]) -> Callable[..., Response]:
    """Opens a visit for a room, and ends it."""

    @wraps(room)
    def through(**path: Any) -> Response:
        g.visit = visit = Visit(current_hub())
        try:
            return visit.commit(room(visit, **path))
        except BaseException as failure:
            visit.abandon(failure)
            raise

    return through
