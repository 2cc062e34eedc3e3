"""The `fcsim` command."""

import gc
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

import click

from fcsim_hub.logs import log_to

EXIT_CONFIG = 2
SERVED = ("franceconnect", "franceconnect-plus", "franceconnect-v1", "providers", "demo", "console")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fcsim")
def main() -> None:
    """A whole FranceConnect on this machine."""


@main.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the databases.")
@click.option("--ephemeral", is_flag=True, help="Keep nothing after the end.")
@click.option(
    "--fixtures",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Folder added to the built-in fixtures, file by file.",
)
@click.option("--with", "extra", multiple=True, help="An optional platform to serve too: franceconnect-v1.")
@click.option("--ports", type=click.Choice(["default", "auto"]), default="default", help="auto: any free ports.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON once everything answers; logs go to stderr.")
@click.option(
    "--check",
    is_flag=True,
    help="Start on free ports, walk one login over HTTP, print its steps, exit 0 or 1.",
)
def up(
    host: str | None,
    data: Path | None,
    ephemeral: bool,
    fixtures: tuple[Path, ...],
    extra: tuple[str, ...],
    ports: str,
    as_json: bool,
    check: bool,
) -> None:
    """Start everything in one process."""
    if data and ephemeral:
        raise click.UsageError("--data and --ephemeral contradict each other")
    given = {"host": host, "data": data, "fixtures": fixtures or None, "extra_platforms": extra or None}
    with _data_folder(given, ephemeral=ephemeral or check), _problems_on_one_line():
        with _nothing_collected():
            from fcsim_hub import announce, stack

            settings = _settings(given, free_ports=check or ports == "auto")
            log_to(sys.stderr, settings.log_level)
            built = stack.build_stack(settings)
            built.start()
        try:
            announce.wait_until_ready(built)
            if check:
                from fcsim_hub import check as checking

                sys.exit(0 if checking.walk_one_login(built, click.echo) else 1)
            _say(announce.as_json(built) if as_json else announce.as_text(built, ephemeral=ephemeral))
            _wait_for_signal()
        finally:
            built.stop()


@main.command()
@click.argument("name", type=click.Choice(SERVED))
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the databases.")
@click.option(
    "--fixtures",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Folder added to the built-in fixtures.",
)
@click.option("--with", "extra", multiple=True, help="An optional platform that another process serves.")
def serve(name: str, host: str | None, data: Path | None, fixtures: tuple[Path, ...], extra: tuple[str, ...]) -> None:
    """Start one application in this process."""
    with _problems_on_one_line():
        with _nothing_collected():
            from fcsim_hub import stack

            given = {"host": host, "data": data, "fixtures": fixtures or None, "extra_platforms": extra or None}
            settings = _settings(given)
            log_to(sys.stderr, settings.log_level)
            built = stack.build_stack(settings, (name,))
            built.start()
        click.echo(f"{name} answers at {getattr(built.settings.urls, name.replace('-', '_'))}", err=True)
        try:
            _wait_for_signal()
        finally:
            built.stop()


@main.command()
@click.argument("port", type=int)
def ping(port: int) -> None:
    """Exit 0 when the application on this port answers (for container health checks)."""
    from http.client import HTTPConnection

    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except OSError as failure:
        _refuse(f"nothing answers on port {port}: {type(failure).__name__}")
    if status != 200:
        _refuse(f"port {port} answers {status}")


@main.group()
def db() -> None:
    """The databases."""


@db.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the databases.")
def upgrade(data: Path | None) -> None:
    """Bring both databases to this version's schema."""
    with _problems_on_one_line():
        from importlib import import_module

        from fcsim_hub.storage.database import Database
        from fcsim_hub.storage.schema import upgrade as upgrade_hub

        settings = _settings({"data": data})
        if not (settings.database_url and settings.providers_database_url):
            settings.data.mkdir(parents=True, exist_ok=True)
        database = Database(settings.hub_database)
        try:
            click.echo(f"hub: {upgrade_hub(database)}")
        finally:
            database.close()
        import_module("fcsim_providers.storage.schema").upgrade(settings.providers_database)
        click.echo("providers: up to date")


@main.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the databases.")
def config(data: Path | None) -> None:
    """Print the effective configuration, secrets masked."""
    with _problems_on_one_line():
        settings = _settings({"data": data})
        click.echo(json.dumps(settings.model_dump(mode="json"), indent=2, ensure_ascii=False))


def _settings(given: dict[str, Any], *, free_ports: bool = False) -> Any:
    from fcsim_hub.config import Addresses, Settings

    values = {key: value for key, value in given.items() if value is not None}
    if free_ports:
        values["urls"] = Addresses(**dict.fromkeys(Addresses.model_fields, "http://localhost:0"))
    return Settings(**values)


@contextmanager
def _data_folder(given: dict[str, Any], *, ephemeral: bool) -> Iterator[None]:
    """A folder that disappears at the end, for those who asked to keep nothing."""
    if not ephemeral:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="fcsim-", ignore_cleanup_errors=True) as folder:
        given["data"] = Path(folder)
        yield


@contextmanager
def _problems_on_one_line() -> Iterator[None]:
    """What a person can mend is said on one line, without traceback."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as problem:
        from pydantic import ValidationError
        from sqlalchemy.exc import SQLAlchemyError

        from fcsim_hub.config import SecretUnreadable
        from fcsim_hub.fixture_files import FixtureError
        from fcsim_hub.listeners import PortTaken
        from fcsim_hub.storage.documents import first_problem
        from fcsim_hub.storage.keys import KeysUnreadable
        from fcsim_hub.storage.schema import ForeignDatabase

        if isinstance(problem, ValidationError):
            _refuse(f"settings: {first_problem(problem)}")
        if isinstance(problem, PortTaken):
            _refuse(f"{problem}: stop it, or start with --ports auto")
        if isinstance(problem, FixtureError | ForeignDatabase | KeysUnreadable | SecretUnreadable):
            _refuse(str(problem))
        if isinstance(problem, SQLAlchemyError):
            _refuse(f"database: {str(problem).splitlines()[0]}")
        raise


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What a start makes stays: no garbage is looked for meanwhile, and none among it later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _refuse(line: str) -> NoReturn:
    click.echo(f"fcsim: {line}", err=True)
    sys.exit(EXIT_CONFIG)


def _say(text: str) -> None:
    click.echo(text)
    sys.stdout.flush()


def _wait_for_signal() -> None:
    """Until Ctrl-C or SIGTERM."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.wait(3600):
        pass
    if os.isatty(sys.stderr.fileno()):
        click.echo("stopping", err=True)


if __name__ == "__main__":
    main()
