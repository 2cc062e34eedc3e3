"""The postman: empties the outbox over SMTP, again and again until each mail is accepted or refused for good.

A login never waits for it. A mail is leased, sent, then settled: a crash in between sends it again, with the
same Message-ID (security-and-reliability R20–R22).
"""

import logging
import smtplib
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import unquote, urlsplit

from sqlalchemy.exc import SQLAlchemyError

from fcsim_hub.clock import Clock
from fcsim_hub.gateways.message import make_message
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.outbox import DEAD, SENT, WAITING, Mail, lease_due, settle

log = logging.getLogger("fcsim.mail")

BACKOFF_FIRST, BACKOFF_MAX = 1.0, 900.0
LEASE_SECONDS = 60.0
SOCKET_SECONDS = 10.0
ROUND_SECONDS = 1.0


class RefusedForGood(Exception):
    """The server answered 5xx: sending again would not help."""


def backoff(attempts: int) -> float:
    """Seconds before the next attempt: 1, 2, 4 ... 900."""
    return min(BACKOFF_FIRST * 2.0 ** max(attempts - 1, 0), BACKOFF_MAX)


@dataclass
class Postman:
    """Delivers in a thread of its own."""

    database: Database
    smtp_url: str
    clock: Clock
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        """Begin the rounds."""
        self._thread = Thread(target=self._rounds, name="postman", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the mail under way."""
        self._stop.set()
        if self._thread:
            self._thread.join(SOCKET_SECONDS)

    def _rounds(self) -> None:
        while not self._stop.wait(ROUND_SECONDS):
            try:
                self.deliver_due()
            except SQLAlchemyError as failure:
                log.warning("outbox unreadable, trying again: %s", type(failure).__name__)

    def deliver_due(self) -> int:
        """One round; returns how many mails were accepted."""
        now = self.clock.now()
        with self.database.write() as connection:
            taken = lease_due(connection, now, seconds=LEASE_SECONDS)
        accepted = 0
        for world, mail in taken:
            if self.clock.now() > now + LEASE_SECONDS / 2:
                break  # a server that makes us wait: the rest is whoever's, once the lease is over (R22)
            accepted += self._deliver(world, mail)
        return accepted

    def _deliver(self, world: str, mail: Mail) -> bool:
        attempt = mail.attempts + 1
        try:
            self._send(mail)
            status, why, retry_in = SENT, "", 0.0
        except RefusedForGood as refused:
            status, why, retry_in = DEAD, str(refused), 0.0
        except (OSError, smtplib.SMTPException) as failure:
            status, why, retry_in = WAITING, f"attempt {attempt}: {type(failure).__name__}", backoff(attempt)
            log.info("mail %s not delivered (attempt %d): %s", mail.notice.id, attempt, type(failure).__name__)
        now = self.clock.now()
        with self.database.write() as connection:
            settle(connection, world, mail.notice.id, attempt, status, now, why=why, retry_at=now + retry_in)
        return status == SENT

    def _send(self, mail: Mail) -> None:
        address = urlsplit(self.smtp_url)
        kind = smtplib.SMTP_SSL if address.scheme == "smtps" else smtplib.SMTP
        with kind(address.hostname or "localhost", address.port or 25, timeout=SOCKET_SECONDS) as server:
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
            try:
                server.send_message(make_message(mail.notice), to_addrs=[mail.notice.to])
            except smtplib.SMTPRecipientsRefused as refused:
                code = next(iter(refused.recipients.values()))[0]
                if code >= 500:
                    raise RefusedForGood(f"recipient refused with {code}") from None
                raise
            except smtplib.SMTPResponseException as refused:
                if refused.smtp_code >= 500:
                    raise RefusedForGood(f"refused with {refused.smtp_code}") from None
                raise
