"""An identity provider that a test can make misbehave, on a socket of its own."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask, Response, request
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from fcsim_hub.domain.people import Person
from fcsim_hub.listeners import Served, bind
from support.site import Site

Change = Callable[[dict[str, Any]], None]
SECRET = "s" * 64
PLACE = "/platforms/franceconnect/providers"
"""Where the control API has the providers of FranceConnect."""

ANGELA = {
    "sub": "angela",
    "given_name": "Angela Claire Louise",
    "family_name": "DUBOIS",
    "gender": "female",
    "birthdate": "1962-08-24",
    "birthplace": "75107",
    "birthcountry": "99100",
    "email": "angela@rogue.test",
}


GIULIA = {
    "sub": "IT/FR/giulia",
    "given_name": "Giulia",
    "family_name": "Bianchi",
    "birthdate": "1990-04-05",
    "birthplace": "Roma",
}
"""A person of another member state, as its node says."""


def claims_of(person: Person, **changes: Any) -> dict[str, Any]:
    """What a provider says of a person."""
    return {
        "sub": "someone",
        "given_name": " ".join(person.given_names),
        "family_name": person.family_name,
        "gender": person.gender,
        "birthdate": person.birthdate,
        "birthplace": person.birthplace,
        "birthcountry": person.birthcountry,
        "email": person.email,
    } | changes


def keep(_: dict[str, Any]) -> None:
    """No change."""


@dataclass
class Rogue:
    """What it answers; every member may be changed by a test."""

    uid: str = "rogue"
    acr: str = "eidas1"
    levels: tuple[str, ...] = ("eidas1",)
    identity: dict[str, Any] = field(default_factory=lambda: dict(ANGELA))
    now: Callable[[], float] = time.time
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", parameters={"kid": "k1"}))
    kid: str = "k1"
    sign_with: Any = None
    header: dict[str, Any] = field(default_factory=dict)
    id_token: Change = keep
    token: Change = keep
    userinfo: Change = keep
    token_answer: Callable[[], Response] | None = None
    userinfo_answer: Callable[[], Response] | None = None
    wrap_id_token: Callable[[str], str] = str
    wrap_userinfo: Callable[[str], str] = str
    """What becomes of a signed answer: encrypted, if a test says so."""
    requests: list[dict[str, str]] = field(default_factory=list)
    jwks_calls: int = 0
    token_calls: int = 0
    userinfo_calls: int = 0
    jwks_place: str = field(default_factory=lambda: f"/jwks/{secrets.token_hex(8)}")
    """An address no other has: the hub remembers key sets by address, and the system gives ports again."""
    base: str = ""

    def record(self, **changes: Any) -> dict[str, Any]:
        """Its registration at the hub, as the control API takes it."""
        return {
            "uid": self.uid,
            "name": "rogue",
            "title": "Rogue",
            "allowed_acr": list(self.levels),
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "userinfo_endpoint": f"{self.base}/userinfo",
            "jwks_uri": self.base + self.jwks_place,
            "client_id": "hub",
            "client_secret": SECRET,
        } | changes

    def register(self, site: Site, **changes: Any) -> None:
        """Register it, or change its registration."""
        status, found = site.api("PUT", f"{site.place}/providers/{self.uid}", self.record(**changes))
        assert status in (200, 201), found

    def forget(self, site: Site) -> None:
        site.api("DELETE", f"{site.place}/providers/{self.uid}")

    def sign(self, claims: dict[str, Any]) -> str:
        header = {"alg": "ES256", "kid": self.kid} | self.header
        key = self.sign_with or self.key
        return jws.serialize_compact(header, json.dumps(claims), key, algorithms=["ES256", "HS256", "RS256"])

    def nonce_of(self, code: str) -> str:
        """The nonce of the login that was given a code; of the last one, for codes a test made up."""
        return code if code in {one["nonce"] for one in self.requests} else self.requests[-1]["nonce"]

    def answer_plain_json(self) -> None:
        """Userinfo as unsigned JSON."""
        self.userinfo_answer = lambda: Response(json.dumps(ANGELA), mimetype="application/json")

    def serve(self) -> Served:
        """Answer on a free port."""
        listener = bind("127.0.0.1", 0)
        self.base = f"http://localhost:{listener.port}"
        served = Served("rogue", self.app(), listener, 4)
        served.start()
        return served

    def app(self) -> Flask:
        app = Flask("rogue")

        @app.get("/authorize")
        def authorize() -> Response:
            self.requests.append(dict(request.args))
            # Its own nonce is a login's code: many may be under way at once.
            query = urlencode({"code": request.args["nonce"], "state": request.args["state"]})
            return Response("", 302, {"Location": f"{request.args['redirect_uri']}?{query}"})

        @app.post("/token")
        def token() -> Response:
            self.token_calls += 1
            if self.token_answer:
                return self.token_answer()
            now = int(self.now())
            claims = {
                "iss": self.base,
                "sub": self.identity["sub"],
                "aud": "hub",
                "exp": now + 60,
                "iat": now,
                "acr": self.acr,
                "nonce": self.nonce_of(request.form["code"]),
            }
            self.id_token(claims)
            id_token = self.wrap_id_token(self.sign(claims))
            answer: dict[str, Any] = {"access_token": "token", "token_type": "Bearer", "id_token": id_token}
            self.token(answer)
            return Response(json.dumps(answer), mimetype="application/json")

        @app.get("/userinfo")
        def userinfo() -> Response:
            self.userinfo_calls += 1
            if self.userinfo_answer:
                return self.userinfo_answer()
            claims = dict(self.identity)
            self.userinfo(claims)
            return Response(self.wrap_userinfo(self.sign(claims)), content_type="application/jwt")

        @app.get(self.jwks_place)
        def jwks() -> dict[str, Any]:
            self.jwks_calls += 1
            return {"keys": [{**self.key.as_dict(private=False), "kid": self.kid, "alg": "ES256", "use": "sig"}]}

        return app


@contextmanager
def registered(provider: Rogue, site: Site) -> Iterator[Rogue]:
    """Served and registered on a platform, for a while."""
    served = provider.serve()
    provider.register(site)
    yield provider
    provider.forget(site)
    served.stop()


def oct_key(text: str) -> OctKey:
    """A symmetric key of a text."""
    return OctKey.import_key(text)


def query_lists(url: str) -> dict[str, list[str]]:
    """Every value of a URL's query."""
    return parse_qs(urlsplit(url).query)
