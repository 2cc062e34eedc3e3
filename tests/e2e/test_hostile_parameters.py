"""Parameters of /authorize that nobody honest sends (security-and-reliability H002, H016–H022), over HTTP."""

import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fcsim_hub.gateways.html_forms import read_page
from support.raw import raw_get
from support.relying_party import FORM, RelyingParty, query_of
from support.site import call

REQUIRED = ("client_id", "redirect_uri", "response_type", "scope", "acr_values", "nonce", "state")
# One party serves every example: nothing is begun in a browser here.
shared = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def page_code(text: bytes) -> str:
    return read_page(text.decode()).texts["error-code"].rpartition(" ")[2]


def raw_query(rp: RelyingParty, **changes: str) -> str:
    """A request whose changes are put in as they are, without encoding."""
    members = rp.parameters()
    plain = urlencode({name: value for name, value in members.items() if name not in changes})
    return "&".join([plain, *(f"{name}={value}" for name, value in changes.items())])


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_h002_a_body_that_is_no_form_is_refused(rp: RelyingParty, content_type: str) -> None:
    body = json.dumps(rp.parameters()) if "json" in content_type else urlencode(rp.parameters())
    headers = {"Content-Type": content_type} if content_type else {}
    answer = call("POST", f"{rp.site.issuer}/authorize", body=body, headers=headers)
    assert (answer.status, page_code(answer.data)) == (400, "Y030007")
    assert "Location" not in answer.headers
    told = read_page(answer.data.decode()).texts["error-detail"]
    assert (content_type.partition(";")[0] or "no Content-Type") in told
    assert "expected to hold its parameters in a body of application/x-www-form-urlencoded" in told


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", REQUIRED)
def test_h016_any_parameter_twice_is_refused(rp: RelyingParty, name: str, method: str) -> None:
    twice = f"{urlencode(rp.parameters())}&{name}={quote(rp.parameters()[name])}"
    answer = _send(rp, method, twice)
    assert (answer.status, page_code(answer.data)) == (400, "Y030007")


@pytest.mark.parametrize(
    "more", ["state[]=x", "state[a]=x", "state%5B%5D=x", "nonce.a=x", "=x", "&&x", "scope[0]=openid"]
)
def test_h016_arrays_and_objects_are_refused(rp: RelyingParty, more: str) -> None:
    answer = _send(rp, "GET", f"{urlencode(rp.parameters())}&{more}")
    assert (answer.status, page_code(answer.data)) == (400, "Y030007")


def test_h016_a_semicolon_separates_nothing(rp: RelyingParty) -> None:
    answer = _send(rp, "GET", urlencode(rp.parameters()).replace("&", ";"))
    assert (answer.status, page_code(answer.data)) == (400, "Y030007")
    kept = rp.authorize(state="a;state=b", scope="email")
    assert query_of(kept.headers["Location"])["state"] == "a;state=b"


@pytest.mark.parametrize("moved", REQUIRED)
def test_h017_parameters_split_between_query_and_body_are_never_merged(rp: RelyingParty, moved: str) -> None:
    members = rp.parameters()
    query = urlencode({moved: members.pop(moved)})
    answer = call("POST", f"{rp.site.issuer}/authorize?{query}", body=urlencode(members), headers=FORM)
    assert (answer.status, page_code(answer.data)) == (400, "Y030007")


