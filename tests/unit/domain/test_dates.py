"""Moments in words, at the time of Paris."""

from datetime import UTC, datetime

import pytest

from fcsim_hub.domain.dates import machine_time, paris_words


@pytest.mark.parametrize(
    ("moment", "french", "english"),
    [
        (datetime(2026, 1, 31, 23, 5, 9, tzinfo=UTC), "1er février 2026 à 00:05:09", "1 February 2026 at 00:05:09"),
        (datetime(2026, 8, 2, 22, 0, tzinfo=UTC), "3 août 2026 à 00:00:00", "3 August 2026 at 00:00:00"),
    ],
)
def test_a_moment_is_read_at_paris_in_winter_and_in_summer(moment: datetime, french: str, english: str) -> None:
    assert paris_words(moment.timestamp(), "fr") == french
    assert paris_words(moment.timestamp(), "en") == english
    assert machine_time(moment.timestamp()) == moment.isoformat()
