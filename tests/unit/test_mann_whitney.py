"""The statistic that judges timings, on samples whose p-value is known."""

import random

import pytest

from support.mann_whitney import p_value

KNOWN = [
    # The example of scipy.stats.mannwhitneyu, method "asymptotic": U = 17.
    ([19, 22, 16, 29, 24], [20, 11, 17, 12], 0.11134688653314041),
    ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 1.0),
    ([7, 7, 7], [7, 7], 1.0),
    # By hand: U = 3, ties take 60, a deviation of 4.6398.
    ([1, 1, 2, 2, 3], [2, 3, 3, 4, 4], 0.05241),
]


@pytest.mark.parametrize(("one", "other", "expected"), KNOWN)
def test_the_value_is_the_known_one_whichever_sample_comes_first(
    one: list[float], other: list[float], expected: float
) -> None:
    assert p_value(one, other) == pytest.approx(expected, abs=1e-3)
    assert p_value(other, one) == pytest.approx(expected, abs=1e-3)


def test_samples_of_one_distribution_are_rarely_called_different_and_a_shift_always() -> None:
    draw = random.Random(7)  # noqa: S311  # a seed: the same samples every time
    alike = [p_value(*([draw.gauss(0, 1) for _ in range(200)] for _ in range(2))) for _ in range(200)]
    assert sum(p <= 0.01 for p in alike) <= 8
    shifted = p_value([draw.gauss(0, 1) for _ in range(2000)], [draw.gauss(0.3, 1) for _ in range(2000)])
    assert shifted < 1e-6
