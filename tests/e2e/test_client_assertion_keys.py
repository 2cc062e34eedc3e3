"""Which clients may authenticate with an assertion, and with which keys (H069, H073; ledger F27)."""

import json
import time
from collections.abc import Iterator

import pytest

from support.clock import MovableClock
from support.key_server import KeyServer, make_key, public
from support.platforms import BOTH
from support.relying_party import RelyingParty, Tokens, query_of
from support.site import Site

KEY = make_key("ES256", use="sig")
NOW = int(time.time())
UNKNOWN = "never-issued"
AUTHENTICATED = (400, "Y049E20B")
"""What an unknown code is told, once the client is known: the assertion was accepted."""


@pytest.fixture(params=BOTH)
def party(request: pytest.FixtureRequest, site: Site) -> Iterator[RelyingParty]:
    there = site if request.param == "franceconnect" else site.plus
    party = RelyingParty.register(there, jwks=public(KEY))
    yield party
    party.forget()


def verdict(tokens: Tokens) -> tuple[int, str]:
    assert set(tokens.body) == {"error", "error_description", "error_uri"}
    return tokens.status, query_of(tokens.body["error_uri"])["code"]


def told(tokens: Tokens) -> str:
    return str(tokens.body["error_description"])


MISMATCH = (401, "Y044D82C")


@pytest.mark.parametrize(
    ("method", "has_keys", "secret", "assertion"),
    [
        ("", True, AUTHENTICATED, AUTHENTICATED),
        ("", False, AUTHENTICATED, MISMATCH),
        ("client_secret_post", True, AUTHENTICATED, MISMATCH),
        ("private_key_jwt", True, MISMATCH, AUTHENTICATED),
    ],
)
def test_the_registered_method_decides(
    rp: RelyingParty, method: str, has_keys: bool, secret: tuple[int, str], assertion: tuple[int, str]
) -> None:
    party = rp.change(token_endpoint_auth_method=method, jwks=public(KEY) if has_keys else None)
    assert verdict(party.redeem(UNKNOWN)) == secret
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY))) == assertion


def test_keys_to_encrypt_with_authenticate_nobody(rp: RelyingParty) -> None:
    party = rp.change(jwks=public(make_key("ECDH-ES")))
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY))) == MISMATCH


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_assertion_type": None}, (400, "Y040001")),
        ({"client_assertion_type": "urn:other"}, (400, "Y040001")),
        ({"client_assertion": None}, (400, "Y040001")),
        ({"client_id": "unknown"}, (401, "Y0421A2A")),
        ({"client_secret": "x" * 64}, (400, "Y04DADA6")),
    ],
)
def test_a_form_that_does_not_fit_its_assertion(
    party: RelyingParty, changes: dict[str, str | None], expected: tuple[int, str]
) -> None:
    assert verdict(party.redeem(UNKNOWN, **(party.assertion(KEY) | changes))) == expected


def test_an_unknown_client_is_unknown_with_an_assertion_too(party: RelyingParty) -> None:
    form = party.assertion(KEY, sub="unknown", iss="unknown") | {"client_id": None}
    assert verdict(party.redeem(UNKNOWN, **form)) == (401, "Y0479FCE")


def test_h073_an_unknown_kid_has_the_keys_fetched_again_once_in_ten_seconds(
    rp: RelyingParty, own_keys: KeyServer, clock: MovableClock
) -> None:
    own_keys.body = json.dumps(public(KEY))
    party = rp.change(jwks_uri=own_keys.jwks_uri)
    fresh = make_key("ES256", use="sig")
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY))) == AUTHENTICATED
    clock.advance(11)
    for _ in range(3):
        refused = party.redeem(UNKNOWN, **party.assertion(fresh, exp=NOW + 3600))
        assert verdict(refused) == (401, "Y040001")
    assert own_keys.jwks_calls == 2
    own_keys.body = json.dumps(public(KEY, fresh))
    clock.advance(11)
    assert verdict(party.redeem(UNKNOWN, **party.assertion(fresh, exp=NOW + 3600))) == AUTHENTICATED
    assert own_keys.jwks_calls == 3


@pytest.mark.parametrize(("status", "body"), [(500, "{}"), (200, "<html>"), (200, " " * 5_000_000), (302, "")])
def test_h073_keys_that_cannot_be_had_are_a_clean_401_and_the_last_good_ones_serve_600_seconds(
    rp: RelyingParty, own_keys: KeyServer, clock: MovableClock, status: int, body: str
) -> None:
    good = json.dumps(public(KEY))
    own_keys.status, own_keys.body = status, body
    party = rp.change(jwks_uri=own_keys.jwks_uri)
    refused = party.redeem(UNKNOWN, **party.assertion(KEY))
    assert verdict(refused) == (401, "Y040001")
    assert "client JSON Web Key Set failed to be refreshed" in told(refused)
    own_keys.status, own_keys.body = 200, good
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY))) == (401, "Y040001")
    assert own_keys.jwks_calls == 1  # the address is left in peace for ten seconds
    clock.advance(11)
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY))) == AUTHENTICATED
    own_keys.status, own_keys.body = status, body
    clock.advance(590)
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY, exp=NOW + 3600))) == AUTHENTICATED


def test_h073_a_client_is_answered_from_keys_of_its_own_fetching(
    site: Site, rp: RelyingParty, own_keys: KeyServer
) -> None:
    """At most one fetch in ten seconds per client: another one at the same address meets what is there now."""
    own_keys.status, own_keys.body = 500, json.dumps(public(KEY))
    party = rp.change(jwks_uri=own_keys.jwks_uri)
    assert verdict(party.redeem(UNKNOWN, **party.assertion(KEY))) == (401, "Y040001")
    own_keys.status = 200
    other = RelyingParty.register(site, jwks_uri=own_keys.jwks_uri)
    assert verdict(other.redeem(UNKNOWN, **other.assertion(KEY))) == AUTHENTICATED
    other.forget()
