"""The demo services against a hub that misbehaves: every answer of a callback has its page."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, request
from joserfc import jws
from joserfc.jwk import ECKey

from fcsim_demo.app import create_app
from fcsim_demo.config import DemoSettings
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.listeners import Served, bind
from support.relying_party import query_of

SERVICE = {
    "monogram": "X",
    "accent": "#000000",
    "accent_dark": "#ffffff",
    "scope": "openid given_name",
    "fr": {"title": "Essai", "purpose": "Essayer."},
    "en": {"title": "Trial", "purpose": "Try."},
    "client": {"platform": "franceconnect", "client_id": "trial", "client_secret": "secret"},
}


class FakeHub:
    """A hub of the test's own; what it answers may be changed."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256")
        self.foreign = ECKey.generate_key("P-256")
        listener = bind("127.0.0.1", 0)
        self.issuer = f"http://localhost:{listener.port}"
        self.nonce = ""
        self.id_token: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.signer = {"id_token": self.key, "userinfo": self.key}
        self.token_status = 200
        self.userinfo_status = 200
        self.drop_id_token = False
        self.served = Served("hub", self.app(), listener, 4)
        self.served.start()

    def sign(self, kind: str, claims: dict[str, Any]) -> str:
        text = json.dumps({name: value for name, value in claims.items() if value is not None})
        return jws.serialize_compact({"alg": "ES256", "kid": "k"}, text, self.signer[kind])

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
                "id_token_signing_alg_values_supported": ["HS256", "ES256", "RS256"],
            }

        @app.get("/jwks")
        def jwks() -> dict[str, Any]:
            return {"keys": [{**self.key.as_dict(private=False), "kid": "k", "alg": "ES256", "use": "sig"}]}

        @app.post("/token")
        def token() -> Response:
            if self.token_status != 200:
                return Response('{"error": "invalid_grant"}', self.token_status, mimetype="application/json")
            assert request.form["client_secret"] == "secret"
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": "trial", "sub": "s", "iat": now, "exp": now + 60, "nonce": self.nonce}
            answer = {"access_token": "a", "token_type": "Bearer", "expires_in": 60}
            if not self.drop_id_token:
                answer["id_token"] = self.sign("id_token", claims | {"acr": "eidas1"} | self.id_token)
            return Response(json.dumps(answer), mimetype="application/json")

        @app.get("/userinfo")
        def userinfo() -> Response:
            assert request.headers["Authorization"] == "Bearer a"
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": "trial", "sub": "s", "iat": now, "exp": now + 60, "given_name": "Ana"}
            return Response(
                self.sign("userinfo", claims | self.userinfo), self.userinfo_status, content_type="application/jwt"
            )

        return app


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    yield fake
    fake.served.stop()


@pytest.fixture
def client(hub: FakeHub) -> Any:
    settings = DemoSettings.model_validate(
        {
            "public_url": "http://localhost",
            "secret_key": "key",
            "platforms": {
                "franceconnect": {"issuer": hub.issuer, "internal_base": hub.issuer, "title": "FranceConnect"}
            },
            "services": {"fixtures/services/trial.toml": SERVICE},
        }
    )
    return create_app(settings).test_client()


def begin(client: Any, hub: FakeHub) -> dict[str, str]:
    """Start a login; returns what was asked of the hub."""
    asked = query_of(client.get("/trial/login").headers["Location"])
    hub.nonce = asked["nonce"]
    return asked


def finish(client: Any, hub: FakeHub, **changes: str | None) -> Any:
    asked = begin(client, hub)
    answer: dict[str, str | None] = {"code": "c", "state": asked["state"], "iss": hub.issuer} | changes
    return client.get(
        "/trial/callback", query_string={name: value for name, value in answer.items() if value is not None}
    )


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, read_page(answer.text).texts["error-code"]


