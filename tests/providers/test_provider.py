"""One provider, spoken to as a hub does (security-and-reliability H175–H181)."""

import json
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Response, Visitor
from fcsim_providers.claims import subject
from fcsim_providers.config import ProviderFile
from support.clock import MovableClock
from support.provider_login import ProviderLogin, log_in, redeem, registration, request_url
from support.relying_party import FORM
from support.site import Site, call

ALGS = {"impots": "ES256", "ameli": "RS256", "msa": "HS256"}


@pytest.mark.parametrize("name", sorted(ALGS))
def test_tokens_are_signed_with_the_registered_algorithm(site: Site, name: str) -> None:
    person = "jean-baptiste-le-goff"
    name_of = person if name in site.person(person).accounts else "angela-dubois"
    nonce = "n" * 64
    back = log_in(site, name, name_of, nonce=nonce)
    assert back["state"] == "the state"
    status, tokens = redeem(site, name, back["code"])
    assert status == 200
    own = registration(site, name)
    key: Any = own["client_secret"]
    if ALGS[name] != "HS256":
        keys = json.loads(call("GET", f"{site.providers}/{name}/jwks").data)["keys"]
        key = jwt.PyJWK(next(one for one in keys if one["alg"] == ALGS[name]))
    claims = jwt.decode(tokens["id_token"], key, [ALGS[name]], audience=own["client_id"], issuer=own["issuer"])
    assert (claims["nonce"], claims["acr"], claims["exp"] - claims["iat"]) == (nonce, "eidas1", 60)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = call("GET", f"{site.providers}/{name}/userinfo", headers=headers)
    assert answer.headers["Content-Type"] == "application/jwt"
    identity = jwt.decode(answer.data.decode(), key, [ALGS[name]], audience=own["client_id"])
    assert identity["sub"] == claims["sub"]
    assert identity["family_name"] == site.person(name_of).family_name
    assert "Set-Cookie" not in answer.headers


def test_only_the_scopes_asked_are_released(site: Site) -> None:
    code = log_in(site, "impots", "angela-dubois", scope="openid email")["code"]
    headers = {"Authorization": f"Bearer {redeem(site, 'impots', code)[1]['access_token']}"}
    body = call("GET", f"{site.providers}/impots/userinfo", headers=headers).data.decode()
    claims = jwt.decode(body, options={"verify_signature": False})
    assert set(claims) == {"sub", "email", "iss", "aud", "iat"}


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "other"},
        {"client_id": None},
        {"redirect_uri": "https://evil.test/"},
        {"redirect_uri": None},
        {"response_type": "token"},
        {"scope": "email"},
        {"nonce": None},
        {"state": ""},
    ],
)
def test_h181_requests_that_cannot_be_trusted_are_refused_on_a_page(site: Site, changes: dict[str, str | None]) -> None:
    answer = call("GET", request_url(site, "impots", **changes))
    assert answer.status == 400
    assert "Location" not in answer.headers
    reason = read_page(answer.data.decode()).texts["refusal-reason"]
    name, sent = next(iter(changes.items()))
    assert reason.startswith(f"{name}: expected ")
    assert (repr(sent) if sent else "found") in reason


def test_a_registration_for_several_platforms_returns_to_each_of_them_and_no_other() -> None:
    words = {"identifier": "Login", "secret": "Password", "malformed": "No"}
    look = {"slug": "x", "monogram": "X", "accent": "#000000", "accent_dark": "#ffffff", "identifier": "spi"}
    record = {
        "platform": ["one", "two"],
        "title": "X",
        "client_id": "hub",
        "client_secret": "s" * 32,
        "allowed_acr": ["eidas1"],
        "simulator": look | {"fr": words, "en": words},
    }
    callbacks = {"one": ["https://one.test/cb"], "three": ["https://three.test/cb"]}
    file = ProviderFile.model_validate(record)
    assert file.accepted(callbacks) == ["https://one.test/cb"]
    assert file.accepted(callbacks | {"two": ["https://two.test/cb"]})[1:] == ["https://two.test/cb"]
    assert ProviderFile.model_validate(record | {"platform": "three"}).accepted(callbacks) == ["https://three.test/cb"]


def test_h181_a_code_is_single_use_and_bound_to_its_client_and_address(site: Site) -> None:
    code = log_in(site, "impots", "angela-dubois")["code"]
    for changes in ({"redirect_uri": "https://evil.test/"}, {"code": "x"}, {"code": code + "x"}):
        assert redeem(site, "impots", **({"code": code} | changes))[1]["error"] == "invalid_grant"
    other = registration(site, "ameli")
    credentials = {"client_id": other["client_id"], "client_secret": other["client_secret"]}
    assert redeem(site, "impots", code, **credentials)[0] == 401
    assert redeem(site, "ameli", code)[1]["error"] == "invalid_grant"
    assert redeem(site, "impots", code, client_secret="wrong")[0] == 401
    assert redeem(site, "impots", code)[0] == 200
    assert redeem(site, "impots", code)[1]["error"] == "invalid_grant"


