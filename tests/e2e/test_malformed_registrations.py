"""A file that is no registration at all is left out and reported; the rest keeps running (service-provider-side §4)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from conftest import free_settings
from fcsim_hub.announce import as_text
from fcsim_hub.check import walk_one_login
from fcsim_hub.config import Settings
from fcsim_hub.fixture_files import built_in
from fcsim_hub.fixtures import load_fixtures
from fcsim_hub.gateways.visitor import Visitor
from fcsim_hub.stack import Stack, build_stack
from support.logs import logged

CLIENT = (
    "platform = 'franceconnect'\nclient_id = 'mine'\nclient_secret = 'kanari'\nname = 'Mine'\n"
    "redirect_uris = ['https://rp.test/cb']\n"
)
PLATFORMS = "expected one of franceconnect, franceconnect-plus, franceconnect-v1, found"


def as_built_in(name: str, more: str) -> str:
    """A built-in file, and something more at its top."""
    return more + (built_in() / name).read_text(encoding="utf-8")


MALFORMED = {
    "clients/a-key-too-many.toml": (CLIENT + "shoe = 1\n", "shoe: expected a known key, found an unknown one"),
    "clients/a-key-missing.toml": ("platform = 'franceconnect'\nclient_id = 'x'\n", "client_secret: expected a value"),
    "clients/another-type.toml": (CLIENT + "active = 'yes'\n", "active: expected a valid boolean, found 'yes'"),
    "clients/a-secret-of-another-type.toml": (
        CLIENT.replace("'kanari'", "['kanari']"),
        "client_secret: expected a valid string, found another value",
    ),
    "clients/platforms-of-none.toml": ("platform = []\n", f"platform: {PLATFORMS} none"),
    "clients/a-platform-misspelt.toml": ("platform = 'franceconect'\n", f"platform: {PLATFORMS} 'franceconect'"),
    "clients/no-toml.toml": ("a = [\n", "expected TOML, found: "),
    "clients/no-text.toml": (b"\xff\xfe", "expected TOML, found: "),
    "clients/braces.toml": (CLIENT + "site = '{nowhere}'\n", "site: expected one of console"),
    "clients/a-secret-in-braces.toml": (
        CLIENT.replace("kanari", "{kanari}"),
        "client_secret: expected one of console",
    ),
    "providers/laposte.toml": (
        as_built_in("providers/laposte.toml", "shoe = 1\n"),
        "shoe: expected a known key, found an unknown one",
    ),
    "providers/msa.toml": (
        as_built_in("providers/msa.toml", "").replace('slug = "msa"', 'slug = "msa"\nshoe = 1'),
        "simulator.shoe: expected a known key, found an unknown one",
    ),
    "providers/undescribed.toml": (
        as_built_in("providers/laposte-plus.toml", "").replace('"laposte"', '"nobody"').replace("87e69e8d", "87e69e8e"),
        "simulator: expected a personality, or the slug of one that another file describes, found another value",
    ),
    "data_providers/x.toml": ("platform = 'franceconnect'\nuid = 'x'\n", "title: expected a value, found none"),
    "services/no-client.toml": ("monogram = 'X'\n", f"client.platform: {PLATFORMS} none"),
    "services/less-than-a-client.toml": ("[client]\nclient_id = 'x'\n", "client.client_secret: expected a value"),
    "services/library.toml": (
        as_built_in("services/library.toml", "shoe = 1\n"),
        "shoe: expected a known key, found an unknown one",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """An fcsim that was given every malformed file at once."""

    stack: Stack
    folder: Path
    alerts: list[str]


def write(folder: Path, name: str, content: str | bytes) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def providers_of(stack: Stack, platform: str) -> set[str]:
    """The names of the providers that the hub knows."""
    answer = Visitor().request("GET", f"{stack.settings.urls.console}/api/v1/platforms/{platform}/providers")
    return {one["name"] for one in json.loads(answer.text)}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    folder = tmp_path_factory.mktemp("malformed") / "fixtures"
    for name, (content, _) in MALFORMED.items():
        write(folder, name, content)
    (folder / "clients" / "a-folder.toml").mkdir()
    with logged("WARNING") as stream:
        stack = build_stack(free_settings(folder.parent / "data", fixtures=(folder,)))
        stack.start()
    yield Outcome(stack, folder, stream.getvalue().splitlines())
    stack.stop()


@pytest.mark.parametrize("name", [*MALFORMED, "clients/a-folder.toml"])
def test_a_malformed_registration_is_reported_at_start_and_at_the_console(outcome: Outcome, name: str) -> None:
    reason = MALFORMED[name][1] if name in MALFORMED else "expected a file that can be read, found: Is a directory"
    (line,) = [one for one in outcome.stack.left_out if one.startswith(f"{outcome.folder / name}: ")]
    assert line.startswith(f"{outcome.folder / name}: {reason}")
    assert [alert.endswith(f"left out: {line}") for alert in outcome.alerts].count(True) == 1
    assert line in as_text(outcome.stack, ephemeral=True)
    console, visitor = outcome.stack.settings.urls.console, Visitor()
    assert line in unescape(visitor.request("GET", f"{console}/").text)
    assert line in json.loads(visitor.request("GET", f"{console}/api/v1/environment").text)["left_out"]


def test_nothing_else_is_left_out_and_no_secret_is_quoted(outcome: Outcome) -> None:
    assert len(outcome.stack.left_out) == len(outcome.alerts) == len(MALFORMED) + 1
    assert not any("kanari" in line for line in outcome.alerts)


def test_the_rest_keeps_running(outcome: Outcome) -> None:
    steps: list[str] = []
    assert walk_one_login(outcome.stack, steps.append), steps


def test_a_registration_that_names_no_platform_is_of_franceconnect(tmp_path: Path) -> None:
    """A provider's file may have exactly the members that the control API takes; `platform` is none of them."""
    write(tmp_path, "clients/mine.toml", CLIENT.partition("\n")[2])
    provider = as_built_in("providers/msa.toml", "").partition("\n[simulator]")[0]
    lines = [line for line in provider.splitlines() if not line.startswith("platform")]
    write(tmp_path, "providers/mine.toml", "\n".join(lines).replace("c8d48186", "c8d48187"))
    fixtures = load_fixtures(Settings(fixtures=(tmp_path,)))
    assert fixtures.left_out() == []
    low, high = (fixtures.platforms()[name] for name in ("franceconnect", "franceconnect-plus"))
    for platform, here in ((low, True), (high, False)):
        registered = {*fixtures.clients(platform), *fixtures.providers(platform)}
        assert {str(tmp_path / name) in registered for name in ("clients/mine.toml", "providers/mine.toml")} == {here}


