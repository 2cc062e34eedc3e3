"""Mails of the providers, put in the one outbox of the installation: the console keeps it, over HTTP."""

import json
from dataclasses import dataclass, field

from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

SECONDS = 5.0


class MailboxSilent(Exception):
    """The console did not take the mail; the text says what happened, without what was in it."""


@dataclass(frozen=True, kw_only=True)
class CodeMail:
    """A one-time code for a person."""

    to: str
    person: str
    provider: str
    language: str
    code: str
    minutes: int


@dataclass(frozen=True)
class Mailbox:
    """The console's door for mails."""

    base_url: str
    token: str
    _pool: PoolManager = field(default_factory=lambda: PoolManager(retries=Retry(0, redirect=False), maxsize=4))

    def send(self, mail: CodeMail) -> None:
        """Hand a mail over. Raises MailboxSilent."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        body = json.dumps({"kind": "code", **vars(mail)})
        url = f"{self.base_url}/api/v1/notices"
        try:
            answer = self._pool.request("POST", url, body=body, headers=headers, timeout=Timeout(total=SECONDS))
        except (HTTPError, OSError) as failure:
            raise MailboxSilent(f"the console does not answer: {type(failure).__name__}") from None
        if answer.status != 201:
            raise MailboxSilent(f"the console answered {answer.status}")
