"""Parameters of /authorize, whatever their texts (service-provider-side §6.1; security-and-reliability H016–H022).

Each property has its own idea of what is right, written from the sheet, and never asks the code for it.
"""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcsim_hub.config import Settings
from fcsim_hub.domain.errors.authorize import AuthorizeParamsRefused
from fcsim_hub.domain.errors.base import RedirectedError
from fcsim_hub.fixtures import load_fixtures
from fcsim_hub.protocol.parameters import check_escapes, read_parameters
from fcsim_hub.protocol.request import asks_amr, read_claims

PLATFORM = load_fixtures(Settings()).platforms()["franceconnect"]
RIGHT = {
    "client_id": "client",
    "redirect_uri": "https://rp.test/callback",
    "response_type": "code",
    "scope": "openid",
    "acr_values": "eidas1",
    "nonce": "n" * 22,
    "state": "s",
}
OPTIONAL = {"prompt": "login", "claims": "{}", "idp_hint": "x", "ui_locales": "fr"}
LISTED = RIGHT | OPTIONAL
PKCE = ("code_challenge", "code_challenge_method")
Pairs = list[tuple[str, str]]


def refusal(pairs: Pairs, posture: Any = "faithful") -> str:
    """Why these parameters are refused, empty when they are not."""
    try:
        read_parameters(pairs, posture, PLATFORM)
    except AuthorizeParamsRefused as refused:
        return refused.detail
    return ""


@given(
    present=st.lists(st.sampled_from([*LISTED, *RIGHT]), max_size=14),
    more=st.lists(st.text(max_size=12) | st.sampled_from(["scope[]", "State", "nonce ", "request", *PKCE]), max_size=1),
    order=st.randoms(use_true_random=False),
)
def test_h003_h015_h016_each_required_parameter_once_each_optional_one_at_most_once_and_no_other(
    present: list[str], more: list[str], order: Any
) -> None:
    names = [*RIGHT, *present[:2]] if len(present) > 7 else present
    pairs = [(name, LISTED.get(name, "x")) for name in (*names, *more)]
    order.shuffle(pairs)
    unlisted = [name for name in more if name not in LISTED]
    counted = {name: [one for one, _ in pairs].count(name) for name in LISTED}
    is_right = all(counted[name] == 1 for name in RIGHT) and all(count <= 1 for count in counted.values())
    assert (refusal(pairs) == "") == (is_right and not unlisted)
    assert (refusal(pairs, "standard") == "") == is_right


@given(name=st.sampled_from(list(RIGHT)), many=st.integers(2, 4))
def test_h016_what_was_sent_twice_is_named(name: str, many: int) -> None:
    assert refusal([*RIGHT.items(), *[(name, RIGHT[name])] * (many - 1)]) == (
        f"parameter {name!r} was sent twice: expected once"
    )


def test_h015_of_several_unlisted_ones_the_first_is_explained_and_the_others_named() -> None:
    told = refusal([("login_hint", "x"), *RIGHT.items(), ("foo", "1"), ("foo", "2"), ("code_challenge", "x")])
    assert told.startswith("parameter 'login_hint' is not accepted: FranceConnect forwards no hint about the person")
    assert "Nor are 'foo', 'code_challenge'. Expected only client_id, " in told
    assert "Nor is 'foo'. Expected only " in refusal([*RIGHT.items(), ("login_hint", "x"), ("foo", "1")])


@given(st.text(min_size=1, max_size=80).filter(lambda name: name not in LISTED))
def test_h015_what_is_not_listed_is_named(name: str) -> None:
    assert refusal([*RIGHT.items(), (name, "x")]).startswith(f"parameter {name[:64]!r} is not accepted: ")


FORBIDDEN = {*map(chr, range(0x20)), "\x7f", "\u2028", "\u2029", "\ufffd"}


