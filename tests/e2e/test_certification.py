"""The modules of OpenID Connect's certification, in both postures and on both platforms (security-and-reliability 1.O).

`faithful` answers as FranceConnect does; `standard` as the certification wants, less what FranceConnect demands of
every service (`nonce`, `acr_values`) unless the client's `optional_parameters` relax it.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.clock import MovableClock
from support.relying_party import FORM, RelyingParty, Tokens, query_of
from support.rogue_provider import Rogue, claims_of, registered
from support.site import Site, call

PASS = "pass"
REFUSED = "Y030007"


@dataclass(frozen=True)
class Suite:
    """What a module runs against: a client of a platform, in a posture."""

    party: RelyingParty
    provider: Rogue
    clock: MovableClock

    def walk(self, **changes: str | None) -> Arrival | Stopped:
        return self.party.travel(Traveller("nobody", self.provider.uid), **changes)

    def tokens(self, **changes: str | None) -> Tokens:
        end = self.walk(**changes)
        assert isinstance(end, Arrival), end
        return self.party.redeem(query_of(end.redirect_to)["code"])

    def outcome(self, **changes: str | None) -> str:
        """`pass` when tokens are given, else the error told to the service, or the code of the page."""
        end = self.walk(**changes)
        if isinstance(end, Stopped):
            return end.code
        answer = query_of(end.redirect_to)
        if "error" in answer:
            return answer["error"]
        return PASS if self.party.redeem(answer["code"]).status == 200 else "no tokens"

    def end(self, **members: str) -> tuple[int, str]:
        """Status and code of the first page of a logout."""
        answer = self.party.visitor.request("GET", f"{self.party.site.issuer}/session/end?{urlencode(members)}")
        return answer.status, read_page(answer.text).texts.get("error-code", "").rpartition(" ")[2]


CELLS = [
    ("franceconnect", "faithful"),
    pytest.param(("franceconnect-plus", "standard"), marks=pytest.mark.thorough),
    pytest.param(("franceconnect", "standard"), marks=pytest.mark.thorough),
    pytest.param(("franceconnect-plus", "faithful"), marks=pytest.mark.thorough),
]
"""Both postures on both platforms; but one of them where there is time."""


@pytest.fixture(params=CELLS, ids="-".join)
def suite(request: pytest.FixtureRequest, site: Site, clock: MovableClock) -> Iterator[Suite]:
    """A client of each platform in each posture, and a provider of the test's own."""
    platform, posture = request.param
    there = site.on(platform)
    with registered(Rogue(acr=there.level, levels=(there.level,), now=clock.now), there) as provider:
        party = RelyingParty.register(there, posture=posture)
        yield Suite(party, provider, clock)
        party.forget()


def asking(**changes: str | None) -> Callable[[Suite], str]:
    """A module whose request differs by these parameters."""
    return lambda suite: suite.outcome(**changes)


def other_redirect_uri(suite: Suite) -> str:
    uris = ["https://rp.test/callback", "https://rp.test/other"]
    return Suite(suite.party.change(redirect_uris=uris[::-1]), suite.provider, suite.clock).outcome()


def response_type_missing(suite: Suite) -> str:
    return suite.outcome(response_type=None)


def id_token_signature(suite: Suite) -> str:
    return PASS if suite.party.verified(suite.tokens().body["id_token"])["sub"] else "unsigned"


def id_token_unsigned(suite: Suite) -> str:
    place = f"{suite.party.site.place}/clients/{suite.party.client_id}"
    return str(suite.party.site.api("PATCH", place, {"id_token_signed_response_alg": "none"})[0])


def userinfo(method: str, where: str) -> Callable[[Suite], str]:
    def module(suite: Suite) -> str:
        token = suite.tokens().access_token
        headers = {"Authorization": f"Bearer {token}"} if where == "header" else FORM
        body = None if where == "header" else f"access_token={token}"
        answer = call(method, f"{suite.party.site.issuer}/userinfo", headers=headers, body=body)
        return PASS if answer.status == 200 and suite.party.verified(answer.data.decode())["sub"] else "404"

    return module


