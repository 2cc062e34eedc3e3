"""Opening what a stranger encrypted: two answers only, the signed text or a ValueError (H128)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcsim_hub.domain.platforms import EncryptionAlg
from fcsim_hub.protocol.decryption import (
    FAMILIES,
    DecryptionKey,
    DecryptionRing,
    check_not_encrypted,
    make_decryption_key,
    open_token,
)
from support.sealing import b64, seal

KEYS = {family: make_decryption_key(family, f"kid of {family}") for family in ("ECDH-ES", "RSA-OAEP")}
RING = DecryptionRing(tuple(KEYS.values()))
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)

RIGHT = {"alg": st.just("ECDH-ES"), "enc": st.just("A256GCM")}
HEADERS = st.fixed_dictionaries(RIGHT, optional=dict.fromkeys(("kid", "epk", "apu", "apv", "typ", "cty", "x"), JSONS))


@pytest.mark.parametrize("alg", FAMILIES)
def test_each_algorithm_opens_with_the_key_of_its_kind_and_no_other(alg: EncryptionAlg) -> None:
    own = KEYS[FAMILIES[alg]]
    token = seal("a.b.c", own.public(), alg)
    assert open_token(token, alg, "A256GCM", RING) == "a.b.c"
    others = DecryptionRing(tuple(key for key in RING.keys if key is not own))
    with pytest.raises(ValueError, match="this hub has no such"):
        open_token(token, alg, "A256GCM", others)


def test_of_two_keys_without_a_kid_the_one_that_opens_is_found() -> None:
    old, new = make_decryption_key("ECDH-ES", "old"), make_decryption_key("ECDH-ES", "new")
    token = seal("a.b.c", old.public(), "ECDH-ES", kid=None)
    assert open_token(token, "ECDH-ES", "A256GCM", DecryptionRing((new, old))) == "a.b.c"


def test_public_documents_hold_no_private_member_and_no_retired_key() -> None:
    retired = DecryptionKey("retired", "ECDH-ES", KEYS["ECDH-ES"].key, published=False)
    keys = DecryptionRing((*RING.keys, retired)).public()["keys"]
    assert [set(key) for key in keys] == [{"crv", "x", "y", "kty", "kid", "use"}, {"n", "e", "kty", "kid", "use"}]


@given(header=JSONS | HEADERS, rest=st.lists(st.binary(max_size=40), min_size=4, max_size=4))
def test_h128_no_header_and_no_bytes_are_more_than_a_refusal(header: Any, rest: list[bytes]) -> None:
    token = ".".join([b64(json.dumps(header).encode()), *(b64(part) for part in rest)])
    with pytest.raises(ValueError, match="token"):
        open_token(token, "ECDH-ES", "A256GCM", RING)


@given(text=st.text(max_size=60))
def test_h128_no_text_is_more_than_a_refusal(text: str) -> None:
    with pytest.raises(ValueError, match="token"):
        open_token(text, "RSA-OAEP-256", "A256GCM", RING)


def test_an_encrypted_token_is_told_from_a_signed_one() -> None:
    check_not_encrypted("a.b.c")
    with pytest.raises(ValueError, match="signed alone"):
        check_not_encrypted("a.b.c.d.e")
