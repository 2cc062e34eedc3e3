"""H063: how long a secret takes to be refused says nothing of how much of it was right."""

import gc
import random
import secrets
from collections.abc import Callable, Iterator
from time import perf_counter_ns

import pytest

from fcsim_hub.domain.clients import Client
from fcsim_hub.domain.data_providers import DataProvider
from fcsim_hub.domain.errors.client_auth import BadSecret, ClientNotFound
from fcsim_hub.domain.errors.data_provider import DataProviderBadSecret, DataProviderNotFound
from fcsim_hub.protocol import checktoken, client_auth
from support.mann_whitney import p_value

CALLS = 10_000
ROUNDS = 6
"""A round that finds nothing is enough: six that cry wolf, one in a hundred each, are one run in 10^12."""
SECRET = secrets.token_hex(32)
CLIENT = Client(
    client_id="c", client_secret=SECRET, name="Service", redirect_uris=("https://rp.test/callback",), scopes=("openid",)
)
PROVIDER = DataProvider(
    title="Data", client_id="d" * 32, client_secret=SECRET, scopes=(), jwks_uri="https://dp.test/jwks"
)
Attempt = Callable[[str], None]


def service(secret: str) -> None:
    """A wrong secret at /token."""
    try:
        client_auth.authenticate(client_auth.Credentials("c", secret), lambda _: CLIENT, 0.0)
    except BadSecret:
        return
    raise AssertionError("a wrong secret was taken")


def data_provider(secret: str) -> None:
    """A wrong secret at /checktoken."""
    try:
        checktoken.authenticate(PROVIDER, secret)
    except DataProviderBadSecret:
        return
    raise AssertionError("a wrong secret was taken")


def guess(right: int) -> str:
    """A secret whose first characters are right, and none of the others. Each is a text of its own, and all are made
    in the same way: no place in memory is slower for one kind than for the other."""
    return "".join([char if rank < right else "10"[char == "1"] for rank, char in enumerate(SECRET)])


def timed(attempt: Attempt, right: int, draw: random.SystemRandom) -> tuple[list[int], list[int]]:
    """Nanoseconds of each call, with these characters right and with none; the two kinds alternate in an order that
    nobody can foresee, so that a slow moment of the machine falls on both."""
    order = [right, 0] * CALLS
    draw.shuffle(order)
    guesses = [(kind, guess(kind)) for kind in order]
    taken: dict[int, list[int]] = {right: [], 0: []}
    gc.disable()
    try:
        for kind, secret in guesses:
            begin = perf_counter_ns()
            attempt(secret)
            duration = perf_counter_ns() - begin  # before the lookup of its list: that takes its own time
            taken[kind].append(duration)
    finally:
        gc.enable()
    return taken[right], taken[0]


def rounds(attempt: Attempt, right: int) -> Iterator[float]:
    """The p-value of each round, against a secret whose first character is wrong already."""
    for _ in range(ROUNDS):
        yield p_value(*timed(attempt, right, random.SystemRandom()))


@pytest.mark.thorough
@pytest.mark.parametrize("right", [1, 63])
@pytest.mark.parametrize("attempt", [service, data_provider])
def test_h063_the_time_of_a_refusal_does_not_tell_how_much_of_the_secret_was_right(
    attempt: Attempt, right: int
) -> None:
    assert any(p > 0.01 for p in rounds(attempt, right))


def compare_until_they_differ(one: bytes, other: bytes) -> bool:
    """What must never be used."""
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            return False
    return len(one) == len(other)


@pytest.mark.thorough
@pytest.mark.parametrize("right", [1, 63])
@pytest.mark.parametrize("attempt", [service, data_provider])
def test_h063_the_same_statistic_sees_a_comparison_that_stops_at_the_first_difference(
    monkeypatch: pytest.MonkeyPatch, attempt: Attempt, right: int
) -> None:
    monkeypatch.setattr("hmac.compare_digest", compare_until_they_differ)
    assert all(p <= 0.01 for p in rounds(attempt, right))


@pytest.mark.parametrize("known", [True, False])
def test_h063_h066_a_secret_is_compared_for_those_nobody_knows_too(
    monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    compared: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr("hmac.compare_digest", lambda *both: bool(compared.append(both)))
    with pytest.raises(BadSecret if known else ClientNotFound):
        client_auth.authenticate(client_auth.Credentials("c", "guess"), lambda _: CLIENT if known else None, 0.0)
    with pytest.raises(DataProviderBadSecret if known else DataProviderNotFound):
        checktoken.authenticate(PROVIDER if known else None, "guess")
    assert [theirs for _, theirs in compared] == [b"guess", b"guess"]
    assert all(mine for mine, _ in compared)
