"""What a tester may change in the request of a service (inside-the-hub §18.2)."""

from typing import Any

import pytest

from fcsim_hub.gateways.html_forms import read_page
from support.demo import begin, finish, told
from support.fake_hub import FakeHub
from support.relying_party import query_of

AMR = '{"id_token":{"amr":{"essential":true}}}'
PLAIN = {"scope": "openid given_name", "acr_values": "eidas1"}


def attempt(client: Any, **fields: Any) -> dict[str, str]:
    """What is asked of the hub when the form is sent with these fields."""
    to = client.get("/trial/try", query_string=fields).headers["Location"]
    return query_of(client.get(to).headers["Location"])


CHANGES: list[tuple[dict[str, Any], dict[str, str | None]]] = [
    ({"scope": ["openid", "email"]}, {"scope": "openid email"}),
    ({"scope": ["openid"], "more_scopes": "gender  unknown"}, {"scope": "openid gender unknown"}),
    ({"scope": []}, {"scope": None}),
    ({"acr_values": ["eidas1", "eidas3"]}, {"acr_values": "eidas1 eidas3"}),
    ({"acr_values": ["eidas2"], "more_acr": "other"}, {"acr_values": "eidas2 other"}),
    ({"acr_values": []}, {"acr_values": ""}),
    ({"prompt": ["login", "none"]}, {"prompt": "login none"}),
    ({"prompt": []}, {"prompt": None}),
    ({"idp_hint": " some-uid "}, {"idp_hint": "some-uid"}),
    ({"idp_hint": ""}, {"idp_hint": None}),
    ({"amr": "1"}, {"claims": AMR}),
    ({}, {"claims": None}),
]


@pytest.mark.parametrize(("fields", "expected"), CHANGES)
def test_the_form_changes_the_request(client: Any, fields: dict[str, Any], expected: dict[str, str | None]) -> None:
    asked = attempt(client, **{"scope": ["openid"], "acr_values": ["eidas1"], **fields})
    assert {name: asked.get(name) for name in expected} == expected


def test_what_the_form_sends_unchanged_is_the_services_own_request(client: Any, hub: FakeHub) -> None:
    own = begin(client, hub)
    tried = attempt(client, scope=["openid", "given_name"], acr_values=["eidas1"], prompt=[], idp_hint="")
    assert {**tried, "state": "", "nonce": ""} == {**own, "state": "", "nonce": ""}


def test_the_form_holds_every_field_of_the_request(client: Any) -> None:
    form = read_page(client.get("/trial/").text).form_with("override-form")
    assert form is not None
    assert form.action == "/trial/try"
    assert {"scope-given_name", "more-scopes", "acr-eidas1", "acr-eidas3", "more-acr", "prompt-none"} <= form.marks
    assert {"claims-amr", "idp-hint", "method-post", "try-button"} <= form.marks


def test_the_request_is_sent_by_post_when_asked(client: Any, hub: FakeHub) -> None:
    where = client.get("/trial/try?scope=openid&acr_values=eidas1&method=post").headers["Location"]
    answer = client.get(where)
    form = read_page(answer.text).form_with("post-button")
    assert form is not None
    assert (form.method, form.action) == ("post", f"{hub.issuer}/authorize")
    assert set(form.fields) == {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values"}
    assert hub.issuer in answer.headers["Content-Security-Policy"]
    hub.nonce = form.fields["nonce"]
    back = client.get("/trial/callback", query_string={"code": "c", "state": form.fields["state"], "iss": hub.issuer})
    assert back.status_code == 303


def test_an_address_may_hold_any_of_them_even_empty(client: Any, hub: FakeHub) -> None:
    asked = begin(client, hub, prompt="", scope="openid", claims=AMR)
    assert (asked["prompt"], asked["scope"], asked["claims"]) == ("", "openid", AMR)
    assert "redirect_uri" in begin(client, hub, redirect_uri="https://evil.test")
    assert begin(client, hub, redirect_uri="https://evil.test")["redirect_uri"] == "http://localhost/trial/callback"


def test_a_request_without_openid_that_is_answered_all_the_same_is_verified(client: Any, hub: FakeHub) -> None:
    asked = begin(client, hub, scope="email")
    query = {"code": "c", "state": asked["state"], "iss": hub.issuer}
    hub.nonce = "another"
    assert told(client.get("/trial/callback", query_string=query)) == (502, "id_token")


def test_asking_less_does_not_lower_what_the_service_needs(client: Any, hub: FakeHub) -> None:
    asked = begin(client, hub, acr_values="eidas0")
    hub.level = "eidas0"
    query = {"code": "c", "state": asked["state"], "iss": hub.issuer}
    assert told(client.get("/trial/callback", query_string=query)) == (502, "acr")
    hub.level = "eidas2"
    assert finish(client, hub).status_code == 303
