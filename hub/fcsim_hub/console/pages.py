"""What people look at: where to plug an application, who may log in, what was sent, why something failed."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from fcsim_hub.console.context import ConsoleContext, current_console
from fcsim_hub.console.mails import existing_mail, summary
from fcsim_hub.console.openapi import document
from fcsim_hub.domain.dates import machine_time, paris_words
from fcsim_hub.domain.errors.base import errors_by_code
from fcsim_hub.domain.errors.unmet import never_met
from fcsim_hub.domain.ledger import LEDGER
from fcsim_hub.domain.people import Person
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.realms import Realm
from fcsim_hub.gateways.message import make_message, write_letter
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.events import list_events
from fcsim_hub.storage.outbox import list_mails
from fcsim_hub.storage.people import list_people
from fcsim_hub.storage.registrations import CLIENTS, PROVIDERS
from fcsim_hub.web.language import current_language
from fcsim_hub.web.pages import render_page

blueprint = Blueprint("pages", __name__, template_folder="templates")

READY_CLIENT = "my-app"
"""How the file of a platform's ready client begins."""
SHOWN = 5
MAIL_CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A mail is shown in a frame that runs nothing; its styles are inline, as mails must have them."""
VIEWS = ("html", "text", "raw")


def when(moment: float) -> Markup:
    """A moment as the pages show it, at the time of Paris."""
    words = paris_words(moment, current_language())
    return Markup('<time datetime="{}">{}</time>').format(machine_time(moment), words)


@blueprint.get("/")
def home() -> Response:
    """Where to plug an application, and what just happened."""
    console = current_console()
    with console.database.read() as connection:
        platforms = [_overview(console, connection, name) for name in console.platforms]
        mails = [summary(mail) for mail in list_mails(connection, console.world, limit=SHOWN)]
        people = sorted(list_people(connection, console.world).items(), key=lambda one: one[1].persona or "~")
    return _page(
        "home.html",
        platforms=platforms,
        clients=[(one["platform"], client) for one in platforms for client in one["clients"]][:SHOWN],
        logins=sorted((login for one in platforms for login in one["logins"]), key=_latest_first)[:SHOWN],
        mails=mails,
        people=people[:SHOWN],
        urls=console.urls,
        left_out=console.left_out,
    )


def _overview(console: ConsoleContext, connection: Connection, name: str) -> dict[str, Any]:
    platform, realm = console.platform(name)
    clients = CLIENTS.list(connection, realm)
    ready = [client for client, origin in clients if Path(origin).stem.startswith(READY_CLIENT)]
    return {
        "platform": platform,
        "issuer": console.issuers[name],
        "base": console.bases[name],
        "clients": [client for client, _ in clients],
        "ready": ready[0] if ready else None,
        "logins": _logins(connection, platform, realm),
    }


def _logins(connection: Connection, platform: Platform, realm: Realm) -> list[dict[str, Any]]:
    """The last logins of a platform, with the words for it and for the provider."""
    titles = {one.uid: one.title for one, _ in PROVIDERS.list(connection, realm)}
    ended = [one for one in list_events(connection, realm, limit=500) if one["event"] == "FC_REDIRECTED_TO_SP"]
    return [
        login | {"platform": platform.title, "provider": titles.get(login["idpId"], login["idpId"])}
        for login in ended[-SHOWN:]
    ]


def _latest_first(login: dict[str, Any]) -> float:
    return -float(login["time"])


@blueprint.get("/people")
def people() -> Response:
    """Everyone, with what to type."""
    console = current_console()
    wanted = request.args.get("q", "").strip()
    with console.database.read() as connection:
        found = list_people(connection, console.world)
    shown = {name: one for name, one in found.items() if wanted.lower() in _searched(name, one)}
    return _page("people.html", people=shown, total=len(found), wanted=wanted)


def _searched(name: str, person: Person) -> str:
    return f"{name} {person.family_name} {person.summary} {person.summary_fr}".lower()


@blueprint.get("/clients")
def clients() -> Response:
    """Every registration."""
    console = current_console()
    with console.database.read() as connection:
        found = {name: CLIENTS.list(connection, console.platform(name)[1]) for name in console.platforms}
    return _page("clients.html", clients=found, platforms=console.platforms)


@blueprint.get("/mails")
def mails() -> Response:
    """The mailbox."""
    console = current_console()
    to, flow = request.args.get("to", ""), request.args.get("flow", "")
    with console.database.read() as connection:
        found = [summary(mail) for mail in list_mails(connection, console.world, to=to, flow=flow)]
    return _page("mails.html", mails=found, to=to)


@blueprint.get("/mails/<mail_id>")
def mail(mail_id: str) -> Response:
    """One mail, as HTML, text or raw."""
    found = existing_mail(mail_id)
    view = request.args.get("view", "html")
    letter = write_letter(found.notice)
    raw = make_message(found.notice).as_string() if view == "raw" else ""
    response = _page(
        "mail.html", mail=summary(found), view=view if view in VIEWS else "html", views=VIEWS, letter=letter, raw=raw
    )
    response.headers["Content-Security-Policy"] += "; frame-src 'self'"
    return response


@blueprint.get("/mails/<mail_id>/body")
def mail_body(mail_id: str) -> Response:
    """The HTML of a mail, for the frame of its page."""
    response = Response(write_letter(existing_mail(mail_id).notice).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_CSP
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/errors")
def errors() -> Response:
    """The catalogue of error codes."""
    return _page("errors.html", catalogue=errors_by_code(), never_met=never_met())


@blueprint.get("/differences")
def differences() -> Response:
    """The fidelity ledger."""
    return _page("differences.html", ledger=LEDGER)


@blueprint.get("/support")
def support() -> Response:
    """What the support button of an error page sends."""
    names = ("platform", "error_code", "error_id", "sp_name", "idp_name")
    return _page("support.html", received={name: request.args[name][:200] for name in names if name in request.args})


@blueprint.get("/api")
def api() -> Response:
    """The control API, for reading."""
    return _page("api.html", paths=document()["paths"])


def _page(template: str, **facts: Any) -> Response:
    return render_page(f"console/{template}", when=when, here=request.path, **facts)
