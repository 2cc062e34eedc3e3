"""/token/revocation (service-provider-side §13; H086)."""

import json
from urllib.parse import urlencode

import pytest

from support.relying_party import FORM, RelyingParty
from support.site import call


def revoke(rp: RelyingParty, token: str | None, **changes: str | None) -> tuple[int, bytes]:
    form: dict[str, str | None] = {"token": token, "client_id": rp.client_id, "client_secret": rp.secret} | changes
    body = urlencode({name: value for name, value in form.items() if value is not None})
    answer = call("POST", f"{rp.site.issuer}/token/revocation", body=body, headers=FORM)
    assert "Set-Cookie" not in answer.headers
    return answer.status, answer.data


def test_a_revoked_token_answers_no_more_and_revoking_again_changes_nothing(rp: RelyingParty) -> None:
    token = rp.redeem(rp.log_in()).access_token
    assert rp.userinfo(token).status == 200
    assert revoke(rp, token) == (200, b"")
    assert rp.userinfo(token).status == 401
    assert revoke(rp, token) == (200, b"")
    assert revoke(rp, "x" * 43) == (200, b"")


def test_the_token_of_another_client_is_left_alone(rp: RelyingParty) -> None:
    token = rp.redeem(rp.log_in()).access_token
    status, body = revoke(RelyingParty.register(rp.site), token)
    told = json.loads(body)
    assert (status, told["error"], "?code=Y0466776&" in told["error_uri"]) == (400, "invalid_request", True)
    assert rp.userinfo(token).status == 200


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"token": None}, 400, "Y000400"),
        ({"token": "short"}, 400, "Y000400"),
        ({"token": "x" * 42 + " "}, 400, "Y000400"),
        ({"token": "x" * 43 + "*"}, 400, "Y000400"),
        ({"client_secret": None}, 400, "Y000400"),
        ({"client_secret": "short"}, 400, "Y000400"),
        ({"token_type_hint": "access_token"}, 400, "Y000400"),
        ({"client_secret": "0" * 64}, 401, "Y0434A7B"),
        ({"client_id": "unknown"}, 401, "Y0479FCE"),
    ],
)
def test_requests_that_are_refused_revoke_nothing(
    rp: RelyingParty, changes: dict[str, str | None], status: int, code: str
) -> None:
    token = rp.redeem(rp.log_in()).access_token
    refused, body = revoke(rp, **({"token": token} | changes))
    assert (refused, f"?code={code}&" in json.loads(body)["error_uri"]) == (status, True)
    assert rp.userinfo(token).status == 200
