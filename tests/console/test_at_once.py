"""Changes asked for at once, on each database: none fails, none is lost."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import Site

CLIENT = {"client_secret": "s", "name": "Essai", "redirect_uris": ["https://rp.test/cb"]}
PERSON = {"given_names": ["Ada"], "family_name": "ATONCE", "birthdate": "1971-02-03", "gender": "female"}
PROVIDER = Rogue(base="http://localhost:1").record()
MEMBERS: dict[str, Any] = {
    "name": "Autre",
    "scopes": ["openid", "email"],
    "entity_id": "e",
    "type": "private",
    "identity_consent": True,
    "active": False,
    "claims": ["amr"],
    "allowed_prompts": ["login"],
}
PLATFORM: dict[str, Any] = {"allow_localhost": False, "mail_mode": "off", "sub_secret": "x", "allowed_idp_hints": ["x"]}


@pytest.fixture
def key(any_site: Site) -> Iterator[str]:
    """A name for whatever a test makes."""
    name = f"at-once-{secrets.token_hex(4)}"
    yield name
    for place in (f"{any_site.place}/clients", f"{any_site.place}/providers", "/people"):
        any_site.api("DELETE", f"{place}/{name}")
    any_site.api("DELETE", any_site.place)


def together(call: Callable[[Any], Any], of: Any) -> list[Any]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(call, of))


@pytest.mark.parametrize(
    ("place", "record"),
    [
        ("/platforms/franceconnect/clients", CLIENT),
        ("/platforms/franceconnect/providers", {**PROVIDER, "uid": None}),
        ("/people", PERSON),
    ],
)
def test_one_of_several_creates_and_the_others_replace(
    any_site: Site, key: str, place: str, record: dict[str, Any]
) -> None:
    record = {name: value for name, value in record.items() if value is not None}
    statuses = together(lambda _: any_site.api("PUT", f"{place}/{key}", record)[0], range(12))
    assert sorted(statuses) == [200] * 11 + [201]


def test_members_changed_at_once_are_all_kept(any_site: Site, key: str) -> None:
    place = f"{any_site.place}/clients/{key}"
    any_site.api("PUT", place, CLIENT)
    assert set(together(lambda one: any_site.api("PATCH", place, dict([one]))[0], MEMBERS.items())) == {200}
    kept = any_site.api("GET", place)[1]
    assert {name: kept[name] for name in MEMBERS} == MEMBERS


def test_members_of_a_platform_too(any_site: Site, key: str) -> None:
    assert set(together(lambda one: any_site.api("PATCH", any_site.place, dict([one]))[0], PLATFORM.items())) == {200}
    kept = any_site.api("GET", any_site.place)[1]
    assert {name: kept[name] for name in PLATFORM} == PLATFORM


def test_an_account_is_made_once_and_keeps_every_sub(any_site: Site, key: str) -> None:
    any_site.api("PUT", f"/people/{key}", PERSON | {"family_name": f"ATONCE {secrets.token_hex(4)}"})
    place = f"{any_site.place}/accounts/{key}"
    statuses = together(lambda n: any_site.api("PUT", place, {"subs": {f"e{n}": f"s{n}"}})[0], range(12))
    assert sorted(statuses) == [200] * 11 + [201]
    assert any_site.api("GET", place)[1]["subs"] == {f"e{n}": f"s{n}" for n in range(12)}


def test_first_logins_of_one_person_at_once_share_one_account(any_site: Site, key: str) -> None:
    """inside-the-hub §11.3: one account an identity and platform."""
    login = {"login": f"at.once.{key}", "password": "word"}
    person = PERSON | {"family_name": f"ATONCE {secrets.token_hex(4).translate(LETTERS)}", "birthplace": "75107"}
    status, found = any_site.api("PUT", f"/people/{key}", person | {"email": "a@b.test", "accounts": {"msa": login}})
    assert status == 201, found
    party, traveller = RelyingParty.register(any_site), Traveller(key, any_site.uid("msa"), **login)
    ends = together(lambda _: RelyingParty(any_site, party.record).travel(traveller), range(8))
    subs = set()
    for end in ends:
        assert isinstance(end, Arrival), end
        subs.add(party.verified(party.redeem(query_of(end.redirect_to)["code"]).body["id_token"])["sub"])
    assert len(subs) == 1


LETTERS = str.maketrans("0123456789", "GHIJKLMNOP")
"""Digits are no part of a name."""
