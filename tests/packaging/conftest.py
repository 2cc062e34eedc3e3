"""What the packaging tests look at: the checkout, its pyproject.toml, its compose file, its run.py."""

import importlib.util
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pyproject(root: Path) -> dict[str, Any]:
    """pyproject.toml, read."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def compose(root: Path) -> dict[str, Any]:
    """docker-compose.yml, its anchors resolved."""
    yaml = pytest.importorskip("yaml")
    read: dict[str, Any] = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))
    return read


@pytest.fixture
def run(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py, at work in a checkout of its own."""
    spec = importlib.util.spec_from_file_location("fcsim_run", root / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "STAMP", str(tmp_path / ".venv" / ".stamp"))
    monkeypatch.setattr(module, "find_browser", lambda: None)
    return module


@pytest.fixture
def make_venv(run: ModuleType) -> Callable[..., None]:
    """Makes what a real environment leaves on the disk, without the environment."""

    def make(version: str = f"{sys.version_info[0]}.{sys.version_info[1]}.1") -> None:
        for name in ("python", "fcsim", "pip"):
            program = Path(run.program(name))
            program.parent.mkdir(parents=True, exist_ok=True)
            program.touch()
        (Path(run.VENV) / "pyvenv.cfg").write_text(f"home = /somewhere\nversion = {version}\n")

    return make


@pytest.fixture
def installed(run: ModuleType, make_venv: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The extras of each installation asked for; each one leaves what a real one leaves."""
    asked: list[list[str]] = []

    def install(extras: list[str], digest: str) -> None:
        asked.append(extras)
        make_venv()
        Path(run.STAMP).write_text(f"{digest} {','.join(extras)}\n")

    monkeypatch.setattr(run, "install", install)
    return asked
