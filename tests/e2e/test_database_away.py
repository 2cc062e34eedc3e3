"""The database gone for a moment: a page or a JSON error with 503, nothing lost, and all goes on when it is back.

(security-and-reliability R10, R12, R14, H058, H199.)
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError, TimeoutError
from urllib3.response import BaseHTTPResponse

from fcsim_hub.storage.database import Database
from support.relying_party import RelyingParty, query_of
from support.site import Site, call

OUTAGES = [OperationalError("", None, Exception("qz: nobody listens there")), TimeoutError("QueuePool limit")]


@contextmanager
def away(failure: Exception = OUTAGES[0]) -> Iterator[None]:
    """While the database does not answer."""

    def fail(_: Database) -> Any:
        raise failure

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Database, "connect", fail)
        # The hub would go by what it knew for half a second more: changes of the next test, too.
        patched.setattr("fcsim_hub.web.hub.AWAY_SECONDS", 0.0)
        yield


def check_page(answer: BaseHTTPResponse) -> None:
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.data.decode()
    assert "Y000503" in text
    assert 'data-testid="error-reference"' in text


@pytest.mark.parametrize("failure", OUTAGES, ids=["away", "every connection taken"])
def test_a_citizen_meets_a_page(rp: RelyingParty, failure: Exception) -> None:
    rp.choice_page()
    cookies = "; ".join(f"{name}={value}" for name, value in rp.visitor.cookies["localhost"].items())
    mine = {"Cookie": cookies}
    with away(failure):
        check_page(rp.authorize())
        check_page(call("GET", f"{rp.site.issuer}/oidc-callback?code=a&state=b", headers=mine))
        check_page(call("POST", f"{rp.site.issuer}/login", fields={"csrfToken": "a"}, headers=mine))
        assert call("GET", f"{rp.site.hub}/nowhere").status == 404


def test_a_program_is_told_in_json(rp: RelyingParty) -> None:
    with away():
        refused = rp.redeem("a-code")
        keys = call("GET", f"{rp.site.issuer}/jwks")
        userinfo = call("GET", f"{rp.site.issuer}/userinfo", headers={"Authorization": "Bearer abc"})
    assert (refused.status, refused.body["error"]) == (503, "temporarily_unavailable")
    for answer in (keys, userinfo):
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "1"
        assert "Set-Cookie" not in answer.headers
        body = json.loads(answer.data)
        assert set(body) == {"error", "error_description", "error_uri"}
        assert query_of(body["error_uri"])["code"] == "Y000503"


def test_discovery_is_served_from_memory_and_health_says_what_is_wrong(site: Site) -> None:
    with away():
        assert call("GET", f"{site.issuer}/.well-known/openid-configuration").status == 200
        health = call("GET", f"{site.hub}/healthz")
    assert health.status == 503
    assert json.loads(health.data)["status"] == "unavailable"
    assert call("GET", f"{site.hub}/healthz").status == 200


def test_the_console_answers_a_problem_and_a_page(site: Site) -> None:
    with away():
        problem = call("GET", f"{site.console}/api/v1/platforms/franceconnect/clients")
        page = call("GET", f"{site.console}/clients")
    assert problem.status == 503
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.headers["Retry-After"] == "1"
    assert (page.status, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")


def test_h058_a_code_survives_the_outage(rp: RelyingParty) -> None:
    code = rp.log_in()
    with away():
        assert rp.redeem(code).status == 503
    assert rp.redeem(code).status == 200


def test_the_log_has_a_line_and_no_traceback(rp: RelyingParty, caplog: pytest.LogCaptureFixture) -> None:
    with away(), caplog.at_level("INFO"):
        rp.authorize()
    lines = [one for one in caplog.records if one.levelname == "WARNING"]
    assert [one.getMessage() for one in lines] == [
        "the database did not answer on /api/v2/authorize: OperationalError: qz: nobody listens there"
    ]
    assert not any(one.exc_info for one in caplog.records)
