"""A platform changed while it runs: the next request meets the change, another the file again."""

from collections.abc import Callable
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Arrival
from support.relying_party import RelyingParty, query_of
from support.site import Site, call

HERE = "/platforms/franceconnect"
GOLDEN_SECRET = "9ed64cd3762973c8a5219e0774671940a3550ae1050af86831d613193e825caa"
GOLDEN_ENTITY = "a0cd64372db6ecf39c317c0c74ce90f02d8ad7d510ce054883b759d666a996bc"


def test_the_changeable_members_are_read(site: Site) -> None:
    status, found = site.api("GET", HERE)
    assert status == 200
    assert found["issuer"] == site.issuer
    assert (found["mail_mode"], found["allow_localhost"], found["notice"]) == ("always", True, None)


def test_the_first_golden_sub_of_the_sheet(rp: RelyingParty, person: str, platform: Callable[..., Any]) -> None:
    """service-provider-side §11: the vector of FranceConnect's own tests, through a whole login."""
    platform(sub_secret=GOLDEN_SECRET)
    status, _ = rp.site.api(
        "PUT",
        f"/people/{person}",
        {
            "given_names": ["Joëlle", "Françoise"],
            "family_name": "DUBINÔRE",
            "birthdate": "1992-08-15",
            "gender": "female",
            "birthplace": "75117",
            "email": "joelle@fcsim.test",
            "accounts": {"impots": {"login": "0100000099465", "password": "123"}},
        },
    )
    assert status == 201
    party = rp.change(entity_id=GOLDEN_ENTITY)
    answer = party.site.api(
        "POST", "/logins", {"authorization_url": party.url(), "person": person, "provider": "impots"}
    )
    tokens = party.redeem(query_of(answer[1]["redirect_to"])["code"])
    claims = party.verified(tokens.body["id_token"])
    assert claims["sub"] == "34f4e38b510841db1a83716b981f7298badec51dc52e91af245903b56e2d72bbv1"


def test_a_hint_allowed_on_the_platform_skips_the_choice(rp: RelyingParty, platform: Callable[..., Any]) -> None:
    uid = rp.site.uid("impots")
    refused = rp.walk(idp_hint=uid)
    assert isinstance(refused, Arrival)
    assert query_of(refused.redirect_to)["error"] == "invalid_idp_hint"
    platform(allowed_idp_hints=[uid])
    assert rp.log_in(idp_hint=uid)


def test_localhost_can_be_forbidden(rp: RelyingParty, platform: Callable[..., Any]) -> None:
    party = rp.change(redirect_uris=["http://localhost:1/cb"])
    assert party.authorize().status == 303
    platform(allow_localhost=False)
    assert b"Y030007" in party.authorize().data


def test_mails_can_be_switched_off(rp: RelyingParty, platform: Callable[..., Any]) -> None:
    platform(mail_mode="off")
    end = rp.walk()
    assert isinstance(end, Arrival)
    assert rp.site.api("GET", f"/mails?flow={end.flow_id}")[1] == []


def test_a_notice_is_shown_word_for_word_between_its_dates(rp: RelyingParty, platform: Callable[..., Any]) -> None:
    notice = {"message": "Travaux <b>ce soir</b> & demain", "start_date": None, "stop_date": "2999-12-31"}
    platform(notice=notice)
    assert "Travaux &lt;b&gt;ce soir&lt;/b&gt; &amp; demain" in rp.choice_page().text
    for hidden in (
        notice | {"active": False},
        notice | {"start_date": "2999-01-01T00:00:00Z"},
        notice | {"stop_date": "2020-01-01"},
        None,
    ):
        platform(notice=hidden)
        assert "interaction-notice" not in rp.choice_page().text


def test_what_was_read_can_be_sent_back(site: Site, platform: Callable[..., Any]) -> None:
    before = site.api("GET", HERE)[1]
    platform(mail_mode="off", allowed_idp_hints=["some-uid"])
    assert site.api("PATCH", HERE, before) == (200, before)
    for key in ("name", "title", "issuer"):
        status, problem = site.api("PATCH", HERE, before | {key: "another"})
        assert (status, problem["errors"][0]["key"]) == (400, key)


def test_part_of_a_notice_changes_it_and_a_whole_one_replaces_it(site: Site, platform: Callable[..., Any]) -> None:
    past = {"message": "Travaux", "start_date": None, "stop_date": "2020-01-01", "active": True}
    platform(notice=past)
    for change, expected in (
        ({"active": False}, past | {"active": False}),
        ({"message": "Retour"}, past | {"message": "Retour", "stop_date": None}),
    ):
        assert site.api("PATCH", HERE, {"notice": change})[1]["notice"] == expected
        assert site.api("GET", HERE)[1]["notice"] == expected


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"sub_secret": ""}, "sub_secret"),
        ({"mail_mode": "sometimes"}, "mail_mode"),
        ({"allow_localhost": "false"}, "allow_localhost"),
        ({"allowed_idp_hints": "x"}, "allowed_idp_hints"),
        ({"notice": {"message": "x", "start_date": "soon"}}, "notice.start_date"),
        ({"notice": {"message": " "}}, "notice.message"),
        ({"notice": {"message": "x", "start_date": "2030-01-02", "stop_date": "2030-01-01"}}, "notice.stop_date"),
        ({"notice": {"message": "x", "active": "true"}}, "notice.active"),
        ({"notice": {"message": "x", "startDate": "2030-01-01"}}, "notice.startDate"),
        ({"notice": "x"}, "notice"),
        ({"allow_localhost": 0}, "allow_localhost"),
        ({"allowed_idp_hints": None}, "allowed_idp_hints"),
        ({"sub_secret": None}, "sub_secret"),
        ({"issuer": "http://elsewhere.test"}, "issuer"),
        ({"levels": ["eidas3"]}, "levels"),
    ],
)
def test_a_wrong_change_is_refused_and_nothing_changes(site: Site, members: dict[str, Any], key: str) -> None:
    before = site.api("GET", HERE)
    status, problem = site.api("PATCH", HERE, members)
    assert (status, problem["errors"][0]["key"]) == (400, key)
    assert site.api("GET", HERE) == before


def test_an_unknown_platform_is_a_problem(site: Site) -> None:
    assert site.api("PATCH", "/platforms/nowhere", {})[0] == 404


def test_the_documentation_that_errors_lead_to_can_be_another(site: Site, platform: Callable[..., Any]) -> None:
    """service-provider-side §9.4: the base of `error_uri` is configurable; what its query holds stays."""
    for base, expected in (("https://docs.test/errors", "?code=Y04"), ("https://docs.test/?lang=fr", "&code=Y04")):
        platform(error_uri_base=base)
        told = call("GET", f"{site.issuer}/userinfo").json()["error_uri"]
        assert told.startswith(base + expected)


@pytest.mark.parametrize("base", ["", "docs.test", "javascript:alert(1)", "https://docs.test/#errors", "https://a b/"])
def test_a_documentation_that_is_no_web_page_is_refused(site: Site, base: str) -> None:
    status, problem = site.api("PATCH", HERE, {"error_uri_base": base})
    assert (status, problem["errors"][0]["key"]) == (400, "error_uri_base")
