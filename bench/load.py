"""Whole logins, each from authorize to userinfo, by several visitors at once; each hop timed."""

import json
import re
import secrets
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import parse_qs, urlencode, urlsplit

from urllib3 import HTTPConnectionPool

from bench.process import Running

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PERSON = "angela-dubois"
REQUESTS = 14
"""HTTP requests that one login costs fcsim's process, the hub's own two calls to the provider included."""
_VALUE = re.compile(r'name="(csrfToken|csrf_token)" value="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is logged in to: a platform, through a provider, by a client."""

    platform: str
    """As the addresses of `up --json` call it."""
    level: str
    provider: str
    client: dict[str, str]
    floor: str
    """The path of the floor that does the same JOSE operations."""


@dataclass
class Timings:
    """Milliseconds of each hop."""

    hops: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lock: Lock = field(default_factory=Lock)

    def add(self, hop: str, seconds: float) -> None:
        with self.lock:
            self.hops[hop].append(seconds * 1000)


def percentile(values: Iterable[float], share: float) -> float:
    """A percentile by rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Browser:
    """A client as thin as possible: the bench measures the server."""

    def __init__(self, running: Running, target: Target, timings: Timings) -> None:
        self.client, self.level, self.timings = target.client, target.level, timings
        self.issuer = str(running.addresses[target.platform]["issuer"])
        self.uid = running.addresses["providers"][target.provider]["uids"][target.platform.replace("_", "-")]
        self.pools: dict[str, HTTPConnectionPool] = {}
        self.cookies: dict[str, str] = {}

    def request(
        self, hop: str, method: str, url: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[str, str]:
        """Location and body of one hop."""
        parts = urlsplit(url)
        pool = self.pools.setdefault(parts.netloc, HTTPConnectionPool("127.0.0.1", parts.port, maxsize=1))
        sent = {"Host": parts.netloc, **(FORM if form else {}), **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        began = time.perf_counter()
        answer = pool.urlopen(method, path, body=urlencode(form) if form else None, headers=sent, redirect=False)
        self.timings.add(hop, time.perf_counter() - began)
        if answer.status >= 400:
            raise RuntimeError(f"{hop}: {answer.status} {answer.data[:300]!r}")
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.headers.get("Location", ""), answer.data.decode()

    def log_in(self) -> None:
        """One login of a new browser."""
        self.cookies.clear()
        query = urlencode(
            {
                "client_id": self.client["client_id"],
                "redirect_uri": self.client["redirect_uri"],
                "response_type": "code",
                "scope": "openid identite_pivot email",
                "acr_values": self.level,
                "state": secrets.token_urlsafe(24),
                "nonce": secrets.token_urlsafe(24),
            }
        )
        where, _ = self.request("authorize", "GET", f"{self.issuer}/authorize?{query}")
        _, page = self.request("choice", "GET", where)
        fields = {"providerUid": self.uid, "csrfToken": _token(page)}
        where, _ = self.request("redirect-to-idp", "POST", f"{self.issuer}/redirect-to-idp", fields)
        _, page = self.request("provider page", "GET", where)
        fields = {"person": PERSON, "csrf_token": _token(page)}
        where, _ = self.request("provider login", "POST", where.partition("?")[0], fields)
        where, _ = self.request("callback", "GET", where)
        where, _ = self.request("verify", "GET", where)
        _, page = self.request("consent", "GET", where)
        where, _ = self.request("login", "POST", f"{self.issuer}/login", {"csrfToken": _token(page)})
        where, _ = self.request("delivery", "GET", where)
        self._redeem(parse_qs(urlsplit(where).query)["code"][0])

    def _redeem(self, code: str) -> None:
        form = {"grant_type": "authorization_code", "code": code, **self.client}
        _, body = self.request("token", "POST", f"{self.issuer}/token", form)
        token = json.loads(body)["access_token"]
        self.request("userinfo", "GET", f"{self.issuer}/userinfo", Authorization=f"Bearer {token}")


def _token(page: str) -> str:
    found = _VALUE.search(page)
    assert found is not None, page[:300]
    return found[2]


def in_parallel(workers: int, total: int, make: Callable[[], Callable[[], None]]) -> float:
    """Run `total` actions over `workers` threads; returns the seconds it took."""

    def work(count: int) -> None:
        act = make()
        for _ in range(count):
            act()

    shares = [total // workers + (rank < total % workers) for rank in range(workers)]
    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, shares))
    return time.perf_counter() - began


def median(values: Iterable[float]) -> float:
    """The median."""
    return statistics.median(values)
