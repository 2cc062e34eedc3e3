"""FranceConnect and FranceConnect+ side by side, each row of the tables seen over HTTP (service-provider-side §16,
inside-the-hub §2)."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Traveller, Visitor
from support.clock import MovableClock
from support.key_server import KeyServer, make_key, public
from support.relying_party import RelyingParty, Tokens, encrypted, query_of
from support.rogue_provider import Rogue, claims_of, registered
from support.site import Site, call


@dataclass(frozen=True)
class Seen:
    """A platform, a service and a provider of the test's own on it."""

    party: RelyingParty
    provider: Rogue
    clock: MovableClock
    keys: KeyServer

    @property
    def site(self) -> Site:
        return self.party.site

    @property
    def is_high(self) -> bool:
        return "eidas3" in self.provider.levels

    def tokens(self, **changes: str) -> Tokens:
        end = self.party.travel(Traveller("nobody", self.provider.uid), **changes)
        assert isinstance(end, Arrival), end
        return self.party.redeem(query_of(end.redirect_to)["code"])

    def id_token(self, **changes: str) -> dict[str, Any]:
        return self.party.verified(self.tokens(**changes).body["id_token"])

    def discovery(self) -> dict[str, Any]:
        return dict(json.loads(call("GET", f"{self.site.issuer}/.well-known/openid-configuration").data))


@pytest.fixture(params=["franceconnect", "franceconnect-plus"])
def seen(request: pytest.FixtureRequest, site: Site, clock: MovableClock, own_keys: KeyServer) -> Iterator[Seen]:
    there = site.on(request.param)
    levels = ("eidas1",) if request.param == "franceconnect" else ("eidas2", "eidas3")
    with registered(Rogue(acr=levels[-1], levels=levels, now=clock.now), there) as provider:
        party = RelyingParty.register(there)
        yield Seen(party, provider, clock, own_keys)
        party.forget()


def levels(seen: Seen) -> object:
    return seen.discovery()["acr_values_supported"], seen.id_token(acr_values="unknown")["acr"]


def signatures(seen: Seen) -> object:
    return seen.discovery()["id_token_signing_alg_values_supported"], {key["kty"] for key in _jwks(seen)}


def _jwks(seen: Seen) -> list[dict[str, Any]]:
    return list(json.loads(call("GET", f"{seen.site.issuer}/jwks").data)["keys"])


def encryption(seen: Seen) -> object:
    """What can be registered: nothing, or each algorithm with the service's key and never without."""
    place = f"{seen.site.place}/clients/{seen.party.client_id}"
    keys = public(make_key("RSA-OAEP"), make_key("ECDH-ES"))
    taken = [alg for alg in ("RSA-OAEP", "RSA-OAEP-256", "ECDH-ES") if _patched(seen, encrypted(alg) | {"jwks": keys})]
    keyless = seen.site.api("PATCH", place, encrypted("ECDH-ES") | {"jwks": None})[0]
    return taken, keyless


def _patched(seen: Seen, members: dict[str, Any]) -> bool:
    return seen.site.api("PATCH", f"{seen.site.place}/clients/{seen.party.client_id}", members)[0] == 200


def identity(seen: Seen) -> object:
    """Persona P18: born in March 1977, the day unknown."""
    seen.provider.identity = claims_of(seen.site.person("amadou-diallo"))
    scope = "openid birthdate idp_birthdate rnipp_birthdate"
    claims = seen.party.verified(seen.party.userinfo(seen.tokens(scope=scope).access_token).data.decode())
    return {name: claims[name] for name in ("birthdate", "idp_birthdate", "rnipp_birthdate") if name in claims}


def claims(seen: Seen) -> object:
    own = set(seen.discovery()["claims_supported"])
    return sorted(own & {"given_name_array", "idp_birthdate", "idp_id"}), len([one for one in own if "rnipp" in one])


def data_scopes(seen: Seen) -> object:
    """One scope of each family (§10.4)."""
    return [one for one in LOW_DATA if one in seen.discovery()["scopes_supported"]]


def session(seen: Seen) -> object:
    """How the cookie is dated; a page looked at again and again, and how long that keeps it."""
    cookie = next(one for one in seen.party.authorize().headers.getlist("Set-Cookie") if "session_id=" in one)
    url, lasted = seen.party.visitor.request("GET", seen.party.url()).location, 0
    while lasted < 6000 and seen.party.visitor.request("GET", url).status == 200:
        seen.clock.advance(300)
        lasted += 300
    return "Max-Age=1800" in cookie, "Max-Age" in cookie, lasted


def interaction(seen: Seen) -> object:
    """How long a page left alone still answers."""
    found = []
    for seconds in (599, 601, 1799, 1801):
        visitor = Visitor()
        url = visitor.request("GET", seen.party.url()).location
        seen.clock.advance(seconds)
        found.append(visitor.request("GET", url).status)
        seen.clock.reset()
    return found


def single_sign_on(seen: Seen) -> object:
    """The levels at which a second service of the browser sees no provider."""
    served = []
    for level in seen.site.platform.levels:
        visitor = Visitor()
        one, other = (RelyingParty(seen.site, seen.party.record, visitor) for _ in range(2))
        one.travel(Traveller("nobody", seen.provider.uid), acr_values=level)
        before = len(seen.provider.requests)
        other.travel(Traveller("nobody", seen.provider.uid), acr_values=level)
        served += [str(level)] if len(seen.provider.requests) == before else []
    return served


def excluded(seen: Seen) -> object:
    page = seen.party.change(idp_filter_list=[seen.provider.uid]).choice_page().text
    return f"idp-{seen.provider.uid}" in page, read_page(page).form_with(f"idp-{seen.provider.uid}") is not None


def side_doors(seen: Seen) -> object:
    page = seen.party.choice_page().text
    return [door for door in ("aidants-connect", "eidas") if f"interaction-{door}-button" in page]


def suspicious(seen: Seen) -> object:
    """Whether the provider of the platform's lowest level can still be chosen."""
    start = call("GET", seen.party.url(), headers={"X-Suspicious": "1"})
    cookie = "; ".join(one.partition(";")[0] for one in start.headers.getlist("Set-Cookie"))
    page = call("GET", str(start.headers["Location"]), headers={"Cookie": cookie}).data.decode()
    return read_page(page).form_with(f"idp-{seen.provider.uid}") is not None


def localhost(seen: Seen) -> object:
    """Allowed by default on both (ledger F02, F28), and as on the real platforms where the platform says so."""
    found = []
    party = seen.party.change(redirect_uris=["http://localhost:3000/cb"])
    for allowed in (True, False):
        seen.site.api("PATCH", seen.site.place, {"allow_localhost": allowed})
        answer = party.authorize()
        found.append((answer.status, b"Y030007" in answer.data))
    seen.site.api("DELETE", seen.site.place)
    return found


def default_algorithm(seen: Seen) -> object:
    seen.party.change(id_token_signed_response_alg="")
    return jwt.get_unverified_header(seen.tokens().body["id_token"])["alg"]


def registration(seen: Seen) -> object:
    """By the control API on both: nobody has to ask anybody."""
    return seen.site.api("GET", f"{seen.site.place}/clients/{seen.party.client_id}")[0]


def providers(seen: Seen) -> object:
    _, found = seen.site.api("GET", f"{seen.site.place}/providers")
    shown = [one for one in found if one["kind"] == "default" and one["uid"] != seen.provider.uid]
    return [one["name"] for one in sorted(shown, key=lambda one: int(one["order"])) if "bench" not in one["name"]]


def logout_hint(seen: Seen) -> object:
    """The token answer's id_token, as it came; then opened, where it had to be."""
    if seen.is_high:
        seen.keys.change_key("ECDH-ES")
        seen.party.change(**encrypted("ECDH-ES"), jwks_uri=seen.keys.jwks_uri)
    token = seen.tokens().body["id_token"]
    url = f"{seen.site.issuer}/session/end?id_token_hint="
    as_it_came = read_page(seen.party.visitor.request("GET", url + token).text).texts.get("error-code", "")
    opened = seen.keys.decrypted(token)[1] if token.count(".") == 4 else token
    return as_it_came.rpartition(" ")[2], seen.party.visitor.request("GET", url + opened).status


def lifetimes(seen: Seen) -> object:
    """Seconds an id_token and an access token are said to live, and until when a code and a grant really do."""
    tokens = seen.tokens()
    claims = seen.party.verified(tokens.body["id_token"])
    said, found = (claims["exp"] - claims["iat"], tokens.body["expires_in"]), []
    for seconds in (29, 31):
        end = RelyingParty(seen.site, seen.party.record).travel(Traveller("nobody", seen.provider.uid))
        assert isinstance(end, Arrival), end
        seen.clock.advance(seconds)
        found.append(seen.party.redeem(query_of(end.redirect_to)["code"]).status)
    fresh = Seen(RelyingParty(seen.site, seen.party.record), seen.provider, seen.clock, seen.keys)
    token = fresh.tokens().access_token
    for seconds in (29, 2):
        seen.clock.advance(seconds)
        found.append(seen.party.userinfo(token).status)
    return said, found


def support(seen: Seen) -> object:
    """What the support form of an error page calls the platform."""
    seen.provider.acr = "eidas4"
    visitor = seen.party.visitor
    form = read_page(seen.party.choice_page().text).form_with(f"idp-{seen.provider.uid}")
    assert form is not None
    page = visitor.request("POST", seen.site.hub + form.action, form.fields)
    while page.location:
        page = visitor.request("GET", page.location)
    return re.findall(r"[?&;]platform=(\w+)", page.text)


def journal(seen: Seen) -> object:
    """The name that the platform has in its own events."""
    end = seen.party.travel(Traveller("nobody", seen.provider.uid))
    return {event["service"] for event in seen.site.events(end.flow_id)}


LOW_DATA = (
    *("dgfip_rfr", "cnam_caisse", "cnous_email", "mesri_identite", "mi_siv_carte_grise"),
    *("api_fc-liste-paiementsv1", "cnaf_enfants", "complementaire_sante_solidaire", "dsnj_statut_service_national"),
    *("ants_extrait_immatriculation_vehicule_statut_rattachement", "gip_mds_service_civique_dates"),
)
SIX = ["impots", "ameli", "laposte", "msa", "yris", "france-identite"]
COMPLETED, RAW = "1977-03-01", "1977-03-00"
ROWS: list[tuple[Callable[[Seen], object], object, object]] = [
    (levels, (["eidas1"], "eidas1"), (["eidas2", "eidas3"], "eidas3")),
    (signatures, (["HS256", "ES256", "RS256"], {"EC", "RSA"}), (["ES256"], {"EC"})),
    (encryption, ([], 400), (["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES"], 400)),
    (identity, {"birthdate": COMPLETED, "idp_birthdate": RAW}, {"birthdate": RAW, "rnipp_birthdate": COMPLETED}),
    (claims, (["given_name_array", "idp_birthdate", "idp_id"], 0), ([], 7)),
    (data_scopes, [*LOW_DATA], ["dgfip_rfr", "cnam_caisse", "cnous_email"]),
    (session, (True, True, 6000), (False, False, 600)),
    (interaction, [200, 200, 200, 401], [200, 401, 401, 401]),
    (single_sign_on, ["eidas1"], ["eidas2"]),
    (excluded, (True, False), (False, False)),
    (side_doors, ["aidants-connect"], ["eidas"]),
    (suspicious, False, True),
    (localhost, [(303, False), (400, True)], [(303, False), (400, True)]),
    (default_algorithm, "HS256", "ES256"),
    (registration, 200, 200),
    (providers, SIX, ["laposte", "france-identite"]),
    (lifetimes, ((60, 60), [200, 400, 200, 401]), ((60, 60), [200, 400, 200, 401])),
    (support, ["fclow"], ["fcplus"]),
    (journal, {"fc_core_low_app"}, {"fc_core_v2_app"}),
    (logout_hint, ("", 200), ("Y04FEDB9", 200)),
]
"""The last row of the sheet, checktoken, is in test_checktoken and test_plus_subs: it answers on both."""


@pytest.mark.parametrize(("probe", "low", "high"), ROWS, ids=[row[0].__name__ for row in ROWS])
def test_what_each_platform_does(seen: Seen, probe: Callable[[Seen], object], low: object, high: object) -> None:
    assert probe(seen) == (high if seen.is_high else low)
