"""The control API as a test in any language would call it."""

import json
import secrets

import pytest

from fcsim_hub.gateways.visitor import Arrival
from support.relying_party import RelyingParty, query_of
from support.site import Site, call

RIGHT = {"client_secret": "s" * 40, "name": "Essai", "redirect_uris": ["https://rp.test/cb"], "scopes": ["openid"]}


@pytest.fixture
def client_id(site: Site):
    name = f"client é/{secrets.token_hex(6)}"
    yield name
    site.api("DELETE", path(name))


def path(client_id: str) -> str:
    from urllib.parse import quote

    return f"/platforms/franceconnect/clients/{quote(client_id, safe='')}"


def test_environment_says_where_everything_is(site: Site) -> None:
    status, found = site.api("GET", "/environment")
    assert status == 200
    platform = found["platforms"]["franceconnect"]
    assert platform["issuer"] == site.issuer
    assert {one["name"] for one in platform["providers"]} >= {
        "impots",
        "ameli",
        "laposte",
        "msa",
        "yris",
        "france-identite",
    }
    assert found["people"] >= 10


def test_put_creates_then_replaces_and_get_returns_every_member(site: Site, client_id: str) -> None:
    status, made = site.api("PUT", path(client_id), RIGHT)
    assert (status, made["client_id"], made["client_secret"]) == (201, client_id, "s" * 40)
    assert site.api("PUT", path(client_id), RIGHT | {"name": "Autre"})[0] == 200
    status, read = site.api("GET", path(client_id))
    assert (status, read["name"], read["allowed_idp_hints"]) == (200, "Autre", None)
    documented = {
        *("client_id", "client_secret", "name", "entity_id", "type", "identity_consent", "active", "redirect_uris"),
        *("post_logout_redirect_uris", "sector_identifier_uri", "scopes", "claims", "id_token_signed_response_alg"),
        *("userinfo_signed_response_alg", "id_token_encrypted_response_alg", "id_token_encrypted_response_enc"),
        *("userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc", "jwks", "jwks_uri"),
        "token_endpoint_auth_method",
        *(
            "idp_filter_exclude",
            "idp_filter_list",
            "allowed_idp_hints",
            "allowed_prompts",
            "rep_scope",
            "eidas",
            "posture",
            "optional_parameters",
        ),
        *("title", "signup_id", "site", "emails", "former_client_secret", "former_client_secret_until"),
    }
    assert set(read) == documented


def test_post_makes_an_id_and_a_secret(site: Site) -> None:
    record = {key: value for key, value in RIGHT.items() if key != "client_secret"}
    status, made = site.api("POST", "/platforms/franceconnect/clients", record)
    assert status == 201
    assert (len(made["client_id"]), len(made["client_secret"])) == (64, 64)
    assert site.api("POST", "/platforms/franceconnect/clients", made)[0] == 409
    assert site.api("DELETE", path(made["client_id"]))[0] == 204
    assert site.api("GET", path(made["client_id"]))[0] == 404
    assert site.api("DELETE", path(made["client_id"]))[0] == 404


def test_patch_changes_the_members_given_and_acts_at_once(rp: RelyingParty) -> None:
    assert rp.authorize().status == 303
    rp.change(redirect_uris=["https://rp.test/moved"])
    assert rp.authorize(redirect_uri="https://rp.test/callback").status == 400
    assert rp.authorize(redirect_uri="https://rp.test/moved").status == 303


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"unknown": 1}, "unknown"),
        ({"active": "false"}, "active"),
        ({"redirect_uris": ["/relative"]}, "redirect_uris.0"),
        ({"redirect_uris": "https://rp.test"}, "redirect_uris"),
        ({"scopes": ["openid", "nonsense"]}, "scopes"),
        ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
        ({"client_id": "another"}, "client_id"),
        ({"name": None}, "name"),
    ],
)
def test_bad_members_are_a_problem_naming_the_key_and_store_nothing(
    site: Site, client_id: str, body: dict[str, object], key: str
) -> None:
    status, problem = site.api("PUT", path(client_id), RIGHT | body)
    assert status == 400
    assert problem["errors"][0]["key"] == key
    assert problem["errors"][0]["expected"]
    assert site.api("GET", path(client_id))[0] == 404


@pytest.mark.parametrize(
    ("place", "body", "key"),
    [
        ("/platforms/franceconnect/clients/x", {"client_secret": ["kanari"], "name": "x"}, "client_secret"),
        ("/platforms/franceconnect/providers/x", {"client_secret": {"a": "kanari"}}, "client_secret"),
        ("/platforms/franceconnect", {"sub_secret": ["kanari"]}, "sub_secret"),
        ("/people/x", {"accounts": {"impots": {"login": "x", "password": ["kanari"]}}}, "accounts.impots.password"),
    ],
)
def test_h188_a_secret_that_is_refused_is_not_quoted(site: Site, place: str, body: dict[str, object], key: str) -> None:
    for method in ("PUT", "PATCH"):
        status, problem = site.api(method, place, body)
        assert status in (400, 404, 405)
        assert "kanari" not in json.dumps(problem)
        assert status != 400 or key in {one["key"] for one in problem["errors"]} or "expected a value" in str(problem)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("{}", "text/plain", 415),
        ("[" * 9999, "application/json", 400),
    ],
)
def test_bodies_that_are_no_json_object(site: Site, body: str, content_type: str, status: int) -> None:
    answer = call("PUT", f"{site.console}/api/v1{path('x')}", body=body, headers={"Content-Type": content_type})
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.data)["status"] == status