def code_reuse(seconds: int) -> Callable[[Suite], str]:
    def module(suite: Suite) -> str:
        end = suite.walk()
        assert isinstance(end, Arrival), end
        code = query_of(end.redirect_to)["code"]
        token = suite.party.redeem(code).access_token
        suite.clock.advance(seconds)
        again = suite.party.redeem(code)
        dead = suite.party.userinfo(token).status
        return PASS if (again.status, again.body["error"], dead) == (400, "invalid_grant", 401) else "reused"

    return module


def redirect_uri(suffix: str, *, extra: str = "") -> Callable[[Suite], str]:
    """Registered with `extra` appended; asked with `suffix`."""

    def module(suite: Suite) -> str:
        party = suite.party.change(redirect_uris=[f"https://rp.test/callback{extra}"])
        there = Suite(party, suite.provider, suite.clock)
        return there.outcome(redirect_uri=f"https://rp.test/callback{suffix}")

    return module


def registered_fragment(suite: Suite) -> str:
    place = f"{suite.party.site.place}/clients/{suite.party.client_id}"
    return str(suite.party.site.api("PATCH", place, {"redirect_uris": ["https://rp.test/callback#here"]})[0])


def authorize_by_post(suite: Suite) -> str:
    body = urlencode(suite.party.parameters())
    answer = call("POST", f"{suite.party.site.issuer}/authorize", body=body, headers=FORM)
    return PASS if answer.status == 303 and "/interaction/" in answer.headers["Location"] else str(answer.status)


def again(seconds: int = 0, **changes: str | None) -> Callable[[Suite], str]:
    """A second request in the browser of a first login; HINT: the first id_token. Says whether the provider was met."""

    def module(suite: Suite) -> str:
        hint = str(suite.tokens().body["id_token"])
        before = len(suite.provider.requests)
        suite.clock.advance(seconds)
        outcome = suite.outcome(**{name: value and value.replace("HINT", hint) for name, value in changes.items()})
        met = len(suite.provider.requests) > before
        return f"{outcome}, signed in anew" if met else outcome

    return module


def somebody_elses_hint(suite: Suite) -> str:
    other = RelyingParty(suite.party.site, suite.party.record)
    suite.provider.identity = claims_of(suite.party.site.person("claire-moreau"))
    hint = str(Suite(other, suite.provider, suite.clock).tokens().body["id_token"])
    suite.provider.identity = claims_of(suite.party.site.person("angela-dubois"))
    suite.tokens()
    return suite.outcome(prompt="none", id_token_hint=hint)


def consent_needed(suite: Suite) -> str:
    suite.tokens()
    party = suite.party.change(type="private", identity_consent=True)
    return Suite(party, suite.provider, suite.clock).outcome(prompt="none")


def excluded_since(suite: Suite) -> str:
    """Single sign-on ends because the provider is not this service's any more."""
    suite.tokens()
    party = suite.party.change(idp_filter_list=[suite.provider.uid])
    return Suite(party, suite.provider, suite.clock).outcome(prompt="none")


def disabled_since(suite: Suite) -> str:
    """The person's access is withdrawn between two logins: found out once the hub knows who it is."""
    suite.tokens()
    account = f"{suite.party.site.place}/accounts/angela-dubois"
    suite.party.site.api("PUT", account, {"active": False})
    try:
        return suite.outcome(prompt="none")
    finally:
        suite.party.site.api("PUT", account, {"active": True})


def relaxed(**changes: str | None) -> Callable[[Suite], str]:
    """Of a client that may leave out what FranceConnect demands of every service."""

    def module(suite: Suite) -> str:
        party = suite.party.change(optional_parameters=["acr_values", "nonce"])
        relaxed = Suite(party, suite.provider, suite.clock)
        suite.provider.acr = str(party.site.platform.default_level)
        suite.provider.register(party.site, allowed_acr=[suite.provider.acr])
        return relaxed.outcome(**changes)

    return module


def refresh_token(suite: Suite) -> str:
    return "issued" if "refresh_token" in suite.tokens().body else "skip"


