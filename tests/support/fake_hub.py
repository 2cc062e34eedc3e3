"""A hub that answers what a test tells it to: a demo service must refuse every lie it can be made to tell."""

import json
import time
from dataclasses import dataclass
from typing import Any

import jwt
from flask import Flask, Response, request
from joserfc import jws
from joserfc.jwk import ECKey
from jwcrypto import jwe, jwk

from fcsim_hub.listeners import Served, bind

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Envelope:
    """How one kind of token is encrypted, with jwcrypto: a library that the demo does not use."""

    key: dict[str, Any]
    """A public key, as the service publishes it."""
    alg: str
    enc: str = "A256GCM"
    changes: dict[str, Any] | None = None
    """Members of the header that replace the right ones; None leaves one out."""

    def seal(self, signed: str, issuer: str) -> str:
        right = {"alg": self.alg, "enc": self.enc, "cty": "JWT", "kid": self.key["kid"], "iss": issuer, "aud": "trial"}
        header = {name: value for name, value in (right | (self.changes or {})).items() if value is not None}
        sealed = jwe.JWE(signed.encode(), json.dumps(header), algs=[header["alg"], header["enc"]])
        sealed.add_recipient(jwk.JWK(**self.key))
        return str(sealed.serialize(compact=True))


class FakeHub:
    """A hub of the test's own; what it answers may be changed."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256")
        self.foreign = ECKey.generate_key("P-256")
        listener = bind("127.0.0.1", 0)
        self.issuer = f"http://localhost:{listener.port}"
        self.nonce = ""
        self.level = "eidas1"
        self.id_token: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.signer = {"id_token": self.key, "userinfo": self.key}
        self.alg = {"id_token": "ES256", "userinfo": "ES256"}
        self.envelopes: dict[str, Envelope] = {}
        """Kind of token -> its encryption; absent: in clear."""
        self.raw: dict[str, str] = {}
        """Kind of token -> what is answered whatever else is said here."""
        self.token_status = 200
        self.userinfo_status = 200
        self.revocation_status = 200
        self.drop_id_token = False
        self.calls: list[tuple[str, dict[str, str]]] = []
        """Path and form of what was asked by machine."""
        self.served = Served("hub", self.app(), listener, 4)
        self.served.start()

    def answer(self, kind: str, claims: dict[str, Any]) -> str:
        text = json.dumps({name: value for name, value in claims.items() if value is not None})
        header = {"alg": self.alg[kind], "kid": "k"}
        signed = jws.serialize_compact(header, text, self.signer[kind], algorithms=[self.alg[kind]])
        envelope = self.envelopes.get(kind)
        return self.raw.get(kind) or (envelope.seal(signed, self.issuer) if envelope else signed)

    def claims(self, **more: Any) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.issuer, "aud": "trial", "sub": "s", "iat": now, "exp": now + 60} | more

    def check_client(self, form: dict[str, str], keys: list[dict[str, Any]]) -> dict[str, Any]:
        """The claims of an assertion, verified by PyJWT with a key that the service publishes."""
        assert form["client_assertion_type"] == ASSERTION_TYPE
        header = jwt.get_unverified_header(form["client_assertion"])
        key = next(jwt.PyJWK(one) for one in keys if one["kid"] == header["kid"])
        return jwt.decode(form["client_assertion"], key, ["ES256"], audience=self.issuer, issuer="trial")

    def app(self) -> Flask:
        app = Flask("fake hub")

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/session/end",
                "revocation_endpoint": f"{self.issuer}/token/revocation",
                "id_token_signing_alg_values_supported": ["HS256", "ES256", "RS256"],
            }

        @app.get("/jwks")
        def jwks() -> dict[str, Any]:
            return {"keys": [{**self.key.as_dict(private=False), "kid": "k", "alg": "ES256", "use": "sig"}]}

        @app.post("/token")
        def token() -> Response:
            self.calls.append(("/token", request.form.to_dict()))
            if self.token_status != 200:
                return Response('{"error": "invalid_grant"}', self.token_status, mimetype="application/json")
            answer = {"access_token": "a", "token_type": "Bearer", "expires_in": 60}
            if not self.drop_id_token:
                claims = self.claims(nonce=self.nonce, acr=self.level) | self.id_token
                answer["id_token"] = self.answer("id_token", claims)
            return Response(json.dumps(answer), mimetype="application/json")

        @app.get("/userinfo")
        def userinfo() -> Response:
            assert request.headers["Authorization"] == "Bearer a"
            if self.userinfo_status != 200:
                body = '{"error": "invalid_token", "error_description": "invalid token provided"}'
                return Response(body, self.userinfo_status, mimetype="application/json")
            text = self.answer("userinfo", self.claims(given_name="Ana") | self.userinfo)
            return Response(text, content_type="application/jwt")

        @app.post("/token/revocation")
        def revocation() -> Response:
            self.calls.append(("/token/revocation", request.form.to_dict()))
            return Response("", self.revocation_status)

        return app
