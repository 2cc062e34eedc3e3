"""The journal: every field of every event, and the sequences of the sheet (inside-the-hub §16)."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy.exc import OperationalError

from fcsim_hub.domain.events import FIELDS, STEPS
from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Traveller
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import Site, call


def logout_url(rp: RelyingParty, hint: str, **more: str) -> str:
    return f"{rp.site.issuer}/session/end?{urlencode({'id_token_hint': hint} | more)}"


def logged_in(rp: RelyingParty) -> str:
    return str(rp.redeem(rp.log_in()).body["id_token"])


def test_every_event_of_a_login_holds_every_field_with_its_type(rp: RelyingParty) -> None:
    end = rp.walk()
    assert isinstance(end, Arrival)
    rp.userinfo(rp.redeem(query_of(end.redirect_to)["code"]).access_token)
    events = rp.site.events(end.flow_id)
    own = {"id", "time", "level", "service", "platform", "step", "category", "event", "flow"}
    for event in events:
        assert set(event) == {*FIELDS, *own}
        assert (event["step"], event["category"]) == STEPS[event["event"]]
        for name in ("id", "time", "pid", "source.port"):
            assert type(event[name]) is int, name
        for name in ("hostname", "logId", "ip", "sessionId", "browsingSessionId", "spId", "spName", "spType", "scope"):
            assert type(event[name]) is str, name
        assert type(event["isSso"]) is bool
        assert (event["ip"], event["level"], event["interactionId"]) == (event["source.address"], "info", end.flow_id)
        assert event["time"] > 1_700_000_000_000
    assert len({event["logId"] for event in events}) == len(events)
    by_name = {event["event"]: event for event in events}
    assert by_name["FC_AUTHORIZE_INITIATED"]["idpId"] is None
    chosen, last = by_name["IDP_CHOSEN"], by_name["SP_REQUESTED_FC_USERINFO"]
    assert (chosen["idpName"], chosen["idpId"], chosen["idpAcr"]) == ("impots", rp.site.uid("impots"), None)
    assert (last["idpName"], last["idpAcr"], last["interactionAcr"]) == ("impots", "eidas1", "eidas1")
    assert last["idpLabel"]
    assert last["idpSub"]
    assert last["spSub"].endswith("v1")
    assert by_name["FC_DATATRANSFER_INFORMATION_IDENTITY"]["claims"].startswith("sub ")


def test_a_logout_names_its_account_and_its_provider(rp: RelyingParty) -> None:
    hint = logged_in(rp)
    rp.visitor.request("GET", logout_url(rp, hint))
    event = [one for one in rp.site.api("GET", "/events?limit=50")[1] if one["spId"] == rp.client_id][-1]
    assert (event["event"], event["step"], event["idpName"]) == ("SP_REQUESTED_LOGOUT", "8.0.0", "impots")
    assert event["accountId"]


def newest(site: Site) -> dict[str, Any]:
    return dict(site.api("GET", f"/events?platform={site.name}&limit=1")[1][-1])


@pytest.mark.parametrize(
    ("platform_name", "path", "event", "step"),
    [
        ("franceconnect", "/jwks", "SP_REQUESTED_FC_JWKS", "7.1.0"),
        ("franceconnect-plus", "/jwks", "SP_REQUESTED_FC_JWKS", "7.1.0"),
        ("franceconnect-plus", "/client/.well-known/keys", "IDP_REQUESTED_FC_JWKS", "3.1.0"),
    ],
)
def test_fetching_keys_is_traced_and_its_answer_is_as_cacheable_as_ever(
    site: Site, platform_name: str, path: str, event: str, step: str
) -> None:
    """§16.1: category DISCOVERY; of no journey, so no field speaks of one."""
    there = site.on(platform_name)
    answer = call("GET", there.issuer + path)
    traced = newest(there)
    assert (traced["event"], traced["step"], traced["category"]) == (event, step, "DISCOVERY")
    assert (traced["flow"], traced["ip"]) == ("", "127.0.0.1")
    assert set(FIELDS) <= set(traced)
    assert not any(traced[name] for name in ("sessionId", "interactionId", "accountId", "spId", "idpId", "spSub"))
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert answer.headers["Content-Type"] == "application/jwk-set+json; charset=utf-8"
    assert "Set-Cookie" not in answer.headers


def test_keys_are_published_though_the_journal_cannot_be_written(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("full"))

    monkeypatch.setattr("fcsim_hub.endpoints.discovery.write_events", fail)
    answer = call("GET", f"{site.issuer}/jwks")
    assert (answer.status, b'"keys"' in answer.data) == (200, True)


SEQUENCE_TO_REGISTRY = [
    *("FC_AUTHORIZE_INITIATED", "FC_SHOWED_IDP_CHOICE", "IDP_CHOSEN", "IDP_CALLEDBACK", "FC_REQUESTED_IDP_TOKEN"),
    *("FC_REQUESTED_IDP_USERINFO", "FC_REQUESTED_RNIPP"),
]


def test_a_cancelled_login_is_told_in_the_order_of_the_sheet(rp: RelyingParty, rogue: Rogue) -> None:
    start = rp.visitor.request("GET", rp.url()).location
    form = read_page(rp.visitor.request("GET", start).text).form_with(f"idp-{rogue.uid}")
    assert form is not None
    sent = query_of(rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location)
    back = f"{rp.site.issuer}/oidc-callback?error=access_denied&state={sent['state']}"
    page = rp.visitor.request("GET", rp.visitor.request("GET", back).location)
    assert 'data-testid="interaction-error-message"' in page.text
    assert [event["event"] for event in rp.site.events(start.rpartition("/")[2])] == [
        *SEQUENCE_TO_REGISTRY[:3],
        *("IDP_CALLEDBACK_WITH_ERROR", "FC_SHOWED_IDP_CHOICE"),
    ]


@pytest.mark.parametrize(
    ("members", "code"), [({"active": False}, "Y180001"), ({"idp_settings": {"list": ["rogue"]}}, "Y100011")]
)
def test_a_disabled_account_and_a_blocked_provider_end_after_the_registry(
    rp: RelyingParty, rogue: Rogue, members: dict[str, Any], code: str
) -> None:
    where = "/platforms/franceconnect/accounts/angela-dubois"
    rp.site.api("PUT", where, members)
    try:
        end = rp.travel(Traveller("nobody", rogue.uid))
        assert end.code == code  # type: ignore[union-attr]  # it stops
        names = [event["event"] for event in rp.site.events(end.flow_id)]
        assert names == [*SEQUENCE_TO_REGISTRY, "FC_RECEIVED_VALID_RNIPP"]
    finally:
        rp.site.api("PUT", where, {"active": True, "idp_settings": {"list": []}})


def test_the_error_page_base_is_the_platforms(rp: RelyingParty, platform: Callable[..., Any]) -> None:
    body = rp.redeem("x").body
    assert re.fullmatch(
        r"https://docs\.partenaires\.franceconnect\.gouv\.fr/fs/fs-technique/fs-technique-erreurs/"
        r"\?code=Y049E20B&id=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        body["error_uri"],
    )