def test_the_request_is_one_that_franceconnect_takes(client: Any, hub: FakeHub) -> None:
    asked = begin(client, hub)
    assert set(asked) == {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values"}
    assert len(asked["nonce"]) >= 32
    assert asked["redirect_uri"] == "http://localhost/trial/callback"


def test_a_right_answer_opens_the_identity_page(client: Any, hub: FakeHub) -> None:
    answer = finish(client, hub)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/trial/identity")
    page = read_page(client.get("/trial/identity").text)
    assert page.texts["claim-given_name"] == "Ana"
    assert json.loads(page.texts["id-token-payload"])["acr"] == "eidas1"
    assert page.texts["userinfo-raw"].count(".") == 2


ERRORS = [
    *("access_denied", "invalid_scope", "invalid_request", "server_error", "temporarily_unavailable", "invalid_acr"),
    *("invalid_idp_hint", "unsupported_response_type", "something_new"),
]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_error_of_the_hub_has_its_page(client: Any, hub: FakeHub, error: str, language: str) -> None:
    answer = finish(client, hub, code=None, error=error, error_description="<script>why")
    assert told(answer) == (400, error)
    assert "<script>why" not in answer.text
    assert read_page(answer.text).texts["error-meaning"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"state": "wrong"}, "state"),
        ({"state": None}, "state"),
        ({"state": None, "error": "access_denied"}, "state"),
        ({"iss": "https://evil.test"}, "iss"),
        ({"iss": None}, "iss"),
        ({"code": None}, "code"),
        ({"code": ""}, "code"),
    ],
)
def test_answers_that_are_refused_before_any_call(
    client: Any, hub: FakeHub, changes: dict[str, str], kind: str
) -> None:
    hub.token_status = 599
    assert told(finish(client, hub, **changes)) == (400, kind)


@pytest.mark.parametrize(
    ("member", "value", "kind"),
    [
        ("token_status", 400, "token"),
        ("drop_id_token", True, "id_token"),
        ("userinfo_status", 401, "userinfo"),
        ("id_token", {"iss": "https://evil.test"}, "id_token"),
        ("id_token", {"aud": "other"}, "id_token"),
        ("id_token", {"nonce": "other"}, "id_token"),
        ("id_token", {"exp": 1}, "id_token"),
        ("id_token", {"acr": "eidas0"}, "acr"),
        ("id_token", {"acr": None}, "acr"),
        ("userinfo", {"sub": "somebody else"}, "userinfo"),
        ("userinfo", {"sub": None}, "userinfo"),
        ("userinfo", {"iss": "https://evil.test"}, "userinfo"),
        ("userinfo", {"aud": "other"}, "userinfo"),
        ("userinfo", {"exp": 1}, "userinfo"),
    ],
)
def test_answers_that_are_refused_after_the_exchange(
    client: Any, hub: FakeHub, member: str, value: Any, kind: str
) -> None:
    setattr(hub, member, value)
    assert told(finish(client, hub)) == (502, kind)
    assert client.get("/trial/identity").status_code == 303


@pytest.mark.parametrize("kind", ["id_token", "userinfo"])
def test_signatures_of_foreign_keys_are_refused(client: Any, hub: FakeHub, kind: str) -> None:
    hub.signer[kind] = hub.foreign
    assert told(finish(client, hub)) == (502, kind)


def test_a_failed_answer_leaves_an_earlier_login_untouched(client: Any, hub: FakeHub) -> None:
    finish(client, hub)
    assert told(client.get("/trial/callback?error=access_denied&state=forged"))[1] == "state"
    assert "Ana" in client.get("/trial/identity").text


def test_a_callback_is_answered_once(client: Any, hub: FakeHub) -> None:
    asked = begin(client, hub)
    query = {"code": "c", "state": asked["state"], "iss": hub.issuer}
    assert client.get("/trial/callback", query_string=query).status_code == 303
    assert told(client.get("/trial/callback", query_string=query)) == (400, "state")


def test_logout_ends_here_first_then_at_the_hub_and_comes_back_with_its_state(client: Any, hub: FakeHub) -> None:
    finish(client, hub)
    where = client.post("/trial/logout").headers["Location"]
    asked = query_of(where)
    assert where.startswith(f"{hub.issuer}/session/end?")
    assert set(asked) == {"id_token_hint", "post_logout_redirect_uri", "state"}
    assert client.get("/trial/identity").status_code == 303
    assert told(client.get("/trial/logged-out?state=wrong")) == (400, "logout")
    assert "logged-out" in client.get(f"/trial/logged-out?state={asked['state']}").text


def test_a_hub_that_does_not_answer_has_its_page(client: Any, hub: FakeHub) -> None:
    hub.served.stop()
    assert told(client.get("/trial/login")) == (502, "unreachable")


def test_unknown_addresses_are_not_found(client: Any) -> None:
    for path in ("/nowhere/", "/trial/nowhere"):
        assert client.get(path).status_code == 404
