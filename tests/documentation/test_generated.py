"""Generated pages are up to date, and both languages complete."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub/fcsim_hub", "providers/fcsim_providers", "relying_party_demo/fcsim_demo")


def generator(name: str) -> Any:
    """A script of docs/, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_error_page_is_what_the_classes_say() -> None:
    stale = "docs/errors.md is stale: python docs/generate_errors.py"
    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == generator("generate_errors").render(), stale


def test_the_ledger_of_the_page_is_the_one_of_the_hub() -> None:
    page = (ROOT / "hub" / "README.md").read_text(encoding="utf-8")
    assert page == generator("generate_ledger").render(page), "hub/README.md is stale: python docs/generate_ledger.py"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_has_its_french(package: str, tmp_path: Path) -> None:
    babel = pytest.importorskip("babel.messages.pofile", reason="Babel is a tool of development")
    mofile = pytest.importorskip("babel.messages.mofile")
    extracted = tmp_path / "messages.pot"
    command = [
        "-q",
        "extract",
        "-F",
        str(ROOT / "babel.cfg"),
        "-k",
        "_",
        "-k",
        "N_",
        "-o",
        str(extracted),
        str(ROOT / package),
    ]
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", *command], check=True)
    catalogue = ROOT / package / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    with extracted.open("rb") as asked, catalogue.open("rb") as given:
        wanted = {message.id for message in babel.read_po(asked) if message.id}
        french = {message.id: message.string for message in babel.read_po(given, locale="fr") if message.id}
    assert wanted == {text for text, words in french.items() if words}
    for text, words in french.items():
        placeholders = re.compile(r"%\(\w+\)s")
        assert sorted(placeholders.findall(text)) == sorted(placeholders.findall(words)), text
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        assert {one.id: one.string for one in mofile.read_mo(compiled) if one.id} == french, "pybabel compile"


def test_the_ledger_has_an_id_an_area_and_a_reason_for_each_difference() -> None:
    text = (ROOT / "hub" / "README.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| F")
    ]
    ids = [row[0] for row in rows]
    assert ids == sorted(set(ids))
    assert all(len(row) == 5 and all(row) for row in rows)
