"""/userinfo on the wire (service-provider-side §10)."""

import json

import jwt
import pytest

from support.back_channel import error
from support.clock import MovableClock
from support.relying_party import ALL_SCOPES, RelyingParty
from support.site import Site, call


def test_h076_userinfo_is_a_signed_jwt_with_the_claims_of_the_scopes(rp: RelyingParty) -> None:
    rp = rp.change(scopes=ALL_SCOPES)
    tokens = rp.redeem(rp.log_in("claire-moreau", "ameli", scope="openid profile birth email idp_birthdate"))
    answer = rp.userinfo(tokens.access_token)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/jwt")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert set(jwt.get_unverified_header(answer.data.decode())) == {"alg", "kid"}
    claims = rp.verified(answer.data.decode())
    id_token = rp.verified(tokens.body["id_token"])
    assert (claims["iss"], claims["aud"], claims["exp"]) == (rp.site.issuer, rp.client_id, id_token["exp"])
    assert len(claims) == 15
    assert set(claims) == {
        *("sub", "given_name", "given_name_array", "family_name", "birthdate", "idp_birthdate", "gender"),
        *("preferred_username", "birthcountry", "birthplace", "email", "aud", "exp", "iat", "iss"),
    }
    assert claims["sub"] == id_token["sub"]
    assert claims["preferred_username"] == "LEFÈVRE"


@pytest.mark.parametrize(
    ("scope", "released"),
    [
        ("openid", set()),
        *(
            (f"openid {claim}", {claim})
            for claim in (
                *("family_name", "gender", "birthdate", "birthplace", "birthcountry", "email"),
                *("idp_birthdate", "amr", "idp_id"),
            )
        ),
        ("openid preferred_username", set()),  # she has none
        ("openid rep_scope unknown address phone offline_access rnipp_gender", set()),
        ("openid given_name", {"given_name", "given_name_array"}),
        ("openid birth", {"birthplace", "birthcountry"}),
        (
            "openid identite_pivot",
            {"given_name", "given_name_array", "family_name", "birthdate", "gender", "birthplace", "birthcountry"},
        ),
        ("openid profile", {"given_name", "given_name_array", "family_name", "birthdate", "gender"}),
    ],
)
def test_h080_claims_are_exactly_those_of_the_scopes_and_absent_data_are_absent(
    rp: RelyingParty, scope: str, released: set[str]
) -> None:
    rp = rp.change(scopes=[*ALL_SCOPES, "amr"])
    claims = rp.identity(scope=scope)
    assert set(claims) == released | {"sub", "aud", "exp", "iat", "iss"}
    assert None not in claims.values()
    assert claims.get("idp_id") in (None, rp.site.uid("impots"))
    assert claims.get("amr") in (None, ["fc", "pwd", "mail"])


def test_a_client_registered_without_userinfo_algorithm_gets_json(rp: RelyingParty) -> None:
    rp = rp.change(userinfo_signed_response_alg="")
    answer = rp.userinfo(rp.redeem(rp.log_in()).access_token)
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.data)["family_name"] == "DUBOIS"


@pytest.mark.parametrize(
    ("headers", "status", "code", "description"),
    [
        ({}, 401, "Y04146A2", "no access token provided (no access token provided)"),
        ({"Authorization": "Bearer unknown"}, 401, "Y040001", "invalid token provided (access token not found)"),
        ({"Authorization": "Basic x"}, 400, "Y043D61A", None),
        ({"Authorization": "Bearer"}, 400, "Y04B729E", None),
        ({"Authorization": "Bearer a b"}, 400, "Y04B729E", None),
        ({"Authorization": "Bearer  a"}, 400, "Y04B729E", None),
        ({"Authorization": "Bearer\ta"}, 400, "Y043D61A", None),
        ({"Authorization": "Digest"}, 400, "Y043D61A", None),
        ({"Authorization": "Bearer " + "a" * 10_240}, 401, "Y040001", None),
    ],
)
def test_h077_userinfo_refusals(
    site: Site, headers: dict[str, str], status: int, code: str, description: str | None
) -> None:
    answer = call("GET", f"{site.issuer}/userinfo", headers=headers)
    assert answer.status == status
    told = error(answer, code)[1]
    assert description in (None, told)
    assert "Set-Cookie" not in answer.headers
    # The header's description has no parenthesis, the body's has.
    expected = f'error="{answer.json()["error"]}", error_description="{told.partition(" (")[0]}"'
    assert answer.headers["WWW-Authenticate"] == f'Bearer realm="{site.issuer}", {expected}'


def test_h078_a_token_in_two_places_is_refused_and_one_in_the_query_accepted(rp: RelyingParty) -> None:
    token = rp.redeem(rp.log_in()).access_token
    url = f"{rp.site.issuer}/userinfo?access_token={token}"
    assert call("GET", url).status == 200
    error(call("GET", url, headers={"Authorization": f"Bearer {token}"}), "Y04514E0")
    assert call("GET", f"{rp.site.issuer}/userinfo", headers={"Authorization": f"bearer {token}"}).status == 200


def test_h077_an_access_token_lives_sixty_seconds_and_its_grant_thirty(rp: RelyingParty, clock: MovableClock) -> None:
    token = rp.redeem(rp.log_in()).access_token
    clock.advance(31)
    error(rp.userinfo(token), "Y0489D15")
    clock.advance(30)
    error(rp.userinfo(token), "Y040001")


def test_h079_userinfo_by_post_is_not_routed_in_faithful_posture(rp: RelyingParty) -> None:
    token = rp.redeem(rp.log_in()).access_token
    assert call("POST", f"{rp.site.issuer}/userinfo", headers={"Authorization": f"Bearer {token}"}).status == 404
