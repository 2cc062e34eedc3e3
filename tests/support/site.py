"""The addresses of a running fcsim, and its control API as a test in any language would call it."""

import json
from dataclasses import dataclass, replace
from typing import Any

from urllib3 import BaseHTTPResponse, PoolManager, Retry

from fcsim_hub.domain.people import Person
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.gateways.visitor import Traveller
from fcsim_hub.stack import Stack

HTTP = PoolManager(retries=Retry(0, redirect=False), maxsize=8)

PEOPLE: dict[int, dict[str, Person]] = {}
UIDS: dict[tuple[int, str], dict[str, str]] = {}
"""What the fixture files of a stack hold, read once: they are asked for in every second test."""


def call(method: str, url: str, **more: Any) -> BaseHTTPResponse:
    """One HTTP request, no redirect followed."""
    return HTTP.request(method, url, redirect=False, **more)


@dataclass(frozen=True)
class Site:
    """A running fcsim, seen from one of its platforms."""

    stack: Stack
    name: str = "franceconnect"

    def on(self, platform: str) -> "Site":
        """The same fcsim, seen from another of its platforms."""
        return replace(self, name=platform)

    @property
    def plus(self) -> "Site":
        """The same fcsim, seen from FranceConnect+."""
        return self.on("franceconnect-plus")

    @property
    def platform(self) -> Platform:
        """The platform as its file says."""
        return self.stack.platforms[self.name]

    @property
    def place(self) -> str:
        """Where the control API has what belongs to the platform."""
        return f"/platforms/{self.name}"

    @property
    def level(self) -> str:
        """The lowest level that the platform serves."""
        return str(min(self.platform.levels))

    @property
    def issuer(self) -> str:
        return self.stack.issuers()[self.name]

    @property
    def hub(self) -> str:
        return self.issuer.removesuffix(self.platform.prefix)

    @property
    def demo(self) -> str:
        return self.stack.settings.urls.demo

    @property
    def providers(self) -> str:
        return self.stack.settings.urls.providers

    @property
    def console(self) -> str:
        return self.stack.settings.urls.console

    def api(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON of a call to the control API."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        answer = call(
            method, f"{self.console}/api/v1{path}", body=json.dumps(body) if body is not None else None, headers=headers
        )
        return answer.status, json.loads(answer.data) if answer.data else None

    def uid(self, provider: str) -> str:
        """The uid of a provider of the platform by its name."""
        if (known := UIDS.get((id(self.stack), self.name))) is None:
            found = self.stack.fixtures.providers(self.platform).values()
            known = UIDS[id(self.stack), self.name] = {one.name: one.uid for one in found}
        return known[provider]

    def person(self, name: str) -> Person:
        """A person of the fixture files."""
        if (known := PEOPLE.get(id(self.stack))) is None:
            known = PEOPLE[id(self.stack)] = {
                name: person for name, (person, _) in self.stack.fixtures.people().items()
            }
        return known[name]

    def traveller(self, person: str = "angela-dubois", provider: str = "impots") -> Traveller:
        """Who logs in, and where."""
        account = self.person(person).accounts[provider]
        return Traveller(person=person, provider_uid=self.uid(provider), login=account.login, password=account.password)

    def events(self, flow: str, among: int = 1000) -> list[dict[str, Any]]:
        """The events of one flow, oldest first, among the newest of the platform."""
        _, found = self.api("GET", f"/events?platform={self.name}&limit={among}")
        return [event for event in found if event["flow"] == flow]
