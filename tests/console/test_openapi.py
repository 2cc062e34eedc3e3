"""The control API describes itself: every route, every member, and nothing that is not there."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from fcsim_hub.console.app import API
from fcsim_hub.console.openapi import document
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