def test_the_applications_do_not_show_what_the_hub_does_not_know(outcome: Outcome) -> None:
    urls, visitor = outcome.stack.settings.urls, Visitor()
    demo = visitor.request("GET", f"{urls.demo}/").text
    assert ("/taxes/" in demo, "/library/" in demo) == (True, False)
    assert {"impots", "laposte", "msa"} & providers_of(outcome.stack, "franceconnect") == {"impots"}
    assert visitor.request("GET", f"{urls.providers}/msa/jwks").status == 404


def test_a_file_left_out_still_describes_the_provider_of_another(outcome: Outcome) -> None:
    """La Poste is registered on two platforms, and one file has its looks: what is wrong there costs one platform."""
    assert "laposte" in providers_of(outcome.stack, "franceconnect-plus")
    assert Visitor().request("GET", f"{outcome.stack.settings.urls.providers}/laposte/jwks").status == 200


def test_a_registration_whose_file_became_malformed_is_unknown_from_the_next_start(tmp_path: Path) -> None:
    settings = free_settings(tmp_path / "data", fixtures=(tmp_path / "fixtures",))
    place = "/api/v1/platforms/franceconnect/clients/mine"
    for content, status in ((CLIENT, 200), ("a = [\n", 404), (CLIENT, 200)):
        write(tmp_path / "fixtures", "clients/mine.toml", content)
        stack = build_stack(settings, ("console",))
        try:
            assert stack.served[0].app.test_client().get(place).status_code == status  # type: ignore[attr-defined]  # the console is a Flask application
        finally:
            stack.stop()
