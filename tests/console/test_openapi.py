"""The control API describes itself: every route, every member, and nothing that is not there."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from fcsim_hub.console.app import API
from fcsim_hub.console.openapi import WRITTEN, document
from support.relying_party import RelyingParty
from support.site import Site, call


def routes(site: Site) -> set[tuple[str, str]]:
    """Method and path of every route of the console's application, parameters unnamed."""
    served = next(one for one in site.stack.served if one.name == "console")
    found = set()
    for rule in served.app.url_map.iter_rules():  # type: ignore[attr-defined]  # the console is a Flask application
        if rule.rule.startswith(API + "/"):
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                found.add((method.lower(), re.sub(r"<[^>]*>", "{}", rule.rule.removeprefix(API))))
    return found


def described() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, re.sub(r"\{[^}]*\}", "{}", path)): operation
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
    }


def test_every_route_is_described_and_every_description_is_a_route(site: Site) -> None:
    assert set(described()) == routes(site)


def test_every_parameter_of_a_path_is_declared_once() -> None:
    for path, operations in document()["paths"].items():
        for operation in operations.values():
            declared = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
            assert declared == re.findall(r"\{([^}]*)\}", path)


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/platforms/franceconnect/clients", "Client"),
        ("/platforms/franceconnect/providers", "Provider"),
        ("/platforms/franceconnect/data-providers", "DataProvider"),
        ("/platforms", "Platform"),
        ("/people", "Person"),
    ],
)
def test_what_is_answered_is_what_is_described(site: Site, path: str, schema: str) -> None:
    status, found = site.api("GET", path)
    properties = set(document()["components"]["schemas"][schema]["properties"])
    assert status == 200
    assert found
    for record in found:
        assert set(record) == properties


def test_an_event_has_the_described_members(rp: RelyingParty) -> None:
    rp.log_in()
    event = rp.site.api("GET", "/events?limit=1")[1][0]
    (described_event,) = [
        operation["responses"]["200"]["content"]["application/json"]["schema"]["items"]
        for (_, path), operation in described().items()
        if path == "/events"
    ]
    assert set(event) == set(described_event["properties"])


MADE = "made to be described"
RECORDS: dict[str, dict[str, Any]] = {
    f"/platforms/franceconnect/clients/{MADE}": {
        "client_secret": "s",
        "name": "n",
        "redirect_uris": ["https://rp.test/cb"],
    },
    f"/platforms/franceconnect/providers/{MADE}": {
        "name": "n",
        "title": "t",
        "allowed_acr": ["eidas1"],
        "issuer": "https://idp.invalid",
        **dict.fromkeys(("authorization_endpoint", "token_endpoint", "userinfo_endpoint"), "https://idp.invalid/"),
        "client_id": "c",
        "client_secret": "s" * 32,
        "id_token_signed_response_alg": "HS256",
        "userinfo_signed_response_alg": "",
    },
    f"/platforms/franceconnect/data-providers/{MADE.ljust(32)}": {
        "title": "t",
        "client_secret": "s" * 32,
        "scopes": ["dgfip_rfr"],
        "jwks_uri": "http://localhost:1/jwks",
    },
    f"/people/{MADE}": {
        "given_names": ["Ada"],
        "family_name": "LENOIR",
        "gender": "female",
        "birthdate": "1991-12-10",
        "registry": None,
    },
}


def answered_as_described(site: Site, method: str, path: str, body: Any = None) -> int:
    """Call, and hold the status, the type and the members of what comes against the description."""
    text = None if body is None else json.dumps(body)
    headers = {"Content-Type": "application/json"} if text else {}
    answer = call(method, f"{site.console}/api/v1{quote(path)}", body=text, headers=headers)
    (operation,) = [
        operation
        for (verb, template), operation in described().items()
        if verb == method.lower() and re.fullmatch(template.replace("{}", "[^/]+"), path)
    ]
    responses = operation["responses"]
    content = responses.get(str(answer.status), responses["default"]).get("content", {})
    assert list(content) == ([answer.headers["Content-Type"]] if answer.data else [])
    for described_type in content.values():
        schema = described_type["schema"]
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        assert set(schema.get("required", ())) <= set(answer.json())
    return int(answer.status)


@pytest.mark.parametrize("path", RECORDS)
def test_each_answer_about_a_registration_is_a_described_one(site: Site, path: str) -> None:
    written = RECORDS[path]
    statuses = [
        answered_as_described(site, method, path, body)
        for method, body in (
            *(("GET", None), ("PUT", written), ("PUT", written), ("PUT", written | {"bogus": 1}), ("GET", None)),
            *(("PATCH", {}), ("PATCH", {"bogus": 1}), ("DELETE", None), ("DELETE", None)),
        )
    ]
    assert statuses == [404, 201, 200, 400, 200, 200, 400, 204, 404]


