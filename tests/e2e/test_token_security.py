"""Codes, secrets and tokens in hostile hands (security-and-reliability §1.C–1.F), over HTTP."""

import json
import logging
import secrets
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from fcsim_hub.gateways.visitor import Arrival, Traveller
from fcsim_hub.protocol import client_auth
from fcsim_hub.storage.keys import load_keys
from fcsim_hub.storage.registrations import CLIENTS, PROVIDERS
from fcsim_hub.web.hub import EXTENSION
from support.clock import MovableClock
from support.relying_party import FORM, RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import Site, call


@pytest.fixture
def other(site: Site) -> Iterator[RelyingParty]:
    party = RelyingParty.register(site)
    yield party
    party.forget()


def token(rp: RelyingParty, form: dict[str, str], headers: dict[str, str] | None = None) -> Any:
    return call("POST", f"{rp.site.issuer}/token", body=urlencode(form), headers=FORM | (headers or {}))


GRANTS = [
    *("password", "client_credentials", "refresh_token", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
    *("urn:ietf:params:oauth:grant-type:device_code", "AUTHORIZATION_CODE", "authorization_code ", "\x00", "é"),
]


@pytest.mark.parametrize("grant_type", GRANTS)
def test_h046_no_other_grant_is_given(rp: RelyingParty, grant_type: str) -> None:
    code = rp.log_in()
    tokens = rp.redeem(code, grant_type=grant_type)
    assert (tokens.status, tokens.body["error"]) == (400, "unsupported_grant_type")
    assert rp.redeem(code).status == 200


@pytest.mark.parametrize("missing", ["code", "grant_type", "client_id", "client_secret"])
def test_h046_h047_each_member_of_the_request_is_required(rp: RelyingParty, missing: str) -> None:
    # A missing redirect_uri is another one: H043.
    tokens = rp.redeem("" if missing == "code" else "x", **({} if missing == "code" else {missing: None}))
    assert tokens.status in (400, 401)
    assert tokens.body["error"] in ("invalid_request", "invalid_client")


@pytest.mark.parametrize(
    "mangle", [str.lower, str.upper, lambda code: code + "=", lambda code: code[:-1], lambda c: " " + c]
)
def test_h052_a_code_is_itself_to_the_letter(rp: RelyingParty, mangle: Any) -> None:
    code = rp.log_in()
    if mangle(code) != code:
        assert rp.redeem(mangle(code)).body["error"] == "invalid_grant"
    assert rp.redeem(code).status == 200


def test_h056_parameters_of_the_query_are_not_read(rp: RelyingParty) -> None:
    form = {"grant_type": "authorization_code", "code": rp.log_in(), "redirect_uri": rp.redirect_uri}
    credentials = {"client_id": rp.client_id, "client_secret": rp.secret}
    url = f"{rp.site.issuer}/token?{urlencode(form | credentials)}"
    assert call("POST", url, body="", headers=FORM).status == 400
    assert call("GET", url).status == 404
    assert token(rp, form | credentials).status == 200


@pytest.mark.parametrize("broken", ["insert_token", "write_events", "load_keys"])
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (OperationalError, (503, "temporarily_unavailable", "Y000503")),
        (ProgrammingError, (500, "server_error", "Y000000")),
    ],
)
def test_h058_a_failure_after_the_claim_gives_the_code_back(
    rp: RelyingParty,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
    kind: type[DBAPIError],
    told: tuple[int, str, str],
) -> None:
    def fail(*_: object) -> None:
        raise kind("INSERT", {}, Exception("the disk is full"))

    code = rp.log_in()
    with monkeypatch.context() as patched, caplog.at_level(logging.CRITICAL):
        patched.setattr(f"fcsim_hub.endpoints.token.{broken}", fail)
        tokens = rp.redeem(code)
    assert (tokens.status, tokens.body["error"], query_of(tokens.body["error_uri"])["code"]) == told
    assert "disk" not in json.dumps(tokens.body)
    assert rp.redeem(code).status == 200


def test_h059_a_code_of_an_account_deactivated_since_gives_nothing(rp: RelyingParty) -> None:
    where = "/platforms/franceconnect/accounts/claire-moreau"
    code = rp.log_in("claire-moreau", "ameli")
    rp.site.api("PUT", where, {"active": False})
    try:
        tokens = rp.redeem(code)
        assert (tokens.status, tokens.body["error"]) == (400, "invalid_grant")
    finally:
        rp.site.api("PUT", where, {"active": True})


def test_h059_a_code_of_a_session_logged_out_since_gives_nothing(rp: RelyingParty) -> None:
    hint = str(rp.redeem(rp.log_in()).body["id_token"])
    code = rp.log_in()
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/session/end?{urlencode({'id_token_hint': hint})}")
    assert answer.status == 200
    rp.visitor.request("POST", f"{rp.site.issuer}/client/disconnect-from-idp", {})
    rp.visitor.request("GET", f"{rp.site.issuer}/client/logout-callback")
    tokens = rp.redeem(code)
    assert (tokens.status, tokens.body["error"]) == (400, "invalid_grant")


