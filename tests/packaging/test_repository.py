"""The repository as a reader meets it: links that lead somewhere, pages that are found, nothing private in it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SKIPPED = {"__pycache__", "build", "dist", "node_modules", "vendor"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.M | re.S)

# Written so that this file does not contain what it looks for.
FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.~-])/(?:wor[k]|roo[t])/|/tmp/f[c]\b|/home/[a-z]+/",
    "the host of a package registry": r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|docker[.]io/|ghcr[.]io",
    "a tool that wrote text": r"\bcl[a]ude\b|\banthropi[c]\b|\bchatgp[t]\b|\bopena[i]\b",
}


def _files(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        names[:] = [one for one in names if one not in SKIPPED and (not one.startswith(".") or one == ".ci")]
        yield from (Path(folder, one) for one in files if one != ".git")  # a file in a worktree, and not of ours


def _pages(root: Path) -> list[Path]:
    return [file for file in _files(root) if file.suffix == ".md"]


def _links(page: Path) -> Iterator[Path]:
    """The files a page links to; addresses of other sites and places in the page itself are left out."""
    text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if not re.match(r"[a-z]+:|#", target):
            yield (page.parent / target.partition("#")[0]).resolve()


def test_every_link_leads_to_a_file(root: Path) -> None:
    broken = [
        f"{page.relative_to(root)}: {link}" for page in _pages(root) for link in _links(page) if not link.exists()
    ]

    assert broken == []


def test_every_document_is_linked_from_another(root: Path) -> None:
    pages = _pages(root)
    linked = {link for page in pages for link in _links(page) if link != page.resolve()}
    documents = {page.resolve() for page in pages if (root / "docs").resolve() in page.resolve().parents}

    assert documents
    assert documents - linked == set()


def test_the_architecture_page_names_every_place_of_the_hub(root: Path) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    hub = root / "hub" / "fcsim_hub"
    places = {file.stem for file in hub.glob("*.py")} | {file.parent.name for file in hub.glob("*/__init__.py")}
    places |= {file.stem for file in (hub / "rooms").glob("*.py")}
    missing = {one for one in places - {"__init__"} if not re.search(rf"[`.]{one}`", page)}

    assert missing == set()


def test_every_decision_is_in_the_table_and_says_its_state(root: Path) -> None:
    decisions = sorted((root / "docs" / "decisions").glob("[0-9]*.md"))
    table = (root / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")

    assert decisions
    for rank, file in enumerate(decisions, 1):
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f"# {rank:03}. ")
        assert re.search(r"^State: (accepted|replaced by \d{3}) · ", text, re.M)
        assert f"({file.name})" in table


def test_the_changelog_has_a_place_for_what_comes(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.search(r"^## \[Unreleased\]\n\n### (Added|Changed|Fixed|Removed|Security)$", text, re.M)


def test_the_ci_script_is_written_in_bash_and_stops_at_the_first_failure(root: Path) -> None:
    script = root / ".ci" / "run"
    text = script.read_text(encoding="utf-8")

    assert text.startswith("#!/bin/bash\n")
    assert "\nset -euo pipefail\n" in text
    if not (bash := shutil.which("bash")):
        pytest.skip("no bash here to read the script")
    assert subprocess.run([bash, "-n", str(script)], capture_output=True, text=True).stderr == ""


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_of_a_private_machine_is_in_the_repository(root: Path, what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.I)
    found = []
    for file in _files(root):
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # an image or a compiled catalogue
        found += [f"{file.relative_to(root)}:{n}" for n, line in enumerate(lines, 1) if pattern.search(line)]

    assert found == [], f"{what}: {', '.join(found)}"
