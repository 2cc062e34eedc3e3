"""Which of the two languages a browser is answered in (RFC 9110 §12.5.4)."""

import pytest

from fcsim_hub.translations import negotiate


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("", "fr"),
        ("*", "fr"),
        ("de", "fr"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("de,en;q=0.5", "en"),
        ("fr;q=0.1, en ; q=0.9", "en"),
        ("en;q=0,fr;q=0.1", "fr"),
        ("en;q=0", "fr"),
        ("en,fr", "en"),
        ("eng,frr", "fr"),
        ("garbage;;q=x,en;q=2", "fr"),
        ("en;q=0." + "9" * 5000, "fr"),
    ],
)
def test_the_language_liked_best_wins_and_the_first_among_equals(accept_language: str, language: str) -> None:
    assert negotiate(None, accept_language) == language


@pytest.mark.parametrize(("asked", "language"), [("en", "en"), ("fr", "fr"), ("xx", "fr"), (None, "fr")])
def test_a_language_asked_for_wins_when_it_is_one_of_ours(asked: str | None, language: str) -> None:
    assert negotiate(asked, "fr") == language