@settings(max_examples=400)
@given(
    name=st.sampled_from(["state", "claims", "idp_hint", "ui_locales", "scope", "acr_values", "response_type"]),
    text=st.text(max_size=40)
    | st.tuples(st.text("a \x80é", max_size=3), st.sampled_from([*sorted(FORBIDDEN), "\ud800", "\udfff"])).map("".join),
)
def test_h018_h019_any_text_passes_but_what_readers_disagree_on(name: str, text: str) -> None:
    has_forbidden = any(char in FORBIDDEN or 0xD800 <= ord(char) <= 0xDFFF for char in text)
    assert bool(refusal(list((RIGHT | {name: text}).items()))) == has_forbidden
    if not has_forbidden:
        assert read_parameters((RIGHT | {name: text}).items(), "faithful", PLATFORM).get(name) == text


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufffd"), max_size=70))
def test_h009_a_nonce_of_any_letters_is_long_enough_from_22_on(nonce: str) -> None:
    told = refusal(list((RIGHT | {"nonce": nonce}).items()))
    assert bool(told) == (len(nonce) < 22)
    assert not told or f"has {len(nonce)} characters" in told or not nonce


PROMPTS = st.lists(st.sampled_from(["login", "consent", "none", "select_account", "x", "", "LOGIN"]), max_size=9)


@given(PROMPTS.map(" ".join) | st.integers(62, 67).map("login".ljust))
def test_h013_a_prompt_names_login_or_consent_and_has_64_characters_at_most(prompt: str) -> None:
    is_right = len(prompt) <= 64 and any(word in ("login", "consent") for word in prompt.split(" "))
    assert (refusal(list((RIGHT | {"prompt": prompt}).items())) == "") == is_right


def decodes(raw: bytes) -> bool:
    """Whether every `%` starts an escape and the whole is UTF-8, letter by letter."""
    decoded, place = bytearray(), 0
    while place < len(raw):
        if raw[place] != ord("%"):
            decoded.append(raw[place])
            place += 1
            continue
        digits = raw[place + 1 : place + 3]
        if len(digits) < 2 or not all(chr(digit) in "0123456789abcdefABCDEF" for digit in digits):
            return False
        decoded.append(int(digits, 16))
        place += 3
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return False
    return True


ESCAPED = st.text(max_size=9).map(lambda text: quote_plus(text, errors="replace").encode())
PIECES = st.sampled_from([b"%", b"%C3%A9", b"%c3", b"%A9", b"%zz", b"%2", b"%25", b"%ED%A0%80", b"%C0%AF", b"a&", b"+"])


@given(st.binary(max_size=30) | st.lists(PIECES, max_size=5).map(b"".join) | ESCAPED)
def test_h018_escapes_are_whole_and_say_utf8(raw: bytes) -> None:
    if decodes(raw):
        check_escapes(raw)
        return
    with pytest.raises(AuthorizeParamsRefused):
        check_escapes(raw)


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=3),
    max_leaves=12,
)
MEMBERS = st.dictionaries(st.sampled_from(["amr", "sub", "email"]), JSONS, max_size=2) | st.none() | JSONS
CLAIMS = st.fixed_dictionaries({}, optional={"userinfo": MEMBERS, "id_token": MEMBERS, "amr": MEMBERS, "x": JSONS})


@given(CLAIMS | JSONS)
def test_h021_h022_claims_are_an_object_of_objects_with_one_of_two_members(value: Any) -> None:
    inside = [value[name] for name in ("userinfo", "id_token") if name in value] if isinstance(value, dict) else []
    if inside and all(isinstance(one, dict) for one in inside):
        assert asks_amr(read_claims(json.dumps(value))) == any("amr" in one for one in inside)
        return
    with pytest.raises(RedirectedError):
        read_claims(json.dumps(value))


@given(st.text(max_size=60) | st.text('{}[]":,amr userinfo0', max_size=40))
def test_h022_no_text_is_more_than_a_refusal(text: str) -> None:
    claims: dict[str, Any] | None = None
    with suppress(RedirectedError):
        claims = read_claims(text)
    assert claims is None or not text or {"userinfo", "id_token"} & set(claims)
