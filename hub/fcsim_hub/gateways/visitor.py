"""A visitor: walks the real journey over HTTP on behalf of a browser, one redirect and one form at a time.

Used by the control API's headless login, by `fcsim up --check` and by tests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from fcsim_hub.gateways.html_forms import Form, Page, read_page
from fcsim_hub.protocol.addresses import normalise

HOPS_MAX = 30
SECONDS = 10.0
PAGE_MAX = 1_048_576
_FLOW = re.compile(r"/interaction/([\w-]{21,60})")


@dataclass(frozen=True)
class Step:
    """One request of the walk, its query left out: it may hold a code or a state."""

    method: str
    url: str
    status: int


@dataclass(frozen=True)
class Arrival:
    """The journey ended at the service's redirect_uri (not fetched)."""

    redirect_to: str
    flow_id: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Stopped:
    """The journey ended on a page that leads nowhere."""

    code: str
    status: int
    title: str
    url: str
    flow_id: str
    steps: tuple[Step, ...]


class WalkFailed(Exception):
    """The walk could not go on: an address that does not answer, or too many redirects."""


@dataclass(frozen=True)
class Traveller:
    """Who logs in, and where."""

    person: str
    provider_uid: str
    login: str = ""
    password: str = ""


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    location: str
    content_type: str
    text: str


@dataclass
class Visitor:
    """A browser without a screen: cookies by host name (ports do not count), no redirect followed unseen."""

    language: str = "en"
    reach: Mapping[str, str] = field(default_factory=dict)
    """Public base URL -> the one to connect to: in containers, a browser's localhost is somewhere else."""
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    _pool: PoolManager = field(default_factory=lambda: PoolManager(retries=Retry(0, redirect=False), maxsize=4))

    def request(self, method: str, url: str, form: Mapping[str, str] | None = None) -> Response:
        """One request, with this visitor's cookies. Raises WalkFailed."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        headers = {"Accept": "text/html", "Accept-Language": self.language, "User-Agent": "fcsim-visitor"}
        headers["Host"] = parts.netloc
        base = f"{parts.scheme}://{parts.netloc}"
        there = self.reach.get(base, base) + url[len(base) :]
        if jar := self.cookies.get(host):
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        try:
            answer = self._pool.request(
                method,
                there,
                body=body,
                headers=headers,
                redirect=False,
                timeout=Timeout(total=SECONDS),
                preload_content=False,
            )
            text = answer.read(PAGE_MAX).decode("utf-8", errors="replace")
            answer.release_conn()
        except (HTTPError, OSError) as failure:
            raise WalkFailed(f"{method} {_place(url)}: {type(failure).__name__}") from None
        for cookie in answer.headers.getlist("Set-Cookie"):
            self._keep(host, cookie)
        self.steps.append(Step(method, _place(url), answer.status))
        location = answer.headers.get("Location", "")
        return Response(
            answer.status, urljoin(url, location) if location else "", answer.headers.get("Content-Type", ""), text
        )

    def _keep(self, host: str, text: str) -> None:
        jar = self.cookies.setdefault(host, {})
        for name, morsel in SimpleCookie(text).items():
            if morsel["max-age"] == "0":
                jar.pop(name, None)
            else:
                jar[name] = morsel.value

    def walk(self, authorization_url: str, traveller: Traveller) -> Arrival | Stopped:
        """From the service's authorization URL to its redirect_uri, or to the page that ends the journey."""
        home = parse_qs(urlsplit(authorization_url).query).get("redirect_uri", [""])[0]
        self.steps.clear()
        method, url, form = "GET", authorization_url, None
        flow_id = ""
        for _ in range(HOPS_MAX):
            answer = self.request(method, url, form)
            if found := _FLOW.search(answer.location or url):
                flow_id = found[1]
            if answer.location:
                method, url, form = "GET", answer.location, None
                if home and _comes_home(url, home):
                    return Arrival(url, flow_id, tuple(self.steps))
                continue
            page = read_page(answer.text)
            following = _next_form(page, traveller)
            if following is None:
                code = page.texts.get("error-code", "").rpartition(" ")[2]
                return Stopped(code, answer.status, page.title, _place(url), flow_id, tuple(self.steps))
            method, url, form = following.method.upper(), urljoin(url, following.action), following.fields
        raise WalkFailed(f"more than {HOPS_MAX} requests without an end")


def _next_form(page: Page, traveller: Traveller) -> Form | None:
    """What a person would submit on this page; None when there is nothing left to do."""
    if {"error-code", "login-error", "step-error"} & page.texts.keys():
        return None
    if form := next((form for form in page.forms if _chooses(form, traveller.provider_uid)), None):
        return form
    if form := page.form_with(f"quick-login-{traveller.person}"):
        return form
    if form := page.form_with("login-form"):
        form.fields |= {"login": traveller.login, "password": traveller.password}
        return form
    if form := page.form_with("second-factor-pass"):
        form.fields |= {"login": traveller.login} if "second-factor-card" in form.marks else {}
        return form
    if form := page.form_with("consent-form"):
        form.fields |= {"consent": "yes"} if "checkbox-consent" in form.marks else {}
        return form
    return None


def _chooses(form: Form, provider_uid: str) -> bool:
    """Whether this form of the choice page leads to a provider; a disabled button has no mark."""
    return form.fields.get("providerUid") == provider_uid and bool(form.marks)


def _comes_home(url: str, home: str) -> bool:
    return normalise(_place(url).partition("#")[0]) == normalise(_place(home))


def _place(url: str) -> str:
    return url.partition("?")[0]