def test_a_change_may_call_itself_a_merge_patch(rp: RelyingParty) -> None:
    address = f"{rp.site.console}/api/v1{path(rp.client_id)}"
    answer = call("PATCH", address, body='{"name": "Other"}', headers={"Content-Type": "application/merge-patch+json"})
    assert (answer.status, json.loads(answer.data)["name"]) == (200, "Other")


@pytest.mark.parametrize(
    "where",
    ["/platforms/unknown/clients", "/nowhere", "/people/nobody", "/mails/none", "/mails?wait=99", "/events?limit=x"],
)
def test_unknown_places_and_values_are_problems(site: Site, where: str) -> None:
    status, problem = site.api("GET", where)
    assert status in (400, 404)
    assert problem["status"] == status


def test_people_come_with_what_to_type(site: Site) -> None:
    _, people = site.api("GET", "/people")
    angela = next(one for one in people if one["name"] == "angela-dubois")
    assert angela["accounts"]["impots"] == {
        "login": "0100000001367",
        "password": "123",
        "claims": {},
        "outcome": None,
        "state": "active",
        "mandates": {},
    }
    assert site.api("GET", "/people/angela-dubois")[1] == angela


def test_a_headless_login_walks_the_real_journey(rp: RelyingParty) -> None:
    body = {"authorization_url": rp.url(), "person": "angela-dubois", "provider": "impots"}
    status, end = rp.site.api("POST", "/logins", body)
    assert status == 200
    assert rp.redeem(query_of(end["redirect_to"])["code"]).status == 200
    assert len(rp.site.api("GET", f"/mails?flow={end['flow_id']}&wait=2")[1]) == 1
    body["provider"] = rp.site.uid("ameli")
    assert rp.site.api("POST", "/logins", body)[0] == 200


def test_a_headless_login_that_meets_an_error_page_says_which(rp: RelyingParty) -> None:
    body = {"authorization_url": rp.url(), "person": "georges-fabre", "provider": "impots"}
    status, problem = rp.site.api("POST", "/logins", body)
    assert status == 422
    assert (problem["error"]["code"], problem["error"]["status"]) == ("Y010015", 403)
    body["authorization_url"] = rp.url(nonce="short")
    assert rp.site.api("POST", "/logins", body)[1]["error"]["code"] == "Y030007"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"person": "nobody"}, 404),
        ({"provider": "nobody"}, 404),
        ({"provider": "msa"}, 404),
        ({"authorization_url": "http://169.254.169.254/"}, 400),
        ({"authorization_url": 1}, 400),
        ({"more": 1}, 400),
    ],
)
def test_headless_logins_that_cannot_start(rp: RelyingParty, changes: dict[str, object], status: int) -> None:
    body = {"authorization_url": rp.url(), "person": "angela-dubois", "provider": "impots"} | changes
    assert rp.site.api("POST", "/logins", body)[0] == status


FOREIGN = [
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    {"Origin": "http://evil.test", "X-Forwarded-Host": "evil.test"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
def test_h182_a_page_of_another_site_neither_drives_nor_occupies_the_console(
    site: Site, method: str, headers: dict[str, str]
) -> None:
    answer = call(method, f"{site.console}/api/v1/mails?to=nobody&wait=1", headers=headers)
    assert answer.status == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_h182_the_consoles_own_pages_programs_and_links_pass(site: Site) -> None:
    own = {"Origin": site.console, "Sec-Fetch-Site": "same-origin"}
    assert call("DELETE", f"{site.console}/api/v1/mails?to=nobody", headers=own).status == 200
    link = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"}
    assert call("GET", f"{site.console}/errors", headers=link).status == 200
    assert call("DELETE", f"{site.console}/api/v1/mails?to=nobody", headers=link).status == 403


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "evil.test:8080", "[::2]", "0.0.0.0", "x@y"])
def test_h182_a_name_that_resolves_here_is_no_name_of_the_console(site: Site, host: str) -> None:
    for path in ("/", "/api/v1/people", "/healthz"):
        assert call("GET", site.console + path, headers={"Host": host}).status == 400


def test_a_misspelt_parameter_forgets_no_mail(rp: RelyingParty) -> None:
    end = rp.walk()
    assert isinstance(end, Arrival)
    status, problem = rp.site.api("DELETE", f"/mails?flw={end.flow_id}")
    assert (status, problem["errors"][0]["key"]) == (400, "flw")
    assert len(rp.site.api("GET", f"/mails?flow={end.flow_id}")[1]) == 1
    assert rp.site.api("DELETE", f"/mails?flow={end.flow_id}") == (200, {"deleted": 1})


def test_the_api_describes_itself(site: Site) -> None:
    _, document = site.api("GET", "/openapi.json")
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]["/platforms/{platform}/clients/{client_id}"]) == {"get", "put", "patch", "delete"}
    assert "redirect_uris" in document["components"]["schemas"]["Client"]["properties"]
    references = set(json.dumps(document).split('"$ref": "#/components/schemas/')[1:])
    assert {one.partition('"')[0] for one in references} <= set(document["components"]["schemas"])


@pytest.mark.parametrize(
    "page", ["/", "/people", "/people?q=corsica", "/clients", "/mails", "/errors", "/support?error_code=Y1", "/api"]
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_answers_in_both_languages(site: Site, page: str, language: str) -> None:
    answer = call("GET", site.console + page, headers={"Accept-Language": language})
    assert answer.status == 200
    text = answer.data.decode()
    assert f'<html lang="{language}">' in text
    assert text.count("<h1") == 1
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
