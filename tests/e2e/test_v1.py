"""FranceConnect v1, row by row (service-provider-side §17)."""

import json
from html import unescape

import jwt
import pytest

from support.relying_party import RelyingParty
from support.site import call
from support.v1_party import PLATFORM, V1Party, error_code


def test_a_login_needs_four_parameters_and_answers_with_a_code_alone(v1: V1Party) -> None:
    answer = v1.answer()
    assert set(answer) == {"code"}
    tokens = v1.redeem(answer["code"])
    assert set(tokens) == {"access_token", "expires_in", "id_token", "scope", "token_type"}
    assert "nonce" not in v1.verified(tokens["id_token"])


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "response_type", "scope"])
def test_the_four_parameters_are_required(v1: V1Party, name: str) -> None:
    answer = v1.authorize(**{name: None})
    assert (answer.status, error_code(answer.data)) == (400, "Y030007")


@pytest.mark.parametrize(("state", "nonce"), [("s", "n"), ("x y&z=é", "1"), ("", ""), ("s" * 300, "n" * 300)])
def test_state_and_nonce_are_of_any_length_and_come_back(v1: V1Party, state: str, nonce: str) -> None:
    answer = v1.answer(state=state, nonce=nonce)
    assert answer.get("state", "") == state
    assert v1.verified(v1.redeem(answer["code"])["id_token"]).get("nonce", "") == nonce


@pytest.mark.parametrize("asked", [None, "", "eidas1"])
def test_acr_values_is_optional(v1: V1Party, asked: str | None) -> None:
    assert v1.verified(v1.tokens(acr_values=asked)["id_token"])["acr"] == "eidas1"


def test_the_id_token_is_hs256_of_seven_members_and_lives_a_minute(v1: V1Party) -> None:
    id_token = v1.tokens(nonce="n")["id_token"]
    assert jwt.get_unverified_header(id_token) == {"alg": "HS256"}
    claims = v1.verified(id_token)
    assert list(claims) == ["iss", "sub", "aud", "exp", "iat", "nonce", "acr"]
    assert claims["exp"] == claims["iat"] + 60
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(id_token, "0" * 64, ["HS256"], audience=v1.client_id)


def test_amr_is_told_on_request(v1: V1Party) -> None:
    id_token = v1.tokens(claims='{"id_token":{"amr":{"essential":true}}}')["id_token"]
    assert v1.verified(id_token)["amr"] == ["fc", "pwd", "mail"]


def test_the_issuer_is_the_host_without_path(v1: V1Party) -> None:
    issuer = v1.verified(v1.tokens()["id_token"])["iss"]
    assert issuer == v1.host == v1.site.stack.issuers()[PLATFORM]
    assert issuer.count("/") == 2


def test_userinfo_is_plain_json(v1: V1Party) -> None:
    answer = v1.userinfo(v1.tokens()["access_token"])
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert "Set-Cookie" not in answer.headers
    assert json.loads(answer.data)["family_name"] == "DUBOIS"


def test_a_bad_access_token_is_refused_at_userinfo(v1: V1Party) -> None:
    assert v1.userinfo("unknown").status == 401


def test_the_pivot_identity_includes_the_usage_name_and_v2s_does_not(v1: V1Party, v2: RelyingParty) -> None:
    claims = v1.identity("claire-moreau", "ameli", scope="openid identite_pivot")
    assert claims["preferred_username"] == v1.site.person("claire-moreau").preferred_username
    assert "preferred_username" not in v2.identity("claire-moreau", "ameli", scope="openid identite_pivot")


def test_address_and_phone_are_scopes_with_their_claims(v1: V1Party) -> None:
    claims = v1.identity(scope="openid address phone")
    assert set(claims) == {"sub", "address", "phone_number"}
    assert claims["phone_number"] == "+33639980001"
    assert claims["address"]["postal_code"] == "75007"


def test_address_and_phone_are_named_on_the_information_page(v1: V1Party) -> None:
    v1.answer()
    page = v1.follow(v1.url(scope="openid address phone email")).text
    words = [words for words in ("Postal address", "E-mail address", "Phone number") if words in page]
    assert sorted(words, key=page.index) == ["Postal address", "E-mail address", "Phone number"]


