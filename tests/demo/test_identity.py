"""The identity page: what it says of what came, and what may be done while the access token lives."""

from collections.abc import Callable
from typing import Any

import pytest

from fcsim_demo.meanings import CLAIMS
from fcsim_demo.scopes import IDENTITY
from fcsim_hub.domain.scopes import CATALOGUES
from support.demo import detail, finish, texts, told
from support.fake_hub import FakeHub

SEALED_BY = {"client_secret_post": "client_secret", "private_key_jwt": "client_assertion"}


def test_userinfo_is_asked_again_with_the_same_token(client: Any, hub: FakeHub) -> None:
    finish(client, hub)
    hub.userinfo = {"given_name": "Anaïs"}
    assert client.post("/trial/userinfo").status_code == 303
    assert texts(client)["claim-given_name"] == "Anaïs"


@pytest.mark.parametrize(
    ("status", "userinfo"), [(401, {}), (200, {"sub": "somebody else"}), (200, {"aud": "other"}), (200, {"exp": 1})]
)
def test_userinfo_that_is_refused_the_second_time_leaves_the_login_as_it_was(
    client: Any, hub: FakeHub, status: int, userinfo: dict[str, Any]
) -> None:
    finish(client, hub)
    hub.userinfo_status, hub.userinfo = status, userinfo | {"given_name": "Somebody"}
    assert told(client.post("/trial/userinfo")) == (502, "userinfo")
    assert texts(client)["claim-given_name"] == "Ana"


def test_the_refusal_of_the_hub_is_told_to_the_developer(client: Any, hub: FakeHub) -> None:
    finish(client, hub)
    hub.userinfo_status = 401
    assert detail(client.post("/trial/userinfo")).endswith("401: invalid_token, invalid token provided")


@pytest.mark.parametrize(("method", "proof"), SEALED_BY.items())
def test_the_token_is_given_back(make: Callable[..., Any], hub: FakeHub, method: str, proof: str) -> None:
    client = make({"token_endpoint_auth_method": method})
    finish(client, hub)
    assert "revoked" not in texts(client)
    assert client.post("/trial/revocation").status_code == 303
    path, form = hub.calls[-1]
    assert (path, form["token"], proof in form) == ("/token/revocation", "a", True)
    assert "token_type_hint" not in form
    assert "revoked" in texts(client)


def test_a_revocation_that_fails_has_its_page(client: Any, hub: FakeHub) -> None:
    finish(client, hub)
    hub.revocation_status = 400
    assert told(client.post("/trial/revocation")) == (502, "revocation")
    assert "revoked" not in texts(client)


@pytest.mark.parametrize("door", ["userinfo", "revocation", "data"])
def test_nobody_signed_in_is_sent_to_the_service(client: Any, door: str) -> None:
    assert client.post(f"/trial/{door}").headers["Location"] == "/trial/"


DATES = [
    ("1992-00-00", "year"),
    ("1992-11-00", "day"),
    ("1992-11-03", ""),
]


@pytest.mark.parametrize(("date", "word"), DATES)
@pytest.mark.parametrize("claim", ["birthdate", "idp_birthdate", "rnipp_birthdate"])
def test_a_date_with_unknown_parts_is_shown_as_it_is_and_explained(
    client: Any, hub: FakeHub, claim: str, date: str, word: str
) -> None:
    hub.userinfo = {claim: date}
    finish(client, hub)
    page = texts(client, "/trial/identity?lang=en")
    assert page[f"claim-{claim}"] == date
    assert word in page.get(f"note-{claim}", "")
    assert (f"note-{claim}" in page) == bool(word)


def test_a_european_citizen_has_a_page_too(make: Callable[..., Any], hub: FakeHub) -> None:
    client = make(scope="openid identite_pivot email preferred_username")
    hub.userinfo = {"given_name": None, "family_name": "RAMÍREZ", "birthdate": "1980-02-03", "birthplace": "Sevilla"}
    assert finish(client, hub).status_code == 303
    page = texts(client, "/trial/identity?lang=en")
    assert (page["claim-family_name"], page["claim-birthplace"]) == ("RAMÍREZ", "Sevilla")
    for claim in ("given_name", "gender", "birthcountry", "email", "preferred_username"):
        assert f"claim-{claim}" not in page
        assert claim in page["missing-claims"]


def test_nothing_is_said_missing_when_all_came(client: Any, hub: FakeHub) -> None:
    finish(client, hub)
    assert "missing-claims" not in texts(client)


SERVED = ("franceconnect", "franceconnect-plus")
"""The platforms that have a demo service."""


@pytest.mark.parametrize("platform", SERVED)
def test_every_claim_of_the_platforms_has_its_meaning(platform: str) -> None:
    assert set(CATALOGUES[platform].all_claims()) <= set(CLAIMS)


@pytest.mark.parametrize("platform", SERVED)
def test_the_scopes_that_the_demo_knows_bring_what_the_hub_gives(platform: str) -> None:
    for scope, claims in CATALOGUES[platform].identity.items():
        assert set(IDENTITY[scope]) <= set(claims), scope
        assert {claim for claim in claims if not claim.endswith("_array")} == set(IDENTITY[scope]), scope
