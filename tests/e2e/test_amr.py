"""`amr`: who may ask it, where it comes from, where it goes (service-provider-side §5)."""

import json
from typing import Any

import pytest

from fcsim_hub.domain.providers import AMR_VALUES
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.relying_party import RelyingParty, Tokens, query_of
from support.rogue_provider import Rogue

ASKED = json.dumps({"id_token": {"amr": {"essential": True}}})
ASKED_ELSEWHERE = json.dumps({"userinfo": {"amr": None}})
SHEET = "pwd pop otp fpt eye vbm tel sms kba wia mfa face geo hwk iris mca pin rba swk user mail eidas fc"


def log_in(party: RelyingParty, rogue: Rogue, **changes: str) -> Tokens:
    end = party.travel(Traveller("nobody", rogue.uid), **changes)
    assert isinstance(end, Arrival), end
    return party.redeem(query_of(end.redirect_to)["code"])


@pytest.mark.parametrize("asked", [ASKED, ASKED_ELSEWHERE], ids=["id_token", "userinfo"])
@pytest.mark.parametrize("registered", [["fc", "pwd"], ["fc", "pwd", "mail"], ["fc", "pin", "pop", "mfa"], ["eidas"]])
def test_amr_is_what_the_provider_is_registered_for_whatever_it_answers(
    rp: RelyingParty, rogue: Rogue, registered: list[str], asked: str
) -> None:
    rogue.register(rp.site, amr=registered)
    rogue.id_token = lambda claims: claims.update(amr=["face", "iris"])
    tokens = log_in(rp, rogue, claims=asked)
    assert rp.verified(tokens.body["id_token"])["amr"] == registered
    assert "amr" not in rp.verified(rp.userinfo(tokens.access_token).data.decode())


def test_the_scope_releases_it_at_userinfo_to_who_is_granted_it(rp: RelyingParty, rogue: Rogue) -> None:
    granted = rp.change(scopes=["openid", "amr"], claims=[])
    tokens = log_in(granted, rogue, scope="openid amr")
    assert granted.verified(granted.userinfo(tokens.access_token).data.decode())["amr"] == ["fc", "pwd"]
    assert "amr" not in granted.verified(tokens.body["id_token"])
    refused = rp.change(scopes=["openid"], claims=["amr"]).authorize(scope="openid amr")
    assert query_of(refused.headers["Location"])["error"] == "invalid_scope"


@pytest.mark.parametrize("claims", ['{"id_token":{"acr":null}}', '{"userinfo":{"email":null}}', ""])
def test_who_does_not_ask_is_not_told(rp: RelyingParty, rogue: Rogue, claims: str) -> None:
    assert "amr" not in rp.verified(log_in(rp, rogue, claims=claims).body["id_token"])


def test_its_values_are_the_sheets_and_no_other_can_be_registered(rp: RelyingParty, rogue: Rogue) -> None:
    assert set(SHEET.split()) == AMR_VALUES
    rogue.register(rp.site, amr=SHEET.split())
    for unknown in ("fr", "PWD", "", "mfa "):
        place = f"{rp.site.place}/providers/{rogue.uid}"
        problem: Any = rp.site.api("PUT", place, rogue.record(amr=["fc", unknown]))
        assert (problem[0], problem[1]["errors"][0]["key"]) == (400, "amr")
