"""Bad input at /authorize, row by row: in the query, in a form, on both platforms (service-provider-side §6.1–§6.8)."""

import json
import re
from typing import Any

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.stack import Stack
from support.platforms import BOTH
from support.relying_party import RelyingParty, query_of
from support.site import Site

AMR = json.dumps({"id_token": {"amr": {"essential": True}}})
AMR_IN_USERINFO = json.dumps({"userinfo": {"amr": None}})
REQUIRED = ("acr_values", "client_id", "nonce", "redirect_uri", "response_type", "scope", "state")
UNLISTED = (
    *("code_challenge", "code_challenge_method", "login_hint", "max_age", "display", "request", "request_uri"),
    *("response_mode", "id_token_hint", "claims_locales", "registration", "resource", "kc_idp_hint", "access_type"),
    *("foo", "rep_scope", "lang", "CLIENT_ID", "nonce ", "utm_source"),
)
ELSEWHERE = "https://rp.test/other"

# What is changed in a right request, the code of the page, what the developer reads there.
PAGES: list[tuple[dict[str, str | None], str, str]] = [
    *(({name: None}, "Y030007", f"'{name}' is required: it is missing") for name in REQUIRED),
    *(({name: "x"}, "Y030007", f"{name!r} is not accepted") for name in UNLISTED),
    *(({name: ""}, "Y030007", f"'{name}' is required: it is empty") for name in ("client_id", "redirect_uri")),
    ({"nonce": ""}, "Y030007", "'nonce' has 0 characters: expected at least 22"),
    ({"nonce": "n" * 21}, "Y030007", "'nonce' has 21 characters: expected at least 22"),
    ({"nonce": "\U0001f600" * 21}, "Y030007", "'nonce' has 21 characters: expected at least 22"),
    *(({"prompt": value}, "Y030007", "expected login, consent, or both") for value in ("", "none", "select_account")),
    *(({"prompt": value}, "Y030007", "'prompt' is") for value in ("LOGIN", "none select_account")),
    ({"prompt": "login" + " " * 60}, "Y030007", "'prompt' has 65 characters: expected at most 64"),
    ({"client_id": "unknown"}, "Y04EA6EF", "no active client 'unknown'"),
    ({"client_id": "unknown", "nonce": "n" * 21}, "Y030007", "'nonce' has 21"),
    *(({"redirect_uri": uri}, "Y030007", "expected an absolute") for uri in ("example.com", "/callback", "app:/cb")),
    *(
        ({"redirect_uri": uri}, "Y030007", "is not a URL")
        for uri in ("not a url", " https://rp.test/callback", "https://rp.test/callback\u3000", "https://rp.test/<b>")
    ),
    ({"redirect_uri": ELSEWHERE}, "Y04C013C", "character 17 is 'o' where 'c' is expected"),
    ({"redirect_uri": "http://rp.test/callback"}, "Y04C013C", "character 5 is ':' where 's' is expected"),
    ({"redirect_uri": "https://rp.test/callback/"}, "Y04C013C", "character 25 is '/' where the end is expected"),
    ({"redirect_uri": "https://@rp.test/callback"}, "Y04C013C", "character 9 is '@'"),
    ({"redirect_uri": ELSEWHERE, "scope": "email"}, "Y040001", "openid scope must be requested"),
    ({"redirect_uri": ELSEWHERE, "scope": ""}, "Y040001", "besides, received"),
    ({"redirect_uri": ELSEWHERE, "scope": "openid dgfip_rfr"}, "Y040001", "scope 'dgfip_rfr' is not registered"),
    ({"redirect_uri": ELSEWHERE, "response_type": "token"}, "Y040001", "unsupported response_type requested"),
    ({"redirect_uri": ELSEWHERE, "claims": "{"}, "Y04C013C", "received"),
    ({"claims": AMR}, "Y100009", "asks amr"),
    ({"claims": AMR_IN_USERINFO}, "Y100009", "asks amr"),
]
OPENID_MISSING = "openid scope must be requested when using the acr_values parameter"
UNSUPPORTED = "unsupported response_type requested"
NOT_JSON = "could not parse the claims parameter JSON"
NO_MEMBER = "claims parameter should have userinfo or id_token properties"

