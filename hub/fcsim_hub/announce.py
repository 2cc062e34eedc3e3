"""What `fcsim up` says once everything answers."""

import json
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.people import Person
from fcsim_hub.stack import Stack

READY_SECONDS = 20.0
SHOWN_PEOPLE = ("angela-dubois", "emily-carter", "anais-lea-d-almeida-n-diaye")
READY_CLIENT = "my-app"
"""How the file of a platform's client for an application under development begins."""
REDIRECT_URIS_SHOWN = 6


class NotReady(Exception):
    """An application did not answer in time."""


def wait_until_ready(stack: Stack) -> None:
    """Ask each application for its health until it answers. Raises NotReady."""
    ends_at = time.monotonic() + READY_SECONDS
    for served in stack.served:
        while not _answers(served.listener.port):
            if time.monotonic() > ends_at:
                raise NotReady(f"{served.name} does not answer on port {served.listener.port}")
            time.sleep(0.01)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def as_json(stack: Stack) -> str:
    """One object on one line, for programs."""
    urls = stack.settings.urls
    members: dict[str, object] = {
        name.replace("-", "_"): {"issuer": issuer} for name, issuer in stack.issuers().items()
    }
    members["providers"] = _providers(stack)
    members["demo"] = {"url": urls.demo}
    members["console"] = {"url": urls.console, "api": f"{urls.console}/api/v1"}
    return json.dumps(members, separators=(",", ":"))


def _providers(stack: Stack) -> dict[str, dict[str, Any]]:
    """Name -> issuer, and the uid on each platform; `uid` is the one on the first platform that has it."""
    found: dict[str, dict[str, Any]] = {}
    for name, platform in stack.platforms.items():
        for provider in stack.fixtures.providers(platform).values():
            first = {"issuer": provider.issuer, "uid": provider.uid, "uids": {}}
            found.setdefault(provider.name, first)["uids"][name] = provider.uid
    return found


def as_text(stack: Stack, *, ephemeral: bool) -> str:
    """The same for people: what to open, a ready client, whom to be."""
    urls = stack.settings.urls
    lines = ["", "  fcsim is ready. Everything here is simulated.", ""]
    places = {stack.platforms[name].title: issuer for name, issuer in stack.issuers().items()}
    places |= {"Demo services": urls.demo, "Console": urls.console}
    width = max(16, *(len(title) + 2 for title in places))
    lines += [*(f"  {title:<{width}}{place}" for title, place in places.items()), ""]
    lines += [f"  Left out, and unknown to the hub: {line}" for line in stack.left_out]
    lines += _client_lines(stack)
    lines += _people_lines(stack)
    kept = "nothing is kept after the end" if ephemeral else f"data kept in {stack.settings.data}"
    return "\n".join([*lines, f"  {kept} · Ctrl-C stops", ""])


def _client_lines(stack: Stack) -> list[str]:
    lines: list[str] = []
    for platform in stack.platforms.values():
        for path, client in stack.fixtures.clients(platform).items():
            if Path(path).stem.startswith(READY_CLIENT):
                lines += [f"  A client ready for your app, on {platform.title}", *_credentials(client), ""]
    return lines


def _credentials(client: Client) -> list[str]:
    """What to copy; of the redirect URIs the first ones, the console has them all."""
    first, more = client.redirect_uris[:REDIRECT_URIS_SHOWN], client.redirect_uris[REDIRECT_URIS_SHOWN:]
    return [
        f"  {'client_id':<16}{client.client_id}",
        f"  {'client_secret':<16}{client.client_secret}",
        "  redirect_uris",
        *(f"    {uri}" for uri in first),
        *([f"    and {len(more)} more, at the console"] if more else []),
    ]


def _people_lines(stack: Stack) -> list[str]:
    people = stack.fixtures.people()
    shown = [name for name in SHOWN_PEOPLE if name in people] or list(people)[:3]
    lines = ["  Three people (identity provider: what to type)"]
    for name in shown:
        person, _ = people[name]
        lines.append(f"  {person.given_names[0]} {person.family_name}: {_accounts(person)}")
    return [*lines, ""]


def _accounts(person: Person) -> str:
    return " · ".join(
        f"{slug}: {account.login} / {account.password}" for slug, account in list(person.accounts.items())[:3]
    )