def test_a_person_without_address_has_no_claim_for_it(v1: V1Party) -> None:
    assert "address" not in v1.identity("emily-carter", scope="openid address phone")


REFUSED = [
    ({"response_type": "token"}, "Y0411646"),
    ({"scope": "email"}, "Y04EE963"),
    ({"scope": "openid idp_id"}, "Y044D706"),
    ({"claims": "x"}, "Y0485169"),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED)
def test_a_refused_request_ends_on_a_page_where_v2_tells_the_service(
    v1: V1Party, v2: RelyingParty, changes: dict[str, str], code: str
) -> None:
    answer = v1.authorize(state="s", **changes)
    assert (answer.status, error_code(answer.data)) == (400, code)
    assert "Location" not in answer.headers
    v2 = v2.change(scopes=["openid", "email"])
    assert v2.authorize(**changes).headers["Location"].startswith("https://rp.test/callback")


def test_a_citizen_who_leaves_is_told_to_the_service(v1: V1Party) -> None:
    page = v1.follow(v1.url(state="s")).text
    link = page.split('data-testid="back-to-sp-link"')[0].rpartition('href="')[2].partition('"')[0]
    answer = v1.follow(unescape(link))
    assert answer.location == "https://rp.test/callback?error=access_denied&error_description=User+auth+aborted&state=s"


ABSENT = [
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/api/v1/.well-known/openid-configuration"),
    ("GET", "/api/v1/jwks"),
    ("GET", "/api/v1/session/end"),
    ("POST", "/api/v1/token/revocation"),
    ("GET", "/api/v2/authorize"),
]


@pytest.mark.parametrize(("method", "path"), ABSENT)
def test_what_v1_does_not_have_is_an_unknown_page(v1: V1Party, method: str, path: str) -> None:
    answer = call(method, v1.host + path)
    assert (answer.status, error_code(answer.data)) == (404, "Y000404")


def test_every_internal_page_is_below_the_prefix_of_v1(v1: V1Party) -> None:
    v1.answer()
    paths = {step.url.removeprefix(v1.host) for step in v1.visitor.steps if step.url.startswith(v1.host)}
    assert {"/api/v1/redirect-to-idp", "/api/v1/oidc-callback", "/api/v1/login"} <= paths
    assert all(path.startswith("/api/v1/") for path in paths)


def test_a_session_of_v1_leaves_the_one_of_v2_alone(v1: V1Party, v2: RelyingParty) -> None:
    """Cookies ignore ports: each platform names its own."""
    v1.answer()
    ours = v1.visitor.cookies["localhost"]
    assert {"fc_v1_session_id", "_session_v1"} <= set(ours)
    assert not {"fc_session_id", "_session"} & set(ours)


def test_a_second_service_is_signed_on_without_a_provider(v1: V1Party) -> None:
    v1.answer()
    other = V1Party(v1.site, V1Party.register(v1.site).record, v1.visitor)
    assert other.answer()["code"]
    assert not any("/redirect-to-idp" in step.url for step in v1.visitor.steps)


def test_logout_takes_the_parameters_of_v2_and_ends_at_the_service(v1: V1Party) -> None:
    tokens = v1.tokens()
    end = v1.log_out(id_token_hint=tokens["id_token"], state="s", post_logout_redirect_uri="https://rp.test/bye")
    assert (end.status, end.location) == (303, "https://rp.test/bye?state=s")
    assert any("/impots/session/end" in step.url for step in v1.visitor.steps)
    assert v1.userinfo(tokens["access_token"]).status == 401
    page = v1.follow(v1.url())
    assert 'data-testid="main-providers"' in page.text


def test_logout_refuses_a_hint_that_another_secret_signed(v1: V1Party) -> None:
    v1.answer()
    forged = jwt.encode({"aud": v1.client_id, "iss": v1.host}, "0" * 64, "HS256")
    assert error_code(v1.log_out(id_token_hint=forged).text) == "Y045AFAE"