# What is changed, then `error`, `error_description`, and where the answer is put.
TOLD: list[tuple[dict[str, str], str, str, str]] = [
    ({"response_type": ""}, "invalid_request", "missing required parameter 'response_type'", "?"),
    *(({"response_type": kind}, "unsupported_response_type", UNSUPPORTED, "?") for kind in ("inconnu", "none", "CODE")),
    *(
        ({"response_type": kind}, "unsupported_response_type", UNSUPPORTED, "#")
        for kind in ("id_token", "id_token token", "code id_token", "code token", "code id_token token")
    ),
    *(
        ({"scope": scope}, "invalid_request", OPENID_MISSING, "?")
        for scope in ("", "email", "OPENID", "openid\u00a0email")
    ),
    ({"scope": "openid dgfip_rfr"}, "invalid_scope", "requested scope is not allowed", "?"),
    *(({"claims": text}, "invalid_request", NOT_JSON, "?") for text in ("{", "x", "[" * 5000, "{'id_token':{}}")),
    *(({"claims": t}, "invalid_request", "claims parameter should be a JSON object", "?") for t in ("[]", "1", "null")),
    *(({"claims": text}, "invalid_request", NO_MEMBER, "?") for text in ("{}", '{"amr":null}')),
    *(
        ({"claims": f'{{"{told[7:15]}":{value}}}'}, "invalid_request", told, "?")
        for told in ("claims.userinfo should be an object", "claims.id_token should be an object")
        for value in ("1", "[]", "null")
    ),
]
PASSES: list[dict[str, str]] = [
    {"nonce": "n" * 22},
    {"nonce": "@#&" * 24},
    {"state": ""},
    *(
        {"prompt": value}
        for value in ("login", "consent", "login consent", "consent login", "login none", "none login")
    ),
    {"ui_locales": "en fr"},
    {"ui_locales": ""},
    {"acr_values": ""},
    {"idp_hint": ""},
    {"claims": ""},
    {"claims": '{"userinfo":{"email":{"essential":true}}}'},
    {"scope": "openid  email email openid"},
    {"scope": "email nonsense openid"},
]


def case(changes: dict[str, Any]) -> str:
    return " ".join(f"{name}={str(value)[:24]!r}" for name, value in changes.items())


@pytest.fixture(scope="module", params=BOTH)
def party(request: pytest.FixtureRequest, stack: Stack) -> Any:
    """A service of each platform; no row changes it."""
    made = RelyingParty.register(Site(stack, request.param), claims=[])
    yield made
    made.forget()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("changes", "code", "explained"), PAGES, ids=[case(row[0]) for row in PAGES])
def test_h003_h015_a_page_says_what_is_wrong_and_leads_nowhere(
    party: RelyingParty, method: str, changes: dict[str, str | None], code: str, explained: str
) -> None:
    """H006, H008: an address that is not registered is never redirected to, whatever else is wrong."""
    answer = party.authorize(method, **changes)
    page = read_page(answer.data.decode())
    assert (answer.status, page.texts["error-code"].rpartition(" ")[2]) == (400, code)
    assert explained in page.texts["error-detail"]
    assert not {"Location", "Set-Cookie"} & set(answer.headers)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "back-to-sp-link" not in answer.data.decode()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("changes", "error", "description", "mark"), TOLD, ids=[case(row[0]) for row in TOLD])
def test_h011_h012_h021_h032_the_service_is_told(
    party: RelyingParty, method: str, changes: dict[str, str], error: str, description: str, mark: str
) -> None:
    answer = party.authorize(method, state="my state &=é", **changes)
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (303, "text/html")
    home, found, told = answer.headers["Location"].partition(mark)
    assert (home, found) == (party.redirect_uri, mark)
    assert answer.headers["Location"].isascii()
    scope = {"scope": "dgfip_rfr"} if error == "invalid_scope" else {}
    assert query_of(f"?{told}") == {
        "error": error,
        "error_description": description,
        **scope,
        "state": "my state &=é",
        "iss": party.site.issuer,
    }
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("changes", PASSES, ids=case)
def test_h001_h002_h009_h013_a_right_request_begins_a_journey(
    party: RelyingParty, method: str, changes: dict[str, str]
) -> None:
    answer = party.authorize(method, **changes)
    assert answer.status == 303
    assert re.fullmatch(re.escape(party.site.issuer) + r"/interaction/[\w-]{21,60}", answer.headers["Location"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert party.site.platform.session_cookie in answer.headers["Set-Cookie"]


def test_h004_h005_a_deactivated_removed_or_foreign_client_is_unknown(
    party: RelyingParty,
) -> None:
    """The same answer to the byte, but for the reference."""
    other = party.site.plus if party.site.name == "franceconnect" else party.site.on("franceconnect")
    seen = []
    for prepare in (
        lambda: party.change(active=False),
        lambda: (party.forget(), other.api("PUT", f"{other.place}/clients/{party.client_id}", party.record)),
        lambda: other.api("DELETE", f"{other.place}/clients/{party.client_id}"),
    ):
        prepare()
        answer = party.authorize()
        assert answer.status == 400
        text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "the reference", answer.data.decode())
        headers = {name: value for name, value in answer.headers.items() if name != "Date"}
        seen.append((text, headers))
    assert seen[0] == seen[1] == seen[2]
    assert "Y04EA6EF" in seen[0][0]
