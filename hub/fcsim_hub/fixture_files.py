"""Reading fixture files: the built-in ones, with folders laid over them file by file; placeholders expanded."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fcsim_hub.config import Addresses, Settings, address_key

Record = dict[str, Any]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class FixtureError(Exception):
    """A fixture that cannot be used: its file, the key, what was expected and what was found, on one line."""

    def __init__(self, problem: str, path: Path | str = "") -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = str(path)
        self.problem = problem


def built_in() -> Path:
    """The fixtures shipped with the package; in a checkout, the folder at its root."""
    here = Path(__file__).parent
    shipped = here / "built_in_fixtures"
    return shipped if shipped.is_dir() else here.parent.parent / "fixtures"


def platform_files(settings: Settings) -> dict[str, Record]:
    """Name -> file of each platform, served or not, nothing expanded: they are known before any address is.

    Raises FixtureError for a platform without an address.
    """
    found = {}
    for file in _files(settings, "platforms"):
        found[file.stem] = _read(file)
        if address_key(file.stem) not in Addresses.model_fields:
            raise FixtureError("name: expected one that `urls` has, found another", f"fixtures/platforms/{file.name}")
    return found


def platform_names(settings: Settings) -> tuple[str, ...]:
    """The platforms served: those that have a file, optional ones when asked for.

    Raises FixtureError when one asked for has no file.
    """
    files, asked = platform_files(settings), settings.extra_platforms
    if missing := set(asked) - files.keys():
        raise FixtureError("expected a platform file, found none", f"fixtures/platforms/{min(missing)}.toml")
    return tuple(name for name, record in sorted(files.items()) if not record.get("optional") or name in asked)


def read_folder(settings: Settings, name: str) -> tuple[dict[str, Record], dict[str, str]]:
    """File -> record of one folder, in the order of their names; file -> why it could not be read, of the others.

    Raises FixtureError for a folder of the settings that is not there.
    """
    places = {
        **settings.urls.model_dump(),
        **{f"{place}_internal": url for place, url in settings.internal.model_dump().items()},
    }
    records, unread = {}, {}
    for file in _files(settings, name):
        try:
            records[str(file)] = dict(_expand(_read(file), places, ""))
        except FixtureError as wrong:
            unread[str(file)] = wrong.problem
    return records, unread


def _files(settings: Settings, name: str) -> Iterator[Path]:
    for folder in settings.fixtures:
        if not folder.is_dir():
            raise FixtureError("expected a folder of fixtures, found none", folder)
    layers = [built_in(), *settings.fixtures]
    files = {file.name: file for layer in layers for file in sorted((layer / name).glob("*.toml"))}
    yield from sorted(files.values(), key=lambda file: file.stem)


def _read(file: Path) -> Record:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise FixtureError(f"expected TOML, found: {failure}", file) from None
    except OSError as failure:
        raise FixtureError(f"expected a file that can be read, found: {failure.strerror}", file) from None


def _expand(value: Any, places: Mapping[str, str], key: str) -> Any:
    """Replace {franceconnect} and the like, wherever a text holds one."""
    if isinstance(value, dict):
        return {name: _expand(one, places, f"{key}.{name}".lstrip(".")) for name, one in value.items()}
    if isinstance(value, list):
        return [_expand(one, places, f"{key}.{rank}") for rank, one in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replace(found: re.Match[str]) -> str:
        if found[1] not in places:
            # This goes to logs: a secret is not quoted, not even its part between braces.
            shown = "another name" if key.endswith(("secret", "password")) else repr(found[0])
            raise FixtureError(f"{key}: expected one of {', '.join(sorted(places))} between braces, found {shown}")
        return places[found[1]]

    return _PLACEHOLDER.sub(replace, value)
