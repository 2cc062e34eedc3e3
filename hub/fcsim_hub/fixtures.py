"""Fixture files: the built-in ones, with folders laid over them file by file; read, expanded, not yet validated."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from fcsim_hub.config import Addresses, Settings, address_key
from fcsim_hub.domain.clients import Client, check_client, with_defaults
from fcsim_hub.domain.data_providers import DataProvider, check_data_provider
from fcsim_hub.domain.people import Person
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.providers import Provider, check_provider, without_fixture_keys
from fcsim_hub.domain.records import InvalidField, MalformedRecord
from fcsim_hub.storage.documents import first_problem, from_record

T = TypeVar("T")
Record = dict[str, Any]
FOLDERS = ("platforms", "clients", "providers", "data_providers", "people", "services")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class FixtureError(Exception):
    """A fixture that cannot be used: its file, the key, what was expected and what was found, on one line."""


@dataclass(frozen=True)
class Fixtures:
    """Every fixture file: folder -> file path -> record."""

    records: Mapping[str, Mapping[str, Record]]
    known: frozenset[str] = frozenset()
    """The platforms that have a file, served or not."""

    def folder(self, name: str) -> Mapping[str, Record]:
        """The files of one folder, in the order of their names."""
        return self.records[name]

    def platforms(self) -> dict[str, Platform]:
        """The platforms, by name."""
        read = self._each("platforms", lambda record: from_record(Platform, record))
        for path, platform in read.items():
            if platform.name != Path(path).stem:
                raise FixtureError(f"{path}: name: expected {Path(path).stem!r} as the file, found {platform.name!r}")
        return dict(sorted((platform.name, platform) for platform in read.values()))

    def people(self) -> dict[str, tuple[Person, str]]:
        """Name -> person and file."""
        read = self._each("people", lambda record: from_record(Person, record))
        return {Path(path).stem: (person, path) for path, person in read.items()}

    def clients(self, platform: Platform) -> "Kept[Client]":
        """File -> client of this platform."""
        return _keep(_of(platform, self._clients()), lambda record: _client(record, platform), "client_id")

    def _clients(self) -> dict[str, Record]:
        """The clients' own files, and the demo services' registrations."""
        services = self.folder("services").items()
        return {**self.folder("clients"), **{path: one["client"] for path, one in services if "client" in one}}

    def providers(self, platform: Platform) -> "Kept[Provider]":
        """File -> provider of this platform."""
        return _keep(_of(platform, self.folder("providers")), lambda record: _provider(record, platform), "uid")

    def data_providers(self, platform: Platform) -> "Kept[DataProvider]":
        """File -> data provider of this platform."""
        records = _of(platform, self.folder("data_providers"))
        return _keep(records, lambda record: _data_provider(record, platform), "client_id")

    def left_out(self, platform: Platform) -> list[str]:
        """Registrations that FranceConnect would not load, with the reason, a line each (§4, inside-the-hub §3.9)."""
        return [
            line
            for kept in (self.clients(platform), self.providers(platform), self.data_providers(platform))
            for line in kept.left_out
        ]

    def strays(self) -> list[str]:
        """Registrations on a platform that has no file: on no platform are they known, and a slip of the pen is."""
        expected = f"one of {', '.join(sorted(self.known))}"
        return [
            f"{path}: platform: expected {expected}, found {name!r}"
            for records in (self._clients(), self.folder("providers"), self.folder("data_providers"))
            for path, record in records.items()
            for name in _named(record.get("platform", ()))
            if str(name) not in self.known
        ]

    def _each(self, folder: str, read: Callable[[Record], T]) -> dict[str, T]:
        return _each(self.folder(folder), read)


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


def _of(platform: Platform, records: Mapping[str, Record]) -> dict[str, Record]:
    for path, record in records.items():
        if "platform" not in record:
            raise FixtureError(f"{path}: platform: expected the name of a platform, found none")
    return {path: record for path, record in records.items() if platform.name in _named(record["platform"])}


def _named(platforms: object) -> tuple[object, ...]:
    """The platforms of a record: one by its name, or several in a list."""
    return tuple(platforms) if isinstance(platforms, list) else (platforms,)


class Kept(dict[str, T]):
    """File -> registration, and why others were left out."""

    def __init__(self) -> None:
        super().__init__()
        self.left_out: list[str] = []


def _keep(records: Mapping[str, Record], read: Callable[[Record], T], key: str) -> Kept[T]:
    """A value FranceConnect refuses leaves its record out; a file that is no registration at all stops the start."""
    kept: Kept[T] = Kept()
    owners: dict[str, str] = {}
    for path, record in records.items():
        try:
            checked = read(record)
            if (owner := owners.setdefault(getattr(checked, key), path)) != path:
                raise InvalidField(key, "one that no other file has", f"that of {owner}")
            kept[path] = checked
        except MalformedRecord as malformed:
            raise FixtureError(f"{path}: {malformed}") from None
        except InvalidField as invalid:
            kept.left_out.append(f"{path}: {invalid}")
    return kept


def _each(records: Mapping[str, Record], read: Callable[[Record], T]) -> dict[str, T]:
    found = {}
    for path, record in records.items():
        try:
            found[path] = read(record)
        except InvalidField as invalid:
            raise FixtureError(f"{path}: {invalid}") from None
    return found


def fixture_error(invalid: ValidationError) -> FixtureError:
    """What a component refused of the fixtures, as one line."""
    first = invalid.errors(include_url=False)[0]
    location = first["loc"]
    if not location:
        # A rule across files: its text names the file and the key itself.
        return FixtureError(str(first.get("ctx", {}).get("error", first["msg"])))
    problem = first_problem(invalid)
    path = str(location[1]) if len(location) > 1 else "settings"
    key = ".".join(str(part) for part in location[2:]) or problem.key
    return FixtureError(f"{path}: {key}: expected {problem.expected}, found {problem.found}")


def built_in() -> Path:
    """The fixtures shipped with the package; in a checkout, the folder at its root."""
    here = Path(__file__).parent
    shipped = here / "built_in_fixtures"
    return shipped if shipped.is_dir() else here.parent.parent / "fixtures"


def platform_names(settings: Settings) -> tuple[str, ...]:
    """The platforms served, known before any address is: those that have a file, optional ones when asked for.

    Raises FixtureError when one asked for has no file.
    """
    files = {Path(path).stem: record for path, record in _read_folder("platforms", _layers(settings), None)}
    if missing := set(settings.extra_platforms) - files.keys():
        raise FixtureError(f"fixtures/platforms/{min(missing)}.toml: expected a platform file, found none")
    asked = settings.extra_platforms
    if homeless := [name for name in files if address_key(name) not in Addresses.model_fields]:
        raise FixtureError(f"fixtures/platforms/{homeless[0]}.toml: name: expected one that `urls` has, found another")
    return tuple(name for name, record in sorted(files.items()) if not record.get("optional") or name in asked)


def load_fixtures(settings: Settings) -> Fixtures:
    """Read every file, later folders over earlier ones, placeholders expanded. Raises FixtureError."""
    for folder in settings.fixtures:
        if not folder.is_dir():
            raise FixtureError(f"{folder}: expected a folder of fixtures, found none")
    places = {
        **settings.urls.model_dump(),
        **{f"{name}_internal": url for name, url in settings.internal.model_dump().items()},
    }
    records = {name: dict(_read_folder(name, _layers(settings), places)) for name in FOLDERS}
    served, known = platform_names(settings), frozenset(Path(path).stem for path in records["platforms"])
    records["platforms"] = {path: one for path, one in records["platforms"].items() if Path(path).stem in served}
    return Fixtures(records, known)


def _layers(settings: Settings) -> list[Path]:
    return [built_in(), *settings.fixtures]


def _read_folder(name: str, layers: Iterable[Path], places: Mapping[str, str] | None) -> Iterable[tuple[str, Record]]:
    """File -> record; without `places`, nothing is expanded."""
    files = {file.name: file for layer in layers for file in sorted((layer / name).glob("*.toml"))}
    for file in sorted(files.values(), key=lambda file: file.stem):
        yield str(file), _read_file(file, places)


def _read_file(file: Path, places: Mapping[str, str] | None) -> Record:
    try:
        record: Record = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise FixtureError(f"{file}: expected TOML, found: {failure}") from None
    return record if places is None else dict(_expand(record, places, str(file), ""))


def _expand(value: Any, places: Mapping[str, str], file: str, key: str) -> Any:
    """Replace {franceconnect} and the like, wherever a text holds one."""
    if isinstance(value, dict):
        return {name: _expand(one, places, file, f"{key}.{name}".lstrip(".")) for name, one in value.items()}
    if isinstance(value, list):
        return [_expand(one, places, file, f"{key}.{rank}") for rank, one in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replace(found: re.Match[str]) -> str:
        if found[1] not in places:
            raise FixtureError(
                f"{file}: {key}: expected one of {', '.join(sorted(places))} between braces, found {found[0]!r}"
            )
        return places[found[1]]

    return _PLACEHOLDER.sub(replace, value)
