"""The collaborators of the console, found on `app.extensions`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app

from fcsim_hub.clock import Clock
from fcsim_hub.config import Addresses
from fcsim_hub.console.problem import Problem
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.realms import DEFAULT_WORLD, Realm
from fcsim_hub.gateways.provider_accounts import ProviderAccounts
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.sealed import Seal

EXTENSION = "fcsim_console"


@dataclass(frozen=True, kw_only=True)
class ConsoleContext:
    """Everything a view needs."""

    platforms: Mapping[str, Platform]
    issuers: Mapping[str, str]
    bases: Mapping[str, str]
    """Platform -> the address below which its doors are."""
    database: Database
    clock: Clock
    seal: Seal
    sleep: Callable[[float], None]
    urls: Addresses
    internal_urls: Addresses
    control_token: str
    """What the providers prove themselves with, and everyone on a console that is not open."""
    provider_accounts: ProviderAccounts
    is_open: bool = True
    """Whether everyone who reaches the console may use it; otherwise, those who hold the control token."""
    left_out: tuple[str, ...] = ()
    """Registrations of fixture files that were not loaded, with the reason."""
    world: str = DEFAULT_WORLD

    @property
    def reach(self) -> dict[str, str]:
        """Public base URL -> the address this console reaches it at."""
        return dict(zip(self.urls.model_dump().values(), self.internal_urls.model_dump().values(), strict=True))

    @contextmanager
    def change(self) -> Iterator[Connection]:
        """One transaction, and one at a time in every process: what was read in it is still so when it is changed."""
        with self.database.write() as connection:
            connection.take_turn(f"control {self.world}")
            yield connection

    def accounts(self, name: str) -> Realm:
        """Where the accounts of a platform are, another's where it shares them; raises Problem 404."""
        platform, _ = self.platform(name)
        return Realm(platform.account_platform, self.world)

    def platform(self, name: str) -> tuple[Platform, Realm]:
        """The platform of an address and its realm; raises Problem 404."""
        if (found := self.platforms.get(name)) is None:
            raise Problem(404, "Unknown platform", f"expected one of {', '.join(self.platforms)}, found {name[:64]!r}")
        return found, Realm(name, self.world)


def current_console() -> ConsoleContext:
    """The collaborators of this request's application."""
    context: ConsoleContext = current_app.extensions[EXTENSION]
    return context
