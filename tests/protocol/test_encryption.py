"""Key sets as strangers publish them: what cannot be used is passed over, and nothing breaks (H073)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcsim_hub.domain.key_sets import KEY_TYPES
from fcsim_hub.protocol.encryption import NotAKeySet, encrypt_answer, pick_keys, read_key_set
from support.key_server import make_key, public

GOOD = {alg: make_key(alg, use="sig" if alg in ("ES256", "RS256") else "enc", kid=alg, alg=alg) for alg in KEY_TYPES}
VALUES = st.one_of(
    st.sampled_from(["", "AA", "AQ", "Ag", "AQAB", "AQAC", "P-384", "EC", "RSA", "AA" * 200]),
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
    st.just({"a": 1}),
)
MEMBERS = st.sampled_from(["kty", "kid", "use", "alg", "crv", "x", "y", "n", "e"])


@pytest.mark.parametrize("alg", KEY_TYPES)
def test_the_key_that_fits_is_found_among_all_the_others(alg: str) -> None:
    [key] = pick_keys(public(*GOOD.values()), alg)
    assert key.kid == alg
    assert pick_keys(public(*GOOD.values()), alg, "another") == ()


@given(alg=st.sampled_from(list(KEY_TYPES)), changes=st.dictionaries(MEMBERS, VALUES, min_size=1, max_size=3))
def test_a_member_that_is_wrong_never_breaks_the_search(alg: str, changes: dict[str, Any]) -> None:
    broken = GOOD[alg].export_public(as_dict=True) | changes
    for key in pick_keys({"keys": [broken, None, 1, "text", [], {}]}, alg):
        assert key.kid is None or isinstance(key.kid, str)
        if alg not in ("ES256", "RS256"):
            answer = encrypt_answer("a.b.c", key, alg=alg, enc="A256GCM", issuer="https://hub.test", client_id="c")
            assert answer.count(".") == 4


@pytest.mark.parametrize("document", [b"", b"null", b"[]", b"{}", b'{"keys": {}}', b"\xff", b"[" * 100_000])
def test_what_is_no_key_set_is_told(document: bytes) -> None:
    with pytest.raises(NotAKeySet):
        read_key_set(document)


def test_a_key_set_is_read_as_published() -> None:
    assert read_key_set(json.dumps(public(GOOD["ES256"])).encode()) == public(GOOD["ES256"])
