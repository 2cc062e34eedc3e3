"""What one caller may cost the hub: sizes and failures (H057, H075, H087, H194)."""

import secrets
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from support.clock import MovableClock
from support.data_provider import OwnDataProvider
from support.relying_party import FORM, RelyingParty
from support.site import Site, call


@pytest.fixture
def provider(site: Site) -> Iterator[OwnDataProvider]:
    own = OwnDataProvider(site)
    own.register()
    yield own
    own.stop()


def test_h075_after_twenty_wrong_secrets_within_a_minute_a_client_waits(rp: RelyingParty, clock: MovableClock) -> None:
    code = rp.log_in()
    for _ in range(20):
        assert rp.redeem(code, client_secret="wrong").body["error"] == "invalid_client"
    body = urlencode(
        {"grant_type": "authorization_code", "code": code, "client_id": rp.client_id, "client_secret": "w"}
    )
    answer = call("POST", f"{rp.site.issuer}/token", body=body, headers=FORM)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    assert set(answer.json()) == {"error", "error_description", "error_uri"}
    assert "?code=Y000429&" in answer.json()["error_uri"]
    assert rp.redeem(code).status == 429  # the right secret tells a guesser nothing either
    assert rp.revoke("x" * 43).status == 429
    clock.advance(61)
    assert rp.redeem(rp.log_in()).status == 200


def test_h075_nobody_locks_another_client_nor_the_same_client_elsewhere_out(rp: RelyingParty) -> None:
    other = RelyingParty.register(rp.site)
    for _ in range(21):
        rp.redeem("x", client_secret="wrong")
    assert rp.redeem("x").status == 429
    assert other.redeem(other.log_in()).status == 200
    elsewhere = _from_ipv6(
        rp, {"grant_type": "authorization_code", "code": rp.log_in(), "redirect_uri": rp.redirect_uri}
    )
    assert elsewhere in (200, None)  # None: this machine has no IPv6
    other.forget()


def test_h075_successes_are_not_counted(rp: RelyingParty) -> None:
    assert [rp.redeem("x").status for _ in range(25)] == [400] * 25


def test_h075_the_limit_is_the_platforms_and_zero_is_none(rp: RelyingParty, platform: Callable[..., Any]) -> None:
    platform(limits={"bad_secrets": 2})
    assert [rp.redeem("x", client_secret="wrong").status for _ in range(3)] == [401, 401, 429]
    platform(limits={"bad_secrets": 0})
    assert [rp.redeem("x", client_secret="wrong").status for _ in range(30)] == [401] * 30


def test_h087_nobody_scans_tokens_at_checktoken(
    provider: OwnDataProvider, platform: Callable[..., Any], clock: MovableClock
) -> None:
    assert provider.site.api("GET", "/platforms/franceconnect")[1]["limits"] == {"bad_secrets": 20, "bad_checks": 100}
    platform(limits={"bad_checks": 5})
    statuses = [provider.ask(secrets.token_urlsafe(32)).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    answer = provider.ask("x")
    assert (answer.headers["Retry-After"], set(answer.json())) == ("60", {"error", "error_description"})
    clock.advance(61)
    assert provider.ask("x").status == 200


def test_h087_wrong_secrets_count_with_dead_tokens(provider: OwnDataProvider, platform: Callable[..., Any]) -> None:
    platform(limits={"bad_checks": 2})
    assert [provider.ask("x", client_secret="wrong").status for _ in range(3)] == [401, 401, 429]


@pytest.mark.parametrize("path", ["/token", "/userinfo", "/token/revocation", "/checktoken", "/authorize"])
@pytest.mark.parametrize("size", [420 * 1024, 2 * 1024 * 1024])
def test_h057_a_body_too_long_is_refused(rp: RelyingParty, path: str, size: int) -> None:
    status = _raw(rp, f"POST {_path(rp, path)} HTTP/1.1", f"Content-Length: {size}", body=b"a=" + b"b" * (size - 2))
    assert status in ({413, 0} if path != "/userinfo" else {401, 404, 413, 0})
    assert rp.authorize().status == 303


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("/token", {"error", "error_description", "error_uri"}),
        ("/token/revocation", {"error", "error_description", "error_uri"}),
        ("/checktoken", {"error", "error_description"}),
    ],
)
def test_h057_a_program_is_told_so_in_json(site: Site, path: str, members: set[str]) -> None:
    answer = call("POST", site.issuer + path, body="a=" + "b" * 420 * 1024, headers=FORM)
    assert (answer.status, answer.headers["Cache-Control"]) == (413, "no-store")
    assert set(answer.json()) == members
    assert answer.json()["error"] == "invalid_request"
    assert ("Y04A25F2" in answer.data.decode()) == ("error_uri" in members)


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-Long", "x" * 70_000), ("Cookie", "a=" + "b" * 70_000), ("Authorization", "Bearer " + "a" * 70_000)],
)
def test_h194_a_header_too_long_is_refused(rp: RelyingParty, name: str, value: str) -> None:
    assert _raw(rp, f"GET {_path(rp, '/userinfo')} HTTP/1.1", f"{name}: {value}") in {0, 400, 413, 431}
    assert rp.authorize().status == 303


def test_h194_many_headers_cookies_and_fields_are_no_failure(rp: RelyingParty) -> None:
    headers = {f"X-Header-{rank}": "x" for rank in range(200)}
    assert call("GET", rp.url(), headers=headers).status == 303
    cookies = "; ".join(f"c{rank}=x" for rank in range(1000))
    assert call("GET", rp.url(), headers={"Cookie": cookies}).status == 303
    fields = urlencode([(f"f{rank}", "x") for rank in range(10_000)])
    for path in ("/token", "/authorize", "/checktoken"):
        assert 400 <= call("POST", rp.site.issuer + path, body=fields, headers=FORM).status < 500


def _path(rp: RelyingParty, path: str) -> str:
    return urlsplit(rp.site.issuer).path + path


def _raw(rp: RelyingParty, first: str, *headers: str, body: bytes = b"", host: str = "127.0.0.1") -> int:
    """The status of a request written by hand; 0 when the hub closed before it had read everything."""
    url = urlsplit(rp.site.hub)
    fixed = (f"Host: {url.netloc}", "Connection: close", "Content-Type: application/x-www-form-urlencoded")
    with socket.create_connection((host, url.port or 80), timeout=10) as wire:
        try:
            wire.sendall("\r\n".join((first, *fixed, *headers, "", "")).encode("latin-1") + body)
            answer = wire.recv(4096)
        except OSError:
            return 0
    return int(answer.split(b" ")[1]) if answer else 0


def _from_ipv6(rp: RelyingParty, form: dict[str, str]) -> int | None:
    """The status of a redemption that comes from the other loopback address."""
    body = urlencode(form | {"client_id": rp.client_id, "client_secret": rp.secret}).encode()
    try:
        return _raw(rp, f"POST {_path(rp, '/token')} HTTP/1.1", f"Content-Length: {len(body)}", body=body, host="::1")
    except OSError:
        return None