def pkce(suite: Suite) -> str:
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    end = suite.walk(code_challenge=challenge, code_challenge_method="S256")
    if isinstance(end, Stopped):
        return end.code
    return PASS if suite.party.redeem(query_of(end.redirect_to)["code"], code_verifier=verifier).status == 200 else "no"


def discovery(suite: Suite) -> str:
    """Issuer, the endpoints that are required, and keys that verify."""
    issuer = suite.party.site.issuer
    found = json.loads(call("GET", f"{issuer}/.well-known/openid-configuration").data)
    required = {"authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"}
    required |= {"subject_types_supported", "id_token_signing_alg_values_supported", "end_session_endpoint"}
    return PASS if found["issuer"] == issuer and required <= set(found) else "incomplete"


def rotated_keys(suite: Suite) -> str:
    suite.party.verified(suite.tokens().body["id_token"])
    suite.party.site.api("POST", f"{suite.party.site.place}/keys/rotate", {"which": "signing"})
    return PASS if suite.party.verified(suite.tokens().body["id_token"]) else "no key"


def logout(**changes: str | None) -> Callable[[Suite], str]:
    """A logout whose request differs by these members; None: left out."""

    def module(suite: Suite) -> str:
        hint = str(suite.tokens().body["id_token"])
        asked = {"id_token_hint": hint, "post_logout_redirect_uri": "https://rp.test/bye", "state": "s"} | changes
        members = {name: value.replace("HINT", hint) for name, value in asked.items() if value is not None}
        status, code = suite.end(**members)
        return PASS if status == 200 else f"{status} {code}"

    return module


def unsigned_hint(suite: Suite) -> str:
    """The same claims, `alg` none."""
    _, payload, _ = str(suite.tokens().body["id_token"]).split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    status, code = suite.end(id_token_hint=f"{header}.{payload}.")
    return f"{status} {code}"