def test_h181_codes_and_tokens_live_a_minute(site: Site, clock: MovableClock) -> None:
    code = log_in(site, "impots", "angela-dubois")["code"]
    token = redeem(site, "impots", log_in(site, "impots", "angela-dubois")["code"])[1]["access_token"]
    clock.advance(61)
    assert redeem(site, "impots", code)[1]["error"] == "invalid_grant"
    answer = call("GET", f"{site.providers}/impots/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status, json.loads(answer.data)["error"]) == (401, "invalid_token")


def attempt(site: Site, **fields: str) -> Response:
    return ProviderLogin.begin(site, "impots").type(**fields)


def test_h175_a_wrong_password_and_an_unknown_account_look_the_same(site: Site) -> None:
    wrong = attempt(site, login="0100000001367", password="wrong")
    unknown = attempt(site, login="3999999932264", password="123")
    assert wrong.status == unknown.status == 401
    assert read_page(wrong.text).texts["login-error"] == read_page(unknown.text).texts["login-error"]


@pytest.mark.parametrize("password", ["", "x" * 2000, "\u202e123", "123\x00"])
def test_h178_strange_passwords_are_wrong_passwords(site: Site, password: str) -> None:
    assert attempt(site, login="0100000001367", password=password).status == 401


def test_h177_a_form_of_another_browser_is_refused(site: Site) -> None:
    mine, thief = Visitor(), Visitor()
    form = read_page(mine.request("GET", request_url(site, "impots")).text).form_with("quick-login-angela-dubois")
    assert form is not None
    thief.request("GET", request_url(site, "impots"))
    for fields in (form.fields, form.fields | {"csrf_token": ""}, form.fields | {"csrf_token": "x.y"}):
        assert thief.request("POST", site.providers + form.action, fields).status == 400
    assert mine.request("POST", site.providers + form.action, form.fields).status == 302


def test_h057_a_body_too_long_is_refused(site: Site) -> None:
    answer = call("POST", f"{site.providers}/impots/token", body="a=" + "x" * 100_000, headers=FORM)
    assert answer.status == 413


def test_people_are_made_and_removed_at_run_time_by_the_console_alone(site: Site) -> None:
    person = {
        "given_names": ["Run"],
        "family_name": "TIME",
        "gender": "male",
        "birthdate": "1990-01-01",
        "accounts": {"impots": {"login": "3999999887219", "password": "x"}},
    }
    taken = person | {"accounts": {"impots": {"login": "0100000001367", "password": "x"}}}
    url, headers = f"{site.providers}/control/people/run-time", {"Content-Type": "application/json"}
    assert call("PUT", url, body=json.dumps(person), headers=headers).status == 401
    headers["Authorization"] = f"Bearer {site.stack.settings.secret('control_token')}"
    assert call("PUT", url, body=json.dumps(person | {"gender": 1}), headers=headers).status == 400
    answer = call("PUT", url, body=json.dumps(taken), headers=headers)
    assert (answer.status, "angela-dubois" in answer.data.decode()) == (409, True)
    assert call("PUT", url, body=json.dumps(person), headers=headers).status == 200
    assert attempt(site, login="3999999887219", password="x").status == 302, "no address: no code is asked"
    told = json.loads(call("GET", f"{url}/accounts/impots", headers=headers).data)
    assert told == {"person": "run-time", "provider": "impots", "sub": subject("impots", "3999999887219")}
    for elsewhere in ("accounts/ameli", "accounts/nowhere"):
        assert call("GET", f"{url}/{elsewhere}", headers=headers).status == 404
    assert call("GET", f"{url}/accounts/impots").status == 401
    assert json.loads(call("DELETE", url, headers=headers).data)["removed"] == 1
    assert attempt(site, login="3999999887219", password="x").status == 401


def test_logout_leads_back_to_the_hub_and_nowhere_else(site: Site) -> None:
    url = f"{site.providers}/impots/session/end"
    back = f"{site.issuer}/client/logout-callback"
    answer = call("GET", f"{url}?{urlencode({'post_logout_redirect_uri': back, 'state': 's'})}")
    assert (answer.status, answer.headers["Location"]) == (302, f"{back}?state=s")
    assert call("GET", f"{url}?post_logout_redirect_uri=https%3A%2F%2Fevil.test").status == 400
    assert call("GET", url).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/impots/", "/impots/help", "/impots/theme.css", "/healthz", "/static/style.css"]
)
def test_other_pages_answer(site: Site, path: str) -> None:
    assert call("GET", site.providers + path).status == 200


@pytest.mark.parametrize("path", ["/nowhere/authorize", "/impots/nowhere", "/nowhere"])
def test_unknown_addresses_are_not_found(site: Site, path: str) -> None:
    assert call("GET", site.providers + path).status == 404
