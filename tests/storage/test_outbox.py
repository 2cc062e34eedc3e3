"""Two postmen at one outbox, and a server so slow that what one of them holds comes to the other (R22)."""

from dataclasses import replace

import pytest

from fcsim_hub.gateways.smtp import LEASE_SECONDS, Postman
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.outbox import insert_notice
from support.clock import MovableClock
from support.outbox import NOTICE, with_one_mail


@pytest.fixture
def outbox(empty_database: Database) -> Database:
    return with_one_mail(empty_database)


def test_r22_an_attempt_that_outlives_its_lease_undoes_nothing(
    outbox: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail was delivered by another meanwhile; a late failure would have it sent again."""
    clock = MovableClock()
    slow, prompt = (Postman(outbox, "smtp://127.0.0.1:1", clock) for _ in range(2))
    monkeypatch.setattr(prompt, "_send", lambda _: None)

    def fail_late(_: object) -> None:
        clock.advance(LEASE_SECONDS + 1)
        assert prompt.deliver_due() == 1
        raise TimeoutError

    monkeypatch.setattr(slow, "_send", fail_late)
    assert slow.deliver_due() == 0
    clock.advance(3600)
    assert slow.deliver_due() == prompt.deliver_due() == 0


def test_r22_mails_that_a_slow_server_keeps_waiting_are_left_before_their_lease_ends(
    outbox: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, tried = MovableClock(), []
    postman = Postman(outbox, "smtp://127.0.0.1:1", clock)
    with outbox.write() as connection:
        insert_notice(connection, "default", replace(NOTICE, id="second"))

    def fail_slowly(_: object) -> None:
        tried.append(1)
        clock.advance(LEASE_SECONDS / 2 + 1)
        raise TimeoutError

    monkeypatch.setattr(postman, "_send", fail_slowly)
    postman.deliver_due()
    assert len(tried) == 1
