"""A login at a demo service whose hub is a FakeHub, and what its pages say."""

from typing import Any

from fcsim_hub.gateways.html_forms import read_page
from support.fake_hub import FakeHub
from support.relying_party import query_of


def begin(client: Any, hub: FakeHub, **overrides: str) -> dict[str, str]:
    """Start a login; returns what was asked of the hub."""
    asked = query_of(client.get("/trial/login", query_string=overrides).headers["Location"])
    hub.nonce = asked["nonce"]
    return asked


def finish(client: Any, hub: FakeHub, **changes: str | None) -> Any:
    """The answer to a callback that is right but for the changes."""
    asked = begin(client, hub)
    answer: dict[str, str | None] = {"code": "c", "state": asked["state"], "iss": hub.issuer} | changes
    return client.get(
        "/trial/callback", query_string={name: value for name, value in answer.items() if value is not None}
    )


def texts(client: Any, path: str = "/trial/identity") -> dict[str, str]:
    """data-testid -> text of a page."""
    return read_page(client.get(path).text).texts


def told(answer: Any) -> tuple[int, str]:
    """Status and kind of an error page."""
    return answer.status_code, read_page(answer.text).texts["error-code"]


def detail(answer: Any) -> str:
    """What an error page says to the developer."""
    return read_page(answer.text).texts["error-description"]
