"""The language of a page: ?lang=, then the cookie, the service's ui_locales, the browser, French."""

from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from markupsafe import Markup

from fcsim_hub.translations import LANGUAGES, negotiate, translator

COOKIE = "fcsim_lang"
COOKIE_SECONDS = 365 * 24 * 3600


def current_language() -> str:
    """The language chosen for this request."""
    if "language" not in g:
        explicit = asked_language() or _value(request.cookies, COOKIE)
        if explicit not in LANGUAGES:
            explicit = g.get("journey_language")
        locales = _value(request.args, "ui_locales")[:64].split()
        g.language = negotiate(explicit, ",".join((*locales, request.headers.get("Accept-Language", ""))))
    return str(g.language)


def asked_language() -> str:
    """The language of `?lang=`, empty where the address names none."""
    return _value(request.args, "lang")


def _value(values: Mapping[str, str], name: str) -> str:
    # Werkzeug's own `get` raises and catches an error for each value that is not there: on every request, twice.
    return values[name] if name in values else ""  # noqa: SIM401 - see above


def follow_journey(language: str, *, forced: bool = False) -> None:
    """Until the citizen chooses, pages keep the language their journey began in (the service may have asked one).

    `forced`: the citizen has no choice either.
    """
    if forced:
        g.language, g.language_forced = language, True
    g.journey_language = language


def force_english() -> None:
    """Back from another member state, pages are in English, those of errors too (inside-the-hub §5)."""
    follow_journey("en", forced=True)


@cache
def writer(language: str) -> Callable[..., Markup]:
    """What templates call `_`: a text of ours in a language, its facts escaped and put in."""
    translate, known = translator(language).gettext, dict[str, Markup]()

    def write(text: str, **facts: object) -> Markup:
        if (words := known.get(text)) is None:
            words = known[text] = Markup(translate(text))  # noqa: S704 - our own texts; the formatting escapes the facts
        return words % facts if facts else words

    return write


def install(app: Flask) -> None:
    """Let templates translate, and remember a ?lang= choice."""
    app.context_processor(_words)
    app.after_request(_remember)


def _words() -> dict[str, object]:
    language = current_language()
    return {
        "_": writer(language),
        "language": language,
        "languages": LANGUAGES,
        "language_url": _language_url,
        "languages_switch": "language_forced" not in g,  # a switch that changes nothing is worse than none
    }


def _language_url(language: str) -> str:
    """This page in another language, with all that it was asked."""
    return "?" + urlencode({**request.args.to_dict(flat=False), "lang": language}, doseq=True)


def _remember(response: Response) -> Response:
    if (asked := asked_language()) in LANGUAGES and response.mimetype == "text/html":
        response.set_cookie(COOKIE, asked, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax")
    return response
