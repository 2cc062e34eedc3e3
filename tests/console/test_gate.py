"""A console that others reach: nobody uses it without the control token (H182, H183)."""

from base64 import b64encode
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from conftest import free_settings
from fcsim_hub.stack import build_stack
from support.site import Site, call

TOKEN = "the-token-of-this-test"
PLACES = ["/", "/mails", "/people", "/nowhere", "/api/v1/people", "/api/v1/platforms/franceconnect", "/api/v1/nowhere"]


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"me:{password}".encode()).decode()}


@pytest.fixture(scope="module", params=[False, True], ids=["closed", "opened"])
def reachable(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, bool]]:
    """A console on every address of this machine, and whether it was opened to everyone."""
    folder = tmp_path_factory.mktemp("reachable")
    settings = free_settings(folder, host="0.0.0.0", control_token=SecretStr(TOKEN), open_test_logins=request.param)
    stack = build_stack(settings, ("console",))
    stack.start()
    yield Site(stack), request.param
    stack.stop()


@pytest.mark.parametrize("place", PLACES)
def test_h182_h183_without_the_token_a_console_that_others_reach_tells_nothing(
    reachable: tuple[Site, bool], place: str
) -> None:
    site, is_open = reachable
    url = site.console + place
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": "Bearer "},
        {"Authorization": TOKEN},
        {"Authorization": "Basic x"},
        basic("wrong"),
        {"Cookie": f"token={TOKEN}"},
    ]
    for headers in wrong:
        answer = call("GET", url, headers=headers)
        assert (answer.status == 401) is not is_open
        if not is_open:
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")
            assert "DUBOIS" not in answer.data.decode()
    assert (call("GET", f"{url}?token={TOKEN}&access_token={TOKEN}").status == 401) is not is_open
    for headers in ({"Authorization": f"Bearer {TOKEN}"}, {"Authorization": f"bearer {TOKEN}"}, basic(TOKEN)):
        assert call("GET", url, headers=headers).status == (404 if place.endswith("nowhere") else 200)


def test_h183_a_change_needs_it_too_and_the_health_check_does_not(reachable: tuple[Site, bool]) -> None:
    site, is_open = reachable
    assert call("GET", f"{site.console}/healthz").status == 200
    assert (call("DELETE", f"{site.console}/api/v1/mails").status == 401) is not is_open


def test_h183_on_this_machine_alone_there_is_no_token_to_know(site: Site) -> None:
    assert site.stack.settings.host == "127.0.0.1"
    assert site.api("GET", "/people")[0] == 200
