"""The image and the compose file: valid, reachable from this machine only, and in step with the settings."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fcsim_hub.config import Addresses, Settings

APPS = {"franceconnect": 8000, "franceconnect-plus": 8001, "providers": 8010, "demo": 8020, "console": 8080}


@pytest.fixture(params=APPS)
def app(request: pytest.FixtureRequest, compose: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A service of ours: its name and what the file says of it."""
    return request.param, compose["services"][request.param]


def test_the_compose_file_follows_the_schema(root: Path) -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema comes with the linters: run.py test --ci")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]

    checked = subprocess.run([*command, str(root / "docker-compose.yml")], capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout


def test_the_services_are_the_applications_and_what_they_need(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*APPS, "db", "mailpit"}
    assert compose["services"]["mailpit"]["profiles"] == ["mail"]


def test_an_application_is_the_one_image_told_what_to_serve(
    app: tuple[str, dict[str, Any]], compose: dict[str, Any]
) -> None:
    name, service = app

    assert (service["image"], service["build"]) == ("fcsim", ".")
    assert service["command"] == ["fcsim", "serve", name]
    assert service["environment"] == compose["x-app"]["environment"]
    assert service["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_an_application_has_one_port_inside_and_outside_and_is_asked_for_its_health_there(
    app: tuple[str, dict[str, Any]],
) -> None:
    name, service = app
    port = APPS[name]

    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert service["healthcheck"]["test"] == ["CMD", "fcsim", "ping", str(port)]


def test_nothing_is_published_beyond_this_machine(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_every_variable_is_a_setting(compose: dict[str, Any]) -> None:
    for variable in compose["x-app"]["environment"]:
        prefix, _, path = variable.partition("FCSIM_")
        field, _, member = path.lower().partition("__")
        assert prefix == ""
        assert field in Settings.model_fields
        assert not member or member in Addresses.model_fields


def test_the_settings_say_where_each_application_is(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable, value in compose["x-app"]["environment"].items():
        monkeypatch.setenv(variable, value)

    settings = Settings()

    assert settings.urls == Addresses()
    for name, port in APPS.items():
        assert urlsplit(getattr(settings.urls, name.replace("-", "_"))).netloc == f"localhost:{port}"
        assert urlsplit(getattr(settings.internal, name.replace("-", "_"))).netloc == f"{name}:{port}"
    assert settings.smtp_url
    assert settings.smtp_url.get_secret_value() == "smtp://mailpit:1025"


def test_the_database_of_the_settings_is_the_one_that_runs(compose: dict[str, Any]) -> None:
    environment, database = compose["x-app"]["environment"], compose["services"]["db"]
    account = database["environment"]
    expected = f"postgresql+psycopg://{account['POSTGRES_USER']}:{account['POSTGRES_PASSWORD']}@db:5432/{account['POSTGRES_DB']}"

    assert environment["FCSIM_DATABASE_URL"] == environment["FCSIM_PROVIDERS_DATABASE_URL"] == expected
    assert database["healthcheck"]["test"][0] == "CMD-SHELL"


def test_the_architecture_page_gives_the_same_addresses(root: Path) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert all(f"`http://localhost:{port}`" in page for port in APPS.values())


def test_the_image_is_made_of_everything_the_wheel_needs(root: Path, pyproject: dict[str, Any]) -> None:
    text = (root / "Dockerfile").read_text(encoding="utf-8")
    copied = {word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M) for word in line.split()}
    project, wheel = pyproject["project"], pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", project["readme"], *project["license-files"], *wheel["force-include"]}
    needed |= {Path(one).parts[0] for one in wheel["packages"]}
    sent = {line.lstrip("!") for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert copied == needed
    assert sent == needed


def test_the_image_does_not_run_as_root_and_can_be_rebased(root: Path) -> None:
    text = (root / "Dockerfile").read_text(encoding="utf-8")
    last_stage = text.rpartition("\nFROM ")[2]

    assert re.search(r"^USER \d{4,}$", last_stage, re.M)
    assert re.findall(r"^FROM (\S+)", text, re.M) == ["${BASE}", "${BASE}"]
    assert re.search(r"^ARG BASE=python:3\.\d+", text, re.M)
