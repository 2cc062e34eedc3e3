"""sector_identifier_uri, fetched live (service-provider-side §6.8, §15.4; H026)."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask, Response

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.listeners import Served, bind
from support.relying_party import RelyingParty
from support.site import Site

URIS = ["https://a.test/callback", "https://b.test/callback"]


class Sector:
    """A sector document whose answer a test changes."""

    answer = Response(json.dumps(URIS))

    def __init__(self) -> None:
        listener = bind("127.0.0.1", 0)
        self.uri = f"http://localhost:{listener.port}/sector.json"
        app = Flask("sector")
        app.add_url_rule("/sector.json", view_func=lambda: self.answer, endpoint="sector")
        self.served = Served("sector", app, listener, 2)
        self.served.start()


@pytest.fixture
def sector() -> Iterator[Sector]:
    document = Sector()
    yield document
    document.served.stop()


def test_several_hosts_work_while_the_document_lists_them(site: Site, sector: Sector) -> None:
    rp = RelyingParty.register(site, redirect_uris=URIS, sector_identifier_uri=sector.uri)
    for uri in URIS:
        assert rp.authorize(redirect_uri=uri).status == 303


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("[]", 500, "Y04A8220"),
        ("[]", 302, "Y04A8220"),
        ("{", 200, "Y049E35D"),
        ("{}", 200, "Y049E35D"),
        (json.dumps(URIS[:1]), 200, "Y04639D8"),
    ],
)
def test_a_document_that_does_not_do_stops_every_authorize(
    site: Site, sector: Sector, body: str, status: int, code: str
) -> None:
    """Also where it did before: all logins of a service fail while its file is down (service-provider-side §19)."""
    rp = RelyingParty.register(site, redirect_uris=URIS, sector_identifier_uri=sector.uri)
    assert rp.authorize().status == 303
    sector.answer = Response(body, status)
    answer = rp.authorize()
    page = read_page(answer.data.decode())
    assert (answer.status, page.texts["error-code"].rpartition(" ")[2]) == (400, code)
    assert sector.uri in page.texts["error-detail"]
    assert "back-to-sp-link" not in page.texts
    sector.answer = Response(json.dumps(URIS))
    assert rp.authorize().status == 303


def test_the_document_is_fetched_at_every_authorize(site: Site, sector: Sector) -> None:
    """§20 item 19: fetched live, a service whose file is down has no login."""
    rp = RelyingParty.register(site, redirect_uris=URIS, sector_identifier_uri=sector.uri)
    for status, expected in ((200, 303), (503, 400), (200, 303)):
        sector.answer = Response(json.dumps(URIS), status)
        assert rp.authorize().status == expected


def test_a_document_that_cannot_be_reached(site: Site, sector: Sector) -> None:
    rp = RelyingParty.register(site, redirect_uris=URIS, sector_identifier_uri=sector.uri)
    sector.served.stop()
    answer = rp.authorize()
    assert (answer.status, "Y04ED062" in answer.data.decode()) == (400, True)


@pytest.mark.parametrize("key", ["sector_identifier_uri", "jwks_uri"])
@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://169.254.169.254/", "http://[fe80::1]/", "http://0/"])
def test_h025_an_address_the_hub_will_not_fetch_is_refused_at_registration(site: Site, key: str, address: str) -> None:
    rp = RelyingParty.register(site)
    status, problem = site.api("PATCH", f"/platforms/franceconnect/clients/{rp.client_id}", {key: address})
    assert (status, problem["errors"][0]["key"]) == (400, key)
    rp.forget()


@pytest.mark.parametrize("key", ["sector_identifier_uri", "jwks_uri"])
def test_http_on_loopback_is_taken(site: Site, sector: Sector, key: str) -> None:
    rp = RelyingParty.register(site, **{key: sector.uri})
    assert rp.record[key] == sector.uri
    rp.forget()
