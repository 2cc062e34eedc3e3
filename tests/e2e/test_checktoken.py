"""POST /checktoken, row by row, as a data provider meets it (service-provider-side §14, checklist 20 and 21)."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from fcsim_hub.domain.identity import PivotIdentity
from fcsim_hub.domain.subject import identity_hash, pairwise_sub
from support.clock import MovableClock
from support.data_provider import PLACE, OwnDataProvider
from support.relying_party import ALL_SCOPES, FORM, RelyingParty
from support.site import Site, call

ASKED = "openid identite_pivot dgfip_rfr dgfip_nbpart dgfip_pac"
INACTIVE = {"active": False}


@pytest.fixture
def provider(site: Site) -> Iterator[OwnDataProvider]:
    own = OwnDataProvider(site)
    own.register()
    yield own
    own.stop()


@pytest.fixture
def service(rp: RelyingParty) -> RelyingParty:
    """A service entitled to data scopes."""
    return rp.change(scopes=[*ALL_SCOPES, "dgfip_rfr", "dgfip_nbpart", "dgfip_pac"])


def token_of(rp: RelyingParty, scope: str = ASKED) -> str:
    return rp.redeem(rp.log_in(scope=scope)).access_token


def sub_for(site: Site, entity: str) -> str:
    """The sub of Angela by the formula of §11."""
    angela = site.person("angela-dubois")
    identity = PivotIdentity(
        given_names=angela.given_names,
        family_name=angela.family_name,
        birthdate=angela.birthdate,
        gender=angela.gender,
        birthplace=angela.birthplace,
        birthcountry=angela.birthcountry,
    )
    return pairwise_sub(entity, identity_hash(identity), site.stack.platforms["franceconnect"].sub_secret)


def test_h084_a_live_token_is_told_with_its_scopes_and_the_registrys_identity(
    service: RelyingParty, provider: OwnDataProvider
) -> None:
    token = token_of(service)
    answer = provider.ask(token)
    assert answer.headers["Content-Type"] == "application/token-introspection+jwt"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    outer, inner, payload = provider.open(answer)
    assert set(outer) == {"alg", "enc", "epk"}
    assert set(inner) == {"alg", "kid"}
    assert (outer["alg"], outer["enc"], inner["alg"]) == ("ECDH-ES", "A256GCM", "ES256")
    assert set(payload) == {"iss", "aud", "iat", "token_introspection"}
    assert (payload["iss"], payload["aud"]) == (service.site.issuer, provider.client_id)
    told = payload["token_introspection"]
    assert told == {
        "active": True,
        "aud": service.client_id,
        "sub": sub_for(service.site, provider.client_id),
        "iat": told["exp"] - 60,
        "exp": told["exp"],
        "acr": "eidas1",
        "jti": token,
        "scope": "dgfip_rfr dgfip_nbpart",
        "given_name": "Angela Claire Louise",
        "given_name_array": ["Angela", "Claire", "Louise"],
        "family_name": "DUBOIS",
        "birthdate": "1962-08-24",
        "gender": "female",
        "birthplace": "75107",
        "birthcountry": "99100",
    }
    assert abs(told["iat"] - payload["iat"]) <= 5


@pytest.mark.parametrize("alg", ["RSA-OAEP", "RSA-OAEP-256"])
def test_the_answer_is_encrypted_as_registered(service: RelyingParty, site: Site, alg: str) -> None:
    own = OwnDataProvider(site, alg=alg)
    own.register(checktoken_signed_response_alg="RS256")
    outer, inner, _ = own.open(own.ask(token_of(service)))
    own.stop()
    assert (set(outer), outer["alg"], inner["alg"]) == ({"alg", "enc"}, alg, "RS256")


def test_a_data_provider_learns_of_its_own_scopes_alone(service: RelyingParty, provider: OwnDataProvider) -> None:
    assert provider.introspect(token_of(service, "openid dgfip_pac"))["scope"] == ""


def test_scopes_of_the_identity_may_be_a_data_providers_too(service: RelyingParty, provider: OwnDataProvider) -> None:
    """§14 limits them to nothing but the token's own."""
    provider.register(scopes=["openid", "email", "dgfip_pac", "gender"])
    assert (
        provider.introspect(token_of(service, "openid email dgfip_rfr dgfip_pac"))["scope"] == "openid email dgfip_pac"
    )


