"""What a test asks of a page in a browser."""

import os
from pathlib import Path
from typing import Any

PICTURES = os.environ.get("FCSIM_TEST_PICTURES")
"""A folder where each page looked at leaves its picture; none are taken without it."""
AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def serious(page: Any) -> list[str]:
    """What axe-core finds that keeps someone out."""
    # The page's own policy forbids injected scripts: they are run through the debugging protocol instead.
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def fits(page: Any) -> bool:
    """Whether nothing sticks out to the side."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))


class Look:
    """Looks at each page on the way, as somebody who sees, or not, or has a small screen."""

    def __init__(self, page: Any, name: str, *, javascript: bool, language: str) -> None:
        self.page, self.name, self.javascript, self.language = page, name, javascript, language
        self.problems: list[str] = []
        self.count = 0

    def __call__(self, language: str = "") -> None:
        page = self.page
        page.locator("footer").wait_for()
        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == (language or self.language)
        if self.javascript:
            assert fits(page), page.url
            self.problems += [f"{page.url}: {one}" for one in serious(page)]
        self.count += 1
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{self.name}-{self.count}.png", full_page=True)
