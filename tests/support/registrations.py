"""Fixtures of a few registrations, on the platforms of the built-in files."""

from typing import Any

from fcsim_hub.config import Settings
from fcsim_hub.fixtures import REGISTRATIONS, Fixtures, load_fixtures

LOADED = load_fixtures(Settings())
PLATFORMS = LOADED.platforms()


def fixtures_of(folder: str, *records: dict[str, Any]) -> Fixtures:
    """These registrations and no other, in files called 0.toml, 1.toml..."""
    registrations: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in REGISTRATIONS}
    registrations[folder] = {f"{rank}.toml": record for rank, record in enumerate(records)}
    return Fixtures({"platforms": LOADED.folder("platforms"), **registrations}, LOADED.known_platforms)
