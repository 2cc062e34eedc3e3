"""Settings: a TOML file, then FCSIM_* variables (nested by `__`), then the command line. Unknown keys are refused."""

import os
import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from threading import get_ident
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

CONFIG_FILE = "fcsim.toml"


class Addresses(BaseModel):
    """Base URLs of the applications, without a trailing slash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    franceconnect: str = "http://localhost:8000"
    """The hub's platform FranceConnect."""
    franceconnect_plus: str = "http://localhost:8001"
    """The hub's platform FranceConnect+, where a platform file makes it exist."""
    franceconnect_v1: str = "http://localhost:8002"
    """The hub's platform FranceConnect v1, when it is asked for."""
    providers: str = "http://localhost:8010"
    """The identity providers."""
    demo: str = "http://localhost:8020"
    """The demo services."""
    console: str = "http://localhost:8080"
    """The console and its control API."""

    def of(self, name: str) -> str:
        """The address of an application, by the name `fcsim serve` knows it by."""
        return str(getattr(self, address_key(name)))

    def port(self, name: str) -> int:
        """Its port; 0 asks for a free one."""
        return int(self.of(name).rpartition(":")[2].partition("/")[0])

    def with_ports(self, ports: Mapping[str, int]) -> "Addresses":
        """The addresses, once the free ports asked for are known."""
        found = {
            address_key(name): f"{self.of(name).rpartition(':')[0]}:{port}"
            for name, port in ports.items()
            if self.port(name) == 0
        }
        return self.model_copy(update=found)


def address_key(name: str) -> str:
    """The setting that holds an application's address."""
    return name.replace("-", "_")


class Settings(BaseSettings):
    """Everything that can be set; `fcsim config` prints the effective values."""

    model_config = SettingsConfigDict(
        env_prefix="FCSIM_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        nested_model_default_partial_update=True,
    )
    host: str = "127.0.0.1"
    """The address to listen on; anything but loopback is reachable by others."""
    data: Path = Field(default_factory=lambda: default_data_folder())
    """Where the databases and the installation's secrets are kept."""
    database_url: SecretStr | None = None
    """The hub's database; a SQLite file in `data` by default."""
    providers_database_url: SecretStr | None = None
    """The providers' database; a SQLite file in `data` by default."""
    smtp_url: SecretStr | None = None
    """Where notifications are delivered (smtp://user:password@host:port); none: they stay in the console."""
    secret_key: SecretStr | None = None
    """Signs cookies and encrypts sessions and keys at rest; kept in `data` by default."""
    control_token: SecretStr | None = None
    """Shared by the console and the providers; kept in `data` by default."""
    fixtures: tuple[Path, ...] = ()
    """Folders that add to the built-in fixtures, or override them file by file."""
    extra_platforms: tuple[str, ...] = ()
    """Optional platforms to serve besides the others, as `--with` does: `franceconnect-v1`."""
    urls: Addresses = Addresses()
    """What browsers see."""
    internal_urls: Addresses | None = None
    """What the applications call each other; the same as `urls` unless they live in containers."""
    phone_url: str = ""
    """Where a real phone reaches the providers (http://192.168.1.20:8010): listened on for them, and in QR codes."""
    open_test_logins: bool = False
    """Offer quick login and the testers' panels also where others reach the providers, by `host` or `phone_url`, and
    the console without token where others reach it, by `host`."""
    limit_logins: bool = True
    """Refuse typed logins for a while after ten failures of one login, or a hundred of one address."""
    threads: int = Field(default=4, ge=1, le=64)
    """Threads serving each application; the console has twice as many, because tests wait there for mails. A platform
    has more while several of them wait for a provider."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line wins over the environment, which wins over the file."""
        file = os.environ.get("FCSIM_CONFIG") or (CONFIG_FILE if Path(CONFIG_FILE).is_file() else None)
        toml = (TomlConfigSettingsSource(settings_cls, toml_file=file),) if file else ()
        return (init_settings, env_settings, *toml)

    @property
    def test_logins(self) -> bool:
        """Whether testers may log in as anybody with one click: the providers are out of reach, or it was allowed."""
        return self.open_test_logins or (is_loopback(self.host) and not self.phones_elsewhere)

    @property
    def open_console(self) -> bool:
        """Whether the console asks for no token: nobody else reaches it, or it was allowed."""
        return self.open_test_logins or is_loopback(self.host)

    @property
    def phones_elsewhere(self) -> bool:
        """Whether `phone_url` is an address of the network."""
        return bool(self.phone_url) and not is_loopback(urlsplit(self.phone_url).hostname or "")

    @property
    def internal(self) -> Addresses:
        """Addresses for back-channel calls."""
        return self.internal_urls or self.urls

    @property
    def hub_database(self) -> str:
        """The URL of the hub's database."""
        return _url(self.database_url, self.data / "hub.sqlite3")

    @property
    def providers_database(self) -> str:
        """The URL of the providers' database."""
        return _url(self.providers_database_url, self.data / "providers.sqlite3")

    def secret(self, name: str) -> str:
        """An installation secret: the one set, else the one kept in the data folder, made at the first need."""
        given: SecretStr | None = getattr(self, name)
        return given.get_secret_value() if given else keep_secret(self.data / name)


def _url(given: SecretStr | None, file: Path) -> str:
    return given.get_secret_value() if given else f"sqlite:///{file}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a listening address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class SecretUnreadable(Exception):
    """The file of an installation secret holds none: what was sealed or signed with it could not be read again."""


SECRET_MIN = 32


def keep_secret(file: Path) -> str:
    """The secret of a file only its owner reads; exactly one process, and one thread of it, makes it.

    Raises SecretUnreadable: a damaged file is never replaced (H098).
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{get_ident()}")
    if not file.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, file)  # fails when another process was first: its secret is the one
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    try:
        kept = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        kept = ""
    if len(kept) < SECRET_MIN or not kept.isprintable():
        raise SecretUnreadable(f"{file}: expected a secret of at least {SECRET_MIN} ASCII characters; restore the file")
    return kept


def default_data_folder() -> Path:
    """The user's data folder: %LOCALAPPDATA%, ~/Library/Application Support, or $XDG_DATA_HOME."""
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))) / "fcsim"
    if (library := Path.home() / "Library" / "Application Support").is_dir():
        return library / "fcsim"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "fcsim"