HOSTILE = {
    "NUL": "a%00b",
    "CR": "a%0Db",
    "LF": "a%0Ab",
    "CRLF and a header": "a%0D%0ASet-Cookie:%20x=1",
    "line separator": "a%E2%80%A8b",
    "lone surrogate": "%ED%A0%80",
    "overlong slash": "%C0%AF",
    "truncated": "%E2%82",
    "not UTF-8": "%FF",
    "no escape": "%zz",
    "half an escape": "a%2",
    "a bare percent": "100%",
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_h018_bytes_that_readers_disagree_on_are_refused_in_every_parameter(
    rp: RelyingParty, value: str, method: str
) -> None:
    for name in (*REQUIRED, "prompt", "claims", "idp_hint", "ui_locales"):
        filler = "n" * 30 if name == "nonce" else ""
        answer = _send(rp, method, raw_query(rp, **{name: filler + value}))
        assert (answer.status, page_code(answer.data)) == (400, "Y030007"), name
        assert "Location" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def test_h018_an_escaped_percent_is_a_percent(rp: RelyingParty) -> None:
    assert query_of(rp.authorize(state="100%zz", scope="email").headers["Location"])["state"] == "100%zz"


@shared
@given(
    state=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufffd"), max_size=60)
)
def test_h019_any_state_comes_back_as_it_was_sent(rp: RelyingParty, state: str) -> None:
    answer = rp.authorize(state=state, scope="email")
    assert answer.status == 303
    assert answer.headers["Location"].isascii()
    assert query_of(answer.headers["Location"])["state"] == state


@shared
@given(name=st.sampled_from([*REQUIRED, "prompt", "claims", "idp_hint", "foo"]), raw=st.binary(max_size=24))
def test_h016_h018_no_bytes_make_the_hub_fail_nor_answer_anywhere_else(rp: RelyingParty, name: str, raw: bytes) -> None:
    answer = _send(rp, "POST", raw_query(rp, **{name: raw.decode("latin-1")}), encoding="latin-1")
    assert answer.status in (303, 400)
    place = urlsplit(answer.headers.get("Location", rp.site.issuer))
    assert f"{place.scheme}://{place.netloc}" in (rp.site.hub, "https://rp.test")


def test_h019_a_nonce_of_384_characters_is_untouched(rp: RelyingParty) -> None:
    nonce = "é😀&=%<>" * 48
    token = rp.redeem(rp.log_in(nonce=nonce)).body["id_token"]
    assert rp.verified(token)["nonce"] == nonce


CUT_SHORT = {0, 400, 413, 414, 431}
"""0: the connection was closed before the request was read to its end."""


@pytest.mark.parametrize(
    ("length", "statuses"),
    [(8 * 1024, {303}), (40 * 1024, {303}), (80 * 1024, CUT_SHORT), (1024 * 1024, CUT_SHORT)],
)
def test_h020_long_queries_are_answered_or_cut_short(rp: RelyingParty, length: int, statuses: set[int]) -> None:
    url = urlsplit(rp.url(state="s" * length))
    assert raw_get(rp.site, f"{url.path}?{url.query}").status in statuses
    assert rp.authorize().status == 303


HOSTILE_CLAIMS = {
    "array bomb": "[" * 100 * 1024,  # 300 KiB once escaped
    "object bomb": '{"a":' * 5_000 + "1" + "}" * 5_000,
    "deep inside": '{"id_token":{"amr":' + "[" * 5_000 + "]" * 5_000 + "}}",
    "duplicate member": '{"id_token":{"amr":null},"id_token":{}}',
    "duplicate member inside": '{"id_token":{"amr":null,"amr":{"essential":true}}}',
    "NaN": '{"id_token":{"a":NaN}}',
    "Infinity": '{"id_token":{"a":-Infinity}}',
    "single quotes": "{'id_token':{}}",
    "trailing comma": '{"id_token":{},}',
    "two documents": '{"id_token":{}}{"id_token":{}}',
}


@pytest.mark.parametrize("claims", HOSTILE_CLAIMS.values(), ids=HOSTILE_CLAIMS.keys())
def test_h022_claims_that_are_no_plain_json_are_an_invalid_request(rp: RelyingParty, claims: str) -> None:
    answer = _send(rp, "POST", urlencode(rp.parameters(claims=claims)))
    told = query_of(answer.headers["Location"])
    assert (answer.status, told["error"]) == (303, "invalid_request")
    assert told["error_description"] == "could not parse the claims parameter JSON"


def test_h022_a_hundred_kilobytes_of_claims_are_read_or_refused_and_no_more(rp: RelyingParty) -> None:
    claims = json.dumps({"id_token": {f"claim{rank}": None for rank in range(5_000)}})
    assert len(claims) > 90_000
    assert _send(rp, "POST", urlencode(rp.parameters(claims=claims))).status == 303


@pytest.mark.parametrize("member", ["id_token", "userinfo"])
def test_h022_sub_value_of_somebody_else_switches_no_identity(rp: RelyingParty, member: str) -> None:
    asked = json.dumps({member: {"sub": {"value": "0" * 64 + "v1"}, "family_name": {"value": "MARTIN"}}})
    plain, asking = rp.identity(), rp.identity(claims=asked)
    assert (asking["sub"], asking["family_name"]) == (plain["sub"], "DUBOIS")


def test_h023_claims_not_granted_by_a_scope_are_not_released(rp: RelyingParty) -> None:
    asked = json.dumps({"userinfo": {"email": {"essential": True}, "birthdate": None}})
    assert set(rp.identity(scope="openid gender", claims=asked)) == {"sub", "gender", "aud", "exp", "iat", "iss"}


def _send(rp: RelyingParty, method: str, text: str, encoding: str = "ascii") -> Any:
    if method == "POST":
        return call("POST", f"{rp.site.issuer}/authorize", body=text.encode(encoding), headers=FORM)
    url = urlsplit(rp.site.issuer)
    return raw_get(rp.site, f"{url.path}/authorize?{text}")
