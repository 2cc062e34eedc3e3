"""The demo services against a hub that misbehaves: every answer of a callback has its page."""

import json
from typing import Any

import pytest

from fcsim_hub.gateways.html_forms import read_page
from support.demo import begin, finish, told
from support.fake_hub import FakeHub
from support.relying_party import query_of


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
    assert page.texts["level-obtained"] == "eidas1"
    assert "id-token-envelope" not in page.texts
    assert hub.calls[0][1]["client_secret"] == "secret"


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
    page = client.get("/trial/callback?error=access_denied&state=forged")
    assert told(page)[1] == "state"
    assert "vous êtes toujours connecté" in page.text
    assert 'data-testid="back-to-identity"' in page.text
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