def test_each_data_provider_has_its_own_sub(service: RelyingParty, provider: OwnDataProvider, site: Site) -> None:
    token, other = token_of(service), OwnDataProvider(site)
    other.register()
    subs = {
        provider.introspect(token)["sub"],
        other.introspect(token)["sub"],
        sub_for(site, service.record["entity_id"]),
    }
    other.stop()
    assert len(subs) == 3


def test_unknown_revoked_and_expired_tokens_are_inactive_and_nothing_else(
    service: RelyingParty, provider: OwnDataProvider, clock: MovableClock
) -> None:
    assert provider.introspect("never-issued") == INACTIVE
    revoked, expired = token_of(service), token_of(service)
    assert service.revoke(revoked).status == 200
    assert provider.introspect(revoked) == INACTIVE
    assert provider.introspect(expired)["active"] is True
    clock.advance(61)
    assert provider.introspect(expired) == INACTIVE


@pytest.mark.parametrize(
    "changes",
    [
        *({name: None} for name in ("token", "client_id", "client_secret")),
        *({name: ""} for name in ("token", "client_id", "client_secret")),
        {"grant_type": "x"},
    ],
)
def test_h085_a_parameter_missing_empty_or_extra_is_a_bad_request(
    provider: OwnDataProvider, changes: dict[str, str | None]
) -> None:
    answer = provider.ask("t", **changes)
    assert answer.status == 400
    expected = {"error": "invalid_request", "error_description": "Required parameter missing or invalid."}
    assert json.loads(answer.data) == expected


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '{"token": "t", "client_id": "%s", "client_secret": "%s"}'),
        ("text/plain", "token=t&client_id=%s&client_secret=%s"),
        ("", "token=t&client_id=%s&client_secret=%s"),
        (FORM["Content-Type"], "token=t&client_id=%s&client_secret=%s&token=t"),
        (FORM["Content-Type"], "token[]=t&client_id=%s&client_secret=%s"),
        (FORM["Content-Type"], "token=t&client_id=%s&client_secret=%s&token_type_hint=access_token"),
    ],
)
def test_h085_any_other_form_of_the_request_is_a_bad_request(provider: OwnDataProvider, kind: str, body: str) -> None:
    sent = body % (provider.client_id, provider.client_secret)
    where = f"{provider.site.issuer}/checktoken"
    answer = call("POST", where, body=sent.encode(), headers={"Content-Type": kind} if kind else {})
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert call("GET", f"{where}?{sent}").status == 404


def test_h085_credentials_of_a_service_or_in_a_header_are_not_a_data_providers(
    service: RelyingParty, provider: OwnDataProvider
) -> None:
    assert provider.ask("t", client_id=service.client_id, client_secret=service.secret).status == 401
    basic = base64.b64encode(f"{provider.client_id}:{provider.client_secret}".encode()).decode()
    headers = FORM | {"Authorization": f"Basic {basic}"}
    assert call("POST", f"{provider.site.issuer}/checktoken", body="token=t", headers=headers).status == 400
    assert service.redeem("x", client_id=provider.client_id, client_secret=provider.client_secret).status == 401


@pytest.mark.parametrize("token", ["\x00", "é", "😀", "x" * 10_000, " ", "a.b.c", "a.b.c.d.e"])
def test_h084_a_text_that_is_no_token_is_inactive(provider: OwnDataProvider, token: str) -> None:
    assert provider.introspect(token) == INACTIVE


def test_h096_neither_a_code_nor_an_id_token_is_an_access_token(
    service: RelyingParty, provider: OwnDataProvider
) -> None:
    code = service.log_in(scope=ASKED)
    assert provider.introspect(code) == INACTIVE
    tokens = service.redeem(code)
    assert provider.introspect(tokens.body["id_token"]) == INACTIVE
    assert provider.introspect(tokens.access_token)["active"] is True


@pytest.mark.parametrize("asked", ["eidas1", "eidas1 eidas1", "eidas2 eidas1"])
def test_acr_is_the_levels_that_were_asked(service: RelyingParty, provider: OwnDataProvider, asked: str) -> None:
    tokens = service.redeem(service.log_in(scope=ASKED, acr_values=asked))
    assert provider.introspect(tokens.access_token)["acr"] == asked


