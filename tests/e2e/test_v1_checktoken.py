"""POST /checktoken as FranceConnect v1 has it (service-provider-side §14, §17)."""

import json

import pytest

from support.clock import MovableClock
from support.v1_party import PLATFORM, V1Party


def test_checktoken_answers_plain_json_to_anyone(v1: V1Party) -> None:
    token = v1.tokens(scope="openid identite_pivot dgfip_rfr")["access_token"]
    answer = v1.checktoken(json.dumps({"token": token}))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.data) == {
        "scope": ["openid", "identite_pivot", "dgfip_rfr"],
        "identity": {
            "given_name": "Angela Claire Louise",
            "family_name": "DUBOIS",
            "birthdate": "1962-08-24",
            "gender": "female",
            "birthplace": "75107",
            "birthcountry": "99100",
        },
        "client": {"client_id": v1.client_id, "client_name": "Service v1"},
        "identity_provider_id": v1.site.uid("impots"),
        "acr": "eidas1",
    }
    assert v1.checktoken(f"token={token}", "application/x-www-form-urlencoded").status == 200


@pytest.mark.parametrize("body", ["", "{}", "[]", "x", '{"token": ""}', '{"token": 1}', "[" * 9000])
def test_checktoken_without_a_token_is_a_bad_request(v1: V1Party, body: str) -> None:
    answer = v1.checktoken(body)
    assert (answer.status, json.loads(answer.data)["error"]) == (400, "invalid_request")


def test_checktoken_of_a_token_that_does_not_live_is_unauthorized(v1: V1Party, v1_clock: MovableClock) -> None:
    token = v1.tokens()["access_token"]
    assert v1.checktoken(json.dumps({"token": token})).status == 200
    v1_clock.advance(61)
    for dead in (token, "unknown"):
        answer = v1.checktoken(json.dumps({"token": dead}))
        assert (answer.status, json.loads(answer.data)["error"]) == (401, "invalid_token")


def test_checktoken_of_a_token_whose_client_is_gone_is_unauthorized(v1: V1Party) -> None:
    token = v1.tokens()["access_token"]
    v1.site.api("PATCH", f"/platforms/{PLATFORM}/clients/{v1.client_id}", {"active": False})
    assert v1.userinfo(token).status == 401
    answer = v1.checktoken(json.dumps({"token": token}))
    assert (answer.status, json.loads(answer.data)["error"]) == (401, "invalid_token")


def test_checktoken_is_traced(v1: V1Party) -> None:
    v1.checktoken(json.dumps({"token": v1.tokens()["access_token"]}))
    _, events = v1.site.api("GET", f"/events?platform={PLATFORM}&limit=1")
    assert (events[0]["event"], events[0]["spId"]) == ("DP_VERIFIED_FC_CHECKTOKEN", v1.client_id)
