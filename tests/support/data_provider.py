"""A data provider of a test's own, on either platform."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from jwcrypto import jwk, jws
from urllib3 import BaseHTTPResponse

from support.key_server import KeyServer
from support.relying_party import FORM
from support.site import Site, call

PLACE = "/platforms/franceconnect/data-providers"
SCOPES = ["dgfip_rfr", "dgfip_nbpart", "cnam_caisse"]


@dataclass
class OwnDataProvider(KeyServer):
    """One registered data provider; what it publishes may be changed by a test."""

    site: Site
    client_id: str = field(default_factory=lambda: secrets.token_hex(32))
    client_secret: str = field(default_factory=lambda: secrets.token_hex(32))
    alg: str = "ECDH-ES"

    def __post_init__(self) -> None:
        self.publish()

    def record(self, **changes: Any) -> dict[str, Any]:
        return {
            "title": "Données de test",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "scopes": SCOPES,
            "jwks_uri": self.jwks_uri,
            "checktoken_encrypted_response_alg": self.alg,
        } | changes

    def register(self, **changes: Any) -> dict[str, Any]:
        status, found = self.site.api(
            "PUT", f"{self.site.place}/data-providers/{self.client_id}", self.record(**changes)
        )
        assert status in (200, 201), found
        return dict(found)

    def stop(self) -> None:
        self.site.api("DELETE", f"{self.site.place}/data-providers/{self.client_id}")
        self.withdraw()

    def ask(self, asked: str, **changes: str | None) -> BaseHTTPResponse:
        """The bare answer to a checktoken request about a token."""
        form: dict[str, str | None] = {
            "token": asked,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        } | changes
        body = urlencode({name: value for name, value in form.items() if value is not None})
        return call("POST", f"{self.site.issuer}/checktoken", body=body, headers=FORM)

    def open(self, answer: BaseHTTPResponse) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """JWE header, JWS header, payload: decrypted and verified by a library that the hub does not use."""
        assert answer.status == 200, answer.data
        outer, text = self.decrypted(answer.data.decode())
        keys = jwk.JWKSet.from_json(call("GET", f"{self.site.issuer}/jwks").data.decode())
        signed = jws.JWS()
        signed.deserialize(text)
        signed.verify(keys)
        return outer, dict(signed.jose_header), json.loads(signed.payload)

    def introspect(self, token: str) -> dict[str, Any]:
        """`token_introspection`."""
        return dict(self.open(self.ask(token))[2]["token_introspection"])
