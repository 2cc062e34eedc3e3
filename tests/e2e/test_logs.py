"""What is printed: nothing personal, no secret, nothing a stranger could forge (H196, H197, H198)."""

import io
import json
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Response as FlaskResponse

from fcsim_hub.gateways.visitor import Arrival, Response, Stopped, Traveller, Visitor
from fcsim_hub.logs import FORMAT, LINE_MAX, OneLine
from support.data_provider import OwnDataProvider
from support.key_server import make_key, public
from support.logs import logged
from support.provider_login import ProviderLogin
from support.relying_party import FORM, RelyingParty, encrypted, query_of
from support.rogue_provider import Rogue
from support.site import Site, call

SHORT = 6
"""Values shorter than this are words (`code`, `fr`), not secrets."""
PLAIN = {"openid", "csrfToken", "authorization_code", "eidas1", "eidas2", "active", "ES256"}


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    """Everything that every application logs, at the most talkative level."""
    with logged("DEBUG") as stream:
        yield stream


@dataclass
class Noting(Visitor):
    """A browser that remembers whatever went to or fro and is nobody else's business."""

    noted: set[str] = field(default_factory=set)

    def request(self, method: str, url: str, form: Any = None, **more: Any) -> Response:
        answer = super().request(method, url, form, **more)
        for values in (query_of(url), query_of(answer.location), form or {}, *self.cookies.values()):
            self.noted |= {str(value) for value in values.values()}
        return answer


def register(site: Site, name: str) -> dict[str, Any]:
    """A person of whom every datum can be recognised."""
    root = f"3{secrets.randbelow(10**9):09d}"
    app = {"login": f"kanari.{name}@kanari-mail.test", "password": "730518"}
    record = {
        "given_names": ["Kanariprenom", "Kanarisecond"],
        "family_name": f"KANARINOM {''.join(chr(65 + int(one, 16)) for one in name[-8:])}",
        "preferred_username": "KANARIUSAGE",
        "gender": "female",
        "birthdate": "1957-11-29",
        "birthplace": "29019",
        "email": f"kanari.{name}@kanari-mail.test",
        "phone_number": f"+336{secrets.randbelow(10**8):08d}",
        "nir": "2571129019123",
        "spi": f"{root}{int(root) % 511:03d}",
        "accounts": {
            "impots": {"login": f"{root}{int(root) % 511:03d}", "password": "Kanari-mot-de-passe"},
            "laposte": app | {"password": "Kanari-mot-de-passe"},
            "yris": app,
        },
    }
    status, found = site.api("PUT", f"/people/{name}", record)
    assert status == 201, found
    return record


def texts_of(record: Any) -> set[str]:
    """Every text of a document."""
    if isinstance(record, dict):
        return {text for value in record.values() for text in texts_of(value)}
    if isinstance(record, list):
        return {text for value in record for text in texts_of(value)}
    return {record} if isinstance(record, str) else set()


