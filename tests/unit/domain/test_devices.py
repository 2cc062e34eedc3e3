"""Trusted devices: both tables of inside-the-hub §14.3, without Flask and without a clock."""

from dataclasses import replace

import pytest

from fcsim_hub.domain.devices import Device, Entry, Recognition, recognise
from fcsim_hub.domain.identity import PivotIdentity
from fcsim_hub.domain.notices import should_notify

DAY = 24 * 3600.0
LIFETIME = 90 * DAY
NOW = 1_800_000_000.0
ANGELA = PivotIdentity(
    given_names=("Angela",),
    family_name="DUBOIS",
    birthdate="1962-08-24",
    gender="female",
    birthplace="75107",
    birthcountry="99100",
)
PEOPLE = [replace(ANGELA, given_names=(name,)) for name in ("Angela", "Berthe", "Claire", "Denise")]
EMPTY = Device("s" * 64)


def used_by(*people: int, since: float = NOW) -> Device:
    """A device that these people used, a minute apart."""
    device = EMPTY
    for rank, person in enumerate(people):
        device, _ = recognise(device, PEOPLE[person], ["secret"], since + 60 * rank, LIFETIME)
    return device


def seen(device: Device, person: int, now: float = NOW + DAY) -> Recognition:
    return recognise(device, PEOPLE[person], ["secret"], now, LIFETIME)[1]


@pytest.mark.parametrize(
    ("device", "person", "known", "trusted", "shared", "new", "became_trusted", "became_shared", "count"),
    [
        (EMPTY, 0, False, False, False, True, True, False, 1),
        (used_by(0), 0, True, True, False, False, False, False, 1),
        (used_by(0), 1, True, True, False, True, False, False, 2),
        (used_by(0, 1), 0, True, True, False, False, False, False, 2),
        (used_by(0, 1), 2, True, True, False, True, False, True, 3),
        (used_by(0, 1, 2), 0, True, False, True, False, False, False, 3),
        (used_by(0, 1, 2), 3, True, False, True, True, False, False, 3),
        (used_by(0, since=NOW - LIFETIME), 0, False, False, False, True, True, False, 1),
    ],
)
def test_what_a_device_says_of_a_login(
    device: Device,
    person: int,
    known: bool,
    trusted: bool,
    shared: bool,
    new: bool,
    became_trusted: bool,
    became_shared: bool,
    count: int,
) -> None:
    assert seen(device, person) == Recognition(
        known_device=known,
        is_trusted=trusted,
        shared=shared,
        new_identity=new,
        became_trusted=became_trusted,
        became_shared=became_shared,
        account_count=count,
    )


def test_the_three_most_recent_identities_are_kept_and_a_login_renews_its_own() -> None:
    device = used_by(0, 1, 2, 0, 3)
    assert [seen(device, person).new_identity for person in range(4)] == [False, True, False, False]
    renewed = used_by(0, since=NOW)
    assert renewed.entries[0].expires_at == NOW + LIFETIME


def test_an_old_secret_still_recognises_and_the_first_one_takes_over() -> None:
    device, _ = recognise(EMPTY, ANGELA, ["old"], NOW, LIFETIME)
    after, recognition = recognise(device, ANGELA, ["new", "old"], NOW, LIFETIME)
    assert (recognition.new_identity, recognition.account_count) == (False, 1)
    assert after.entries != device.entries


def test_h202_a_digest_copied_under_another_salt_is_no_trust() -> None:
    stolen = Device("t" * 64, used_by(0).entries)
    assert seen(stolen, 0).new_identity
    assert "DUBOIS" not in repr(stolen)


@pytest.mark.parametrize(
    ("device", "person", "suspicious", "told"),
    [
        (EMPTY, 0, False, True),
        (used_by(0), 0, False, False),
        (used_by(0, 1), 1, False, False),
        (used_by(0), 1, False, True),
        (used_by(0, 1), 2, False, True),
        (used_by(0, 1, 2), 1, False, True),
        (used_by(0), 0, True, True),
        (used_by(0, since=NOW - LIFETIME), 0, False, True),
    ],
)
def test_which_logins_are_unusual(device: Device, person: int, suspicious: bool, told: bool) -> None:
    recognition = seen(device, person)
    assert should_notify("unusual", "rp", (), recognition, suspicious=suspicious) is told
    assert not should_notify("unusual", "rp", ("rp",), recognition, suspicious=suspicious)
    assert should_notify("always", "rp", (), recognition, suspicious=suspicious)
    assert not should_notify("off", "rp", (), recognition, suspicious=True)


def test_an_entry_is_a_digest_and_a_date() -> None:
    assert isinstance(used_by(0).entries[0], Entry)
    assert len(used_by(0).entries[0].digest) == 44