def test_each_answer_about_an_account_is_a_described_one(site: Site, person: str) -> None:
    status = RECORDS[f"/people/{MADE}"] | {"family_name": f"LENOIR {person}"}
    assert site.api("PUT", f"/people/{person}", status)[0] == 201
    path = f"/platforms/franceconnect/accounts/{person}"
    calls: tuple[tuple[str, Any], ...] = (
        ("GET", None),
        ("PUT", {"active": False}),
        ("PUT", {}),
        ("PUT", {"bogus": 1}),
        ("GET", None),
    )
    assert [answered_as_described(site, method, path, body) for method, body in calls] == [404, 201, 200, 400, 200]


def test_what_a_registration_is_written_with_is_described() -> None:
    """The key may be left to the address; the platform may be there, as in a file."""
    schemas = document()["components"]["schemas"]
    for name, key in WRITTEN.items():
        answered, asked = schemas[name], schemas[f"Written{name}"]
        assert set(asked["properties"]) == {*answered["properties"], "platform"}
        assert set(asked["required"]) == {*answered["required"]} - {key}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/events", "GET, HEAD, OPTIONS"),
        ("GET", "/registry/lookup", "OPTIONS, POST"),
        ("PUT", "/platforms/franceconnect", "DELETE, GET, HEAD, OPTIONS, PATCH"),
    ],
)
def test_a_method_that_is_not_there_is_told_which_are(site: Site, method: str, path: str, allowed: str) -> None:
    """RFC 9110 §15.5.6."""
    answer = call(method, f"{site.console}/api/v1{path}")
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), sorted(described()))
@pytest.mark.parametrize(
    "body",
    [None, "{", "[]", '{"\\ud800": "\\ud800"}', '{"name": NaN}'],
    ids=["nothing", "broken", "a list", "half a character", "NaN"],
)
def test_no_answer_of_the_api_is_a_failure(site: Site, method: str, path: str, body: str | None) -> None:
    """A light fuzz: unknown names, bodies that are none; a refusal is a problem, never a traceback."""
    if (method, path) in (("delete", "/mails"), ("delete", "/platforms/{}")):
        pytest.skip("would remove what other tests look at")
    url = f"{site.console}/api/v1{path.replace('{}', quote('é/../x', safe=''))}"
    answer = call(method.upper(), url, body=body, headers={"Content-Type": "application/json"} if body else {})
    assert answer.status < 500
    if answer.status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "key", ["/", "//a", "a//b", "a/", "a b", "100%", "%2F", "é€😀", "a?b#c", '"><script>', "a\\b", "x" * 255]
)
def test_any_text_is_a_client_id(site: Site, key: str) -> None:
    where = f"/platforms/franceconnect/clients/{quote(key, safe='')}"
    record = {"client_secret": "s" * 40, "name": "Essai", "redirect_uris": ["https://no-such-host.invalid/cb"]}
    try:
        assert site.api("PUT", where, record)[0] == 201
        assert site.api("GET", where)[1]["client_id"] == key
        party = RelyingParty(site, site.api("GET", where)[1])
        assert party.authorize(scope="openid").status == 303
        assert party.redeem("x").body["error"] == "invalid_grant"
    finally:
        assert site.api("DELETE", where)[0] == 204


def test_hints_left_out_are_the_platforms_and_an_empty_list_is_none_at_all(rp: RelyingParty, platform: Any) -> None:
    hint = rp.site.uid("impots")
    platform(allowed_idp_hints=[hint])
    assert rp.record["allowed_idp_hints"] is None
    assert rp.choice_page(idp_hint=hint).location.startswith(rp.site.providers)
    nothing = rp.change(allowed_idp_hints=[])
    assert nothing.record["allowed_idp_hints"] == []
    assert not nothing.choice_page(idp_hint=hint).location.startswith(rp.site.providers)
    back = nothing.change(allowed_idp_hints=None)
    assert back.choice_page(idp_hint=hint).location.startswith(rp.site.providers)


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"limits": {"bad_secrets": "many"}}, "limits.bad_secrets"),
        ({"limits": {"unknown": 1}}, "limits.unknown"),
    ],
)
def test_a_wrong_limit_is_refused(site: Site, members: dict[str, Any], key: str) -> None:
    status, problem = site.api("PATCH", "/platforms/franceconnect", members)
    assert (status, problem["errors"][0]["key"]) == (400, key)
