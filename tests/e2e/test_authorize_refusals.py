"""Bad input at /authorize, row by row (service-provider-side §6.8)."""

import json
from urllib.parse import urlencode

import pytest

from fcsim_hub.gateways.html_forms import read_page
from support.relying_party import FORM, RelyingParty, query_of
from support.site import call

REQUIRED = ("acr_values", "client_id", "nonce", "redirect_uri", "response_type", "scope", "state")


def page_code(answer) -> str:
    return read_page(answer.data.decode()).texts["error-code"].rpartition(" ")[2]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("missing", REQUIRED)
def test_h003_a_missing_required_parameter_is_a_page(rp: RelyingParty, method: str, missing: str) -> None:
    body = urlencode(rp.parameters(**{missing: None}))
    if method == "GET":
        answer = call("GET", f"{rp.site.issuer}/authorize?{body}")
    else:
        answer = call("POST", f"{rp.site.issuer}/authorize", body=body, headers=FORM)
    assert (answer.status, page_code(answer)) == (400, "Y030007")
    assert "Location" not in answer.headers
    assert missing in read_page(answer.data.decode()).texts["error-detail"]


@pytest.mark.parametrize(
    "unlisted",
    [
        "foo",
        "code_challenge",
        "max_age",
        "login_hint",
        "request",
        "request_uri",
        "response_mode",
        "id_token_hint",
        "resource",
    ],
)
def test_h015_an_unlisted_parameter_is_refused_and_named(rp: RelyingParty, unlisted: str) -> None:
    answer = rp.authorize(**{unlisted: "x"})
    assert (answer.status, page_code(answer)) == (400, "Y030007")
    assert repr(unlisted) in read_page(answer.data.decode()).texts["error-detail"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nonce": ""}, "Y030007"),
        ({"nonce": "n" * 21}, "Y030007"),
        ({"prompt": ""}, "Y030007"),
        ({"prompt": "none"}, "Y030007"),
        ({"prompt": "select_account"}, "Y030007"),
        ({"prompt": "login " * 11}, "Y030007"),
        ({"client_id": ""}, "Y030007"),
        ({"client_id": "unknown"}, "Y04EA6EF"),
        ({"redirect_uri": ""}, "Y030007"),
        ({"redirect_uri": "example.com"}, "Y030007"),
        ({"redirect_uri": "not a url"}, "Y030007"),
        ({"redirect_uri": "https://rp.test/other"}, "Y04C013C"),
        ({"redirect_uri": "https://rp.test/callback/"}, "Y04C013C"),
        ({"redirect_uri": "https://rp.test/callback?x=1"}, "Y04C013C"),
        ({"redirect_uri": "https://rp.test@evil.test/callback"}, "Y04C013C"),
        ({"redirect_uri": "https://rp.test/other", "scope": "email"}, "Y040001"),
        ({"redirect_uri": "https://rp.test/other", "response_type": "token"}, "Y040001"),
    ],
)
def test_refused_on_a_page_without_redirect_nor_way_back(rp: RelyingParty, changes: dict[str, str], code: str) -> None:
    answer = rp.authorize(**changes)
    assert (answer.status, page_code(answer)) == (400, code)
    assert "Location" not in answer.headers
    assert "back-to-sp-link" not in answer.data.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_parameter_sent_twice_is_refused(rp: RelyingParty) -> None:
    answer = call("GET", rp.url() + "&state=again")
    assert (answer.status, page_code(answer)) == (400, "Y030007")


def test_h005_a_deactivated_client_is_unknown(rp: RelyingParty) -> None:
    answer = rp.change(active=False).authorize()
    assert (answer.status, page_code(answer)) == (400, "Y04EA6EF")


def test_amr_asked_without_being_registered_is_a_page(rp: RelyingParty) -> None:
    claims = json.dumps({"id_token": {"amr": {"essential": True}}})
    answer = rp.change(claims=[]).authorize(claims=claims)
    assert (answer.status, page_code(answer)) == (400, "Y100009")


REDIRECTED = [
    ({"response_type": ""}, "invalid_request", "missing required parameter 'response_type'"),
    ({"response_type": "inconnu"}, "unsupported_response_type", "unsupported response_type requested"),
    ({"scope": ""}, "invalid_request", "openid scope must be requested when using the acr_values parameter"),
    ({"scope": "email"}, "invalid_request", "openid scope must be requested when using the acr_values parameter"),
    ({"scope": "openid dgfip_rfr"}, "invalid_scope", "requested scope is not allowed"),
    ({"claims": "{"}, "invalid_request", "could not parse the claims parameter JSON"),
    ({"claims": "[" * 5000}, "invalid_request", "could not parse the claims parameter JSON"),
    ({"claims": "[]"}, "invalid_request", "claims parameter should be a JSON object"),
    ({"claims": "{}"}, "invalid_request", "claims parameter should have userinfo or id_token properties"),
    ({"claims": '{"userinfo":1}'}, "invalid_request", "claims.userinfo should be an object"),
    ({"claims": '{"id_token":1}'}, "invalid_request", "claims.id_token should be an object"),
]


@pytest.mark.parametrize(("changes", "error", "description"), REDIRECTED)
def test_refused_by_a_redirect_to_the_service(
    rp: RelyingParty, changes: dict[str, str], error: str, description: str
) -> None:
    answer = rp.authorize(state="my state &=é", **changes)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("https://rp.test/callback?")
    told = query_of(answer.headers["Location"])
    told.pop("scope", None)
    assert told == {
        "error": error,
        "error_description": description,
        "state": "my state &=é",
        "iss": rp.site.issuer,
    }


