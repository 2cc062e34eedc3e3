"""The Mann-Whitney U test, by the normal approximation with correction for ties: no scientific library is needed."""

import math
from collections.abc import Sequence
from itertools import groupby


def p_value(one: Sequence[float], other: Sequence[float]) -> float:
    """How likely a difference of ranks at least this large is when both samples are of one distribution (two-sided)."""
    size, other_size = len(one), len(other)
    total = size + other_size
    ranks, ties = _ranks(one, other)
    u = ranks - size * (size + 1) / 2
    variance = size * other_size / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance == 0:
        return 1.0  # every value is the same
    distance = max(abs(u - size * other_size / 2) - 0.5, 0.0)  # continuity
    return math.erfc(distance / math.sqrt(2 * variance))


def _ranks(one: Sequence[float], other: Sequence[float]) -> tuple[float, int]:
    """The sum of the first sample's ranks, equal values sharing theirs; and what ties take from the variance."""
    pooled = sorted([(value, 1) for value in one] + [(value, 0) for value in other])
    ranks, ties, before = 0.0, 0, 0
    for _, group in groupby(pooled, key=lambda pair: pair[0]):
        owners = [owner for _, owner in group]
        ranks += sum(owners) * (before + (len(owners) + 1) / 2)
        ties += len(owners) ** 3 - len(owners)
        before += len(owners)
    return ranks, ties
