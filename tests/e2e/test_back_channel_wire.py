"""What a program may send that no library sends, written by hand on the wire; and whose answer is whose (H065–H097)."""

import base64
import json
import logging
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy.exc import ProgrammingError

from fcsim_hub.stack import Stack
from fcsim_hub.storage.keys import load_keys
from fcsim_hub.web.hub import EXTENSION
from support.platforms import BOTH
from support.relying_party import FORM, RelyingParty
from support.site import Site, call


def raw(site: Site, first: str, *headers: str, body: bytes = b"") -> tuple[int, bytes]:
    """Status and body of a request whose every line is given."""
    url = urlsplit(site.hub)
    length = (f"Content-Length: {len(body)}", f"Content-Type: {FORM['Content-Type']}") if body else ()
    lines = (first, f"Host: {url.netloc}", "Connection: close", *length, *headers, "", "")
    with socket.create_connection(("127.0.0.1", url.port or 80), timeout=10) as wire:
        wire.sendall("\r\n".join(lines).encode("latin-1") + body)
        answer = b"".join(iter(lambda: wire.recv(65_536), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), content


def basic(client_id: str, secret: str) -> str:
    return "Authorization: Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


@pytest.mark.parametrize("second", ["right", "wrong", "Bearer x"])
def test_h065_two_authorization_headers_prove_nobody(rp: RelyingParty, second: str) -> None:
    code = rp.log_in()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": rp.redirect_uri}
    first = basic(rp.client_id, rp.secret)
    others = {"right": first, "wrong": basic(rp.client_id, "wrong"), "Bearer x": "Authorization: Bearer x"}
    path = urlsplit(rp.site.issuer).path + "/token"
    status, body = raw(rp.site, f"POST {path} HTTP/1.1", first, others[second], body=urlencode(form).encode())
    assert (status, json.loads(body)["error"]) == (400, "invalid_request")
    assert rp.redeem(code).status == 200


def test_h078_two_authorization_headers_give_no_identity(rp: RelyingParty) -> None:
    token = rp.redeem(rp.log_in()).access_token
    path = urlsplit(rp.site.issuer).path + "/userinfo"
    header = f"Authorization: Bearer {token}"
    status, body = raw(rp.site, f"GET {path} HTTP/1.1", header, header)
    assert (status, json.loads(body)["error"]) == (400, "invalid_request")
    assert raw(rp.site, f"GET {path} HTTP/1.1", header)[0] == 200


def test_h078_one_token_twice_in_the_query_is_refused(rp: RelyingParty) -> None:
    token = rp.redeem(rp.log_in()).access_token
    answer = call("GET", f"{rp.site.issuer}/userinfo?access_token={token}&access_token={token}")
    assert (answer.status, "Y04514E0" in answer.data.decode()) == (400, True)


def test_a_client_is_challenged_in_the_scheme_it_used_and_one_that_posts_its_secret_in_none(rp: RelyingParty) -> None:
    wrong = {"client_id": rp.client_id, "client_secret": "x" * 64}
    form = {"grant_type": "authorization_code", "code": "c" * 43, "redirect_uri": rp.redirect_uri}
    for door, members in (("token", form), ("token/revocation", {"token": "t" * 43})):
        posted = call("POST", f"{rp.site.issuer}/{door}", body=urlencode(members | wrong), headers=FORM)
        assert (posted.status, "WWW-Authenticate" in posted.headers) == (401, False)
    basic = {"Authorization": "Basic " + base64.b64encode(":".join(wrong.values()).encode()).decode()}
    answer = call("POST", f"{rp.site.issuer}/token", body=urlencode(form), headers=FORM | basic)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith(f'Basic realm="{rp.site.issuer}", error="invalid_client", ')


@pytest.mark.parametrize("platform", BOTH)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks"])
def test_h095_a_request_line_with_another_host_changes_no_byte(site: Site, platform: str, path: str) -> None:
    there = site.on(platform)
    where = urlsplit(there.issuer).path + path
    expected = call("GET", there.issuer + path).data
    for first in (f"GET {where} HTTP/1.1", f"GET http://evil.test{where} HTTP/1.1", f"GET //evil.test{where} HTTP/1.1"):
        status, body = raw(there, first, "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /evil", "X-Real-IP: 1.2.3.4")
        assert (status, body) == (200, expected) or status == 404, first


def test_h095_what_is_signed_names_the_issuer_of_the_configuration(rp: RelyingParty) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": rp.log_in(),
        "redirect_uri": rp.redirect_uri,
        "client_id": rp.client_id,
        "client_secret": rp.secret,
    }
    evil = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test;proto=https"}
    answer = call("POST", f"{rp.site.issuer}/token", body=urlencode(form), headers=FORM | evil)
    tokens = answer.json()
    assert rp.verified(tokens["id_token"])["iss"] == rp.site.issuer
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    userinfo = call("GET", f"{rp.site.issuer}/userinfo", headers=bearer | evil)
    assert rp.verified(userinfo.data.decode())["iss"] == rp.site.issuer
    refused = call("GET", f"{rp.site.issuer}/userinfo", headers=evil)
    assert "evil" not in refused.headers["WWW-Authenticate"] + refused.data.decode()


