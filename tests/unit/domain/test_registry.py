"""The registry's matching: each rule, and that storage's keys never hide a candidate (inside-the-hub §9.7).

It answers with values: no XML is read, so nothing of H145 can be sent.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcsim_hub.domain.identity import ProviderIdentity
from fcsim_hub.domain.matching import RULES, match
from fcsim_hub.domain.registry import (
    KEY_MAX,
    Answer,
    Echo,
    Echoes,
    Found,
    Nobody,
    Rectified,
    RegistryQuestion,
    RegistryRecord,
    Rejected,
    TimedOut,
    Unavailable,
    Unusable,
    UsageNameOnly,
    candidate_keys,
    normalise,
    record_keys,
    registry_identity,
    stored_date,
)
from fcsim_hub.storage import tables

CLAIRE = RegistryRecord(
    id="claire",
    birth_name="MOREAU",
    usage_name="LEFÈVRE",
    given_names=("Claire", "Sophie"),
    birthdate="1983-07-19",
    sex="female",
    birthplace="35238",
    birthcountry="99100",
)
ASKED = RegistryQuestion(
    family_name="Moreau", given_name="claire sophie", birthdate="1983-07-19", gender="female", place="35238"
)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, Found(CLAIRE)),
        ({"family_name": "LEFEVRE"}, UsageNameOnly()),
        ({"family_name": "MOREAUX"}, Rectified(CLAIRE, ("family_name",))),
        ({"given_name": "Claire"}, Rectified(CLAIRE, ("given_name",))),
        ({"gender": "male"}, Rectified(CLAIRE, ("gender",))),
        ({"birthdate": "1983-07-00"}, Rectified(CLAIRE, ("birthdate",))),
        ({"birthdate": "1983-00-00"}, Rectified(CLAIRE, ("birthdate",))),
        ({"place": "35001"}, Rectified(CLAIRE, ("place",))),
        ({"place": "75107"}, Echo()),
        ({"birthdate": "1983-07-20"}, Echo()),
        ({"family_name": "MARTIN"}, Echo()),
        ({"family_name": "MARTIN", "gender": "male"}, Echo()),
        ({"family_name": "MARTIN", "gender": "male", "given_name": "Claire"}, Echo()),
        ({"family_name": "MARTIN", "gender": "male", "given_name": "Paul"}, Nobody()),
        ({"birthdate": "1983-00-19"}, Rejected()),
        ({"place": "AAAAA"}, Rejected()),
        ({"gender": "X"}, Rejected()),
        ({"given_name": " - "}, Rejected()),
    ],
)
def test_the_answer_to_a_question(changes: dict[str, str], answer: Answer) -> None:
    assert match(replace(ASKED, **changes), [CLAIRE]) == answer


def test_homonyms_are_several_echoes_and_pending_rows_invisible() -> None:
    assert match(ASKED, [CLAIRE, replace(CLAIRE, id="other")]) == Echoes()
    assert match(ASKED, [replace(CLAIRE, status="pending")]) == Nobody()


def test_the_order_of_the_rules_is_the_sheets() -> None:
    assert [rule.__name__ for rule in RULES] == [
        *("check_question", "find_forced", "find_same", "find_by_usage_name", "find_rectified", "find_echoes")
    ]


@pytest.mark.parametrize(
    ("forced", "answer"),
    [
        ("E010004", Echo()),
        ("E010006", Echoes()),
        ("E010007", UsageNameOnly()),
        ("E010008", Nobody()),
        ("E010009", Rejected()),
        ("E010011", TimedOut()),
        ("E010012", Unavailable()),
        ("E010013", Unusable(2)),
        ("E010099", Unusable(99)),
    ],
)
def test_an_answer_can_be_forced_for_one_person(forced: str, answer: Answer) -> None:
    other = replace(CLAIRE, id="other", birth_name="AUTRE")
    assert match(ASKED, [replace(CLAIRE, forced=forced), other]) == answer
    assert match(replace(ASKED, family_name="AUTRE"), [replace(CLAIRE, forced=forced), other]) == Found(other)


def test_whom_the_question_fits_comes_before_a_forced_answer_about_somebody_a_letter_apart() -> None:
    near = replace(CLAIRE, id="a", birth_name=CLAIRE.birth_name + "S", forced="E010006")
    assert match(ASKED, [near, CLAIRE]) == Found(CLAIRE)
    assert match(ASKED, [near, replace(CLAIRE, forced="E010004")]) == Echo()
    assert match(ASKED, [near]) == Echoes()


@pytest.mark.parametrize("forced", ["E010015", "E010016"])
def test_a_forced_death_finds_the_person_dead(forced: str) -> None:
    answer = match(ASKED, [replace(CLAIRE, forced=forced)])
    assert isinstance(answer, Found)
    assert answer.record.death_date


def test_a_birth_abroad_is_asked_by_its_country_unless_the_place_looks_like_a_code() -> None:
    identity = ProviderIdentity(
        sub="x",
        given_name="V",
        family_name="A",
        gender="male",
        birthdate="1963-12-05",  # type: ignore[arg-type]
        birthplace="Alger",
        birthcountry="99352",
        email="a@b.test",
    )
    assert RegistryQuestion.about(identity).place == "99352"
    assert RegistryQuestion.about(replace(identity, birthplace="90900")).place == "90900"


@pytest.mark.parametrize(
    ("text", "stored"),
    [("1977-03-12", "1977-03-12"), ("1977-03", "1977-03-00"), ("1961", "1961-00-00"), ("1961-00-00", "1961-00-00")],
)
def test_a_date_as_the_registry_writes_it_is_stored_with_its_unknown_parts(text: str, stored: str) -> None:
    """inside-the-hub §9.2."""
    assert stored_date(text) == stored


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Œuvré-d'Ælis  ", "OEUVRE D AELIS"),
        ("Wójcik", "WOJCIK"),
        ("Łukasz", "LUKASZ"),
        ("D’ALMÉIDA-N'DIAYE", "D ALMEIDA N DIAYE"),
    ],
)
def test_names_are_compared_without_accents_hyphens_and_apostrophes(name: str, plain: str) -> None:
    assert normalise(name) == plain


def test_the_identity_of_a_record_has_a_complete_date_and_no_place_abroad() -> None:
    record = replace(CLAIRE, birthdate="1977-03-00", birthplace="90900", birthcountry="99352")
    identity = registry_identity(record)
    assert (identity.birthdate, identity.birthplace, identity.given_name) == ("1977-03-01", "", "Claire Sophie")


NAMES = st.sampled_from(["MOREAU", "MOREAUX", "LEFÈVRE", "MARTIN"])
GIVEN = st.sampled_from([("Claire", "Sophie"), ("Claire",), ("Paul",)])
DATES = st.sampled_from(["1983-07-19", "1983-07-00", "1983-00-00", "1984-07-19"])
PLACES = st.sampled_from(["35238", "35001", "75107"])
SEXES = st.sampled_from(["female", "male"])


@settings(max_examples=400)
@given(
    st.tuples(NAMES, GIVEN, DATES, PLACES, SEXES),
    st.tuples(NAMES, GIVEN, DATES, PLACES, SEXES),
)
def test_a_record_that_could_answer_always_shares_a_key_with_the_question(asked: Any, held: Any) -> None:
    name, given_name, date, place, sex = asked
    other, held_names, held_date, held_place, held_sex = held
    record = replace(
        CLAIRE, birth_name=other, given_names=held_names, birthdate=held_date, birthplace=held_place, sex=held_sex
    )
    question = RegistryQuestion(
        family_name=name, given_name=" ".join(given_name), birthdate=date, gender=sex, place=place
    )
    if not isinstance(match(question, [record]), Nobody | Rejected):
        assert set(candidate_keys(question)) & set(record_keys(record))


@pytest.mark.parametrize("name", ["';--", 'D"%_', "😀", "=1+1", "LE_OIR", "(DIT X)", "Ω", "x" * 200])
def test_h150_every_character_of_a_name_counts(name: str) -> None:
    record, asked = replace(CLAIRE, birth_name=name), replace(ASKED, family_name=name)
    assert match(asked, [record]) == Found(record)
    assert match(asked, [replace(CLAIRE, birth_name="D LE OIR DIT X")]) != Found(CLAIRE)
    assert set(candidate_keys(asked)) & set(record_keys(record))


@pytest.mark.parametrize(
    "name", ["d'almeida-n'diaye", "D’ALMÉIDA‐N´DIAYE", " D ALMEIDA  N\u00a0DIAYE", "D-Alméida N`Diaye"]
)
def test_hyphens_apostrophes_and_spaces_are_one(name: str) -> None:
    assert normalise(name) == "D ALMEIDA N DIAYE"


def test_long_names_have_keys_that_storage_has_room_for() -> None:
    """A name has up to 256 characters, and its key opens ligatures."""
    long = replace(CLAIRE, birth_name="Œ" * 256, given_names=("Œ" * 256,))
    question = replace(ASKED, family_name="Œ" * 256, given_name="Œ" * 256)
    assert max(map(len, record_keys(long))) == KEY_MAX == tables.registry_keys.c.search_key.type.length
    assert set(candidate_keys(question)) <= set(record_keys(long))
