"""The one way out over HTTP: a total deadline, a size cap, no redirects, no proxy from the environment."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urlencode, urlsplit

from urllib3 import Retry, Timeout
from urllib3.exceptions import (
    DecodeError,
    HTTPError,
    IncompleteRead,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    SSLError,
)
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError
from urllib3.response import BaseHTTPResponse

from fcsim_hub.domain.fetched import is_forbidden, read_ip
from fcsim_hub.gateways.deadlines import make_pool

SIZE_CAP = 262_144
CHUNK = 16_384
AT_ONCE = 150
"""Calls to one place under way; the next is refused at once. A place that hangs leaves the threads that stand in for
those who wait (spare_threads) to the other places (R24; ledger entry F68)."""
_NO_RETRY = Retry(0, redirect=False)


class TooLong(OSError):
    """The answer passes the cap."""


_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (TooLong, f"the answer is longer than {SIZE_CAP} bytes"),
    (PermissionError, "the name leads to an address that is never called"),
    ((socket.gaierror, NameResolutionError), "the name does not resolve"),
    (NewConnectionError, "nothing answers there"),
    ((TimeoutError, Urllib3TimeoutError), "no complete answer within {seconds:g} s"),
    (SSLError, "TLS failed, or the certificate is not trusted"),
    ((ProtocolError, IncompleteRead, ConnectionError), "the connection broke off, or what came is no HTTP"),
    (DecodeError, "the answer's Content-Encoding does not decode"),
)
"""First fit wins: urllib3 derives its kinds from one another."""


Waiting = Callable[[], AbstractContextManager[None]]
"""Entered by who waits for an answer."""


class OutboundFailure(Exception):
    """A call that gave nothing usable; the text says what, without what was sent."""


@dataclass(frozen=True)
class Answer:
    """A complete answer, within the deadline and the cap."""

    status: int
    content_type: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")


class HttpCaller:
    """Calls out through a pool of kept connections; one for each process."""

    def __init__(self, seconds: float, while_waiting: Waiting = nullcontext) -> None:
        self.seconds = seconds
        self._while_waiting = while_waiting
        self._under_way, self._counting = Counter[str](), Lock()
        self._pool = make_pool(num_pools=32, maxsize=16, retries=_NO_RETRY)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch; raises OutboundFailure."""
        return self.call("GET", url, headers or {}, None)

    def post_form(self, url: str, form: Mapping[str, str]) -> Answer:
        """Send a form; raises OutboundFailure."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return self.call("POST", url, headers, urlencode(form))

    def call(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> Answer:
        """Any method; raises OutboundFailure."""
        with self._one_of_few(url), self._while_waiting():
            return self._call(method, url, headers, body)

    @contextmanager
    def _one_of_few(self, url: str) -> Iterator[None]:
        """Take one of the calls that may be under way to a place; raises OutboundFailure."""
        place = urlsplit(url).netloc.rpartition("@")[2]
        with self._counting:
            if self._under_way[place] >= AT_ONCE:
                raise OutboundFailure(f"{_place(url)} was not asked: {AT_ONCE} calls to it wait already")
            self._under_way[place] += 1
        try:
            yield
        finally:
            with self._counting:
                self._under_way[place] -= 1
                if not self._under_way[place]:
                    del self._under_way[place]

    def _call(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> Answer:
        ends_at = time.monotonic() + self.seconds
        try:
            _refuse_forbidden(url)
            response = self._pool.request(
                method,
                url,
                body=body,
                headers=dict(headers),
                timeout=Timeout(total=self.seconds),
                preload_content=False,
                redirect=False,
            )
            with response:
                return Answer(response.status, response.headers.get("Content-Type", ""), _read_all(response, ends_at))
        except (HTTPError, OSError, ValueError) as failure:
            cause = getattr(failure, "reason", None) or failure  # "too many retries", of what: there is but one try
            raise OutboundFailure(f"{method} {_place(url)}: {self._told(cause)}") from failure

    def _told(self, cause: BaseException) -> str:
        """What went wrong, in words for the developer, and the library's own name for it."""
        name = type(cause).__name__
        for kinds, words in _WORDS:
            if isinstance(cause, kinds):
                return f"{words.format(seconds=self.seconds)} ({name})"
        return name


def _refuse_forbidden(url: str) -> None:
    """A registered name may come to resolve to what no registration may name (H025); raises OSError."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme not in ("http", "https"):
        raise ValueError("not http")
    for _, _, _, _, place in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM):
        number = read_ip(str(place[0]))
        if number is None or is_forbidden(number):
            raise PermissionError("a link-local or unspecified address")


def _read_all(response: BaseHTTPResponse, ends_at: float) -> bytes:
    """The body, unless it is too long or drips past the deadline."""
    body = bytearray()
    while chunk := response.read1(CHUNK, decode_content=True):
        body += chunk
        if len(body) > SIZE_CAP:
            raise TooLong
        if time.monotonic() > ends_at:
            raise TimeoutError
    return bytes(body)


def _place(url: str) -> str:
    # Queries and user names may hold secrets; the place alone is enough to find the culprit.
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
