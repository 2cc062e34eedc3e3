"""How the registry answers: a literal list of rules, the first that has an answer gives it.

INSEE's real matching is not public; this one is deterministic, pure and replaceable (inside-the-hub §9.7).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from fcsim_hub.domain.identity import FRANCE, is_birthdate, is_cog
from fcsim_hub.domain.registry import (
    FORCED,
    FORCED_DEATH,
    Answer,
    Echo,
    Echoes,
    Found,
    Nobody,
    Rectified,
    RegistryQuestion,
    RegistryRecord,
    Rejected,
    UsageNameOnly,
    normalise,
)

Rule = Callable[[RegistryQuestion, Sequence[RegistryRecord]], Answer | None]


def match(question: RegistryQuestion, candidates: Sequence[RegistryRecord]) -> Answer:
    """The registry's answer: the first rule that has one."""
    visible = [record for record in candidates if record.status == "certified"]
    for rule in RULES:
        if (answer := rule(question, visible)) is not None:
            return answer
    return Nobody()


def check_question(question: RegistryQuestion, _records: Sequence[RegistryRecord]) -> Answer | None:
    """A malformed question is rejected, whoever is asked about."""
    well_formed = (
        normalise(question.family_name)
        and normalise(question.given_name)
        and is_birthdate(question.birthdate)
        and question.gender in ("male", "female", "unspecified")
        and is_cog(question.place)
    )
    return None if well_formed else Rejected()


def find_forced(question: RegistryQuestion, records: Sequence[RegistryRecord]) -> Answer | None:
    """The answer that a test forced for the person asked about, whatever the civil status says.

    Asked about one by one, people made for tests may be a letter apart: whom the question fits comes before whom it
    nearly fits.
    """
    same = [record for record in records if not differences(question, record)]
    for record in same or records:
        if not record.forced:
            continue
        if isinstance(match(question, [replace(record, forced="")]), Found | Rectified | UsageNameOnly):
            return FORCED[record.forced] or Found(replace(record, death_date=FORCED_DEATH))
    return None


def find_same(question: RegistryQuestion, records: Sequence[RegistryRecord]) -> Answer | None:
    """The five features agree: one person is found, several are homonyms."""
    same = [record for record in records if not differences(question, record)]
    return Echoes() if len(same) > 1 else Found(same[0]) if same else None


def find_by_usage_name(question: RegistryQuestion, records: Sequence[RegistryRecord]) -> Answer | None:
    """The name sent is a person's usage name, all else agreeing."""
    name = normalise(question.family_name)
    named = [
        one for one in records if normalise(one.usage_name) == name and differences(question, one) == {"family_name"}
    ]
    return UsageNameOnly() if named else None


def find_rectified(question: RegistryQuestion, records: Sequence[RegistryRecord]) -> Answer | None:
    """One person agrees but for one feature, that one being close."""
    near = [(record, found) for record in records if (found := _small_difference(question, record))]
    return Rectified(near[0][0], (near[0][1],)) if len(near) == 1 else None


def find_echoes(question: RegistryQuestion, records: Sequence[RegistryRecord]) -> Answer | None:
    """Persons who share three features, or place, date and first given name."""
    close = [record for record in records if _is_close(question, record)]
    return Echoes() if len(close) > 1 else Echo() if close else None


RULES: tuple[Rule, ...] = (
    check_question,
    find_forced,
    find_same,
    find_by_usage_name,
    find_rectified,
    find_echoes,
)


def differences(question: RegistryQuestion, record: RegistryRecord) -> set[str]:
    """The features that do not agree."""
    pairs = {
        "family_name": (normalise(question.family_name), normalise(record.birth_name)),
        "given_name": (normalise(question.given_name), normalise(" ".join(record.given_names))),
        "birthdate": (question.birthdate, record.birthdate),
        "gender": (question.gender, record.sex),
        "place": (question.place, record.place),
    }
    return {feature for feature, (asked, held) in pairs.items() if asked != held}


def _small_difference(question: RegistryQuestion, record: RegistryRecord) -> str | None:
    """The one feature to set right; None when more differ, or when it differs by too much."""
    different = differences(question, record)
    if len(different) != 1:
        return None
    (feature,) = different
    return feature if _is_near(feature, question, record) else None


def _is_near(feature: str, question: RegistryQuestion, record: RegistryRecord) -> bool:
    """Whether the difference is one that a registry sets right by itself."""
    match feature:
        case "family_name":
            return _one_edit(normalise(question.family_name), normalise(record.birth_name))
        case "given_name":
            return _first(question.given_name) == _first(" ".join(record.given_names))
        case "birthdate":
            return _partly_same(question.birthdate, record.birthdate)
        case "place":
            return record.birthcountry == FRANCE and question.place[:2] == record.place[:2]
        case _:
            return True


def _first(given_name: str) -> str:
    return normalise(given_name.split(" ")[0])


def _partly_same(one: str, other: str) -> bool:
    """A partial date against a full one: equal once the unknown parts are left out."""
    if "-00" not in one + other:
        return False
    pairs = zip(one.split("-"), other.split("-"), strict=True)
    return all(left == right or "00" in (left, right) for left, right in pairs)


def _one_edit(one: str, other: str) -> bool:
    """At most one letter added, removed or replaced."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    same = next((rank for rank, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


def _is_close(question: RegistryQuestion, record: RegistryRecord) -> bool:
    different = differences(question, record)
    if len(different) <= 2:
        return True
    return not different & {"place", "birthdate"} and _first(question.given_name) == _first(
        " ".join(record.given_names)
    )
