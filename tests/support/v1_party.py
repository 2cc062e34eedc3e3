"""A relying party of FranceConnect v1, as one written years ago: fixed paths, HS256, plain JSON."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt
from urllib3 import BaseHTTPResponse

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Response, Stopped, Visitor
from support.relying_party import FORM, query_of
from support.site import Site, call

PLATFORM = "franceconnect-v1"


@dataclass(frozen=True)
class V1Party:
    """One client registered on v1."""

    site: Site
    record: dict[str, Any]
    visitor: Visitor = field(default_factory=Visitor)

    @classmethod
    def register(cls, site: Site, **members: Any) -> "V1Party":
        """Register a client of its own through the control API; no algorithm is named."""
        key = secrets.token_hex(16)
        record = {
            "client_id": f"v1-{key}",
            "client_secret": secrets.token_hex(32),
            "name": "Service v1",
            "entity_id": f"entity-{key}",
            "redirect_uris": ["https://rp.test/callback"],
            "post_logout_redirect_uris": ["https://rp.test/bye"],
            "scopes": ["openid", "identite_pivot", "profile", "birth", "email", "address", "phone", "dgfip_rfr"],
            "claims": ["amr"],
        } | members
        status, stored = site.api("PUT", f"/platforms/{PLATFORM}/clients/{record['client_id']}", record)
        assert status == 201, stored
        return cls(site, stored)

    @property
    def host(self) -> str:
        return self.site.stack.settings.urls.of(PLATFORM)

    @property
    def client_id(self) -> str:
        return str(self.record["client_id"])

    def url(self, **changes: str | None) -> str:
        """The least v1 accepts; a change to None leaves the parameter out."""
        given: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.record["redirect_uris"][0],
            "response_type": "code",
            "scope": "openid identite_pivot email",
        } | changes
        query = {name: value for name, value in given.items() if value is not None}
        return f"{self.host}/api/v1/authorize?{urlencode(query)}"

    def authorize(self, **changes: str | None) -> BaseHTTPResponse:
        return call("GET", self.url(**changes))

    def walk(self, person: str = "angela-dubois", provider: str = "impots", **changes: str | None) -> Arrival | Stopped:
        return self.visitor.walk(self.url(**changes), self.site.traveller(person, provider))

    def follow(self, url: str) -> Response:
        """The page, or the answer to the service, that redirects lead to from here."""
        answer = self.visitor.request("GET", url)
        while answer.location and not answer.location.startswith("https://rp.test/"):
            answer = self.visitor.request("GET", answer.location)
        return answer

    def answer(self, person: str = "angela-dubois", provider: str = "impots", **changes: str | None) -> dict[str, str]:
        """The parameters the callback receives at the end of a journey."""
        end = self.walk(person, provider, **changes)
        assert isinstance(end, Arrival), end
        return query_of(end.redirect_to)

    def redeem(self, code: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.record["redirect_uris"][0],
            "client_id": self.client_id,
            "client_secret": self.record["client_secret"],
        }
        answer = call("POST", f"{self.host}/api/v1/token", body=urlencode(form), headers=FORM)
        body: dict[str, Any] = json.loads(answer.data)
        assert answer.status == 200, body
        return body

    def tokens(self, person: str = "angela-dubois", provider: str = "impots", **changes: str | None) -> dict[str, Any]:
        """The token answer of a whole login."""
        return self.redeem(self.answer(person, provider, **changes)["code"])

    def verified(self, id_token: str) -> dict[str, Any]:
        """The claims of an id_token, verified by PyJWT with the client's secret."""
        secret = str(self.record["client_secret"])
        return jwt.decode(id_token, secret, ["HS256"], audience=self.client_id, issuer=self.host)

    def userinfo(self, access_token: str) -> BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {access_token}"}
        return call("GET", f"{self.host}/api/v1/userinfo?schema=openid", headers=headers)

    def identity(
        self, person: str = "angela-dubois", provider: str = "impots", **changes: str | None
    ) -> dict[str, Any]:
        """The userinfo claims of a whole login."""
        claims: dict[str, Any] = json.loads(
            self.userinfo(self.tokens(person, provider, **changes)["access_token"]).data
        )
        return claims

    def checktoken(self, body: str, content_type: str = "application/json") -> BaseHTTPResponse:
        return call("POST", f"{self.host}/api/v1/checktoken", body=body, headers={"Content-Type": content_type})

    def log_out(self, **members: str) -> Response:
        """Follow a logout, form by form and redirect by redirect, until it ends."""
        answer = self.visitor.request("GET", f"{self.host}/api/v1/logout?{urlencode(members)}")
        for _ in range(10):
            if answer.location.startswith("https://rp.test/"):
                return answer
            if answer.location:
                answer = self.visitor.request("GET", answer.location)
            elif form := read_page(answer.text).form_with("logout-form"):
                answer = self.visitor.request(form.method.upper(), form.action, form.fields or None)
            else:
                return answer
        raise AssertionError("the logout does not end")


def error_code(page: bytes | str) -> str:
    """The code that an error page shows."""
    text = page if isinstance(page, str) else page.decode()
    return read_page(text).texts["error-code"].rpartition(" ")[2]
