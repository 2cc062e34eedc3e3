"""eIDAS levels, row by row (service-provider-side §6.4, inside-the-hub §10.1, §10.2)."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcsim_hub.domain.errors import HubError
from fcsim_hub.domain.levels import Level, asked_level, check_answered_level, level_to_ask, level_to_return, sso_level

ONE, TWO, THREE = Level.EIDAS1, Level.EIDAS2, Level.EIDAS3


@pytest.mark.parametrize(
    ("sent", "low", "high"),
    [
        ("eidas1", ONE, ONE),
        ("eidas2", TWO, TWO),
        ("eidas3", THREE, THREE),
        ("eidas2 eidas3", TWO, TWO),
        ("eidas3 eidas2", TWO, TWO),
        ("eidas1 eidas2 eidas3", ONE, ONE),
        ("inconnu", ONE, THREE),
        ("eidas2 inconnu", TWO, TWO),
        ("", ONE, THREE),
        ("eidas1\u00a0eidas2", ONE, THREE),  # one word that is no level: only spaces separate
        ("EIDAS2", ONE, THREE),
    ],
)
def test_the_level_asked(sent: str, low: Level, high: Level) -> None:
    assert asked_level(sent, ONE) is low
    assert asked_level(sent, THREE) is high


@pytest.mark.parametrize(
    ("asked", "allowed", "sent"), [(ONE, (ONE, TWO), ONE), (TWO, (THREE,), THREE), (THREE, (TWO, THREE), THREE)]
)
def test_the_level_asked_of_a_provider(asked: Level, allowed: tuple[Level, ...], sent: Level) -> None:
    assert level_to_ask(asked, allowed) is sent


@pytest.mark.parametrize(
    ("asked", "answered", "allowed", "expected"),
    [
        (TWO, "eidas2", (TWO, THREE), TWO),
        (TWO, "eidas3", (TWO, THREE), THREE),
        (THREE, "eidas2", (TWO, THREE), "Y100001"),
        (THREE, "eidas3", (THREE,), THREE),
        (TWO, "eidas1", (ONE, TWO), "Y100001"),
        (TWO, "eidas3", (TWO,), "Y100018"),
        (ONE, "eidas2", (ONE, TWO), TWO),
        (ONE, "eidas2", (ONE,), "Y100018"),
        (ONE, "eidas4", (ONE,), "Y100001"),
        (ONE, "loa2", (ONE,), "Y100001"),
        (ONE, None, (ONE,), "Y100002"),
    ],
)
def test_the_level_answered(asked: Level, answered: str | None, allowed: tuple[Level, ...], expected: object) -> None:
    if isinstance(expected, Level):
        assert check_answered_level(asked, answered, allowed) is expected
        return
    with pytest.raises(HubError) as refused:
        check_answered_level(asked, answered, allowed)
    assert refused.value.code == expected


def test_the_level_returned_is_capped_to_the_platform() -> None:
    assert level_to_return(ONE, TWO, [ONE]) is ONE
    assert level_to_return(TWO, THREE, [TWO, THREE]) is THREE


def test_single_sign_on_lowers_the_level_to_an_allowed_one() -> None:
    assert sso_level(THREE, [TWO]) is TWO
    with pytest.raises(HubError) as refused:
        sso_level(ONE, [TWO])
    assert refused.value.code == "Y520001"


ALLOWED = [set_ for size in (1, 2, 3) for set_ in combinations(Level, size)]
PLATFORMS = {(ONE,): (ONE, [ONE]), (TWO, THREE): (THREE, [TWO])}
"""Levels a platform serves -> its default, and its levels for single sign-on."""


@given(
    asked=st.sampled_from(Level),
    allowed=st.sampled_from(ALLOWED),
    answered=st.sampled_from([*Level, "eidas4", "loa2", "EIDAS3", "eidas3 ", "", None]),
    served=st.sampled_from(list(PLATFORMS)),
    then=st.sampled_from(Level),
)
def test_h147_no_path_gives_a_level_above_what_the_provider_asserted_nor_below_what_was_asked(
    asked: Level, allowed: tuple[Level, ...], answered: str | None, served: tuple[Level, ...], then: Level
) -> None:
    _, sso_levels = PLATFORMS[served]
    if asked not in served:
        return  # refused before any provider is met
    is_fit = answered in allowed and answered >= asked
    if not is_fit:
        with pytest.raises(HubError) as refused:
            check_answered_level(asked, answered, allowed)
        assert refused.value.code in ("Y100001", "Y100002", "Y100018")
        return
    given_ = level_to_return(asked, check_answered_level(asked, answered, allowed), served)
    assert asked <= given_ <= Level(answered)
    assert given_ in served
    if then in sso_levels and given_ >= then:
        assert then <= sso_level(given_, sso_levels) <= given_


@given(
    words=st.lists(st.sampled_from([*Level, "inconnu", "EIDAS1", "eidas10", "x\u00e9"])), default=st.sampled_from(Level)
)
def test_the_level_asked_is_the_weakest_known_one_whatever_the_order(words: list[str], default: Level) -> None:
    known = [word for word in words if word in tuple(Level)]
    assert asked_level(" ".join(words), default) == (min(known) if known else default)
    assert asked_level(" ".join(reversed(words)), default) == asked_level(" ".join(words), default)
