"""The two languages of the pages and mails: English in the code, French in fr/LC_MESSAGES/messages.po."""

import gettext
from functools import cache
from pathlib import Path

LANGUAGES = ("fr", "en")
DEFAULT_LANGUAGE = "fr"


@cache
def translator(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English is the text itself."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", Path(__file__).parent, languages=[language])


def negotiate(asked: str | None, accept_language: str) -> str:
    """`asked` (?lang= or a cookie) when it is one of ours, else the first of ours the browser accepts, else French."""
    if asked in LANGUAGES:
        return str(asked)
    for part in accept_language.lower().split(","):
        if (language := part.strip()[:2]) in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE
