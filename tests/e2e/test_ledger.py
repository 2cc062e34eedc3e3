"""The fidelity ledger: every leniency is probed, written down, and marked in the code that has it."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from fcsim_hub.domain.ledger import LEDGER
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.data_provider import OwnDataProvider
from support.key_server import make_key, public
from support.relying_party import FORM, RelyingParty, encrypted, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site, call

SOURCES = Path(__file__).parents[2] / "hub" / "fcsim_hub"
LENIENT = {one.id for one in LEDGER if one.lenient}


def plain_http(rp: RelyingParty) -> bool:
    return rp.site.issuer.startswith("http:") and "Secure" not in rp.authorize().headers["Set-Cookie"]


def localhost(rp: RelyingParty) -> bool:
    return rp.change(redirect_uris=["http://localhost:3000/cb"]).authorize().status == 303


def json_userinfo(rp: RelyingParty) -> bool:
    party = rp.change(userinfo_signed_response_alg="")
    answer = party.userinfo(party.redeem(party.log_in()).access_token)
    return answer.headers["Content-Type"] == "application/json"


def basic(rp: RelyingParty) -> bool:
    header = "Basic " + base64.b64encode(f"{rp.client_id}:{rp.secret}".encode()).decode()
    body = f"grant_type=authorization_code&code={rp.log_in()}&redirect_uri={rp.redirect_uri}"
    return call("POST", f"{rp.site.issuer}/token", body=body, headers=FORM | {"Authorization": header}).status == 200


def short_texts(rp: RelyingParty) -> bool:
    return rp.change(entity_id="e", client_secret="s").authorize().status == 303


def suspicious_header(rp: RelyingParty) -> bool:
    start = call("GET", rp.url(), headers={"X-Suspicious": "1"})
    cookie = start.headers["Set-Cookie"].split(";")[0]
    page = call("GET", rp.site.hub + start.headers["Location"].partition(rp.site.hub)[2], headers={"Cookie": cookie})
    return page.data.count(b" disabled ") >= 6


def unlisted_parameter(rp: RelyingParty) -> bool:
    return rp.change(posture="standard").authorize(login_hint="x").status == 303


def assertion(rp: RelyingParty) -> bool:
    key = make_key("ES256", use="sig")
    party = rp.change(jwks=public(key))
    return party.redeem(party.log_in(), **party.assertion(key)).status == 200


def localhost_on_the_higher_platform(rp: RelyingParty) -> bool:
    party = RelyingParty.register(rp.site.plus, redirect_uris=["http://localhost:3000/cb"])
    return party.authorize().status == 303


def code_kept_when_keys_are_down(rp: RelyingParty) -> bool:
    rogue = Rogue(uid="rogue-of-the-ledger", acr="eidas2", levels=("eidas2",))
    with registered(rogue, rp.site.plus):
        party = RelyingParty.register(rp.site.plus)
        party = party.change(**encrypted("ECDH-ES"), jwks_uri="http://localhost:1/jwks")
        end = party.travel(Traveller("nobody", rogue.uid))
        assert isinstance(end, Arrival)
        code = query_of(end.redirect_to)["code"]
        refused = party.redeem(code).status == 400
        again = party.change(**encrypted(""), jwks_uri="").redeem(code).status == 200
    return refused and again


def fetched_over_http(rp: RelyingParty) -> bool:
    return rp.change(sector_identifier_uri="http://127.0.0.1:1/").authorize().status == 400


def provider_of_a_few_words(rp: RelyingParty) -> bool:
    place, record = f"{rp.site.place}/providers/any text", Rogue(base="http://localhost:1").record(uid="any text")
    made = rp.site.api("PUT", place.replace(" ", "%20"), record | {"name": "Any text"})[0] == 201
    return rp.site.api("DELETE", place.replace(" ", "%20"))[0] == 204 and made


def checktoken_on_the_higher_platform(rp: RelyingParty) -> bool:
    provider = OwnDataProvider(rp.site.plus)
    provider.register()
    told = provider.introspect("x" * 43)
    provider.stop()
    return told == {"active": False}


def former_secret(rp: RelyingParty) -> bool:
    changed = rp.change(former_client_secret=rp.secret, former_client_secret_until=4e9, client_secret="new")
    return RelyingParty(rp.site, changed.record | {"client_secret": rp.secret}).redeem(changed.log_in()).status == 200


PROBES: dict[str, Callable[[RelyingParty], bool]] = {
    "F01": plain_http,
    "F02": localhost,
    "F07": json_userinfo,
    "F08": basic,
    "F18": short_texts,
    "F19": suspicious_header,
    "F24": unlisted_parameter,
    "F27": assertion,
    "F28": localhost_on_the_higher_platform,
    "F29": code_kept_when_keys_are_down,
    "F38": fetched_over_http,
    "F52": provider_of_a_few_words,
    "F55": checktoken_on_the_higher_platform,
    "F64": former_secret,
}


@pytest.mark.parametrize(("entry", "probe"), PROBES.items())
def test_a_leniency_is_real_and_has_its_entry(
    rp: RelyingParty, entry: str, probe: Callable[[RelyingParty], bool]
) -> None:
    assert probe(rp)
    assert entry in LENIENT


def test_every_lenient_entry_is_probed_and_marked_where_the_code_has_it() -> None:
    assert set(PROBES) == LENIENT
    marks = {mark for file in SOURCES.rglob("*.py") for mark in re.findall(r"ledger (F\d\d)", file.read_text("utf-8"))}
    assert marks == LENIENT


def test_the_console_shows_the_ledger(site: Site) -> None:
    status, rows = site.api("GET", "/differences")
    assert status == 200
    assert [row["id"] for row in rows] == [one.id for one in LEDGER]
    page = call("GET", f"{site.console}/differences").data.decode()
    assert all(f'data-testid="difference-{one.id}"' in page for one in LEDGER)
    assert json.dumps(rows)
