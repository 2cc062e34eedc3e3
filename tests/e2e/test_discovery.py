"""Discovery and JWKS, key by key, on both platforms (service-provider-side §3; H092–H095; table 1.O)."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from fcsim_hub.domain.data_scopes import DATA_SCOPES
from fcsim_hub.gateways.visitor import Traveller
from support.raw import raw_get
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue, registered
from support.site import Site, call

PLATFORMS = ["franceconnect", "franceconnect-plus"]
PIVOT = ["given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry"]
SCOPES = [*PIVOT, *("openid", "profile", "birth", "identite_pivot", "email", "preferred_username", "amr")]
CLAIMS = [*PIVOT, *("sub", "email", "preferred_username", "amr", "acr", "sid", "auth_time", "iss")]
RNIPP_CLAIMS = [*(f"rnipp_{name}" for name in PIVOT), "rnipp_given_name_array"]
RNIPP_SCOPES = [*(f"rnipp_{name}" for name in PIVOT), "rnipp_profile", "rnipp_birth", "rnipp_identite_pivot"]
ON_BOTH = ("DGFiP", "CNAM", "CNOUS")
"""Data providers whose scopes FranceConnect+ has too (§10.4)."""
AUTH_METHODS = ["client_secret_post", "private_key_jwt"]
KEY_ALGS, CONTENT_ALGS = ["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"], ["A256GCM"]


def common(issuer: str) -> dict[str, Any]:
    """What both platforms say, in the order of §3.1."""
    return {
        "authorization_endpoint": f"{issuer}/authorize",
        "claims_parameter_supported": True,
        "code_challenge_methods_supported": ["S256"],
        "end_session_endpoint": f"{issuer}/session/end",
        "grant_types_supported": ["authorization_code"],
        "issuer": issuer,
        "jwks_uri": f"{issuer}/jwks",
        "authorization_response_iss_parameter_supported": True,
        "response_modes_supported": ["form_post", "fragment", "query"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "token_endpoint": f"{issuer}/token",
        "request_parameter_supported": False,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "userinfo_endpoint": f"{issuer}/userinfo",
        "revocation_endpoint": f"{issuer}/token/revocation",
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "claim_types_supported": ["normal"],
    }


LOW: dict[str, Any] = {
    "acr_values_supported": ["eidas1"],
    "token_endpoint_auth_signing_alg_values_supported": ["ES256", "RS256"],
    "revocation_endpoint_auth_signing_alg_values_supported": ["ES256", "RS256"],
    "id_token_signing_alg_values_supported": ["HS256", "ES256", "RS256"],
    "userinfo_signing_alg_values_supported": ["HS256", "ES256", "RS256"],
    "request_object_signing_alg_values_supported": ["ES256", "RS256", "HS256"],
}
HIGH: dict[str, Any] = {
    "acr_values_supported": ["eidas2", "eidas3"],
    **{
        f"{what}_signing_alg_values_supported": ["ES256"]
        for what in ("token_endpoint_auth", "revocation_endpoint_auth", "id_token", "userinfo", "request_object")
    },
    **{f"{what}_encryption_alg_values_supported": KEY_ALGS for what in ("id_token", "userinfo")},
    "request_object_encryption_alg_values_supported": ["ECDH-ES", "RSA-OAEP"],
    **{f"{what}_encryption_enc_values_supported": CONTENT_ALGS for what in ("id_token", "userinfo", "request_object")},
}
LISTS: dict[str, tuple[set[str], set[str]]] = {
    "franceconnect": (
        {*CLAIMS, "given_name_array", "idp_birthdate", "idp_id"},
        {*SCOPES, "idp_birthdate", "idp_id", *DATA_SCOPES},
    ),
    "franceconnect-plus": (
        {*CLAIMS, *RNIPP_CLAIMS},
        {*SCOPES, *RNIPP_SCOPES, *(name for name, one in DATA_SCOPES.items() if one.provider in ON_BOTH)},
    ),
}
"""Platform -> claims_supported, scopes_supported; claims of data providers: ledger entry on discovery."""


def document_of(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call("GET", f"{site.issuer}/.well-known/openid-configuration").data)
    return found


@pytest.mark.parametrize("platform", PLATFORMS)
def test_h094_the_document_is_the_sheets_and_nothing_else(site: Site, platform: str) -> None:
    there = site.on(platform)
    document = document_of(there)
    claims, scopes = document.pop("claims_supported"), document.pop("scopes_supported")
    assert document == common(there.issuer) | (LOW if platform == "franceconnect" else HIGH)
    assert (set(claims), set(scopes)) == LISTS[platform]
    assert (len(claims), len(scopes)) == tuple(map(len, LISTS[platform]))  # each once


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/.well-known/openid-configuration", "application/json; charset=utf-8"),
        ("/jwks", "application/jwk-set+json; charset=utf-8"),
        ("/client/.well-known/keys", "application/jwk-set+json; charset=utf-8"),
        ("/client/.well-known/sector-identifier", "application/json; charset=utf-8"),
    ],
)
def test_public_documents_are_cached_ten_minutes_and_set_no_cookie(
    site: Site, platform: str, path: str, content_type: str
) -> None:
    answer = call("GET", f"{site.on(platform).issuer}{path}?lang=fr")
    assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_sector_document_holds_the_one_address_that_providers_are_given(site: Site, platform: str) -> None:
    """inside-the-hub §2: for its providers the hub is a relying party."""
    there = site.on(platform)
    listed = json.loads(call("GET", f"{there.issuer}/client/.well-known/sector-identifier").data)
    rogue = Rogue(levels=tuple(there.platform.levels), acr=there.level)
    with registered(rogue, there):
        party = RelyingParty.register(there)
        party.travel(Traveller("nobody", rogue.uid))
        party.forget()
    assert listed == [rogue.requests[-1]["redirect_uri"]]


def test_h092_jwks_publishes_public_members_only(site: Site) -> None:
    keys = json.loads(call("GET", f"{site.issuer}/jwks").data)["keys"]
    # Former keys may be there too: a test rotates them.
    assert {(key["kty"], key["alg"]) for key in keys} == {("EC", "ES256"), ("RSA", "RS256")}
    assert len({key["kid"] for key in keys}) == len(keys)
    for key in keys:
        members = {"crv", "x", "y"} if key["kty"] == "EC" else {"n", "e"}
        assert set(key) == {"kty", "kid", "alg", "use", *members}
        assert (key["use"], key.get("crv", "P-256")) == ("sig", "P-256")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-Proto", "X-Forwarded-Prefix"])
def test_h095_urls_never_follow_the_headers_of_the_caller(site: Site, platform: str, name: str) -> None:
    url = f"{site.on(platform).issuer}/.well-known/openid-configuration"
    evil = {"Forwarded": "host=evil.test;proto=https", "X-Forwarded-Proto": "https"}.get(name, "evil.test")
    assert call("GET", url, headers={name: evil}).data == call("GET", url).data


def test_h095_an_absolute_request_line_changes_nothing(site: Site) -> None:
    plain = call("GET", f"{site.issuer}/.well-known/openid-configuration").data
    path = f"{urlsplit(site.issuer).path}/.well-known/openid-configuration"
    answer = raw_get(site, f"http://evil.test{path}")
    assert answer.status in (200, 400, 404)
    assert b"evil.test" not in answer.data
    assert answer.status != 200 or answer.data == plain


@pytest.mark.parametrize("platform", PLATFORMS)
def test_h093_every_endpoint_announced_answers_and_no_other_is_there(site: Site, platform: str) -> None:
    there = site.on(platform)
    announced = {key: url for key, url in document_of(there).items() if key.endswith(("_endpoint", "jwks_uri"))}
    assert len(announced) == 6
    for url in announced.values():
        assert call("POST" if url.endswith(("/token", "/revocation")) else "GET", url).status != 404, url
    for path in ("token/introspection", "request", "device", "device/auth", "reg", "session/check", "backchannel"):
        for method in ("GET", "POST"):
            answer = call(method, f"{there.issuer}/{path}")
            assert (answer.status, b"Y000404" in answer.data) == (404, True), path


@pytest.mark.parametrize("platform", PLATFORMS)
def test_h093_every_scope_announced_may_be_registered_and_asked_and_no_other(site: Site, platform: str) -> None:
    there = site.on(platform)
    scopes = document_of(there)["scopes_supported"]
    party = RelyingParty.register(there, scopes=scopes)
    assert "/interaction/" in party.authorize(scope=" ".join(scopes)).headers["Location"]
    for unlisted in ("offline_access", "address", "phone"):
        status, problem = there.api("PATCH", f"{there.place}/clients/{party.client_id}", {"scopes": [unlisted]})
        assert (status, problem["errors"][0]["key"]) == (400, "scopes")
    party.forget()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("what", ["id_token", "userinfo"])
def test_h093_every_signing_algorithm_announced_may_be_registered_and_no_other(
    site: Site, platform: str, what: str
) -> None:
    there = site.on(platform)
    announced = document_of(there)[f"{what}_signing_alg_values_supported"]
    for alg in ("HS256", "ES256", "RS256", "PS256", "ES384", "EdDSA", "HS512", "none"):
        record = {"client_secret": "s", "name": "n", "redirect_uris": ["https://rp.test/cb"]}
        place = f"{there.place}/clients/alg-{what}-{alg}"
        status, _ = there.api("PUT", place, record | {f"{what}_signed_response_alg": alg})
        assert (status < 300) == (alg in announced), alg
        there.api("DELETE", place)
