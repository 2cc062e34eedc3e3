"""Codes and tokens: as many as one likes without a twin, and none that a stolen disk or log would give away (H061)."""

import base64
import logging
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from fcsim_hub.stack import Stack
from fcsim_hub.web.credentials import RANDOM_BYTES, new_access_token, new_code
from support.data_provider import OwnDataProvider
from support.relying_party import RelyingParty

HALF = [10_000, pytest.param(500_000, marks=pytest.mark.thorough)]
BITS = 8 * RANDOM_BYTES


@pytest.mark.parametrize("half", HALF)
def test_h061_no_code_and_no_token_is_drawn_twice(half: int) -> None:
    """A million of them, with the functions that the doors call."""
    drawn = set(chain((new_code() for _ in range(half)), (new_access_token() for _ in range(half))))
    assert len(drawn) == 2 * half
    assert {len(one) for one in drawn} == {43}


@pytest.mark.parametrize("make", [new_code, new_access_token])
def test_h061_each_of_256_bits_is_drawn(make: Callable[[], str]) -> None:
    """Every bit is set in half of a thousand draws: nine deviations aside, it would be no chance any more."""
    drawn = [int.from_bytes(base64.urlsafe_b64decode(make() + "=")) for _ in range(1000)]
    assert BITS == 256
    for bit in range(BITS):
        assert 358 < sum(one >> bit & 1 for one in drawn) < 642, bit


def everything_kept(folder: Path, files: str = "*") -> bytes:
    """Each byte of the installation's files: databases, their write-ahead logs, what else is there."""
    return b"\0".join(file.read_bytes() for file in folder.rglob(files) if file.is_file())


def test_h061_what_was_issued_is_nowhere_in_the_database_its_log_nor_the_journal_of_the_program(
    rp: RelyingParty, stack: Stack, caplog: pytest.LogCaptureFixture
) -> None:
    provider = OwnDataProvider(rp.site)
    provider.register()
    with caplog.at_level(logging.DEBUG):
        codes = [rp.log_in(state="mark-of-this-test" * 2) for _ in range(2)]
        tokens = [rp.redeem(code) for code in codes]
        rp.redeem(codes[0])  # refused, and told of
        for one in tokens:
            rp.userinfo(one.access_token)
            provider.introspect(one.access_token)
        rp.revoke(tokens[1].access_token)
        cookies = [value.rpartition(".")[0] for value in rp.visitor.cookies["localhost"].values()]
    provider.stop()
    issued = [*codes, *(one.access_token for one in tokens), *(one.body["id_token"] for one in tokens)]
    issued += [value for value in cookies if len(value) >= 40]
    assert len(issued) >= 8
    kept, said = everything_kept(stack.settings.data), caplog.text
    assert rp.client_id.encode() in kept, "the search finds what is kept in clear"
    assert rp.client_id.encode() in everything_kept(stack.settings.data, "hub.sqlite3-wal"), (
        "and reads the write-ahead log"
    )
    assert "POST" in said or "error" in said, "and something was said"
    for rank, one in enumerate(issued):
        assert one.encode() not in kept, rank
        assert one not in said, rank