CANARY = "qz-canary-7f3"


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier"])
def test_h060_error_bodies_repeat_nothing_of_the_request(rp: RelyingParty, name: str) -> None:
    probe = f"{CANARY}'\"<script>"
    tokens = rp.redeem(probe) if name == "code" else rp.redeem("x", **{name: probe})
    text = json.dumps(tokens.body)
    assert CANARY not in text
    assert not any(word in text.lower() for word in ("sqlite", "traceback", "fcsim", "select ", ".py"))
    assert tokens.body["error_uri"].startswith("https://docs.partenaires.franceconnect.gouv.fr/")


@pytest.mark.parametrize("client", ["unknown", "known"])
def test_h063_secrets_are_compared_in_constant_time_for_unknown_clients_too(
    rp: RelyingParty, monkeypatch: pytest.MonkeyPatch, client: str
) -> None:
    compared: list[tuple[int, ...]] = []
    real = client_auth.hmac.compare_digest

    def compare(one: Any, other: Any) -> bool:
        compared.append((len(one), len(other)))
        return bool(real(one, other))

    monkeypatch.setattr("fcsim_hub.protocol.client_auth.hmac.compare_digest", compare)
    rp.redeem("x", client_id=rp.client_id if client == "known" else "unknown", client_secret="wrong")
    assert any(5 in lengths for lengths in compared)


@pytest.mark.parametrize("secret", ["", None, "\x00", " ", "None", "null"])
def test_h066_no_secret_or_an_empty_one_proves_nothing(rp: RelyingParty, secret: str | None) -> None:
    assert rp.redeem("x", client_secret=secret).status == 401
    status, problem = rp.site.api("PATCH", f"/platforms/franceconnect/clients/{rp.client_id}", {"client_secret": ""})
    assert (status, problem["errors"][0]["key"]) == (400, "client_secret")


@pytest.mark.parametrize("header", ["Basic !!!", "Basic " + "YQ==", "Basic /////w==", "Basic Og==", "Digest x", "x"])
def test_h065_basic_credentials_that_are_none(rp: RelyingParty, header: str) -> None:
    answer = token(rp, {"grant_type": "authorization_code", "code": "x"}, {"Authorization": header})
    assert answer.status in (400, 401)
    assert answer.json()["error"] in ("invalid_request", "invalid_client")


def test_h067_a_client_cannot_redeem_without_its_own_secret(rp: RelyingParty, other: RelyingParty) -> None:
    code = rp.log_in()
    assert rp.redeem(code, client_secret=other.secret).status == 401
    assert rp.redeem(code, client_id=other.client_id, client_secret=other.secret).body["error"] == "invalid_grant"
    assert rp.redeem(code, client_secret=None).status == 401
    assert rp.redeem(code).status == 200


def test_h068_a_new_secret_replaces_the_old_one_at_once(rp: RelyingParty) -> None:
    fresh = rp.change(client_secret=secrets.token_hex(32))
    assert rp.redeem("x").body["error"] == "invalid_client"
    assert fresh.redeem(fresh.log_in()).status == 200


