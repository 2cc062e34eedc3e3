"""French and English: ?lang=, then the cookie, then the browser, then French."""

import gettext
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

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


def write(text: str, **facts: object) -> Markup:
    """A text of a template in the language of this request, its facts escaped and put in."""
    if "translate" not in g:
        g.translate = translator(current_language()).gettext
    words = Markup(g.translate(text))  # noqa: S704 - our own texts; the facts are escaped by the formatting
    return words % facts if facts else words


def install(app: Flask) -> None:
    """Let templates translate, and remember a ?lang= choice."""
    app.jinja_env.globals["_"] = write
    app.context_processor(_words)
    app.after_request(_remember)


def _words() -> dict[str, object]:
    return {
        "language": current_language(),
        "languages": LANGUAGES,
        "language_url": _language_url,
        "languages_switch": request.method == "GET",  # what a form brought here is not at this address
    }


def _language_url(language: str) -> str:
    """This page in another language, with all that it was asked."""
    return "?" + urlencode({**request.args.to_dict(flat=False), "lang": language}, doseq=True)


def _remember(response: Response) -> Response:
    if (asked := request.args.get("lang")) in LANGUAGES and response.mimetype == "text/html":
        response.set_cookie(COOKIE, str(asked), max_age=COOKIE_SECONDS, httponly=True, samesite="Lax")
    return response
