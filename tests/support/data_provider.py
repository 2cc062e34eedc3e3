"""A data provider of a test's own: it publishes its keys on a socket, and opens what the hub answers with jwcrypto."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response
from jwcrypto import jwe, jwk, jws
from urllib3 import BaseHTTPResponse

from fcsim_hub.listeners import Served, bind
from support.relying_party import FORM
from support.site import Site, call

PLACE = "/platforms/franceconnect/data-providers"
SCOPES = ["dgfip_rfr", "dgfip_nbpart", "cnam_caisse"]


def make_key(alg: str) -> jwk.JWK:
    """A key pair that fits an algorithm, `use: enc`."""
    shape = {"kty": "EC", "crv": "P-256"} if alg == "ECDH-ES" else {"kty": "RSA", "size": 2048}
    return jwk.JWK.generate(**shape, use="enc", kid=secrets.token_hex(4))


@dataclass
class OwnDataProvider:
    """One registered data provider; what it publishes may be changed by a test."""

    site: Site
    client_id: str = field(default_factory=lambda: secrets.token_hex(32))
    client_secret: str = field(default_factory=lambda: secrets.token_hex(32))
    alg: str = "ECDH-ES"
    status: int = 200
    body: str = ""
    jwks_calls: int = 0

    def __post_init__(self) -> None:
        listener = bind("127.0.0.1", 0)
        self.jwks_uri = f"http://localhost:{listener.port}/jwks"
        self.change_key(self.alg)
        app = Flask("data provider")

        @app.get("/jwks")
        def jwks() -> Response:
            self.jwks_calls += 1
            return Response(self.body, self.status, mimetype="application/json")

        self.served = Served("data provider", app, listener, 2)
        self.served.start()

    def change_key(self, alg: str) -> None:
        self.key = make_key(alg)
        self.body = json.dumps({"keys": [self.key.export_public(as_dict=True)]})

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
        status, found = self.site.api("PUT", f"{PLACE}/{self.client_id}", self.record(**changes))
        assert status in (200, 201), found
        return dict(found)

    def stop(self) -> None:
        self.site.api("DELETE", f"{PLACE}/{self.client_id}")
        self.served.stop()

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
        sealed = jwe.JWE(algs=[self.alg, "A256GCM"])
        sealed.deserialize(answer.data.decode(), key=self.key)
        keys = jwk.JWKSet.from_json(call("GET", f"{self.site.issuer}/jwks").data.decode())
        signed = jws.JWS()
        signed.deserialize(sealed.payload.decode())
        signed.verify(keys)
        return json.loads(sealed.objects["protected"]), dict(signed.jose_header), json.loads(signed.payload)

    def introspect(self, token: str) -> dict[str, Any]:
        """`token_introspection`."""
        return dict(self.open(self.ask(token))[2]["token_introspection"])
