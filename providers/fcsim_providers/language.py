"""French and English: ?lang=, then the cookie, then the browser, then French."""

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Flask, Response, g, request
from markupsafe import Markup

LANGUAGES = ("fr", "en")
COOKIE = "fcsim_lang"
COOKIE_SECONDS = 365 * 24 * 3600


@cache
def translator(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English is the text itself."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", Path(__file__).parent / "translations", languages=[language])


def current_language() -> str:
    """The language of this request's page."""
    if "language" not in g:
        # By weight; `fr-CA` is French.
        accepted = [tag.lower().partition("-")[0] for tag, weight in request.accept_languages if weight > 0]
        wanted = [request.args.get("lang"), request.cookies.get(COOKIE), *accepted]
        g.language = next((one for one in wanted if one in LANGUAGES), "fr")
    return str(g.language)


def speak(chosen: str) -> None:
    """Make this request's page one of a language, whoever asks."""
    g.language = chosen
    g.pop("write", None)


def write(text: str, **facts: object) -> Markup:
    """A text of a template in the language of this request, its facts escaped and put in."""
    told: Callable[..., Markup] | None = g.get("write")
    if told is None:
        told = g.write = writer(current_language())
    return told(text, **facts)


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
    # A global, so that macros of other templates know it too.
    app.jinja_env.globals["_"] = write
    app.context_processor(lambda: {"language": current_language(), "languages": LANGUAGES})
    app.after_request(_remember)


def _remember(response: Response) -> Response:
    if (asked := request.args.get("lang")) in LANGUAGES and response.mimetype == "text/html":
        response.set_cookie(COOKIE, str(asked), max_age=COOKIE_SECONDS, httponly=True, samesite="Lax")
    return response