def test_h197_of_whole_logins_on_both_platforms_nothing_is_printed(
    rp: RelyingParty,
    plus_rp: RelyingParty,
    rogue: Rogue,
    person: str,
    printed: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    record = register(rp.site, person)
    canaries = texts_of(record) | {" ".join(record["given_names"])}
    key = make_key("ES256", use="enc")
    plus_rp = plus_rp.change(**encrypted("ECDH-ES"), jwks=public(key))
    data_provider = OwnDataProvider(rp.site)
    data_provider.register()
    for party, names in ((rp, ("impots", "laposte", "yris")), (plus_rp, ("laposte",))):
        for name in names:
            browser = Noting()
            own = RelyingParty(party.site, party.record, browser)
            account = record["accounts"][name]
            end = own.travel(Traveller("nobody", party.site.uid(name), account["login"], account["password"]))
            assert isinstance(end, Arrival), end
            code = query_of(end.redirect_to)["code"]
            tokens = own.redeem(code)
            assert tokens.status == 200
            assert own.userinfo(tokens.access_token).status == 200
            if party is rp:
                assert data_provider.ask(tokens.access_token).status == 200
            assert own.redeem(code).status == 400
            hint = tokens.body["id_token"]
            browser.request("GET", f"{party.site.issuer}/session/end?{urlencode({'id_token_hint': hint})}")
            canaries |= browser.noted | texts_of(tokens.body) | {party.secret}
    canaries |= refused_logins(rp, rogue, record) | {data_provider.client_secret}
    data_provider.stop()
    assert_absent(canaries, printed.getvalue() + "".join(capfd.readouterr()))


def refused_logins(rp: RelyingParty, rogue: Rogue, record: dict[str, Any]) -> set[str]:
    """Logins that go wrong in every place; what must not be told of them."""
    browser = Noting()
    own, form = RelyingParty(rp.site, rp.record, browser), rp.record["client_secret"]
    wrong = {"login": record["accounts"]["impots"]["login"], "password": "Kanari-mauvais-mot"}
    ProviderLogin.begin(rp.site, "impots", browser).type(**wrong)
    told = {"given_name": "Kanariprenom", "family_name": "KANARINOM INCONNU", "email": "kanari@kanari-mail.test"}
    rogue.userinfo = lambda claims: claims.update(told)
    assert isinstance(own.travel(Traveller("nobody", rogue.uid)), Stopped)
    for answer in (None, lambda: FlaskResponse(json.dumps(told | {"id_token": "kanari.id.token"}), 400)):
        rogue.token_answer = answer
        rogue.userinfo_answer = lambda: FlaskResponse("kanari.user.info", mimetype="application/jwt")
        assert isinstance(own.travel(Traveller("nobody", rogue.uid)), Stopped)
    own.authorize(state="kanari-state", redirect_uri="https://kanari-elsewhere.test/", login_hint="kanari-hint")
    own.redeem("kanari-code", client_secret="kanari-secret")
    own.userinfo("kanari-access-token")
    return browser.noted | texts_of(wrong) | texts_of(told) | {form, "kanari"}


def assert_absent(canaries: set[str], text: str) -> None:
    assert "error Y0" in text, "nothing was listened to"
    for canary in canaries - PLAIN:
        if len(canary) >= SHORT:
            assert canary.lower() not in text.lower(), canary


def test_h197_what_the_control_api_refuses_is_not_printed(
    site: Site, printed: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    headers = {"Content-Type": "application/json"}
    for path in ("/people/kanari", "/platforms/franceconnect/clients/kanari", "/platforms/franceconnect"):
        for body in ('{"client_secret": "kanari"', '{"client_secret": ["kanari"], "nir": "kanari"}'):
            for method in ("PUT", "PATCH"):
                answer = call(method, f"{site.console}/api/v1{path}", body=body, headers=headers)
                assert answer.status in (400, 404, 405)
    assert "kanari" not in (printed.getvalue() + "".join(capfd.readouterr())).lower()


def test_h196_a_stranger_writes_no_line_and_moves_no_cursor() -> None:
    printed = io.StringIO()
    handler = logging.StreamHandler(printed)
    handler.setFormatter(OneLine(FORMAT))
    log = logging.Logger("fcsim.hub")  # of this test alone: what it says is unfit for any other listener
    log.addHandler(handler)
    log.info("error on %s", "x\nFORGED INFO fcsim.hub error\r\x1b[2J\x00\x85\u2028\ud800{{7*7}}%s")
    log.info("long %s", "y" * 10_000)
    try:
        raise ValueError("first\x1b[2J\rsecond")
    except ValueError:
        log.exception("unexpected failure on %s", "/api/v2/\n/x")
    lines = printed.getvalue().splitlines()
    assert [line for line in lines if "FORGED" in line] == [lines[0]]
    assert lines[0].endswith(r"x\x0aFORGED INFO fcsim.hub error\x0d\x1b[2J\x00\x85\u2028\ud800{{7*7}}%s")
    assert len(lines[1]) < LINE_MAX + 40
    assert "/api/v2/\\x0a/x" in printed.getvalue()
    assert not any(ord(char) < 32 for line in lines for char in line)


def test_h198_there_is_no_access_log(rp: RelyingParty, printed: io.StringIO) -> None:
    rp.log_in()
    assert "GET /" not in printed.getvalue()
    assert "/api/v2" not in printed.getvalue()


@pytest.mark.parametrize("path", ["/token", "/userinfo", "/token/revocation"])
def test_the_id_of_an_error_uri_is_in_the_log_with_its_code_and_nothing_of_the_request(
    rp: RelyingParty, printed: io.StringIO, path: str
) -> None:
    """§15.1: each occurrence has an id, by which the two sides find each other."""
    method, form = ("GET", {}) if path == "/userinfo" else ("POST", {"token": "kanari" * 8, "code": "kanari"})
    headers = {"Authorization": "kanari-token"} if path == "/userinfo" else FORM
    answer = call(method, rp.site.issuer + path, body=urlencode(form), headers=headers)
    told = query_of(json.loads(answer.data)["error_uri"])
    assert f"error {told['code']} on franceconnect reference {told['id']}\n" in printed.getvalue()
    assert "kanari" not in printed.getvalue()


def test_h199_a_traceback_names_no_value(
    rp: RelyingParty, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(parameters: object, *_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("fcsim_hub.rooms.entrance.read_parameters", fail)
    assert rp.authorize(state="kanari-state").status == 500
    assert "RuntimeError: a defect" in printed.getvalue()
    assert "kanari" not in printed.getvalue()
