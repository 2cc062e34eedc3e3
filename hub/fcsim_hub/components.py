"""The applications that the hub knows by name only: what each is given, and what it refuses of the fixtures."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flask import Flask
from pydantic import BaseModel, ValidationError

from fcsim_hub.clock import Clock
from fcsim_hub.config import Settings
from fcsim_hub.fixtures import Fixtures, refused_registrations


@dataclass(frozen=True)
class Component:
    """An application of another package."""

    package: str
    settings_class: str
    values: Callable[[Settings, Fixtures], dict[str, Any]]
    """What its settings are made of."""
    tells_time: bool = False
    """Whether it is given a clock."""

    def accept(self, settings: Settings, fixtures: Fixtures) -> tuple[BaseModel, Fixtures]:
        """Its settings, and the fixtures less the registrations that it refuses.

        Raises FixtureError when it refuses anything else, with the file and the key.
        """
        settings_class: type[BaseModel] = getattr(import_module(f"{self.package}.config"), self.settings_class)
        while True:
            try:
                return settings_class.model_validate(self.values(settings, fixtures)), fixtures
            except ValidationError as invalid:
                fixtures = fixtures.without(refused_registrations(invalid))

    def make(self, given: BaseModel, clock: Clock) -> Flask:
        """The application of these settings."""
        app: Flask = import_module(f"{self.package}.app").create_app(given, *([clock.now] if self.tells_time else []))
        return app


def _providers(settings: Settings, fixtures: Fixtures) -> dict[str, Any]:
    if not settings.providers_database_url:
        settings.data.mkdir(parents=True, exist_ok=True)
    platforms = fixtures.platforms()
    bases = {name: platform.base(settings.urls.of(name)) for name, platform in platforms.items()}
    return {
        "public_url": settings.urls.providers,
        "database_url": settings.providers_database,
        "callbacks": {name: [f"{base}/oidc-callback"] for name, base in bases.items()},
        "logout_callbacks": {name: [f"{base}/client/logout-callback"] for name, base in bases.items()},
        "hub_keys": {
            name: f"{settings.internal.of(name)}{platform.prefix}/client/.well-known/keys"
            for name, platform in platforms.items()
        },
        "console_url": settings.internal.console,
        **{name: settings.secret(name) for name in ("control_token", "secret_key")},
        **{name: getattr(settings, name) for name in ("phone_url", "test_logins", "limit_logins")},
        "providers": {path: one for path, one in fixtures.in_use("providers").items() if "simulator" in one},
        # Of every file: one whose registration is left out may describe the provider of another.
        "personalities": [one["simulator"] for one in fixtures.folder("providers").values() if "simulator" in one],
        "people": fixtures.folder("people"),
    }


def _demo(settings: Settings, fixtures: Fixtures) -> dict[str, Any]:
    return {
        "public_url": settings.urls.demo,
        "secret_key": settings.secret("secret_key"),
        "keys_folder": settings.data / "demo-keys",
        "platforms": {
            name: {
                "issuer": platform.issuer(settings.urls.of(name)),
                "internal_base": platform.base(settings.internal.of(name)),
                "title": platform.title,
            }
            for name, platform in fixtures.platforms().items()
        },
        "internal_url": settings.internal.demo,
        "services": fixtures.in_use("services"),
        "data_providers": fixtures.in_use("data_providers"),
    }


COMPONENTS = {
    "providers": Component("fcsim_providers", "ProvidersSettings", _providers, tells_time=True),
    "demo": Component("fcsim_demo", "DemoSettings", _demo),
}
