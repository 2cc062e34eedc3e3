"""One login at one provider, spoken to as a hub and a browser do: no hub in between."""

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin

import jwt

from fcsim_hub.gateways.html_forms import Form, Page, read_page
from fcsim_hub.gateways.visitor import Response, Visitor
from support.relying_party import FORM, query_of
from support.site import Site, call


def registration(site: Site, name: str) -> dict[str, Any]:
    """What the hub registers of a provider of FranceConnect."""
    uid = site.on("franceconnect").uid(name)
    return next(one for one in site.stack.fixtures.folder("providers").values() if one["uid"] == uid)


def request_url(site: Site, name: str, **changes: str | None) -> str:
    """A hub's right request; a change to None leaves the parameter out."""
    given: dict[str, str | None] = {
        "client_id": registration(site, name)["client_id"],
        "redirect_uri": f"{site.issuer}/oidc-callback",
        "response_type": "code",
        "scope": "openid profile email birth",
        "acr_values": "eidas1",
        "state": "the state",
        "nonce": secrets.token_hex(32),
        "prompt": "login",
    } | changes
    query = urlencode({key: value for key, value in given.items() if value is not None})
    return f"{site.providers}/{name}/authorize?{query}"


def redeem(site: Site, name: str, code: str, **changes: str) -> tuple[int, dict[str, Any]]:
    """Status and body of the token endpoint."""
    own = registration(site, name)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": f"{site.issuer}/oidc-callback",
        "client_id": own["client_id"],
        "client_secret": own["client_secret"],
    } | changes
    answer = call("POST", f"{site.providers}/{name}/token", body=urlencode(form), headers=FORM)
    return answer.status, json.loads(answer.data)


def log_in(site: Site, name: str, person: str, **changes: str | None) -> dict[str, str]:
    """What comes back to the hub when a person is picked."""
    login = ProviderLogin.begin(site, name, **changes)
    return query_of(login.submit("login-form", person=person).location)


@dataclass
class ProviderLogin:
    """A browser on the pages of one provider."""

    site: Site
    name: str
    answer: Response
    url: str
    visitor: Visitor = field(default_factory=Visitor)

    @classmethod
    def begin(cls, site: Site, name: str, visitor: Visitor | None = None, **changes: str | None) -> "ProviderLogin":
        """The first page."""
        visitor, url = visitor or Visitor(), request_url(site, name, **changes)
        return cls(site, name, visitor.request("GET", url), url, visitor)

    @property
    def page(self) -> Page:
        return read_page(self.answer.text)

    def form(self, mark: str) -> Form:
        found = self.page.form_with(mark)
        assert found is not None, f"no {mark} on {self.page.title}"
        return found

    def submit(self, mark: str, **fields: str) -> Response:
        """Submit the form of this mark; pages are followed, never out of the provider."""
        form = self.form(mark)
        return self.post(form.action, form.fields | fields)

    def post(self, action: str, fields: dict[str, str]) -> Response:
        self.url = urljoin(self.url, action)
        return self._follow(self.visitor.request("POST", self.url, fields))

    def look(self) -> Response:
        """Reload the page."""
        return self._follow(self.visitor.request("GET", self.url))

    def _follow(self, answer: Response) -> Response:
        while answer.location.startswith(f"{self.site.providers}/"):
            self.url = answer.location
            answer = self.visitor.request("GET", self.url)
        self.answer = answer
        return answer

    def type(self, **fields: str) -> Response:
        """Submit the first page by typing."""
        return self.submit("login-form", **fields)

    def type_as(self, person: str) -> "ProviderLogin":
        """Type what a person of the fixtures would, up to the second factor."""
        account = self.site.person(person).accounts[self.name]
        self.type(login=account.login, password=account.password)
        return self

    def phone(self) -> "ProviderLogin":
        """The phone of this login: another browser, led there by the link."""
        found = re.search(r'href="([^"]*/phone/[^"]+)"', self.answer.text)
        assert found, self.page.title
        visitor = Visitor()
        return ProviderLogin(self.site, self.name, visitor.request("GET", found[1]), found[1], visitor)

    def id_token(self) -> dict[str, Any]:
        """What the hub is told at the end."""
        status, tokens = redeem(self.site, self.name, self.back["code"])
        assert status == 200, tokens
        return dict(jwt.decode(tokens["id_token"], options={"verify_signature": False}))

    @property
    def back(self) -> dict[str, str]:
        """What came back to the hub."""
        assert self.answer.location.startswith(f"{self.site.issuer}/oidc-callback"), self.page.title
        return query_of(self.answer.location)
