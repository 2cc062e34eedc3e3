"""The identity schema (inside-the-hub §4.1), every vector of the sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcsim_hub.domain.identity import (
    InvalidIdentity,
    MissingSub,
    complete_date,
    is_birthdate,
    read_foreign_identity,
    read_identity,
)

ANGELA = {
    "sub": "angela",
    "given_name": "Angela Claire Louise",
    "family_name": "DUBOIS",
    "gender": "female",
    "birthdate": "1962-08-24",
    "birthplace": "75107",
    "birthcountry": "99100",
    "email": "angela@fcsim.test",
}


@pytest.mark.parametrize("text", ["1962-08-24", "1992-11-00", "1992-00-00", "2000-02-29"])
def test_birthdates_accepted(text: str) -> None:
    assert is_birthdate(text)


@pytest.mark.parametrize(
    "text", ["1962", "1962-08", "1977-00-03", "1990-13-00", "19620824", "1990-02-30", "1999-02-29", "", "١٩٦٢-٠٨-٢٤"]
)
def test_birthdates_refused(text: str) -> None:
    assert not is_birthdate(text)


@pytest.mark.parametrize(
    ("partial", "complete"), [("1992-11-00", "1992-11-01"), ("1992-00-00", "1992-01-01"), ("2000-02-29", "2000-02-29")]
)
def test_partial_dates_are_completed(partial: str, complete: str) -> None:
    assert complete_date(partial) == complete


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        *(("gender", "M"), ("gender", ""), ("gender", None), ("birthcountry", "AZERTY"), ("birthplace", "")),
        *(("birthplace", "AAAAA"), ("given_name", ""), ("given_name", None), ("family_name", "x" * 257)),
        *(("family_name", "a\x00b"), ("email", None), ("email", "no"), ("email", "a@b"), ("preferred_username", 3)),
        *(("birthdate", "1977-00-03"), ("given_name", ["Angela"])),
    ],
)
def test_claims_refused(claim: str, value: object) -> None:
    with pytest.raises(InvalidIdentity) as refused:
        read_identity(ANGELA | {claim: value})
    assert refused.value.claim == claim


@pytest.mark.parametrize("claim", ["given_name", "family_name", "birthdate", "birthcountry", "email"])
def test_a_claim_that_is_missing_is_told_as_missing(claim: str) -> None:
    for claims in (ANGELA | {claim: None}, {name: value for name, value in ANGELA.items() if name != claim}):
        with pytest.raises(InvalidIdentity) as refused:
            read_identity(claims)
        assert refused.value.expected == "a text, and it is missing or null"


@pytest.mark.parametrize(
    "changes",
    [
        {"birthcountry": "99352", "birthplace": ""},
        {"birthcountry": "99352", "birthplace": "Alger"},
        {"birthcountry": "99352", "birthplace": "90900"},
        *({"birthplace": place} for place in ("2A004", "98729", "97411")),
        {"gender": "unspecified"},
        {"preferred_username": "LEFÈVRE"},
        {"given_name": "x" * 256},
    ],
)
def test_claims_accepted(changes: dict[str, str]) -> None:
    identity = read_identity(ANGELA | changes)
    assert all(getattr(identity, claim) == value for claim, value in changes.items())


@pytest.mark.parametrize("sub", [None, "", "é", 1, {}, "a\nb"])
def test_a_sub_is_ascii_and_not_empty(sub: object) -> None:
    with pytest.raises(MissingSub):
        read_identity(ANGELA | {"sub": sub})


@given(st.dictionaries(st.sampled_from(sorted(ANGELA)), st.none() | st.text() | st.integers() | st.lists(st.text())))
def test_any_userinfo_is_read_or_refused_and_nothing_else(changes: dict[str, object]) -> None:
    told = ""
    try:
        read_identity(ANGELA | changes)
    except (InvalidIdentity, MissingSub) as refused:
        told = str(refused)
    # The refusal never quotes what it found: it is personal.
    assert not any(isinstance(value, str) and len(value) > 12 and value in told for value in changes.values())


@pytest.mark.parametrize("value", [None, 33, "+33\n", "0" * 999, ["+33"], {"number": "+33"}])
def test_an_unusable_phone_is_dropped_and_refuses_nobody(value: object) -> None:
    """No schema of §4 speaks of it: only v1 transmits it."""
    assert read_identity(ANGELA | {"phone_number": value}).phone_number == ""


def test_an_address_keeps_the_members_of_openid_connect_that_are_texts() -> None:
    sent = {"locality": "Paris", "country": 33, "floor": "2", "street_address": "", "formatted": "a\x00b"}
    assert read_identity(ANGELA | {"address": sent}).address == {"locality": "Paris"}
    assert read_identity(ANGELA | {"address": "Paris"}).address == {}


GIULIA = {"sub": "IT/FR/1", "given_name": "Giulia", "family_name": "Rossi", "birthdate": "1987-03-03"}
"""What another member state must say of somebody, and no more (§4.2)."""


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"gender": "female", "birthplace": "Roma, Italia", "preferred_username": "Bianchi"},
        {"gender": None, "birthplace": None},
        {"birthdate": "about 1987"},
        {"birthplace": "99999"},
        {"given_name": "x" * 256, "family_name": "O"},
        {"given_name": "민지"},
    ],
)
def test_what_another_state_may_say(changes: dict[str, object]) -> None:
    identity = read_foreign_identity(GIULIA | changes)
    said = {claim: value for claim, value in (GIULIA | changes).items() if value is not None}
    assert all(getattr(identity, claim) == value for claim, value in said.items())
    assert (identity.birthcountry, identity.email) == ("", "")


def test_what_another_state_says_beyond_its_schema_is_dropped() -> None:
    identity = read_foreign_identity(GIULIA | {"email": "giulia@it.test", "birthcountry": "99127", "extra": {}})
    assert (identity.birthcountry, identity.email, identity.phone_number) == ("", "", "")


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        *((claim, None) for claim in ("given_name", "family_name", "birthdate")),
        *((claim, "") for claim in ("given_name", "family_name", "birthdate")),
        *((claim, "x" * 257) for claim in ("given_name", "family_name")),
        *((claim, 7) for claim in ("given_name", "family_name", "birthdate", "birthplace", "preferred_username")),
        *(("gender", "F"), ("gender", ""), ("birthplace", "Ro\x00ma")),
    ],
)
def test_what_another_state_may_not_say(claim: str, value: object) -> None:
    with pytest.raises(InvalidIdentity) as refused:
        read_foreign_identity(GIULIA | {claim: value})
    assert refused.value.claim == claim


@pytest.mark.parametrize("sub", [None, "", "é", 1])
def test_another_state_names_its_citizen_in_ascii(sub: object) -> None:
    with pytest.raises(MissingSub):
        read_foreign_identity(GIULIA | {"sub": sub})
