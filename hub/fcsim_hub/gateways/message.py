"""A notice as a mail: words from the templates, one and the same message however often it is made."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from fcsim_hub.domain.dates import paris_time
from fcsim_hub.domain.notices import Notice
from fcsim_hub.translations import translator


@dataclass(frozen=True)
class Letter:
    """The words of a notice."""

    subject: str
    text: str
    html: str


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("fcsim_hub", "templates/mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translator(language), newstyle=True)  # type: ignore[attr-defined]  # added by the i18n extension
    return environment


def write_letter(notice: Notice) -> Letter:
    """The notice in the language the citizen was reading."""
    environment = _environment(notice.language)
    facts = {"notice": notice, "when": paris_time(notice.created_at, notice.language)}
    return Letter(
        subject=_subject(notice),
        text=environment.get_template(f"{notice.kind}.txt").render(facts),
        html=environment.get_template(f"{notice.kind}.html").render(facts),
    )


def _subject(notice: Notice) -> str:
    gettext = translator(notice.language).gettext
    subjects = {
        "connection": gettext("Sign-in alert: service “%(service)s” with %(platform)s"),
        "code": gettext("Your code to sign in with %(provider)s"),
    }
    facts = {"service": notice.service, "platform": notice.platform, "provider": notice.provider}
    return one_line(subjects[notice.kind] % facts)


def one_line(text: str) -> str:
    """A text that cannot start a header of its own."""
    return " ".join(text.split())


def make_message(notice: Notice) -> EmailMessage:
    """The MIME message; its Message-ID, date and boundary depend on the notice alone."""
    letter = write_letter(notice)
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = f"NE PAS REPONDRE (simulateur) <{notice.sender}>"
    message["To"] = one_line(notice.to)
    message["Date"] = format_datetime(datetime.fromtimestamp(notice.created_at, UTC))
    message["Message-ID"] = f"<{notice.id}@fcsim.test>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message.set_boundary(f"=_{notice.id}")
    return message
