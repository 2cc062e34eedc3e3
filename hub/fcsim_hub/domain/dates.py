"""Moments as people read them: in words, at the time of Paris, as the real service writes (inside-the-hub §13.1)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


def paris_time(moment: float, language: str) -> str:
    """A moment in the sentence of a mail, as people in France write it."""
    local = datetime.fromtimestamp(moment, UTC).astimezone(PARIS)
    if language == "fr":
        return f"le {local:%d} {MONTHS['fr'][local.month - 1]} {local:%Y} à {local:%H:%M}"
    return f"on {local.day} {MONTHS['en'][local.month - 1]} {local:%Y} at {local:%H:%M} (Paris time)"


def paris_words(moment: float, language: str) -> str:
    """A moment to the second, for a page: what is quoted to support, what is compared with a log."""
    local = datetime.fromtimestamp(moment, UTC).astimezone(PARIS)
    day = "1er" if language == "fr" and local.day == 1 else str(local.day)
    at = "à" if language == "fr" else "at"
    return f"{day} {MONTHS[language][local.month - 1]} {local:%Y} {at} {local:%H:%M:%S}"


def machine_time(moment: float) -> str:
    """The same moment for programs: the `datetime` of a page's `time`."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