def test_h068_the_former_secret_is_accepted_until_its_time_and_the_log_says_so(
    rp: RelyingParty, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Two processes of one service, which change their secret one after the other."""
    until = clock.now() + 60
    new = rp.change(former_client_secret=rp.secret, former_client_secret_until=until, client_secret="the new one")
    old = RelyingParty(rp.site, new.record | {"client_secret": rp.secret})
    said = f"client {rp.client_id} proved itself with its former secret"
    with caplog.at_level(logging.INFO, "fcsim.hub"):
        assert new.redeem(new.log_in()).status == 200
        assert said not in caplog.text
        assert old.redeem(old.log_in()).status == 200
        assert said in caplog.text
    assert old.redeem("x", client_secret="another").status == 401
    clock.advance(61)
    assert "code=Y0434A7B" in old.redeem(old.log_in()).body["error_uri"]
    assert new.redeem(new.log_in()).status == 200


@pytest.mark.parametrize("with_secret", [False, True])
def test_h069_h064_assertions_are_not_what_clients_are_registered_for(rp: RelyingParty, with_secret: bool) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": "x",
        "client_id": rp.client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": "eyJhbGciOiJub25lIn0.e30.",
    }
    answer = token(rp, form | ({"client_secret": rp.secret} if with_secret else {}))
    expected = (400, "invalid_request") if with_secret else (401, "invalid_client")
    assert (answer.status, answer.json()["error"]) == expected


def test_h081_a_token_still_speaks_of_its_own_person_after_another_logged_in(
    rp: RelyingParty, other: RelyingParty
) -> None:
    first = rp.redeem(rp.log_in()).access_token
    party = RelyingParty(rp.site, other.record, rp.visitor)
    party.visitor.cookies.clear()
    second = party.redeem(party.log_in("claire-moreau", "ameli")).access_token
    assert rp.verified(rp.userinfo(first).data.decode())["family_name"] == "DUBOIS"
    assert party.verified(party.userinfo(second).data.decode())["family_name"] == "MOREAU"


def test_h082_h100_subs_are_the_organisations_own(rp: RelyingParty, other: RelyingParty) -> None:
    sibling = RelyingParty.register(rp.site, entity_id=rp.record["entity_id"])
    mine, theirs, siblings = (party.identity()["sub"] for party in (rp, other, sibling))
    assert mine == siblings != theirs
    assert len(mine) == 66
    assert mine.endswith("v1")
    sibling.forget()


def test_h090_two_clients_hs256_tokens_never_verify_crosswise(rp: RelyingParty, other: RelyingParty) -> None:
    one = rp.change(id_token_signed_response_alg="HS256")
    issued = str(one.redeem(one.log_in()).body["id_token"])
    assert jwt.decode(issued, one.secret, ["HS256"], audience=one.client_id)["iss"] == one.site.issuer
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(issued, other.secret, ["HS256"], audience=one.client_id)


def test_h096_one_kind_of_token_never_serves_as_another(rp: RelyingParty) -> None:
    code = rp.log_in()
    tokens = rp.redeem(code)
    id_token = str(tokens.body["id_token"])
    userinfo = rp.userinfo(tokens.access_token).data.decode()
    for wrong in (id_token, userinfo, code):
        assert rp.userinfo(wrong).status == 401
    for wrong in (id_token, userinfo, tokens.access_token):
        assert rp.redeem(wrong).body["error"] == "invalid_grant"
    for wrong, expected in ((userinfo, "Y045AFAE"), (tokens.access_token, "Y04FEDB9"), (code, "Y04FEDB9")):
        answer = rp.visitor.request("GET", f"{rp.site.issuer}/session/end?{urlencode({'id_token_hint': wrong})}")
        assert (answer.status, expected in answer.text) == (400, True)


def test_h097_neither_keys_nor_secrets_are_in_a_repr(rp: RelyingParty, site: Site) -> None:
    app = next(one.app for one in site.stack.served if one.name == "franceconnect")
    hub = app.extensions[EXTENSION].now()  # type: ignore[attr-defined]  # a Flask application
    with hub.database.read() as connection:
        ring = load_keys(connection, hub.realm, hub.seal, hub.clock.now())
        clients = CLIENTS.list(connection, hub.realm)
        providers = PROVIDERS.list(connection, hub.realm)
    shown = repr((hub, ring, clients, providers, hub.seal))
    private = [key.key.as_dict(private=True) for key in ring.keys]
    for secret in (hub.secret_key, hub.platform.sub_secret, rp.secret, *(key["d"] for key in private)):
        assert secret
        assert secret not in shown
    for leak in ("/jwks", "/.well-known/openid-configuration"):
        assert not any(key["d"] in call("GET", site.issuer + leak).data.decode() for key in private)


def test_h099_the_spelling_of_accents_does_not_change_the_sub(rp: RelyingParty, rogue: Rogue) -> None:
    said = {
        "given_name": "Joëlle Françoise",
        "family_name": "DUBINÔRE",
        "birthdate": "1992-08-15",
        "birthplace": "75117",
    }
    person = {
        "given_names": ["Joëlle", "Françoise"],
        "family_name": "DUBINÔRE",
        "birthdate": "1992-08-15",
        "gender": "female",
        "birthplace": "75117",
        "birthcountry": "99100",
        "email": "joelle@fcsim.test",
    }
    name = f"joelle-{secrets.token_hex(4)}"
    status, made = rp.site.api("PUT", f"/people/{name}", person)
    assert status == 201, made
    subs = set()
    try:
        for form in ("NFC", "NFD"):
            rogue.userinfo = lambda claims, form=form: claims.update(
                {key: unicodedata.normalize(form, value) for key, value in said.items()}
            )
            party = RelyingParty(rp.site, rp.record)
            end = party.travel(Traveller("nobody", rogue.uid))
            assert isinstance(end, Arrival), end
            tokens = party.redeem(query_of(end.redirect_to)["code"])
            claims = party.verified(party.userinfo(tokens.access_token).data.decode())
            subs.add((claims["sub"], claims["given_name"]))
    finally:
        rp.site.api("DELETE", f"/people/{name}")
    assert len(subs) == 1


INJECTIONS = ["O'Neil';--", "100%", "a_b", '"; DROP TABLE accounts', "😀", "D'" * 100, "\\", "{{7*7}}", "${7*7}"]


@pytest.mark.parametrize("text", INJECTIONS)
def test_h150_names_are_data_in_search_and_registry(rp: RelyingParty, text: str) -> None:
    question = {
        "family_name": text,
        "given_names": [text],
        "birthdate": "1990-01-01",
        "gender": "female",
        "birthplace": "75107",
    }
    status, answer = rp.site.api("POST", "/registry/lookup", question)
    assert (status, answer["code"]) == (200, 8)
    page = call("GET", f"{rp.site.console}/people?{urlencode({'q': text})}")
    assert page.status == 200
    assert "49" not in page.data.decode().split('type="search"')[-1].split(">")[0]
