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
        *(({"token": "x" * 43 + char}, 400, "Y000400") for char in ".*+?^${}()|[]\\ \t\n"),
        ({"token": ""}, 400, "Y000400"),
        ({"client_id": None}, 400, "Y000400"),
        ({"client_secret": "s" * 31}, 400, "Y000400"),
        ({"client_secret": "é" * 32}, 400, "Y000400"),
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


@pytest.mark.parametrize("token", ["/" * 43, "é" * 43, "a=b,c;d@" * 6, "~" * 43, "x" * 4096])
def test_a_token_that_was_never_issued_is_as_good_as_revoked(rp: RelyingParty, token: str) -> None:
    """Forty-three characters, none of which means something in a regular expression: nothing else is asked of it."""
    assert revoke(rp, token) == (200, b"")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '{"token": "%s", "client_id": "%s", "client_secret": "%s"}'),
        ("text/plain", "token=%s&client_id=%s&client_secret=%s"),
        (FORM["Content-Type"], "token=%s&client_id=%s&client_secret=%s&client_id=again"),
        (FORM["Content-Type"], "token=%s&client_id=%s&client_secret=%s&token=again"),
        (
            "multipart/form-data; boundary=b",
            "".join(
                f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n%s\r\n'
                for name in ("token", "client_id", "client_secret")
            )
            + "--b--\r\n",
        ),
    ],
)
def test_any_other_form_of_the_request_is_the_same_refusal(rp: RelyingParty, kind: str, body: str) -> None:
    token = rp.redeem(rp.log_in()).access_token
    sent = body % (token, rp.client_id, rp.secret)
    answer = call("POST", f"{rp.site.issuer}/token/revocation", body=sent, headers={"Content-Type": kind})
    assert (answer.status, "?code=Y000400&" in answer.json()["error_uri"]) == (400, True)
    assert rp.userinfo(token).status == 200
