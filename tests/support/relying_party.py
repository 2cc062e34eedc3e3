"""A relying party of a test's own, speaking to the hub by hand: nothing is hidden by a library."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from jwcrypto import jwk, jws
from urllib3 import BaseHTTPResponse

from fcsim_hub.gateways.visitor import Arrival, Response, Stopped, Traveller, Visitor
from support.site import Site, call

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SCOPES = "openid identite_pivot preferred_username email"
ALL_SCOPES = [
    *("openid", "profile", "birth", "identite_pivot", "given_name", "family_name", "gender", "birthdate"),
    *("birthplace", "birthcountry", "email", "preferred_username", "idp_birthdate", "idp_id"),
]
"""Of FranceConnect."""
RNIPP_SCOPES = [
    *(f"rnipp_{name}" for name in ("identite_pivot", "profile", "birth", "given_name", "family_name", "gender")),
    *(f"rnipp_{name}" for name in ("birthdate", "birthplace", "birthcountry")),
]


def encrypted(alg: str, *, userinfo: str | None = None) -> dict[str, str]:
    """The members of a registration that have answers encrypted; an empty text: not encrypted."""
    algs = {"id_token": alg, "userinfo": alg if userinfo is None else userinfo}
    return {
        f"{what}_encrypted_response_{part}": value
        for what, one in algs.items()
        for part, value in (("alg", one), ("enc", "A256GCM" if one else ""))
    }


def query_of(url: str) -> dict[str, str]:
    """The parameters of a URL's query."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


@dataclass(frozen=True)
class Tokens:
    """A token answer."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def access_token(self) -> str:
        return str(self.body["access_token"])


@dataclass(frozen=True)
class RelyingParty:
    """One registered client."""

    site: Site
    record: dict[str, Any]
    visitor: Visitor = field(default_factory=Visitor)

    @classmethod
    def register(cls, site: Site, **members: Any) -> "RelyingParty":
        """Register a client of its own through the control API."""
        key = secrets.token_hex(16)
        record = {
            "client_id": f"client-{key}",
            "client_secret": secrets.token_hex(32),
            "name": "Service de test",
            "entity_id": f"entity-{key}",
            "redirect_uris": ["https://rp.test/callback"],
            "post_logout_redirect_uris": ["https://rp.test/bye"],
            "scopes": [scope for scope in [*ALL_SCOPES, *RNIPP_SCOPES] if site.platform.scopes.known(scope)],
            "claims": ["amr"],
            "id_token_signed_response_alg": "ES256",
            "userinfo_signed_response_alg": "ES256",
        } | members
        status, stored = site.api("PUT", f"{site.place}/clients/{record['client_id']}", record)
        assert status == 201, stored
        return cls(site, stored)

    def change(self, **members: Any) -> "RelyingParty":
        """Change the registration; the same visitor goes on."""
        status, stored = self.site.api("PATCH", f"{self.site.place}/clients/{self.client_id}", members)
        assert status == 200, stored
        return replace(self, record=stored)

    def forget(self) -> None:
        self.site.api("DELETE", f"{self.site.place}/clients/{self.client_id}")

    @property
    def client_id(self) -> str:
        return str(self.record["client_id"])

    @property
    def secret(self) -> str:
        return str(self.record["client_secret"])

    @property
    def redirect_uri(self) -> str:
        return str(self.record["redirect_uris"][0])

    def parameters(self, **changes: str | None) -> dict[str, str]:
        """A right authorization request; a change to None leaves the parameter out."""
        given: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": SCOPES,
            "acr_values": self.site.level,
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
        } | changes
        return {name: value for name, value in given.items() if value is not None}

    def url(self, **changes: str | None) -> str:
        return f"{self.site.issuer}/authorize?{urlencode(self.parameters(**changes))}"

    def authorize(self, method: str = "GET", **changes: str | None) -> BaseHTTPResponse:
        """The bare answer to an authorization request, in the query or posted as a form."""
        if method == "GET":
            return call("GET", self.url(**changes))
        body = urlencode(self.parameters(**changes))
        return call(method, f"{self.site.issuer}/authorize", body=body, headers=FORM)

    def walk(self, person: str = "angela-dubois", provider: str = "impots", **changes: str | None) -> Arrival | Stopped:
        """The journey of a person through a provider, in this party's browser."""
        return self.visitor.walk(self.url(**changes), self.site.traveller(person, provider))

    def choice_page(self, **changes: str | None) -> Response:
        """The choice page of a new journey in this party's browser, or what came instead of it."""
        return self.visitor.request("GET", self.visitor.request("GET", self.url(**changes)).location)

    def travel(self, traveller: Traveller, **changes: str | None) -> Arrival | Stopped:
        return self.visitor.walk(self.url(**changes), traveller)

    def log_in(self, person: str = "angela-dubois", provider: str = "impots", **changes: str | None) -> str:
        """The code at the end of a journey that succeeds."""
        end = self.walk(person, provider, **changes)
        assert isinstance(end, Arrival), end
        return query_of(end.redirect_to)["code"]

    def redeem(self, code: str, **changes: str | None) -> Tokens:
        """The token endpoint's answer."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "client_secret": self.secret,
        } | changes
        body = urlencode({name: value for name, value in form.items() if value is not None})
        answer = call("POST", f"{self.site.issuer}/token", body=body, headers=FORM)
        return Tokens(answer.status, json.loads(answer.data), answer.headers)

    def assertion(
        self, key: jwk.JWK, *, alg: str = "ES256", header: Any = None, **claims: Any
    ) -> dict[str, str | None]:
        """What replaces the secret in a form: an assertion signed by jwcrypto; a claim of None is left out."""
        now = int(time.time())
        members = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.site.issuer,
            "jti": secrets.token_hex(16),
            "iat": now,
            "exp": now + 60,
        } | claims
        kid = {"kid": key["kid"]} if "kid" in key else {}
        token = jws.JWS(json.dumps({name: value for name, value in members.items() if value is not None}))
        token.add_signature(key, alg, json.dumps({"alg": alg, **kid} | (header or {})))
        return {
            "client_secret": None,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": token.serialize(compact=True),
        }

    def discovery(self) -> dict[str, Any]:
        """What the platform says of itself."""
        answer = call("GET", f"{self.site.issuer}/.well-known/openid-configuration")
        document: dict[str, Any] = json.loads(answer.data)
        return document

    def revoke(self, token: str) -> BaseHTTPResponse:
        """The revocation endpoint's answer."""
        body = urlencode({"token": token, "client_id": self.client_id, "client_secret": self.secret})
        return call("POST", f"{self.site.issuer}/token/revocation", body=body, headers=FORM)

    def userinfo(self, access_token: str) -> BaseHTTPResponse:
        return call("GET", f"{self.site.issuer}/userinfo", headers={"Authorization": f"Bearer {access_token}"})

    def verified(self, token: str) -> dict[str, Any]:
        """The claims of a token, verified by PyJWT: a library that the hub does not use."""
        header = jwt.get_unverified_header(token)
        keys = json.loads(call("GET", f"{self.site.issuer}/jwks").data)["keys"]
        key = next(jwt.PyJWK(one) for one in keys if one["kid"] == header["kid"])
        return jwt.decode(token, key, [header["alg"]], audience=self.client_id, issuer=self.site.issuer)

    def identity(
        self, person: str = "angela-dubois", provider: str = "impots", **changes: str | None
    ) -> dict[str, Any]:
        """The userinfo claims of a whole login."""
        tokens = self.redeem(self.log_in(person, provider, **changes))
        assert tokens.status == 200, tokens
        return self.verified(self.userinfo(tokens.access_token).data.decode())
