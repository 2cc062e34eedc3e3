"""A demo service and the hub it trusts, both of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fcsim_demo.app import create_app
from fcsim_demo.config import DemoSettings
from support.fake_hub import FakeHub

SERVICE = {
    "monogram": "X",
    "accent": "#000000",
    "accent_dark": "#ffffff",
    "scope": "openid given_name",
    "fr": {"title": "Essai", "purpose": "Essayer."},
    "en": {"title": "Trial", "purpose": "Try."},
}
CLIENT = {"platform": "franceconnect", "client_id": "trial", "client_secret": "secret"}


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    yield fake
    fake.served.stop()


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the keys of the demo are kept: made once, RSA keys take their time."""
    return tmp_path_factory.mktemp("demo-keys")


@pytest.fixture
def make(hub: FakeHub, keys_folder: Path) -> Callable[..., Any]:
    """A browser at a demo whose one service is registered as told."""

    def make(registered: dict[str, Any] | None = None, **changes: Any) -> Any:
        settings = {
            "public_url": "http://localhost",
            "secret_key": "key",
            "keys_folder": keys_folder,
            "platforms": {
                "franceconnect": {"issuer": hub.issuer, "internal_base": hub.issuer, "title": "FranceConnect"}
            },
            "services": {
                "fixtures/services/trial.toml": SERVICE | changes | {"client": CLIENT | (registered or {})},
            },
        }
        return create_app(DemoSettings.model_validate(settings)).test_client()

    return make


@pytest.fixture
def client(make: Callable[..., Any]) -> Any:
    """A browser at a demo whose service registered no encryption."""
    return make()