def test_a_refused_scope_is_named(rp: RelyingParty) -> None:
    assert query_of(rp.authorize(scope="openid dgfip_rfr").headers["Location"])["scope"] == "dgfip_rfr"


@pytest.mark.parametrize("response_type", ["id_token", "id_token token", "code id_token", "code token"])
def test_h011_implicit_and_hybrid_types_are_refused_in_the_fragment(rp: RelyingParty, response_type: str) -> None:
    location = rp.authorize(response_type=response_type).headers["Location"]
    assert location.startswith("https://rp.test/callback#error=unsupported_response_type&")


@pytest.mark.parametrize("acr_values", ["eidas2", "eidas3", "eidas2 eidas3", "eidas2 inconnu"])
def test_a_level_outside_the_platform_goes_back_through_the_interaction(rp: RelyingParty, acr_values: str) -> None:
    end = rp.walk(acr_values=acr_values)
    got = min(value for value in acr_values.split() if value.startswith("eidas"))
    told = query_of(end.redirect_to)
    assert told["error"] == "invalid_acr"
    assert told["error_description"].endswith(f"expected eidas1, got {got}")
    assert set(told) == {"error", "error_description", "state", "iss"}
    assert [step.status for step in end.steps] == [303, 303, 303]


@pytest.mark.parametrize("acr_values", ["eidas1", "eidas1 eidas2 eidas3", "inconnu", ""])
def test_unknown_levels_fall_back_and_several_mean_the_weakest(rp: RelyingParty, acr_values: str) -> None:
    tokens = rp.redeem(rp.log_in(acr_values=acr_values))
    assert rp.verified(tokens.body["id_token"])["acr"] == "eidas1"


def test_an_unknown_scope_is_ignored(rp: RelyingParty) -> None:
    assert rp.redeem(rp.log_in(scope="openid nonsense email")).body["scope"] == "openid email"


@pytest.mark.parametrize("hint", ["unknown", "07e573f2-3312-4bb9-bc48-6fcec737e497"])
def test_h014_an_idp_hint_that_is_not_allowed_goes_back_whoever_it_names(rp: RelyingParty, hint: str) -> None:
    told = query_of(rp.walk(idp_hint=hint).redirect_to)
    assert told["error"] == "invalid_idp_hint"
    assert told["error_description"] == "An idp_hint was provided but is not allowed"


def test_an_allowed_idp_hint_skips_the_choice(rp: RelyingParty) -> None:
    allowed = rp.change(allowed_idp_hints=[rp.site.uid("ameli")])
    end = allowed.walk(provider="ameli", idp_hint=rp.site.uid("ameli"))
    assert "code" in query_of(end.redirect_to)
    assert not any("redirect-to-idp" in step.url for step in end.steps)


@pytest.mark.parametrize("state", ["", "x", '"><script>alert(1)</script>', "é😀", "a&code=evil", "s" * 4096])
def test_h019_state_comes_back_as_it_was_sent(rp: RelyingParty, state: str) -> None:
    assert query_of(rp.walk(state=state).redirect_to)["state"] == state


@pytest.mark.parametrize("value", ["a\x00b", "a\r\nb", "a\u2028b"])
def test_h018_control_characters_are_refused(rp: RelyingParty, value: str) -> None:
    answer = rp.authorize(state=value)
    assert (answer.status, page_code(answer)) == (400, "Y030007")


def test_posted_parameters_are_read_from_the_form_alone(rp: RelyingParty) -> None:
    body = urlencode(rp.parameters(state=None))
    answer = call("POST", f"{rp.site.issuer}/authorize?state=in-the-query", body=body, headers=FORM)
    assert page_code(answer) == "Y030007"
    answer = call(
        "POST",
        f"{rp.site.issuer}/authorize",
        body=json.dumps(rp.parameters()),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status, page_code(answer)) == (400, "Y030007")


def test_a_posted_request_begins_a_journey(rp: RelyingParty) -> None:
    answer = call("POST", f"{rp.site.issuer}/authorize", body=urlencode(rp.parameters()), headers=FORM)
    assert answer.status == 303
    assert "/interaction/" in answer.headers["Location"]


def test_the_normalised_address_is_accepted_and_the_registered_one_used(rp: RelyingParty) -> None:
    end = rp.walk(redirect_uri="HTTPS://RP.test:443/callback")
    assert end.redirect_to.startswith("https://rp.test/callback?code=")


def test_h030_head_and_prefetch_begin_nothing(rp: RelyingParty) -> None:
    assert call("HEAD", rp.url()).status == 204
    assert call("GET", rp.url(), headers={"Sec-Purpose": "prefetch"}).status == 204


def test_an_unknown_path_or_method_is_a_page_not_found(rp: RelyingParty) -> None:
    for method, path in (("GET", "/nowhere"), ("DELETE", "/token"), ("POST", "/session/end")):
        answer = call(method, rp.site.issuer + path)
        assert (answer.status, page_code(answer)) == (404, "Y000404")


def test_the_root_leads_to_the_site_of_the_platform(rp: RelyingParty) -> None:
    answer = call("GET", rp.site.issuer)
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (301, "text/plain")


def test_an_idp_hint_in_a_posted_body_is_accepted_and_ignored(rp: RelyingParty) -> None:
    body = urlencode(rp.parameters(idp_hint="unknown"))
    answer = call("POST", f"{rp.site.issuer}/authorize", body=body, headers=FORM)
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    page = call("GET", answer.headers["Location"], headers={"Cookie": cookie})
    assert (page.status, "main-providers" in page.data.decode()) == (200, True)
