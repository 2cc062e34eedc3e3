"""What the fixture files say: a wrong platform or person stops the start, a wrong registration is left out and said."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fcsim_hub.config import Settings
from fcsim_hub.domain.clients import Client, check_client, with_defaults
from fcsim_hub.domain.data_providers import DataProvider, check_data_provider
from fcsim_hub.domain.people import Person
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.providers import Provider, check_provider, without_fixture_keys
from fcsim_hub.domain.records import InvalidField
from fcsim_hub.fixture_files import FixtureError, Record, platform_files, platform_names, read_folder
from fcsim_hub.storage.documents import from_record, problem_of

T = TypeVar("T")
REGISTRATIONS = ("clients", "services", "providers", "data_providers")
"""Folders whose bad files are left out while the rest runs (service-provider-side §4, inside-the-hub §3.9)."""
FOLDERS = ("platforms", "people", *REGISTRATIONS)
USUAL_PLATFORM = "franceconnect"
"""The platform of a registration that names none: the member is optional (service-provider-side §4)."""


class Kept(dict[str, T]):
    """File -> registration; of other files, why they are none."""

    def __init__(self) -> None:
        super().__init__()
        self.left_out: dict[str, str] = {}


@dataclass(frozen=True)
class Registered:
    """What one platform knows."""

    clients: Kept[Client]
    providers: Kept[Provider]
    data_providers: Kept[DataProvider]

    @property
    def kinds(self) -> tuple[Kept[Client], Kept[Provider], Kept[DataProvider]]:
        """All of them."""
        return self.clients, self.providers, self.data_providers


@dataclass(frozen=True)
class Fixtures:
    """Every fixture file: folder -> file path -> record."""

    records: Mapping[str, Mapping[str, Record]]
    known_platforms: Collection[str]
    """Platforms that have a file, served or not."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """File -> why it is left out, whatever its platform."""

    def folder(self, name: str) -> Mapping[str, Record]:
        """The files of one folder, in the order of their names."""
        return self.records[name]

    def platforms(self) -> dict[str, Platform]:
        """The platforms served, by name. Raises FixtureError."""
        return self._platforms

    def people(self) -> dict[str, tuple[Person, str]]:
        """Name -> person and file. Raises FixtureError."""
        return self._people

    def clients(self, platform: Platform) -> Kept[Client]:
        """File -> client of this platform: the clients' own files, and the demo services' registrations."""
        return self._registered[platform.name].clients

    def providers(self, platform: Platform) -> Kept[Provider]:
        """File -> provider of this platform."""
        return self._registered[platform.name].providers

    def data_providers(self, platform: Platform) -> Kept[DataProvider]:
        """File -> data provider of this platform."""
        return self._registered[platform.name].data_providers

    def left_out(self) -> list[str]:
        """Files that are unknown to the hub, with the reason, a line each: one that several platforms refuse, once."""
        lines = [f"{path}: {why}" for path, why in self.refused.items()]
        for registered in self._registered.values():
            lines += [f"{path}: {why}" for kept in registered.kinds for path, why in kept.left_out.items()]
        return list(dict.fromkeys(lines))

    def in_use(self, folder: str) -> dict[str, Record]:
        """The files of a folder of registrations that a platform served has taken."""
        taken = {path for one in self._registered.values() for kept in one.kinds for path in kept}
        return {path: record for path, record in self.records[folder].items() if path in taken}

    def without(self, refused: Mapping[str, str]) -> "Fixtures":
        """The same, less the files that a component refuses: file -> why."""
        return replace(self, refused={**self.refused, **refused})

    @cached_property
    def _platforms(self) -> dict[str, Platform]:
        read = _each(self.records["platforms"], lambda record: from_record(Platform, record))
        for path, platform in read.items():
            if platform.name != Path(path).stem:
                raise FixtureError(f"name: expected {Path(path).stem!r} as the file, found {platform.name!r}", path)
        return dict(sorted((platform.name, platform) for platform in read.values()))

    @cached_property
    def _people(self) -> dict[str, tuple[Person, str]]:
        read = _each(self.records["people"], lambda record: from_record(Person, record))
        return {Path(path).stem: (person, path) for path, person in read.items()}

    @cached_property
    def _registered(self) -> dict[str, Registered]:
        """Platform served -> its registrations."""
        return {
            name: Registered(
                clients=self._keep(("clients", "services"), platform, _client, "client_id"),
                providers=self._keep(("providers",), platform, _provider, "uid"),
                data_providers=self._keep(("data_providers",), platform, _data_provider, "client_id"),
            )
            for name, platform in self._platforms.items()
        }

    def _keep(
        self, folders: Collection[str], platform: Platform, read: Callable[[Record, Platform], T], key: str
    ) -> Kept[T]:
        kept: Kept[T] = Kept()
        owners: dict[str, str] = {}
        files = [(folder, path, one) for folder in folders for path, one in self.records[folder].items()]
        for folder, path, record in files:
            if path in self.refused:
                continue
            registration, where = (_registration(record), "client.") if folder == "services" else (record, "")
            try:
                if platform.name not in _platforms_of(registration, self.known_platforms):
                    continue
                checked = read(registration, platform)
                if (owner := owners.setdefault(getattr(checked, key), path)) != path:
                    raise InvalidField(key, "one that no other file has", f"that of {owner}")
                kept[path] = checked
            except InvalidField as invalid:
                kept.left_out[path] = f"{where}{invalid}"
        return kept


def _registration(service: Record) -> Record:
    """The part of a demo service's file that the hub reads."""
    client = service.get("client")
    return client if isinstance(client, dict) else {}


