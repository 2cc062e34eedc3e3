"""What every page needs: the collaborators of the application, who is signed in, and a page's headers."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, make_response, redirect, render_template, session, url_for

from fcsim_demo.answers import Reader
from fcsim_demo.config import DemoSettings, PlatformAddress, ServiceFile
from fcsim_demo.keys import DemoKeys
from fcsim_demo.language import current_language
from fcsim_demo.logins import Login, Logins

EXTENSION = "fcsim_demo"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self' {hub}; frame-ancestors 'none'; base-uri 'none'"
)


class Demo:
    """The collaborators of the application."""

    def __init__(self, settings: DemoSettings, oauth: Any, keys: DemoKeys) -> None:
        self.settings = settings
        self.services = settings.by_slug()
        self.oauth = oauth
        self.keys = keys
        self.logins = Logins()

    def service(self, slug: str) -> tuple[ServiceFile, PlatformAddress]:
        """A service and its platform; 404 when there is none."""
        if (found := self.services.get(slug)) is None:
            abort(404)
        return found, self.settings.platforms[found.client.platform]

    def reader(self, slug: str) -> Reader:
        """What reads the hub's answers to a service."""
        return Reader(slug, *self.service(slug), self.keys)

    def address(self, slug: str, door: str) -> str:
        """A public address of a service, as registered at the hub."""
        return f"{self.settings.public_url}/{slug}/{door}"


def demo() -> Demo:
    """The collaborators of this request's application."""
    found: Demo = current_app.extensions[EXTENSION]
    return found


def login_key(slug: str) -> str:
    """Where the browser's session holds the id of its login at a service."""
    return f"login_{slug}"


def current_login(slug: str) -> Login | None:
    """The login of this browser at a service."""
    return demo().logins.find(session.get(login_key(slug)), slug)


def away(endpoint: str, slug: str) -> Response:
    """To another page of a service."""
    answer: Response = redirect(url_for(endpoint, slug=slug), 303)  # type: ignore[assignment]  # Flask's own response class
    return answer


def service_page(template: str, slug: str, **facts: Any) -> Response:
    """A page of one service."""
    service, platform = demo().service(slug)
    return page(template, slug=slug, service=service, platform=platform, **facts)


def page(template: str, **facts: Any) -> Response:
    """A page, never kept by a browser, whose forms lead here or to a hub."""
    hubs = {
        f"{parts.scheme}://{parts.netloc}"
        for one in demo().settings.platforms.values()
        if (parts := urlsplit(one.issuer))
    }
    response = make_response(render_template(template, words_language=current_language(), **facts))
    response.headers["Content-Security-Policy"] = CSP.format(hub=" ".join(sorted(hubs)))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