@pytest.mark.parametrize("gone", ["deactivated", "removed"])
def test_a_token_of_a_client_that_is_gone_is_inactive(
    service: RelyingParty, provider: OwnDataProvider, gone: str
) -> None:
    """As userinfo, which answers it no more."""
    token = token_of(service)
    assert provider.introspect(token)["active"] is True
    if gone == "removed":
        service.forget()
    else:
        service.change(active=False)
    assert service.userinfo(token).status == 401
    assert provider.introspect(token) == INACTIVE


@pytest.mark.parametrize("changes", [{"client_id": "x" * 64}, {"client_secret": "wrong"}, {"client_secret": "é"}])
def test_h085_an_unknown_data_provider_and_a_wrong_secret_are_answered_alike(
    provider: OwnDataProvider, changes: dict[str, str | None]
) -> None:
    answer = provider.ask("t", **changes)
    assert answer.status == 401
    expected = {"error": "invalid_client", "error_description": "Client authentication failed."}
    assert json.loads(answer.data) == expected
    assert "Set-Cookie" not in answer.headers
    assert last_event(provider.site)["event"] == "DP_USED_INVALID_CREDENTIAL"


def test_an_inactive_data_provider_is_unknown_and_a_change_acts_at_once(
    service: RelyingParty, provider: OwnDataProvider
) -> None:
    token = token_of(service)
    provider.register(active=False)
    assert provider.ask(token).status == 401
    provider.register(scopes=["cnam_caisse"])
    assert provider.introspect(token)["scope"] == ""


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, "{}"), (404, ""), (200, "not json"), (200, "[]"), (200, '{"keys": []}'), (200, '{"keys": [{"kty": "EC"}]}')],
)
def test_keys_that_cannot_be_had_are_a_server_error(provider: OwnDataProvider, status: int, body: str) -> None:
    provider.status, provider.body = status, body
    answer = provider.ask("t")
    assert answer.status == 500
    expected = "failed to fetch JWKS" if status != 200 else "invalid JWKS format"
    assert json.loads(answer.data) == {"error": "server_error", "error_description": expected}


def test_keys_are_fetched_once_and_again_when_none_fits(provider: OwnDataProvider, clock: MovableClock) -> None:
    for _ in range(3):
        provider.introspect("t")
    assert provider.jwks_calls == 1
    clock.advance(601)
    provider.introspect("t")
    assert provider.jwks_calls == 2


def test_the_journal_tells_which_data_provider_asked_about_which_login(
    service: RelyingParty, provider: OwnDataProvider
) -> None:
    provider.introspect(token_of(service))
    event = last_event(service.site)
    assert event["event"] == "DP_VERIFIED_FC_CHECKTOKEN"
    assert (event["dpTitle"], event["spId"]) == ("Données de test", service.client_id)
    assert (event["spName"], event["spType"]) == (service.record["name"], "public")
    provider.introspect("unknown")
    assert last_event(service.site)["event"] == "DP_USED_INVALID_ACCESS_TOKEN"


def last_event(site: Site) -> dict[str, Any]:
    """The last of a data provider: verifying the answer fetches the hub's keys, which is an event too."""
    return next(one for one in reversed(site.api("GET", "/events?limit=5")[1]) if one["event"].startswith("DP_"))


def test_the_registration_is_read_back_and_removed(site: Site, provider: OwnDataProvider) -> None:
    where = f"{PLACE}/{provider.client_id}"
    status, found = site.api("GET", where)
    assert status == 200
    assert set(found) == {
        *("uid", "title", "active", "client_id", "client_secret", "scopes", "jwks_uri"),
        *("checktoken_signed_response_alg", "checktoken_encrypted_response_alg", "checktoken_encrypted_response_enc"),
    }
    assert found in site.api("GET", PLACE)[1]
    assert site.api("DELETE", where)[0] == 204
    assert site.api("GET", where)[0] == 404


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"client_secret": "short"}, "client_secret"),
        ({"scopes": ["nothing"]}, "scopes"),
        ({"jwks_uri": "/jwks"}, "jwks_uri"),
        ({"uid": "1"}, "uid"),
        ({"checktoken_signed_response_alg": "HS256"}, "checktoken_signed_response_alg"),
        ({"checktoken_encrypted_response_alg": ""}, "checktoken_encrypted_response_alg"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_a_wrong_registration_is_refused_with_its_key(
    site: Site, provider: OwnDataProvider, changes: dict[str, Any], key: str
) -> None:
    status, problem = site.api("PUT", f"{PLACE}/{provider.client_id}", provider.record(**changes))
    assert (status, problem["errors"][0]["key"]) == (400, key)
