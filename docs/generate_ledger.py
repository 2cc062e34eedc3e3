"""Writes the fidelity ledger into hub/README.md from the rows of the hub: `python docs/generate_ledger.py`."""

import re
from pathlib import Path

from fcsim_hub.domain.ledger import LEDGER

FILE = Path(__file__).parents[1] / "hub" / "README.md"
HEAD = "| id | area | here | FranceConnect | why |\n|---|---|---|---|---|\n"
_TABLE = re.compile(r"\| id \| area .*?(?=\n\n|\Z)", re.S)


def table() -> str:
    """The ledger as a Markdown table."""
    rows = (f"| {one.id} | {one.area} | {one.here} | {one.franceconnect} | {one.why} |" for one in LEDGER)
    return HEAD + "\n".join(rows)


def render(page: str) -> str:
    """The page with its table made anew."""
    return _TABLE.sub(lambda _: table(), page, count=1).rstrip("\n") + "\n"


if __name__ == "__main__":
    FILE.write_text(render(FILE.read_text(encoding="utf-8")), encoding="utf-8")