def _platforms_of(record: Record, known: Collection[str]) -> Collection[str]:
    """The platforms of a record: one by its name, or several in a list."""
    named = record.get("platform", [])
    names: list[object] = named if isinstance(named, list) else [named]
    unknown = [repr(name)[:80] for name in names if name not in [*known]]
    if unknown or not names:
        raise InvalidField("platform", f"one of {', '.join(sorted(known))}", ", ".join(unknown) or "none")
    return [str(name) for name in names]


def _client(record: Record, platform: Platform) -> Client:
    members = {key: value for key, value in record.items() if key != "platform"}
    client = from_record(Client, with_defaults(members, platform))
    check_client(client, platform)
    return client


def _provider(record: Record, platform: Platform) -> Provider:
    provider = from_record(Provider, without_fixture_keys(record))
    check_provider(provider, platform)
    return provider


def _data_provider(record: Record, platform: Platform) -> DataProvider:
    provider = from_record(DataProvider, {key: value for key, value in record.items() if key != "platform"})
    check_data_provider(provider, platform)
    return provider


def _each(records: Mapping[str, Record], read: Callable[[Record], T]) -> dict[str, T]:
    found = {}
    for path, record in records.items():
        try:
            found[path] = read(record)
        except InvalidField as invalid:
            raise FixtureError(str(invalid), path) from None
    return found


def refused_registrations(invalid: ValidationError) -> dict[str, str]:
    """What a component refuses of the files of registrations: file -> why.

    Raises FixtureError when it refuses something else.
    """
    refused: dict[str, str] = {}
    for error in invalid.errors(include_url=False):
        path, why = _in_file(error)
        if error["loc"][:1] not in {(folder,) for folder in REGISTRATIONS}:
            raise FixtureError(why, path)
        refused.setdefault(path, why)
    return refused


def _in_file(error: ErrorDetails) -> tuple[str, str]:
    """The file that one of pydantic's errors is about, and what is wrong there; it is at (folder, file, key...)."""
    location = error["loc"]
    if not location:
        # A rule across files: its text names the file and the key itself.
        return "", str(error.get("ctx", {}).get("error", error["msg"]))
    problem = problem_of(error)
    path = str(location[1]) if len(location) > 1 else "settings"
    key = ".".join(str(part) for part in location[2:]) or problem.key
    return path, f"{key}: expected {problem.expected}, found {problem.found}"


def load_fixtures(settings: Settings) -> Fixtures:
    """Read every file, later folders over earlier ones. Raises FixtureError."""
    served = platform_names(settings)
    records: dict[str, dict[str, Record]] = {}
    refused: dict[str, str] = {}
    for name in FOLDERS:
        records[name], unread = read_folder(settings, name)
        if unread and name not in REGISTRATIONS:
            path, why = next(iter(unread.items()))
            raise FixtureError(why, path)
        refused |= unread
    for name in REGISTRATIONS:
        for record in records[name].values():
            registration = _registration(record) if name == "services" else record
            registration.setdefault("platform", USUAL_PLATFORM)
    records["platforms"] = {path: one for path, one in records["platforms"].items() if Path(path).stem in served}
    return Fixtures(records, platform_files(settings).keys(), refused)