CLAIMS = '{"userinfo": {"family_name": {"essential": true}}}'
JWT_OBJECT = "eyJhbGciOiJub25lIn0.e30."
ROWS: list[tuple[str, Callable[[Suite], str], str, str]] = [
    # module, what it does, what standard gives, what faithful gives
    ("server", asking(), PASS, PASS),
    ("alternate-happy-flow", other_redirect_uri, PASS, PASS),
    ("claims-essential", asking(claims=CLAIMS), PASS, PASS),
    ("response-type-missing", response_type_missing, REFUSED, REFUSED),
    ("idtoken-signature", id_token_signature, PASS, PASS),
    ("idtoken-unsigned", id_token_unsigned, "400", "400"),
    ("userinfo-get", userinfo("GET", "header"), PASS, PASS),
    ("userinfo-post-header", userinfo("POST", "header"), PASS, "404"),
    ("userinfo-post-body", userinfo("POST", "body"), PASS, "404"),
    ("scope-profile", asking(scope="openid profile"), PASS, PASS),
    ("scope-email", asking(scope="openid email"), PASS, PASS),
    ("scope-address", asking(scope="openid address"), PASS, PASS),
    ("scope-phone", asking(scope="openid phone"), PASS, PASS),
    ("display-page", asking(display="page"), PASS, REFUSED),
    ("display-popup", asking(display="popup"), PASS, REFUSED),
    ("login-hint", asking(login_hint="somebody"), PASS, REFUSED),
    ("ui-locales", asking(ui_locales="en fr"), PASS, PASS),
    ("claims-locales", asking(claims_locales="en"), PASS, REFUSED),
    ("unknown-parameter", asking(extra="foobar"), PASS, REFUSED),
    ("without-nonce", relaxed(nonce=None), PASS, REFUSED),
    ("without-nonce, unless the client may", asking(nonce=None), REFUSED, REFUSED),
    ("without-acr-values", relaxed(acr_values=None), PASS, REFUSED),
    ("prompt-login", again(prompt="login"), f"{PASS}, signed in anew", PASS),
    ("prompt-select-account", again(prompt="select_account"), f"{PASS}, signed in anew", REFUSED),
    ("prompt-none-not-logged-in", asking(prompt="none"), "login_required", REFUSED),
    ("prompt-none-logged-in", again(prompt="none"), PASS, REFUSED),
    ("prompt-none-and-login", again(prompt="none login"), "invalid_request", PASS),
    ("prompt-none, consent needed", consent_needed, "consent_required", REFUSED),
    ("prompt-none, provider excluded since", excluded_since, "login_required", REFUSED),
    ("prompt-none, account disabled since", disabled_since, "access_denied", REFUSED),
    ("max-age-1", again(2, max_age="1"), f"{PASS}, signed in anew", REFUSED),
    ("max-age-10000", again(2, max_age="10000"), PASS, REFUSED),
    ("max-age, prompt-none", again(2, max_age="1", prompt="none"), "login_required", REFUSED),
    ("max-age malformed", asking(max_age="soon"), "invalid_request", REFUSED),
    ("id-token-hint", again(prompt="none", id_token_hint="HINT"), PASS, REFUSED),
    ("id-token-hint of another person", somebody_elses_hint, "login_required", REFUSED),
    ("id-token-hint that is none", again(id_token_hint="x.y.z"), "invalid_request", REFUSED),
    ("acr-values", asking(), PASS, PASS),
    ("codereuse", code_reuse(0), PASS, PASS),
    ("codereuse-30seconds", code_reuse(31), PASS, PASS),
    ("registered-redirect-uri", redirect_uri("/unregistered"), "Y04C013C", "Y04C013C"),
    ("redirect-uri-absent", asking(redirect_uri=None), REFUSED, REFUSED),
    ("redirect-uri-query-OK", redirect_uri("?foo=bar", extra="?foo=bar"), PASS, PASS),
    ("redirect-uri-query-added", redirect_uri("?foo=bar"), "Y04C013C", "Y04C013C"),
    ("redirect-uri-query-mismatch", redirect_uri("?foo=bar", extra="?foo=baz"), "Y04C013C", "Y04C013C"),
    ("redirect-uri-regfrag", registered_fragment, "400", "400"),
    ("post-request", authorize_by_post, PASS, PASS),
    ("request-uri-unsigned", asking(request_uri="https://rp.test/request.jwt"), "request_uri_not_supported", REFUSED),
    ("unsigned-request-object", asking(request=JWT_OBJECT), "request_not_supported", REFUSED),
    ("refresh-token", refresh_token, "skip", "skip"),
    ("pkce", pkce, PASS, REFUSED),
    ("discovery-endpoint-verification", discovery, PASS, PASS),
    ("server-rotate-keys", rotated_keys, PASS, PASS),
    ("rp-initiated-logout", logout(), PASS, PASS),
    ("bad-post-logout-redirect-uri", logout(post_logout_redirect_uri="https://rp.test/no"), *["400 Y04CFAEF"] * 2),
    ("modified-id-token-hint", unsigned_hint, "400 Y045AFAE", "400 Y045AFAE"),
    ("bad-id-token-hint", logout(id_token_hint="HINTx"), "400 Y045AFAE", "400 Y045AFAE"),
    ("no-id-token-hint", logout(id_token_hint=None), "400 Y000400", "400 Y000400"),
    (
        "no-params",
        logout(id_token_hint=None, post_logout_redirect_uri=None, state=None),
        "400 Y000400",
        "400 Y000400",
    ),
    ("no-post-logout-redirect-uri", logout(post_logout_redirect_uri=None), PASS, PASS),
    ("no-state", logout(state=None), PASS, PASS),
    ("only-state", logout(id_token_hint=None, post_logout_redirect_uri=None), "400 Y000400", "400 Y000400"),
    (
        "query-added-to-post-logout-redirect-uri",
        logout(post_logout_redirect_uri="https://rp.test/bye?a=b"),
        *["400 Y04CFAEF"] * 2,
    ),
]


@pytest.mark.parametrize(("module", "run", "standard", "faithful"), ROWS, ids=[row[0] for row in ROWS])
def test_what_a_module_meets(
    suite: Suite, module: str, run: Callable[[Suite], str], standard: str, faithful: str
) -> None:
    assert run(suite) == (standard if suite.party.record["posture"] == "standard" else faithful), module
