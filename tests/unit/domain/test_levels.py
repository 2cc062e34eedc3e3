"""eIDAS levels, row by row (service-provider-side §6.4, inside-the-hub §10.1, §10.2)."""

import pytest

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
