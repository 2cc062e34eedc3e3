"""A login without a browser: the real journey, walked over HTTP for a test in any language."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify

from fcsim_hub.console.context import ConsoleContext, current_console
from fcsim_hub.console.problem import Problem, invalid, read_json
from fcsim_hub.domain.people import PersonAccount, find_helper
from fcsim_hub.domain.providers import Provider
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.gateways.visitor import Arrival, Traveller, Visitor, WalkFailed
from fcsim_hub.storage.people import find_person, list_people
from fcsim_hub.storage.registrations import PROVIDERS

blueprint = Blueprint("logins", __name__)

MEMBERS = ("authorization_url", "person", "provider")


@blueprint.post("/logins")
def log_in() -> Response:
    """Walk from an authorization URL to the service's redirect_uri, which is left for the caller to fetch."""
    console = current_console()
    asked = _read(read_json())
    platform = _platform_of(console, asked["authorization_url"])
    provider = _provider(console, platform, asked["provider"])
    account = _account(console, asked["person"], provider)
    traveller = Traveller(
        person=asked["person"], provider_uid=provider.uid, login=account.login, password=account.password
    )
    try:
        end = Visitor(reach=console.reach).walk(asked["authorization_url"], traveller)
    except WalkFailed as failure:
        raise Problem(502, "The journey could not be walked", str(failure)) from None
    if isinstance(end, Arrival):
        return jsonify(redirect_to=end.redirect_to, flow_id=end.flow_id)
    page = {"code": end.code, "status": end.status, "title": end.title, "url": end.url}
    detail = f"the journey ended on {end.code or end.title} (status {end.status})"
    raise Problem(422, "The journey ended on a page", detail, error=page, flow_id=end.flow_id)


def _read(members: dict[str, object]) -> dict[str, str]:
    for key in members.keys() - set(MEMBERS):
        raise invalid(InvalidField(key, f"one of {', '.join(MEMBERS)}", "an unknown member"))
    for key in MEMBERS:
        if not isinstance(members.get(key), str) or not members[key]:
            raise invalid(InvalidField(key, "a text that is not empty", repr(members.get(key))[:80]))
    return {key: str(members[key]) for key in MEMBERS}


def _platform_of(console: ConsoleContext, url: str) -> str:
    """The platform an authorization URL belongs to: nothing else is ever called."""
    for name, issuer in console.issuers.items():
        here, there = urlsplit(issuer), urlsplit(url)
        if (here.scheme, here.netloc) == (there.scheme, there.netloc):
            return name
    raise invalid(
        InvalidField("authorization_url", f"an address of {', '.join(console.issuers.values())}", repr(url)[:120])
    )


def _provider(console: ConsoleContext, platform: str, wanted: str) -> Provider:
    _, realm = console.platform(platform)
    with console.database.read() as connection:
        for provider, _ in PROVIDERS.list(connection, realm):
            if wanted in (provider.uid, provider.name):
                return provider
    raise Problem(404, "Unknown provider", f"no provider of {platform} has the name or uid {wanted[:64]!r}")


def _account(console: ConsoleContext, name: str, provider: Provider) -> PersonAccount:
    with console.database.read() as connection:
        person = find_person(connection, console.world, name)
        if person is None:
            raise Problem(404, "Unknown person", f"nobody is called {name[:64]!r}")
        own = person.accounts.get(provider.name)
        if own and not own.mandates:
            return own
        helper = find_helper(list_people(connection, console.world).values(), name, provider.name)
    if helper is not None:
        return helper
    if own:
        helped = ", ".join(own.mandates)
        raise Problem(404, "No such account", f"{name} acts for others at {provider.name}: name one of {helped}")
    has = ", ".join(person.accounts) or "none"
    raise Problem(404, "No such account", f"{name} has no account at {provider.name}; accounts: {has}")
