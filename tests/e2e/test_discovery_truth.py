"""Discovery tells the truth on both platforms: what it lists works, what it does not list fails (§3; H093, H094)."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from jwcrypto import jwk

from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.key_server import make_key, public
from support.platforms import BOTH
from support.relying_party import FORM, RelyingParty, Tokens, encrypted, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site, call

GRANTS = [
    *("refresh_token", "password", "client_credentials", "implicit"),
    *(f"urn:ietf:params:oauth:grant-type:{name}" for name in ("jwt-bearer", "saml2-bearer", "device_code")),
    *("urn:ietf:params:oauth:grant-type:token-exchange", "urn:openid:params:grant-type:ciba"),
]
RESPONSE_TYPES = ["token", "id_token", "id_token token", "code token", "code id_token", "code id_token token", "none"]
SIGNING_ALGS = [
    *("HS256", "HS384", "HS512", "ES256", "ES384", "ES512", "ES256K", "EdDSA"),
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "none"),
]
ENCRYPTION_ALGS = [
    *("ECDH-ES", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA1_5", "ECDH-ES+A128KW", "ECDH-ES+A256KW"),
    *("A256KW", "A256GCMKW", "dir", "PBES2-HS256+A128KW"),
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@pytest.fixture(params=BOTH)
def there(request: pytest.FixtureRequest, site: Site) -> Site:
    return site.on(request.param)


@pytest.fixture
def party(there: Site) -> Iterator[RelyingParty]:
    party = RelyingParty.register(there)
    yield party
    party.forget()


def log_in(party: RelyingParty, **changes: str) -> Arrival:
    level = party.site.level
    with registered(Rogue(uid="rogue-of-truth", acr=level, levels=(level,)), party.site) as rogue:
        end = party.travel(Traveller("nobody", rogue.uid), **changes)
    assert isinstance(end, Arrival), end
    return end


def code(party: RelyingParty, **changes: str) -> str:
    return query_of(log_in(party, **changes).redirect_to)["code"]


ENDPOINTS = {
    "authorization_endpoint": {"GET", "POST"},
    "token_endpoint": {"POST"},
    "userinfo_endpoint": {"GET"},
    "revocation_endpoint": {"POST"},
    "end_session_endpoint": {"GET"},
    "jwks_uri": {"GET"},
}
"""And the methods of each (§2)."""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("key", ENDPOINTS)
def test_h093_an_endpoint_answers_to_its_methods_and_is_an_unknown_page_to_others(
    party: RelyingParty, key: str, method: str
) -> None:
    document = party.discovery()
    answer = call(method, document[key], headers=FORM if method == "POST" else {})
    assert (answer.status == 404) == (method not in ENDPOINTS[key])
    found = {name for name in document if name.endswith("_endpoint") or name == "jwks_uri"}
    assert found == set(ENDPOINTS)


UNLISTED = ["/token/introspection", "/introspect", "/request", "/par", "/device", "/device/auth", "/reg", "/register"]
UNLISTED += ["/session/check", "/backchannel", "/ciba", "/challenge", "/credential", "/certs", "/federation"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", UNLISTED)
def test_h093_no_endpoint_exists_that_is_not_announced(there: Site, path: str, method: str) -> None:
    answer = call(method, there.issuer + path, headers=FORM if method == "POST" else {})
    assert (answer.status, b"Y000404" in answer.data) == (404, True)


@pytest.mark.parametrize("grant_type", GRANTS)
def test_h093_no_other_grant_is_given(party: RelyingParty, grant_type: str) -> None:
    more = {"username": "a", "password": "b", "refresh_token": "x", "assertion": "a.b.c", "subject_token": "x"}
    tokens = party.redeem("x", grant_type=grant_type, **more)
    assert (tokens.status, tokens.body["error"]) == (400, "unsupported_grant_type")
    assert "access_token" not in tokens.body


def test_h093_the_announced_grant_and_response_type_give_tokens_about_a_pairwise_subject(
    party: RelyingParty, there: Site
) -> None:
    other = RelyingParty.register(there)
    end = log_in(party)
    assert query_of(end.redirect_to)["iss"] == there.issuer  # authorization_response_iss_parameter_supported
    subs = {
        one.verified(one.redeem(issued).body["id_token"])["sub"]
        for one, issued in ((party, query_of(end.redirect_to)["code"]), (other, code(other)))
    }
    assert len(subs) == 2
    other.forget()


@pytest.mark.parametrize("response_type", RESPONSE_TYPES)
def test_h093_no_other_response_type_gives_anything(party: RelyingParty, response_type: str) -> None:
    answer = party.authorize(response_type=response_type)
    where = answer.headers.get("Location", "")
    assert where.startswith("https://rp.test/callback")
    told = query_of(where.replace("#", "?"))
    assert told["error"] in ("unsupported_response_type", "unauthorized_client", "invalid_request")
    assert not {"code", "id_token", "access_token"} & set(told)


def test_h093_what_discovery_says_and_franceconnect_does_not_do(party: RelyingParty) -> None:
    """Its own document misleads here (§3.1, §6.2), and ours with it: none of these parameters is taken."""
    for refused in (
        {"code_challenge": "x" * 43, "code_challenge_method": "S256"},
        *({"response_mode": mode} for mode in party.discovery()["response_modes_supported"]),
        {"request_uri": "https://rp.test/request"},
        {"request": "a.b.c"},
    ):
        assert party.authorize(**refused).status == 400


@pytest.mark.parametrize("what", ["id_token", "userinfo"])
@pytest.mark.parametrize("alg", SIGNING_ALGS)
def test_h093_an_algorithm_signs_when_it_is_listed_and_cannot_be_registered_otherwise(
    party: RelyingParty, what: str, alg: str
) -> None:
    is_listed = alg in party.discovery()[f"{what}_signing_alg_values_supported"]
    change = {f"{what}_signed_response_alg": alg}
    status, _ = party.site.api("PATCH", f"{party.site.place}/clients/{party.client_id}", change)
    assert status == (200 if is_listed else 400)
    if not is_listed:
        return
    tokens = party.redeem(code(party))
    answers = {"id_token": tokens.body["id_token"], "userinfo": party.userinfo(tokens.access_token).data.decode()}
    header = json.loads(jwk.base64url_decode(answers[what].split(".")[0]))
    assert header["alg"] == alg


OPENERS = (make_key("ECDH-ES"), make_key("RSA-OAEP"))


@pytest.mark.parametrize("what", ["id_token", "userinfo"])
@pytest.mark.parametrize("alg", ENCRYPTION_ALGS)
def test_h093_an_answer_is_encrypted_with_what_is_listed_alone(party: RelyingParty, what: str, alg: str) -> None:
    """That each listed one works is shown in test_encrypted_answers.py."""
    is_listed = alg in party.discovery().get(f"{what}_encryption_alg_values_supported", [])
    members = {name: value for name, value in encrypted(alg).items() if name.startswith(what)} | {
        "jwks": public(*OPENERS)
    }
    where = f"{party.site.place}/clients/{party.client_id}"
    assert party.site.api("PATCH", where, members)[0] == (200 if is_listed else 400)
    assert party.site.api("PATCH", where, {**members, f"{what}_encrypted_response_enc": "A128GCM"})[0] == 400


KEYS = {"ES256": make_key("ES256", use="sig"), "RS256": make_key("RS256", use="sig")}


def as_hs256(party: RelyingParty) -> dict[str, str | None]:
    """client_secret_jwt: an assertion keyed with the secret."""
    return party.assertion(jwk.JWK(kty="oct", k=jwk.base64url_encode(party.secret)), alg="HS256")


def accepted(tokens: Tokens) -> bool:
    """Whether the caller was believed: an unknown code is all that is wrong."""
    return query_of(tokens.body["error_uri"])["code"] == "Y049E20B"


@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_h093_a_client_proves_itself_in_the_listed_ways(party: RelyingParty, alg: str) -> None:
    is_listed = alg in party.discovery()["token_endpoint_auth_signing_alg_values_supported"]
    party = party.change(jwks=public(*KEYS.values()))
    assert accepted(party.redeem("x"))
    assert accepted(party.redeem("x", **party.assertion(KEYS[alg], alg=alg))) is is_listed
    form = {"token": "x" * 43, **party.assertion(KEYS[alg], alg=alg)}
    body = urlencode({name: value for name, value in form.items() if value is not None})
    answer = call("POST", party.discovery()["revocation_endpoint"], body=body, headers=FORM)
    assert answer.status == (200 if is_listed else 401)


def test_h093_and_in_no_other(party: RelyingParty) -> None:
    """client_secret_jwt, none, a certificate. HTTP Basic works and is not announced: ledger F08."""
    party = party.change(jwks=public(*KEYS.values()))
    assert not accepted(party.redeem("x", **as_hs256(party)))
    assert not accepted(party.redeem("x", client_secret=None))
    body = urlencode({"grant_type": "authorization_code", "code": "x", "client_id": party.client_id})
    certificate = {"X-SSL-Client-Cert": "-----BEGIN CERTIFICATE-----", "X-SSL-Client-Verify": "SUCCESS"}
    assert call("POST", f"{party.site.issuer}/token", body=body, headers=FORM | certificate).status == 401
    for alg in ("PS256", "RS384", "RS512"):
        assert not accepted(party.redeem("x", **party.assertion(KEYS["RS256"], alg=alg)))


def test_h093_every_announced_scope_can_be_granted_and_no_other(party: RelyingParty) -> None:
    announced = party.discovery()["scopes_supported"]
    party = party.change(scopes=announced)
    tokens = party.redeem(code(party, scope=" ".join([*announced, "offline_access", "unknown"])))
    assert tokens.body["scope"].split() == announced
    for scope in ("offline_access", "unknown"):
        where = f"{party.site.place}/clients/{party.client_id}"
        assert party.site.api("PATCH", where, {"scopes": ["openid", scope]})[0] == 400


def test_h093_claims_asks_for_amr(party: RelyingParty) -> None:
    """claims_parameter_supported."""
    asked = json.dumps({"id_token": {"amr": {"essential": True}}})
    assert "amr" in party.verified(party.redeem(code(party, claims=asked)).body["id_token"])


def test_h093_every_announced_level_is_served(party: RelyingParty) -> None:
    for level in party.discovery()["acr_values_supported"]:
        rogue = Rogue(uid="rogue-of-levels", acr=level, levels=(level,))
        with registered(rogue, party.site):
            fresh = RelyingParty(party.site, party.record)
            end = fresh.travel(Traveller("nobody", rogue.uid), acr_values=level)
        assert isinstance(end, Arrival), end
        tokens = fresh.redeem(query_of(end.redirect_to)["code"])
        assert fresh.verified(tokens.body["id_token"])["acr"] == level