PEOPLE = [
    ("angela-dubois", "impots"),
    ("claire-moreau", "ameli"),
    ("helene-roux", "impots"),
    ("emily-carter", "impots"),
]


@pytest.mark.parametrize("answers", [200, pytest.param(1000, marks=pytest.mark.thorough)])
def test_h082_no_answer_holds_the_sub_of_somebody_else_nor_of_another_service(site: Site, answers: int) -> None:
    """Services and persons asked for all at once: each answer is for its service, about its person."""
    parties = [RelyingParty.register(site) for _ in range(2)]
    tokens: list[tuple[RelyingParty, str, str]] = []
    for party in parties:
        for person, provider in PEOPLE:
            fresh = RelyingParty(site, party.record)
            redeemed = fresh.redeem(fresh.log_in(person, provider))
            tokens.append((party, redeemed.access_token, fresh.verified(redeemed.body["id_token"])["sub"]))
    subs = {sub for _, _, sub in tokens}
    assert len(subs) == len(parties) * len(PEOPLE)

    def ask(rank: int) -> None:
        party, token, sub = tokens[rank % len(tokens)]
        answer = party.userinfo(token)
        claims = json.loads(base64.urlsafe_b64decode(answer.data.split(b".")[1] + b"=="))
        assert (claims["sub"], claims["aud"]) == (sub, party.client_id)
        assert {found for found in subs if found in json.dumps(claims)} == {sub}

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(answers)))
    for party in parties:
        party.forget()


def test_h097_private_keys_are_nobodys_to_read(
    rp: RelyingParty, stack: Stack, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in files, not in what the program says, not in what it shows, not even in the traceback of a failure."""
    app = next(one.app for one in stack.served if one.name == "franceconnect")
    hub = app.extensions[EXTENSION].now()  # type: ignore[attr-defined]  # a Flask application
    with hub.database.read() as connection:
        ring = load_keys(connection, hub.realm, hub.seal, hub.clock.now())
    private = [str(key.key.as_dict(private=True)["d"]) for key in ring.keys]

    def fail(*_: object) -> None:
        raise ProgrammingError("INSERT", {"key": ring}, Exception("no such table"))

    with caplog.at_level(logging.DEBUG):
        code = rp.log_in()
        with monkeypatch.context() as patched:
            patched.setattr("fcsim_hub.endpoints.token.write_events", fail)
            assert rp.redeem(code).status == 500
        shown = [call("GET", rp.site.console + path).data.decode() for path in ("/", "/clients", "/mails", "/people")]
        shown += [json.dumps(rp.site.api("GET", path)[1]) for path in ("/environment", "/platforms/franceconnect/keys")]
    kept = b"\0".join(file.read_bytes() for file in stack.settings.data.glob("hub.sqlite3*")).decode("latin-1")
    for text in (caplog.text, kept, *shown):
        assert "PRIVATE KEY" not in text
        assert not any(one in text for one in private)
        assert hub.secret_key not in text


def test_h097_the_installations_secrets_are_readable_by_their_owner_alone(stack: Stack) -> None:
    found = [file for file in stack.settings.data.rglob("*") if re.search(r"secret|token", file.name)]
    assert {file.name for file in found} >= {"secret_key", "control_token"}
    keys = [file for file in (Path(stack.settings.data) / "demo-keys").rglob("*") if file.is_file()]
    for file in (*found, *keys):
        assert file.stat().st_mode & 0o077 == 0, file.name
