"""A typed login through each second factor without a browser, alone and from the control API."""

from pathlib import Path

import pytest

from conftest import free_settings
from fcsim_hub.config import Addresses
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from fcsim_hub.listeners import bind
from fcsim_hub.stack import build_stack
from support.clock import MovableClock
from support.provider_login import ProviderLogin
from support.relying_party import RelyingParty, query_of
from support.site import Site

PROVIDERS = ("impots", "ameli", "laposte", "msa", "yris", "france-identite")
WHO = {"msa": "jean-baptiste-le-goff"}


def typing(site: Site, provider: str) -> Traveller:
    """Somebody the quick login does not list."""
    account = site.person(WHO.get(provider, "angela-dubois")).accounts[provider]
    uid = site.uid(provider)
    return Traveller(person="nobody", provider_uid=uid, login=account.login, password=account.password)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_typed_login_is_finished_by_the_visitor(rp: RelyingParty, provider: str) -> None:
    end = rp.travel(typing(rp.site, provider))
    assert isinstance(end, Arrival), end
    factor = any("/step/" in step.url and step.method == "POST" for step in end.steps)
    assert factor == (provider not in ("ameli", "msa")), "through the second factor where there is one"
    assert "code" in query_of(end.redirect_to)


def test_the_control_api_logs_in_somebody_the_page_does_not_list(rp: RelyingParty, person: str) -> None:
    record = {"given_names": ["Zz"], "family_name": "LAST", "gender": "male", "birthdate": "1990-01-01"}
    record |= {"birthplace": "75101", "email": "zz.last@fcsim.test"}
    accounts = {"yris": {"login": "zz.last@fcsim.test", "password": "654321"}}
    name = f"zz-{person}"
    assert rp.site.api("PUT", f"/people/{name}", record | {"accounts": accounts})[0] == 201
    asked = {"authorization_url": rp.url(), "person": name, "provider": "yris"}
    status, answer = rp.site.api("POST", "/logins", asked)
    rp.site.api("DELETE", f"/people/{name}")
    assert status == 200, answer
    assert "code" in query_of(answer["redirect_to"])


def test_the_visitor_stops_where_a_person_would(rp: RelyingParty) -> None:
    """A card of no one: the page says so, and nothing goes round in circles."""
    traveller = Traveller(person="nobody", provider_uid=rp.site.uid("france-identite"), login="T00000000")
    end = rp.travel(traveller)
    assert isinstance(end, Stopped)
    assert end.status == 404


def test_a_silent_console_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    """The code cannot leave; once the console answers, the same step goes on."""
    settings, port = free_settings(tmp_path), bind("127.0.0.1", 0)
    console = f"http://localhost:{port.port}"
    port.close()
    settings = settings.model_copy(update={"urls": Addresses(**settings.urls.model_dump() | {"console": console})})
    alone = build_stack(settings, ("franceconnect", "providers"), MovableClock())
    alone.start()
    try:
        login = ProviderLogin.begin(Site(alone), "impots").type_as("angela-dubois")
        assert (login.answer.status, "mailbox" in login.page.texts["step-error"]) == (503, True)
        assert login.page.form_with("code-form") is None
        login.post(f"{login.url}/code", {"code": "000000"})
        assert login.answer.status == 503
        other = build_stack(settings, ("console",), MovableClock())
        other.start()
        try:
            login.submit("send-again")
            assert login.page.form_with("code-form")
            _, [mail] = login.site.api("GET", "/mails?to=angela.dubois@fcsim.test")
        finally:
            other.stop()
        login.submit("code-form", code=next(word for word in mail["text"].split() if word.isdigit()))
        assert "code" in login.back
    finally:
        alone.stop()


@pytest.mark.parametrize(
    ("acr", "code"),
    [("eidas2", "Y100018"), ("eidas4", "Y100001"), ("none", "Y020030")],
)
def test_the_level_a_tester_chooses_meets_the_hubs_rules(rp: RelyingParty, acr: str, code: str) -> None:
    """inside-the-hub §10.2, through the page of a simulated provider."""
    visitor = rp.visitor
    mire = rp.choice_page()
    choice = read_page(mire.text).form_with(f"idp-{rp.site.uid('ameli')}")
    assert choice is not None
    page = visitor.request("GET", visitor.request("POST", rp.site.hub + choice.action, choice.fields).location)
    form = read_page(page.text).form_with("quick-login-angela-dubois")
    assert form is not None
    answer = visitor.request("POST", rp.site.providers + form.action, form.fields | {"acr": acr})
    while answer.location:
        answer = visitor.request("GET", answer.location)
    assert code in read_page(answer.text).texts["error-code"]
