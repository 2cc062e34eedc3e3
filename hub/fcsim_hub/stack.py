"""`fcsim up`: every application in one process, one listener each; `fcsim serve`: one of them."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import BaseModel

from fcsim_hub.app import create_app, make_hub
from fcsim_hub.clock import Clock, SystemClock
from fcsim_hub.components import COMPONENTS, Component
from fcsim_hub.config import Settings, is_loopback
from fcsim_hub.console.app import create_console
from fcsim_hub.console.context import ConsoleContext
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.realms import DEFAULT_WORLD, Realm
from fcsim_hub.fixture_files import platform_names
from fcsim_hub.fixtures import Fixtures, load_fixtures
from fcsim_hub.gateways.http import HttpCaller
from fcsim_hub.gateways.provider_accounts import ProviderAccounts
from fcsim_hub.gateways.smtp import Postman
from fcsim_hub.housekeeping import Housekeeper
from fcsim_hub.listeners import Listener, Served, WsgiApp, bind, bind_too
from fcsim_hub.spare_threads import SpareThreads
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.registrations import CLIENTS, DATA_PROVIDERS, PROVIDERS
from fcsim_hub.storage.rotation import ensure_keys
from fcsim_hub.storage.schema import upgrade, wait_for_others
from fcsim_hub.storage.sealed import Seal
from fcsim_hub.storage.seed import seed, seed_people

log = logging.getLogger("fcsim")

COMPANIONS = (*COMPONENTS, "console")
"""The applications beside the platforms of the hub."""
CONTROL_SECONDS = 6.0
"""How long the console waits for the providers."""


@dataclass
class Stack:
    """What runs in this process."""

    settings: Settings
    fixtures: Fixtures
    platforms: Mapping[str, Platform]
    served: list[Served] = field(default_factory=list)
    workers: list[Postman | Housekeeper] = field(default_factory=list)
    databases: list[Database] = field(default_factory=list)
    closing: list[Callable[[], None]] = field(default_factory=list)
    """What the companions hold open."""
    left_out: list[str] = field(default_factory=list)
    """Registrations that were not loaded, with the reason."""

    def start(self) -> None:
        """Answer requests."""
        for one in (*self.served, *self.workers):
            one.start()

    def stop(self) -> None:
        """Finish what is under way, then stop."""
        for one in (*self.workers, *self.served):
            one.stop()
        for close in (*self.closing, *(database.close for database in self.databases)):
            close()

    def leave_out(self, lines: Iterable[str]) -> None:
        """Note registrations that are unknown to the hub: said at start, in the log and at the console."""
        for line in lines:
            log.warning("left out: %s", line)
            self.left_out.append(line)

    def issuers(self) -> dict[str, str]:
        """Platform -> issuer."""
        urls = self.settings.urls
        return {name: platform.issuer(urls.of(name)) for name, platform in self.platforms.items()}

    def bases(self) -> dict[str, str]:
        """Platform -> the address below which its doors are."""
        urls = self.settings.urls
        return {name: platform.base(urls.of(name)) for name, platform in self.platforms.items()}


def build_stack(settings: Settings, names: tuple[str, ...] | None = None, clock: Clock | None = None) -> Stack:
    """Bind, read, migrate, seed, and compose the applications named, or all; nothing answers yet.

    Raises FixtureError, PortTaken, ForeignDatabase, KeysUnreadable.
    """
    asked = {*settings.extra_platforms, *(names or ())} - {*COMPANIONS}
    settings = settings.model_copy(update={"extra_platforms": tuple(sorted(asked))})
    names = names or (*platform_names(settings), *COMPANIONS)
    with ExitStack() as undo:
        listeners = {}
        for name in names:
            listeners[name] = bind(settings.host, settings.urls.port(name))
            undo.callback(lambda name=name: listeners[name].close())  # type: ignore[misc]  # binds the loop's value
        settings = _open_to_phones(settings, listeners)
        urls = settings.urls.with_ports({name: listener.port for name, listener in listeners.items()})
        stack = _compose(settings.model_copy(update={"urls": urls}), listeners, clock or SystemClock(), undo)
        undo.pop_all()
    return stack


def _open_to_phones(settings: Settings, listeners: dict[str, Listener]) -> Settings:
    """A phone reaches the providers, and nothing else of an installation that stays on the loopback."""
    if not settings.phones_elsewhere or "providers" not in listeners or not is_loopback(settings.host):
        return settings
    listeners["providers"], phone_url = bind_too(listeners["providers"], settings.phone_url)
    return settings.model_copy(update={"phone_url": phone_url})


def _compose(settings: Settings, listeners: Mapping[str, Listener], clock: Clock, undo: ExitStack) -> Stack:
    """The applications of these listeners; what is opened on the way is closed by `undo` when one of them fails."""
    fixtures = load_fixtures(settings)
    stack = Stack(settings, fixtures, fixtures.platforms())
    undo.callback(stack.stop)
    builders: dict[str, Callable[[], WsgiApp]] = {}
    for name, component in COMPONENTS.items():
        if name in listeners:
            given, stack.fixtures = component.accept(settings, stack.fixtures)
            builders[name] = partial(_component, stack, component, given, clock)
    stack.leave_out(stack.fixtures.left_out())
    spare: dict[str, SpareThreads] = {}
    if {"console", *stack.platforms} & set(listeners):
        database = _prepare_hub(stack, clock)
        builders["console"] = lambda: create_console(_console_context(stack, database, clock))
        for name, platform in stack.platforms.items():
            spare[name] = SpareThreads(settings.threads)
            builders[name] = lambda name=name, platform=platform: create_app(  # type: ignore[misc]  # binds the loop's values
                _hub(stack, platform, database, clock, spare[name])
            )
        stack.workers.append(Housekeeper(database, clock))
        if settings.smtp_url and set(stack.platforms) & set(listeners):
            stack.workers.append(Postman(database, settings.smtp_url.get_secret_value(), clock))
    for name, listener in listeners.items():
        threads = settings.threads * (2 if name == "console" else 1)
        stack.served.append(Served(name, builders[name](), listener, threads, spare.get(name)))
    return stack


def _prepare_hub(stack: Stack, clock: Clock) -> Database:
    """The hub's database: at this version's schema, holding what the fixtures say, with its keys."""
    settings = stack.settings
    if not settings.database_url:
        settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.hub_database)
    stack.databases.append(database)
    database.wait()
    upgrade(database)
    seal, now = Seal(settings.secret("secret_key")), clock.now()
    with database.write() as connection:
        wait_for_others(database, connection)
        seed_people(connection, DEFAULT_WORLD, stack.fixtures.people(), now)
        for platform in stack.platforms.values():
            realm = Realm(platform.name)
            seed(connection, realm, CLIENTS, stack.fixtures.clients(platform), now)
            seed(connection, realm, PROVIDERS, stack.fixtures.providers(platform), now)
            seed(connection, realm, DATA_PROVIDERS, stack.fixtures.data_providers(platform), now)
            for registrations in (CLIENTS, PROVIDERS, DATA_PROVIDERS):
                stack.leave_out(registrations.left_out(connection, realm))
            ensure_keys(connection, platform, realm, seal, now)
    return database


def _hub(stack: Stack, platform: Platform, database: Database, clock: Clock, spare: SpareThreads) -> Any:
    settings = stack.settings
    return make_hub(
        platform,
        database,
        base_url=settings.urls.of(platform.name),
        internal_url=settings.internal.of(platform.name),
        console_url=settings.urls.console,
        secret_key=settings.secret("secret_key"),
        clock=clock,
        while_waiting=spare.waiting,
    )


def _console_context(stack: Stack, database: Database, clock: Clock) -> ConsoleContext:
    return ConsoleContext(
        platforms=stack.platforms,
        issuers=stack.issuers(),
        bases=stack.bases(),
        database=database,
        clock=clock,
        urls=stack.settings.urls,
        internal_urls=stack.settings.internal,
        seal=Seal(stack.settings.secret("secret_key")),
        control_token=stack.settings.secret("control_token"),
        provider_accounts=ProviderAccounts(
            HttpCaller(CONTROL_SECONDS), stack.settings.internal.providers, stack.settings.secret("control_token")
        ),
        is_open=stack.settings.open_console,
        left_out=tuple(stack.left_out),
        sleep=time.sleep,
    )


def _component(stack: Stack, component: Component, given: BaseModel, clock: Clock) -> WsgiApp:
    app = component.make(given, clock)
    if close := app.extensions.get("close"):
        stack.closing.append(close)
    return app
