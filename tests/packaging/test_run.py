"""run.py: what it tells and what it passes on. The environment it makes: test_run_environment.py."""

import ast
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def handed_over(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands run.py would have become."""
    commands: list[list[str]] = []
    monkeypatch.setattr(run, "hand_over", commands.append)
    monkeypatch.setattr(run, "prepare", lambda extras: None)
    monkeypatch.setattr(run.os, "chdir", lambda path: None)
    return commands


def test_the_file_is_read_by_pythons_that_are_too_old(root: Path) -> None:
    ast.parse((root / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_what_was_found_and_what_is_needed(run: ModuleType) -> None:
    message = run.check_python((3, 9, 18, "final", 0))

    assert "Python 3.9.18" in message
    assert "3.11 or newer" in message
    assert sys.executable in message


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 2), (4, 0, 0)])
def test_a_recent_python_is_told_nothing(run: ModuleType, version: tuple[int, int, int]) -> None:
    assert run.check_python(version) == ""


def test_an_old_python_ends_before_anything_is_made(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.sys, "version_info", (3, 8, 1))
    monkeypatch.setattr(run, "find_newer_python", lambda: "python3.13")

    with pytest.raises(SystemExit, match=r"python3\.13 run\.py up --json"):
        run.main(["up", "--json"])

    assert not Path(run.VENV).exists()


def test_only_a_python_that_starts_is_proposed(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "NEWER", ("no-such-python", sys.executable))

    assert run.find_newer_python() == sys.executable


def test_up_needs_no_extra(run: ModuleType) -> None:
    assert run.wanted_extras("up", ["--ci"]) == []


def test_the_suite_needs_its_extra_and_ci_the_linters(run: ModuleType) -> None:
    assert run.wanted_extras("test", []) == ["test"]
    assert run.wanted_extras("test", ["--ci"]) == ["test", "dev"]


def test_the_browser_driver_comes_only_where_a_browser_is(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "find_browser", lambda: "/usr/bin/chromium")

    assert run.wanted_extras("test", []) == ["test"]
    assert run.wanted_extras("test", ["tests/browser"]) == ["test", "browser"]
    assert run.wanted_extras("test", ["--ci"]) == ["test", "browser", "dev"]


def test_the_options_of_up_reach_fcsim(run: ModuleType, handed_over: list[list[str]]) -> None:
    run.main(["up", "--ephemeral", "--ports", "auto"])

    assert handed_over[0] == [run.program("fcsim"), "up", "--ephemeral", "--ports", "auto"]


def test_the_options_of_test_reach_pytest_except_ours(run: ModuleType, handed_over: list[list[str]]) -> None:
    run.main(["test", "--ci", "tests/unit", "-k", "acr"])

    python, *command = handed_over[0]
    assert python == run.program("python")
    assert command == [*["-m", "pytest", "-n", "auto", "--dist", "worksteal", "-m"], "", "tests/unit", "-k", "acr"]


@pytest.mark.parametrize(
    ("asked", "marked"),
    [(["-x"], "not browser and not thorough"), (["tests/browser"], "not thorough"), (["--ci"], "")],
)
def test_what_takes_minutes_runs_only_where_it_is_asked_for(
    run: ModuleType, handed_over: list[list[str]], asked: list[str], marked: str
) -> None:
    run.main(["test", *asked])
    command = handed_over[0]
    assert command[command.index("-m", 3) + 1] == marked  # the first -m is the interpreter's


@pytest.mark.parametrize("arguments", [[], ["wat"], ["--json"]])
def test_an_unknown_command_gets_the_usage_and_installs_nothing(
    run: ModuleType, installed: list[list[str]], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)

    assert ended.value.code == 2
    assert "usage: python3 run.py up" in capsys.readouterr().err
    assert installed == []


def test_help_is_an_answer(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(["--help"])

    assert ended.value.code == 0
    assert "python3 run.py test" in capsys.readouterr().out


def test_every_command_of_fcsim_is_known(run: ModuleType) -> None:
    from fcsim_hub.cli import main

    assert set(run.COMMANDS) == set(main.commands)


def test_the_program_replaces_run_py(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    class Replaced(Exception):
        pass

    def execv(path: str, command: list[str]) -> None:
        raise Replaced(path, command)

    monkeypatch.setattr(run, "ON_WINDOWS", False)
    monkeypatch.setattr(run.os, "execv", execv)

    with pytest.raises(Replaced) as became:
        run.hand_over(["/venv/bin/fcsim", "up"])

    assert became.value.args == ("/venv/bin/fcsim", ["/venv/bin/fcsim", "up"])


def test_on_windows_the_exit_code_is_passed_on(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ON_WINDOWS", True)

    with pytest.raises(SystemExit) as ended:
        run.hand_over([sys.executable, "-c", "raise SystemExit(3)"])

    assert ended.value.code == 3
