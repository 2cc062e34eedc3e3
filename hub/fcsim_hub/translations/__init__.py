"""The two languages of the pages and mails: English in the code, French in fr/LC_MESSAGES/messages.po."""

import gettext
import re
from functools import cache, lru_cache
from pathlib import Path

LANGUAGES = ("fr", "en")
DEFAULT_LANGUAGE = "fr"
WEIGHT = re.compile(r"[01](\.\d{0,3})?")


@cache
def translator(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English is the text itself."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", Path(__file__).parent, languages=[language])


def negotiate(asked: str | None, accept_language: str) -> str:
    """`asked` (?lang= or a cookie) when it is one of ours, else the one of ours the browser likes best, else French."""
    if asked in LANGUAGES:
        return str(asked)
    return _preferred(accept_language[:1024].lower())


@lru_cache(maxsize=256)
def _preferred(accept_language: str) -> str:
    weighed = [_weigh(part) for part in accept_language.split(",")]
    # Equal weights keep the order they came in.
    for weight, language in sorted(weighed, key=lambda one: -one[0]):
        if weight > 0 and language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE


def _weigh(part: str) -> tuple[float, str]:
    """One language of Accept-Language with its weight (RFC 9110 §12.4.2); an unreadable weight counts as none."""
    tag, _, weight = part.replace(" ", "").partition(";q=")
    match = WEIGHT.fullmatch(weight or "1")
    return float(weight or "1") if match else 0.0, tag.partition("-")[0].partition(";")[0]
