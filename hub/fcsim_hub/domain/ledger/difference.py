"""One known difference from the real service."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference; the texts are Markdown."""

    id: str
    area: str
    here: str
    franceconnect: str
    why: str
    lenient: bool = False
    """True where fcsim accepts what FranceConnect refuses: an integration that relies on it fails for real."""
