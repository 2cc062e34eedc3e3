"""pyproject.toml: what the wheel holds, which versions are too old to be safe, which walls are checked."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

FLOORS = {
    "flask": "3.1.3",
    "werkzeug": "3.1.9",
    "jinja2": "3.1.6",
    "authlib": "1.9.9",
    "joserfc": "1.8.0",
    "cryptography": "48.0.1",
    "sqlalchemy": "2.1",
    "alembic": "1.20",
    "requests": "2.33.0",
    "urllib3": "2.8.0",
    "waitress": "3.0.2",
    "psycopg": "3.3.9",
    "aiosmtpd": "1.4.6",
}
"""The release that fixed the last known advisory of each, or the one everything was tried with."""

AVOIDED = {"python-jose", "ecdsa", "unidecode"}
"""Unfixed advisories, or a licence that does not go with MIT."""

COMPONENTS = ("fcsim_hub", "fcsim_providers", "fcsim_demo")
CORRIDORS = {"__init__", "dispatch", "error_page", "logout_request", "answers"}
"""Files of rooms/ that are not rooms: what leads from one to another, and what any of them may end in."""


@pytest.fixture(scope="module")
def requirements(pyproject: dict[str, Any]) -> dict[str, Requirement]:
    """Every requirement, the optional ones too, by name."""
    optional = pyproject["project"]["optional-dependencies"]
    lines = [*pyproject["project"]["dependencies"], *(line for extra in optional.values() for line in extra)]
    return {Requirement(line).name.lower(): Requirement(line) for line in lines}


def _contract(pyproject: dict[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = pyproject["tool"]["importlinter"]["contracts"][number - 1]
    assert found["name"].startswith(f"{number}. ")
    return found


@pytest.mark.parametrize("name", FLOORS)
def test_no_release_with_a_known_defect_is_allowed(requirements: dict[str, Requirement], name: str) -> None:
    floors = [Version(one.version) for one in requirements[name].specifier if one.operator == ">="]

    assert floors, f"{name} has no floor"
    assert max(floors) >= Version(FLOORS[name])


@pytest.mark.parametrize("name", FLOORS)
def test_no_release_with_a_known_defect_is_installed(name: str) -> None:
    assert Version(version(name)) >= Version(FLOORS[name])


def test_what_is_avoided_is_not_required(requirements: dict[str, Requirement]) -> None:
    assert not AVOIDED & set(requirements)


def test_run_time_requirements_have_a_ceiling(pyproject: dict[str, Any]) -> None:
    for line in pyproject["project"]["dependencies"]:
        requirement = Requirement(line)
        operators = {one.operator for one in requirement.specifier}
        # tzdata is numbered by year: there is no next major version to be wary of.
        assert "<" in operators or requirement.name == "tzdata", line


def test_the_command_and_run_py_ask_for_the_same_python(root: Path, pyproject: dict[str, Any]) -> None:
    assert pyproject["project"]["requires-python"] == ">=3.11"
    assert "MINIMUM = (3, 11)" in (root / "run.py").read_text(encoding="utf-8")


def test_the_wheel_holds_only_packages_with_names_nobody_else_has(root: Path, pyproject: dict[str, Any]) -> None:
    wheel = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert tuple(Path(one).name for one in wheel["packages"]) == COMPONENTS
    assert all((root / one / "py.typed").is_file() for one in wheel["packages"])
    assert wheel["force-include"] == {"fixtures": "fcsim_hub/built_in_fixtures"}


def test_contract_1_the_components_are_independent(pyproject: dict[str, Any]) -> None:
    contract = _contract(pyproject, 1)

    assert contract["type"] == "independence"
    assert tuple(contract["modules"]) == COMPONENTS


def test_contract_2_every_folder_of_the_hub_has_its_floor(root: Path, pyproject: dict[str, Any]) -> None:
    contract = _contract(pyproject, 2)
    floors = {name.strip(" ()") for layer in contract["layers"] for name in layer.split("|")}
    folders = {one.parent.name for one in (root / "hub" / "fcsim_hub").glob("*/__init__.py")}

    assert contract["type"] == "layers"
    # A folder of words, imported by whoever shows some.
    assert folders - floors == {"translations"}


def test_contract_3_the_domain_reaches_no_requirement(
    pyproject: dict[str, Any], requirements: dict[str, Requirement]
) -> None:
    contract = _contract(pyproject, 3)

    assert contract["type"] == "forbidden"
    assert contract["source_modules"] == ["fcsim_hub.domain"]
    assert {"flask", "sqlalchemy", "authlib", "joserfc", "requests", "pydantic"} <= set(contract["forbidden_modules"])


def test_contract_4_the_protocol_knows_neither_framework_nor_database(pyproject: dict[str, Any]) -> None:
    contract = _contract(pyproject, 4)

    assert contract["type"] == "forbidden"
    assert contract["source_modules"] == ["fcsim_hub.protocol"]
    assert {"flask", "sqlalchemy"} <= set(contract["forbidden_modules"])


def test_contract_5_names_every_room(root: Path, pyproject: dict[str, Any]) -> None:
    contract = _contract(pyproject, 5)
    rooms = {one.stem for one in (root / "hub" / "fcsim_hub" / "rooms").glob("*.py")} - CORRIDORS

    assert contract["type"] == "independence"
    assert set(contract["modules"]) == {f"fcsim_hub.rooms.{name}" for name in rooms}
