"""What the hub reads, ignores and refuses in a provider's answers, and what it tells the provider's developer
(inside-the-hub §3.5, §3.6; OpenID Connect Core §3.1.3.7, §5.3.2; RFC 7515 §4)."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore
from typing import Any

import pytest
from flask import Response
from joserfc import jws

from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.clock import MovableClock
from support.encrypted import refused as refused_encrypted
from support.relying_party import RelyingParty
from support.rogue_provider import Rogue


def put(**members: Any) -> Any:
    return lambda claims: claims.update(members)


def walk(rp: RelyingParty, rogue: Rogue) -> Arrival | Stopped:
    return rp.travel(Traveller("nobody", rogue.uid))


def refused(rp: RelyingParty, rogue: Rogue) -> tuple[str, str]:
    """The code, and what the developer reads."""
    return refused_encrypted(rp, rogue)[1:]


def signed(rogue: Rogue, payload: str) -> Any:
    """A token around any text at all."""
    return lambda _: jws.serialize_compact({"alg": "ES256", "kid": rogue.kid}, payload, rogue.key)


class Bytes(jws.JWSRegistry):
    max_header_length = max_payload_length = 1_000_000


@pytest.mark.parametrize("answer", ["id_token", "userinfo"])
@pytest.mark.parametrize("payload", ["[" * 5000, '{"a":' * 5000 + "1" + "}" * 5000, "text", "[]", "null", '{"a": NaN}'])
def test_h128_a_signed_text_that_is_no_json_object_is_refused_and_never_a_crash(
    rp: RelyingParty, rogue: Rogue, answer: str, payload: str
) -> None:
    setattr(rogue, f"wrap_{answer}", signed(rogue, payload))
    code, told = refused(rp, rogue)
    assert code == {"id_token": "Y020026", "userinfo": "Y020027"}[answer]
    assert told.startswith("rogue: the token's payload is not ")


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e400", "-1e400", "true", '"1"', "null", "[]", "-" + "9" * 400])
def test_h126_a_date_that_is_no_number_of_seconds_never_passes(
    rp: RelyingParty, rogue: Rogue, name: str, value: str
) -> None:
    def spoil(token: str) -> str:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        text = json.dumps(claims | {name: "HERE"}).replace('"HERE"', value)
        return str(signed(rogue, text)(token))

    rogue.wrap_id_token = spoil
    if (name, value) in (("iat", "-" + "9" * 400), ("nbf", "-" + "9" * 400)):
        assert isinstance(walk(rp, rogue), Arrival)  # long past, as these two may be
    else:
        assert refused(rp, rogue)[0] == "Y020026"


@pytest.mark.parametrize("name", ["amr", "rep_scope"])
def test_half_a_character_is_no_text(rp: RelyingParty, rogue: Rogue, name: str) -> None:
    """JSON may escape it; no file, page or database can hold it."""
    rogue.id_token = put(**{name: ["\ud800"]})
    assert refused(rp, rogue) == ("Y020030", f"rogue: {name} is not a list of texts")


@pytest.mark.parametrize("token", ["a\nb", "a\r\nX-Header: b"])
def test_an_access_token_that_no_header_can_carry_has_the_wrong_shape(
    rp: RelyingParty, rogue: Rogue, token: str
) -> None:
    rogue.token = put(access_token=token)
    assert refused(rp, rogue)[0] == "Y020030"
    assert rogue.userinfo_calls == 0


@pytest.mark.parametrize("member", [{"x5c": ["A" * 6000]}, {"x5t": "abc"}, {"nobody-knows": "this"}, {"typ": "other"}])
def test_h127_header_members_that_mean_nothing_here_are_ignored_whatever_their_length(
    rp: RelyingParty, rogue: Rogue, member: dict[str, Any]
) -> None:
    def resigned(token: str) -> str:
        payload = base64.urlsafe_b64decode(token.split(".")[1] + "==")
        header = {"alg": "ES256", "kid": rogue.kid} | member
        registry = Bytes(algorithms=["ES256"], strict_check_header=False)
        return jws.serialize_compact(header, payload, rogue.key, registry=registry)

    rogue.wrap_id_token = rogue.wrap_userinfo = resigned
    assert isinstance(walk(rp, rogue), Arrival)


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"iss": "https://evil.test"}, "the userinfo's iss is 'https://evil.test': expected 'http"),
        ({"aud": "other"}, "the userinfo's aud is 'other': expected 'hub'"),
        ({"aud": ["other"]}, "the userinfo's aud is ['other']: expected 'hub'"),
        ({"exp": 1}, "the userinfo expired "),
        ({"nbf": 9_999_999_999}, "the userinfo comes from the future"),
        ({"iat": "now"}, "the userinfo's iat is not a number"),
    ],
)
def test_m66_a_signed_userinfo_that_names_another_maker_reader_or_time_is_refused(
    rp: RelyingParty, rogue: Rogue, claims: dict[str, Any], told: str
) -> None:
    rogue.userinfo = put(**claims)
    code, found = refused(rp, rogue)
    assert (code, told in found) == ("Y020027", True), found


def test_m66_a_signed_userinfo_may_name_the_right_ones_or_none(
    rp: RelyingParty, rogue: Rogue, clock: MovableClock
) -> None:
    assert isinstance(walk(rp, rogue), Arrival)
    now = int(clock.now())
    rogue.userinfo = put(iss=rogue.base, aud=["another", "hub"], iat=now, nbf=now, exp=now + 60)
    assert isinstance(walk(RelyingParty(rp.site, rp.record), rogue), Arrival)


def test_m59_an_id_token_that_names_another_access_token_is_refused(rp: RelyingParty, rogue: Rogue) -> None:
    for wrong in ("x", 5, "\ud800"):
        rogue.id_token = put(at_hash=wrong)
        assert refused(RelyingParty(rp.site, rp.record), rogue)[0] == "Y020026"
    half = base64.urlsafe_b64encode(hashlib.sha256(b"token").digest()[:16]).rstrip(b"=").decode()
    rogue.id_token = put(at_hash=half)
    assert isinstance(walk(rp, rogue), Arrival)


@pytest.mark.parametrize(("kind", "taken"), [("bearer", True), ("BEARER", True), (None, True), ("mac", False)])
def test_m25_m26_the_token_type_is_bearer_in_any_case(
    rp: RelyingParty, rogue: Rogue, kind: str | None, taken: bool
) -> None:
    rogue.token = put(token_type=kind)
    end = walk(rp, rogue)
    assert isinstance(end, Arrival) is taken
    assert rogue.userinfo_calls == taken


TOLD = [
    (400, '{"error": "invalid_grant", "error_description": "code qz-canary"}', "answered 400, error='invalid_grant'"),
    (400, '{"error": {"a": 1}}', "the token endpoint answered 400"),
    (500, "<html>qz-canary", "the token endpoint answered 500"),
    (307, "", "answered 307: redirects are not followed"),
    (200, "<html>qz-canary", "the token endpoint's answer is not JSON"),
    (200, "[]", "the token endpoint's answer is not a JSON object"),
    (200, "{}", "the token endpoint's answer has no id_token"),
]


@pytest.mark.parametrize(("status", "body", "told"), TOLD)
def test_the_developer_reads_what_the_token_endpoint_answered_and_nothing_it_may_have_quoted(
    rp: RelyingParty, rogue: Rogue, status: int, body: str, told: str
) -> None:
    rogue.token_answer = lambda: Response(body, status, {"Location": "http://localhost:1/"})
    code, found = refused(rp, rogue)
    assert (code, told in found, "qz-canary" in found) == ("Y020026", True, False), found


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"aud": "other"}, "aud is 'other': expected 'hub' alone"),
        ({"azp": "other"}, "azp is 'other': expected 'hub'"),
        ({"iss": "https://evil.test"}, "iss is 'https://evil.test': expected 'http"),
        ({"acr": "eidas-1"}, "acr of the id_token is 'eidas-1': expected an alphanumeric text"),
    ],
)
def test_the_developer_reads_what_was_received_and_what_was_expected(
    rp: RelyingParty, rogue: Rogue, claims: dict[str, Any], told: str
) -> None:
    rogue.id_token = put(**claims)
    assert told in refused(rp, rogue)[1]


def test_r24_m21_a_provider_that_hangs_keeps_only_those_waiting_who_chose_it(rp: RelyingParty, rogue: Rogue) -> None:
    go, hanging = Event(), Semaphore(0)

    def hang() -> Response:
        hanging.release()
        go.wait(10)
        return Response("", 500)

    rogue.token_answer = hang
    with ThreadPoolExecutor(12) as crowd:
        try:
            stuck = [crowd.submit(walk, RelyingParty(rp.site, rp.record), rogue) for _ in range(12)]
            assert all(hanging.acquire(timeout=10) for _ in range(4))  # as many as it answers at once
            assert isinstance(rp.walk("angela-dubois", "impots"), Arrival)
            assert not any(one.done() for one in stuck)
        finally:
            go.set()
    ends = [one.result() for one in stuck]
    assert {(end.code if isinstance(end, Stopped) else "") for end in ends} == {"Y020026"}
