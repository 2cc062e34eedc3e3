"""Public keys of a test's own, published on a socket; what is encrypted to them is opened with jwcrypto."""

import json
import secrets
from typing import Any

from flask import Flask, Response
from jwcrypto import jwe, jwk

from fcsim_hub.listeners import Served, bind


def make_key(fits: str, /, **members: Any) -> jwk.JWK:
    """A key pair that fits an algorithm; `use: enc` unless told otherwise (None: no such member)."""
    shape = {"kty": "RSA", "size": 2048} if fits.startswith("RS") else {"kty": "EC", "crv": "P-256"}
    members = {"use": "enc", "kid": secrets.token_hex(4)} | members
    return jwk.JWK.generate(**shape, **{name: value for name, value in members.items() if value is not None})


def public(*keys: jwk.JWK) -> dict[str, Any]:
    """The key set to publish."""
    return {"keys": [key.export_public(as_dict=True) for key in keys]}


class KeyServer:
    """Answers a key set; what it answers may be changed by a test."""

    alg: str = "ECDH-ES"
    status: int = 200
    body: str = ""
    jwks_calls: int = 0

    def publish(self) -> None:
        """Answer on a free port."""
        listener = bind("127.0.0.1", 0)
        # An address no other has: the hub remembers key sets by address, and the system gives ports again.
        place = f"/jwks/{secrets.token_hex(8)}"
        self.jwks_uri = f"http://localhost:{listener.port}{place}"
        self.change_key(self.alg)
        app = Flask("keys")

        @app.get(place)
        def jwks() -> Response:
            self.jwks_calls += 1
            return Response(self.body, self.status, mimetype="application/json")

        self.served = Served("keys", app, listener, 2)
        self.served.start()

    def withdraw(self) -> None:
        self.served.stop()

    def change_key(self, alg: str, **members: Any) -> None:
        """A new key, published in place of the former."""
        self.alg, self.key = alg, make_key(alg, **members)
        self.body = json.dumps(public(self.key))

    def decrypted(self, text: str) -> tuple[dict[str, Any], str]:
        """Header and content of a JWE, by a library that the hub does not use."""
        sealed = jwe.JWE(algs=[self.alg, "A256GCM"])
        sealed.deserialize(text, key=self.key)
        return json.loads(sealed.objects["protected"]), sealed.payload.decode()
