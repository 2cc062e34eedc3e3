"""The phone on another machine: the browser stays on localhost, the phone comes from the network (H180)."""

import io
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import segno

from conftest import free_settings
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Visitor
from fcsim_hub.stack import build_stack
from support.provider_login import ProviderLogin
from support.relying_party import RelyingParty, query_of
from support.site import Site, call
from support.walks import choose, form_of


def own_address() -> str:
    """An address of this machine that others reach, empty when it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # TEST-NET-2, RFC 5737
        except OSError:
            return ""
        found = str(probe.getsockname()[0])
    return "" if found.startswith("127.") else found


ADDRESS = own_address()
pytestmark = [
    pytest.mark.thorough,  # stacks of its own
    pytest.mark.skipif(not ADDRESS, reason="this machine has no address but its loopback"),
]


@pytest.fixture(scope="module", params=[False, True], ids=["short cuts refused", "short cuts allowed"])
def open_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A fcsim whose providers the network reaches, as their README says; on any free port."""
    settings = free_settings(
        tmp_path_factory.mktemp("open"), phone_url=f"http://{ADDRESS}:0", open_test_logins=request.param
    )
    stack = build_stack(settings, ("franceconnect", "providers", "console"))
    stack.start()
    yield Site(stack)
    stack.stop()


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


def begin(site: Site, name: str = "yris") -> ProviderLogin:
    """A login that waits for its phone."""
    return ProviderLogin.begin(site, name).type_as("angela-dubois")


def test_link_and_qr_code_carry_the_address_that_a_phone_reaches(open_site: Site) -> None:
    login = begin(open_site)
    step = login.url.rpartition("/")[2]
    assert port_of(open_site.stack.settings.phone_url) > 0
    expected = f"{open_site.stack.settings.phone_url}/phone/{step}"
    assert expected.startswith(f"http://{ADDRESS}:")
    assert f'href="{expected}"' in login.answer.text
    picture = io.BytesIO()
    segno.make(expected, error="m", micro=False).save(
        picture, kind="svg", scale=5, border=3, light="#fff", omitsize=True
    )
    assert login.visitor.request("GET", f"{login.url}/qr.svg").text == picture.getvalue().decode()


def test_the_phone_approves_from_there_and_the_browser_goes_on_here(open_site: Site) -> None:
    """The whole login: service, hub, provider on localhost; the phone alone on the other address."""
    party = RelyingParty.register(open_site)
    visitor = party.visitor
    url = choose(party, visitor, "laposte")
    form = form_of(visitor.request("GET", url), "login-form")
    account = open_site.person("angela-dubois").accounts["laposte"]
    fields = form.fields | {"login": account.login}
    url = visitor.request("POST", open_site.providers + form.action, fields).location
    link = re.search(r'href="([^"]*/phone/[^"]+)"', visitor.request("GET", url).text)
    assert link is not None
    phone = Visitor()
    assert read_page(phone.request("GET", link[1]).text).form_with("phone-approve")
    phone.request("POST", f"{link[1]}/approve", {"code": account.password})
    assert set(phone.cookies) <= {ADDRESS}, "the phone was nowhere else"
    answer = visitor.request("GET", url)
    while not answer.location.startswith(party.redirect_uri):
        if consent := read_page(answer.text).form_with("consent-form"):
            answer = visitor.request("POST", open_site.hub + consent.action, consent.fields)
        else:
            answer = visitor.request("GET", answer.location)
    assert party.redeem(query_of(answer.location)["code"]).status == 200


def test_the_phone_does_what_a_phone_does(open_site: Site) -> None:
    for code, status, told in (("0", 401, "phone-error"), ("123456", 200, "phone-ended")):
        phone = begin(open_site).phone()
        assert ADDRESS in phone.url
        phone.visitor.request("POST", phone.url + "/approve", {"code": code})
        answer = phone.visitor.request("POST", phone.url + "/approve", {"code": code})
        answer = phone.visitor.request("GET", answer.location) if answer.location else answer
        assert (answer.status, told in answer.text) == (status, True)


def test_forms_are_those_of_the_address_that_was_opened(open_site: Site) -> None:
    phone = begin(open_site).phone()
    here = phone.url.partition("/phone/")[0]
    for origin, status in ((here, 303), (f"http://{ADDRESS}:1", 403), ("https://evil.test", 403)):
        assert call("POST", f"{phone.url}/refuse", headers={"Origin": origin}).status == status


@pytest.mark.parametrize("place", ["localhost", "network"])
def test_h180_one_click_logins_are_refused_from_everywhere_unless_allowed(open_site: Site, place: str) -> None:
    allowed = open_site.stack.settings.open_test_logins
    login = ProviderLogin.begin(open_site, "yris")
    network = open_site.stack.settings.phone_url
    here = login.url.replace(open_site.providers, open_site.providers if place == "localhost" else network)
    visitor = Visitor()
    form = form_of(visitor.request("GET", here), "login-form")
    answer = visitor.request("POST", here.partition("?")[0], form.fields | {"person": "angela-dubois"})
    assert ("code" in query_of(answer.location)) == allowed
    assert answer.status == (302 if allowed else 403)
    waiting = begin(open_site)
    assert ("testers-panel" in waiting.page.texts) == allowed
    assert waiting.visitor.request("POST", f"{waiting.url}/pass", {}).status == (303 if allowed else 403)


def connects(port: int) -> bool:
    """Whether something listens on this port for the network."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.settimeout(2)
        return trial.connect_ex((ADDRESS, port)) == 0


def test_the_network_reaches_the_providers_and_nothing_else(open_site: Site) -> None:
    assert connects(port_of(open_site.stack.settings.phone_url))
    for url in (open_site.hub, open_site.console, open_site.providers):
        assert not connects(port_of(url)), url


def test_an_installation_without_a_phone_answers_nobody_else(site: Site) -> None:
    assert not connects(port_of(site.providers))


def test_a_phone_on_the_loopback_is_a_second_tab(tmp_path: Path) -> None:
    """An address that the providers have already: nothing more is opened, short cuts stay."""
    settings = free_settings(tmp_path, phone_url="http://localhost:8010")
    assert settings.test_logins
    stack = build_stack(settings, ("providers",))
    assert len({listening.getsockname()[1] for listening in stack.served[0].listener.sockets}) == 1
    stack.stop()


def test_an_address_of_another_machine_is_left_to_whatever_leads_here(tmp_path: Path) -> None:
    """A tunnel, a proxy: its address stands in the QR code, and short cuts are off all the same."""
    stack = build_stack(free_settings(tmp_path, phone_url="http://203.0.113.7:8010"), ("providers",))
    stack.start()
    try:
        login = begin(Site(stack))
        assert 'href="http://203.0.113.7:8010/phone/' in login.answer.text
        assert "testers-panel" not in login.page.texts
    finally:
        stack.stop()
