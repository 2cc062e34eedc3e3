"""The environment run.py prepares: when it installs, what it tells of a failure. Real ones are made by .ci/run."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


def test_the_second_start_installs_nothing(run: ModuleType, installed: list[list[str]]) -> None:
    run.prepare([])
    run.prepare([])

    assert installed == [[]]


def test_what_is_there_is_kept_when_more_is_needed_and_enough_when_less_is(
    run: ModuleType, installed: list[list[str]]
) -> None:
    run.prepare(["test", "browser"])
    run.prepare(["test", "dev"])
    run.prepare(["test"])

    assert installed == [["browser", "test"], ["browser", "dev", "test"]]


def test_a_changed_requirement_installs_again(run: ModuleType, installed: list[list[str]]) -> None:
    run.prepare([])
    (Path(run.ROOT) / "pyproject.toml").write_text("[project]\ndependencies = []\n")
    run.prepare([])

    assert installed == [[], []]


def test_another_python_installs_again(
    run: ModuleType, installed: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run.prepare([])
    monkeypatch.setattr(run.sys, "version_info", (3, 99, 0))
    run.prepare([])

    assert installed == [[], []]


@pytest.mark.parametrize("lost", ["python", "fcsim"])
def test_a_half_emptied_environment_installs_again(run: ModuleType, installed: list[list[str]], lost: str) -> None:
    run.prepare([])
    Path(run.program(lost)).unlink()
    run.prepare([])

    assert installed == [[], []]


def test_an_environment_of_another_python_or_without_installer_is_not_used(
    run: ModuleType, make_venv: Callable[..., None]
) -> None:
    assert not run.is_usable(None)
    make_venv()
    assert run.is_usable(None)
    make_venv(version="3.6.15")
    assert not run.is_usable(None)
    make_venv()
    Path(run.program("pip")).unlink()
    assert not run.is_usable(None)
    assert run.is_usable("/usr/bin/uv")


def test_a_failure_is_told_with_its_last_lines_and_leaves_no_stamp(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "is_usable", lambda uv: True)
    monkeypatch.setattr(run, "program", lambda name: sys.executable)
    monkeypatch.setattr("shutil.which", lambda name: None)
    script = "import sys; [print('line', n) for n in range(20)]; sys.exit(1)"
    really = run.run_or_explain
    monkeypatch.setattr(run, "run_or_explain", lambda command, problem: really([sys.executable, "-c", script], problem))

    with pytest.raises(SystemExit) as ended:
        run.install(["test"], "digest")

    assert str(ended.value).startswith("fcsim: what fcsim needs could not be installed:\n  line 12\n")
    assert str(ended.value).endswith("line 19")
    assert not Path(run.STAMP).exists()
    assert "once" in capsys.readouterr().err


def test_nothing_is_left_of_an_environment_interrupted_while_it_was_made(
    run: ModuleType, make_venv: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(command: list[str], problem: str) -> None:
        make_venv()
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "run_or_explain", interrupt)

    with pytest.raises(KeyboardInterrupt):
        run.make_environment(None)

    assert not Path(run.VENV).exists()


def test_a_python_without_venv_is_told_what_to_install(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(SystemExit, match="apt install python3-venv"):
        run.make_environment(None)
