"""Logout on both platforms and in both postures: who is logged out of what, and by whom (§12; H101–H113, table 1.O)."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Response, Traveller, Visitor
from support.clock import MovableClock
from support.data_provider import OwnDataProvider
from support.key_server import make_key
from support.logout import end_url, follow, step
from support.platforms import BOTH
from support.relying_party import RelyingParty, Tokens, query_of
from support.rogue_provider import Rogue, registered
from support.site import Site
from support.walks import code_of

BYE = "https://rp.test/bye"


@pytest.fixture(params=BOTH)
def there(request: pytest.FixtureRequest, site: Site) -> Site:
    return site.on(request.param)


@pytest.fixture
def party(there: Site) -> Iterator[RelyingParty]:
    party = RelyingParty.register(there)
    yield party
    party.forget()


@pytest.fixture
def idp(there: Site, clock: MovableClock) -> Iterator[Rogue]:
    """A provider with a logout of its own, whose address has a query already."""
    level = there.level
    rogue = Rogue(uid="rogue-of-logouts", acr=level, levels=(level,), now=clock.now)
    with registered(rogue, there):
        rogue.register(there, end_session_endpoint=f"{rogue.base}/end?tenant=1")
        yield rogue


def log_in(party: RelyingParty, idp: Rogue, **changes: str) -> Tokens:
    end = party.travel(Traveller("nobody", idp.uid), **changes)
    assert isinstance(end, Arrival), end
    return party.redeem(query_of(end.redirect_to)["code"])


def is_signed_in(party: RelyingParty) -> bool:
    """Whether a new authorization in this browser meets no choice of a provider."""
    return 'data-testid="main-providers"' not in party.choice_page().text


def events_since(site: Site, client_id: str) -> list[str]:
    _, found = site.api("GET", f"/events?platform={site.name}&limit=60")
    begin = max(rank for rank, one in enumerate(found) if one.get("spId") == client_id and "TOKEN" in one["event"])
    names = ("SP_REQUESTED_LOGOUT", "FC_REQUESTED_LOGOUT_FROM_IDP", "FC_SESSION_TERMINATED")
    return [one["event"] for one in found[begin:] if one["event"] in names]


def test_h101_the_chain_step_by_step(party: RelyingParty, idp: Rogue) -> None:
    id_token = log_in(party, idp).body["id_token"]
    session, login = party.site.platform.session_cookie, party.site.platform.login_cookie
    first = party.visitor.request("GET", end_url(party, id_token, post_logout_redirect_uri=BYE, state="é& ="))
    assert first.status == 200
    form = read_page(first.text).form_with("logout-form")
    assert form is not None
    assert (form.method, form.action) == ("post", f"{party.site.issuer}/client/disconnect-from-idp")
    away = step(party, first)
    assert (away.status, away.location.startswith(f"{idp.base}/end?tenant=1&")) == (302, True)
    sent = query_of(away.location)
    assert set(sent) == {"tenant", "id_token_hint", "post_logout_redirect_uri", "state", "client_id"}
    assert sent["post_logout_redirect_uri"] == f"{party.site.issuer}/client/logout-callback"
    assert sent["id_token_hint"] != id_token  # the provider's own
    assert len(sent["state"]) == 64
    assert session in party.visitor.cookies["localhost"]
    back = party.visitor.request("GET", f"{sent['post_logout_redirect_uri']}?state={sent['state']}")
    form = read_page(back.text).form_with("logout-form")
    assert form is not None
    assert (form.method, form.action) == ("post", f"{party.site.issuer}/session/end/confirm")
    assert set(form.fields) == {"xsrf"}
    assert session not in party.visitor.cookies["localhost"]
    end = step(party, back)
    assert (end.status, end.location) == (303, f"{BYE}?state=%C3%A9%26+%3D")
    assert login not in party.visitor.cookies["localhost"]
    assert events_since(party.site, party.client_id) == [
        *("SP_REQUESTED_LOGOUT", "FC_REQUESTED_LOGOUT_FROM_IDP", "FC_SESSION_TERMINATED")
    ]


def test_without_a_logout_of_the_providers_it_is_left_out(party: RelyingParty, idp: Rogue) -> None:
    idp.register(party.site, end_session_endpoint="")
    id_token = log_in(party, idp).body["id_token"]
    end = follow(party, party.visitor.request("GET", end_url(party, id_token, post_logout_redirect_uri=BYE)))
    assert end.location == BYE
    assert events_since(party.site, party.client_id) == ["SP_REQUESTED_LOGOUT", "FC_SESSION_TERMINATED"]
    assert not is_signed_in(party)


def test_a_provider_that_lost_its_logout_meanwhile_is_y020028(party: RelyingParty, idp: Rogue) -> None:
    page = party.visitor.request("GET", end_url(party, log_in(party, idp).body["id_token"]))
    idp.register(party.site, end_session_endpoint="")
    assert code_of(step(party, page)) == (500, "Y020028")


def test_h107_without_an_address_a_page_says_so_and_the_session_is_over(party: RelyingParty, idp: Rogue) -> None:
    idp.register(party.site, end_session_endpoint="")
    id_token = log_in(party, idp).body["id_token"]
    back = step(party, party.visitor.request("GET", end_url(party, id_token, state="s")))
    away = step(party, back)
    assert (away.status, away.location) == (
        303,
        f"{party.site.issuer}/session/end/success?client_id={party.client_id}",
    )
    end = follow(party, away)
    assert (end.status, "logged-out-title" in read_page(end.text).texts) == (200, True)
    assert not is_signed_in(party)


def test_h113_every_token_of_the_session_dies_and_none_of_another_session(
    party: RelyingParty, there: Site, idp: Rogue
) -> None:
    """The documented rule (ledger F48): those of other services signed on in it too; the same person elsewhere not."""
    sibling = RelyingParty(there, RelyingParty.register(there).record, party.visitor)
    elsewhere = RelyingParty(there, party.record)
    provider = OwnDataProvider(there)
    provider.register()
    own, siblings, others = (log_in(one, idp) for one in (party, sibling, elsewhere))
    pending = query_of(log_in_again(party).redirect_to)["code"]
    follow_home(party, party.visitor.request("GET", end_url(party, own.body["id_token"])))
    for one, tokens, alive in ((party, own, False), (sibling, siblings, False), (elsewhere, others, True)):
        assert (one.userinfo(tokens.access_token).status == 200) is alive
        assert provider.introspect(tokens.access_token)["active"] is alive
    assert party.redeem(pending).body["error"] == "invalid_grant"
    assert "Y04D8B5C" in party.redeem(pending).body["error_uri"]
    assert is_signed_in(elsewhere)
    assert not is_signed_in(party)
    provider.stop()
    sibling.forget()


def log_in_again(party: RelyingParty) -> Arrival:
    end = party.travel(Traveller("nobody", "no choice is met"))
    assert isinstance(end, Arrival), end
    return end


def follow_home(party: RelyingParty, page: Response) -> Response:
    """The rest of a logout whose provider sends the citizen back."""
    away = step(party, page)
    return follow(party, party.visitor.request("GET", query_of(away.location)["post_logout_redirect_uri"]))


@pytest.mark.parametrize(("posture", "alive"), [("faithful", True), ("standard", False)])
def test_h111_a_provider_that_never_answers_keeps_nobody_signed_in_in_posture_standard(
    party: RelyingParty, idp: Rogue, posture: str, alive: bool
) -> None:
    """FranceConnect ends the session when the provider sends the citizen back (ledger F48)."""
    party = party.change(posture=posture)
    tokens = log_in(party, idp)
    url = end_url(party, tokens.body["id_token"], post_logout_redirect_uri=BYE, state="s")
    page = party.visitor.request("GET", url)
    away = step(party, page)
    assert away.location.startswith(idp.base)
    assert (party.userinfo(tokens.access_token).status == 200) is alive
    if not alive:  # what was under way can still be finished: from the page again, and when the provider wakes up
        assert step(party, page).location == f"{party.site.issuer}/client/logout-callback"
        assert party.visitor.request("GET", url).location == f"{BYE}?state=s"  # asked again: there is nobody to end
    callback = query_of(away.location)["post_logout_redirect_uri"]
    assert follow(party, party.visitor.request("GET", callback)).location == f"{BYE}?state=s"
    assert events_since(party.site, party.client_id) == [
        *("SP_REQUESTED_LOGOUT", "FC_REQUESTED_LOGOUT_FROM_IDP", "FC_SESSION_TERMINATED")
    ]
    assert not is_signed_in(party)


@pytest.mark.parametrize(("posture", "alive"), [("faithful", True), ("standard", False)])
def test_h111_and_the_citizen_reaches_the_service_anew(
    party: RelyingParty, idp: Rogue, posture: str, alive: bool
) -> None:
    party = party.change(posture=posture)
    page = party.visitor.request("GET", end_url(party, log_in(party, idp).body["id_token"]))
    step(party, page)
    assert is_signed_in(party) is alive
    assert isinstance(party.travel(Traveller("nobody", idp.uid)), Arrival)


LOST: dict[str, tuple[int, str]] = {"stranger": (400, "Y100019"), "expired": (401, "Y190001")}


@pytest.mark.parametrize("how", LOST)
def test_h108_a_lost_session_is_an_error_as_franceconnect_has_it_and_no_matter_in_posture_standard(
    party: RelyingParty, idp: Rogue, clock: MovableClock, how: str
) -> None:
    """§12.3 says what FranceConnect does; H108 what the standards want."""
    id_token = log_in(party, idp).body["id_token"]
    if how == "stranger":
        party = RelyingParty(party.site, party.record)
    else:
        clock.advance(party.site.platform.lifetimes.session + 1)
    url = end_url(party, id_token, post_logout_redirect_uri=BYE, state="s")
    assert code_of(party.visitor.request("GET", url)) == LOST[how]
    party = party.change(posture="standard")
    answer = party.visitor.request("GET", url)
    assert (answer.status, answer.location) == (303, f"{BYE}?state=s")
    silent = party.visitor.request("GET", end_url(party, id_token))
    assert "logged-out-title" in follow(party, silent).text
    assert idp.base not in "".join(one.url for one in party.visitor.steps if "/end" in one.url)


@pytest.mark.parametrize("posture", ["faithful", "standard"])
def test_a_logout_while_another_authorization_is_under_way_in_the_browser(
    party: RelyingParty, idp: Rogue, posture: str
) -> None:
    """The authorization took the session's place. FranceConnect took the login's cookie back (ledger F45); posture
    `standard` must not say "logged out" of a citizen who is not."""
    idp.register(party.site, end_session_endpoint="")
    party = party.change(posture=posture)
    tokens = log_in(party, idp)
    assert is_signed_in(party)  # a second authorization, left at its information page
    answer = party.visitor.request("GET", end_url(party, tokens.body["id_token"], post_logout_redirect_uri=BYE))
    if posture == "faithful":
        assert code_of(answer) == (400, "Y100019")
        assert is_signed_in(party)
    else:
        assert follow(party, answer).location == BYE
        assert not is_signed_in(party)
        assert party.userinfo(tokens.access_token).status == 401
        assert events_since(party.site, party.client_id) == ["SP_REQUESTED_LOGOUT", "FC_SESSION_TERMINATED"]


def claims_of(id_token: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(jws.extract_compact(id_token.encode()).payload)
    return claims


def unsigned(claims: dict[str, Any]) -> str:
    signed = jws.serialize_compact({"alg": "ES256"}, json.dumps(claims), ECKey.generate_key("P-256"), ["ES256"])
    return f"eyJhbGciOiJub25lIn0.{signed.split('.')[1]}."


def of_the_other_platform(party: RelyingParty, _id_token: str) -> str:
    """Issued by the other hub, to a client that has the same client_id there."""
    other = party.site.on("franceconnect-plus" if party.site.name == "franceconnect" else "franceconnect")
    twin = RelyingParty.register(other, client_id=party.client_id)
    level = other.level
    with registered(Rogue(uid="rogue-of-twins", acr=level, levels=(level,)), other) as rogue:
        token = str(log_in(twin, rogue).body["id_token"])
    twin.forget()
    return token


def signed_by_a_stranger(party: RelyingParty, id_token: str) -> str:
    claims = claims_of(id_token)
    return jws.serialize_compact({"alg": "ES256"}, json.dumps(claims), ECKey.generate_key("P-256"), ["ES256"])


def other_subject(_party: RelyingParty, id_token: str) -> str:
    head, _, signature = id_token.split(".")
    return f"{head}.{unsigned(claims_of(id_token) | {'sub': 'somebody'}).split('.')[1]}.{signature}"


Hint = Callable[[RelyingParty, str], str | None]
HINTS: dict[str, tuple[Hint, str]] = {
    "oidcc-rp-initiated-logout-no-id-token-hint": (lambda _party, _token: None, "Y000400"),
    "empty": (lambda _party, _token: "", "Y000400"),
    "oidcc-rp-initiated-logout-modified-id-token-hint": (
        lambda _party, token: unsigned(claims_of(token)),
        "Y045AFAE",
    ),
    "oidcc-rp-initiated-logout-bad-id-token-hint": (signed_by_a_stranger, "Y045AFAE"),
    "other subject, same signature": (other_subject, "Y045AFAE"),
    "signature cut off": (lambda _party, token: token.rpartition(".")[0] + ".", "Y045AFAE"),
    "signature flipped": (lambda _party, token: token[:-5] + token[-5:].swapcase()[::-1], "Y045AFAE"),
    "of the other platform": (of_the_other_platform, "Y045AFAE"),
    "garbage": (lambda _party, _token: "x.y.z", "Y04FEDB9"),
    "two parts": (lambda _party, token: token.rpartition(".")[0], "Y04FEDB9"),
    "encrypted": (lambda _party, _token: "a.b.c.d.e", "Y04FEDB9"),
    "an assertion": (
        lambda party, _token: str(party.assertion(make_key("ES256", use="sig"))["client_assertion"]),
        "Y0429C91",
    ),
}


@pytest.mark.parametrize(("hint", "code"), HINTS.values(), ids=list(HINTS))
def test_h102_h103_h096_a_hint_that_proves_nothing_leaves_the_session_alone(
    party: RelyingParty, idp: Rogue, hint: Hint, code: str
) -> None:
    tokens = log_in(party, idp)
    sent = hint(party, str(tokens.body["id_token"]))
    answer = party.visitor.request("GET", end_url(party, sent, post_logout_redirect_uri=BYE, state="s"))
    assert code_of(answer) == (400, code)
    assert not answer.location
    assert party.userinfo(tokens.access_token).status == 200
    assert is_signed_in(party)


REQUESTS: dict[str, tuple[bool, dict[str, str], tuple[int, str]]] = {
    "oidcc-rp-initiated-logout": (True, {"post_logout_redirect_uri": BYE, "state": "s"}, (303, f"{BYE}?state=s")),
    "-no-state": (True, {"post_logout_redirect_uri": BYE}, (303, BYE)),
    "-no-post-logout-redirect-uri": (True, {"state": "s"}, (200, "")),
    "-bad-post-logout-redirect-uri": (True, {"post_logout_redirect_uri": "https://evil.test/"}, (400, "Y04CFAEF")),
    "-query-added-to-post-logout-redirect-uri": (
        True,
        {"post_logout_redirect_uri": f"{BYE}?foo=bar"},
        (400, "Y04CFAEF"),
    ),
    "of another client": (True, {"post_logout_redirect_uri": "https://other.test/bye"}, (400, "Y04CFAEF")),
    "-no-params": (False, {}, (400, "Y000400")),
    "-only-state": (False, {"state": "s"}, (400, "Y000400")),
    "another client_id": (True, {"client_id": "other"}, (400, "Y0467882")),
    "an unlisted parameter": (True, {"foo": "1"}, (400, "Y000400")),
}
"""Modules of the OpenID Foundation's suite by their endings, and neighbours: hint sent or not, parameters, the end."""


@pytest.mark.parametrize(("with_hint", "more", "expected"), REQUESTS.values(), ids=list(REQUESTS))
def test_logout_as_the_conformance_suite_asks_for_it(
    party: RelyingParty, idp: Rogue, with_hint: bool, more: dict[str, str], expected: tuple[int, str]
) -> None:
    idp.register(party.site, end_session_endpoint="")
    other = RelyingParty.register(party.site, post_logout_redirect_uris=["https://other.test/bye"])
    id_token = str(log_in(party, idp).body["id_token"])
    answer = party.visitor.request("GET", end_url(party, id_token if with_hint else None, **more))
    if answer.status == 400:
        assert code_of(answer) == expected
        assert is_signed_in(party)
    else:
        end = follow(party, answer)
        assert (end.status, end.location) == expected
        assert not is_signed_in(party)
    other.forget()


@pytest.mark.parametrize("xsrf", [None, "", "x", "é"])
def test_h109_nobody_confirms_for_the_citizen(party: RelyingParty, idp: Rogue, xsrf: str | None) -> None:
    id_token = log_in(party, idp).body["id_token"]
    party.visitor.request("GET", end_url(party, id_token))
    fields = {} if xsrf is None else {"xsrf": xsrf}
    answer = party.visitor.request("POST", f"{party.site.issuer}/session/end/confirm", fields)
    assert code_of(answer) == (400, "Y04976CE")
    assert is_signed_in(party)


def test_h109_a_form_of_another_site_comes_without_the_cookies_and_ends_nothing(
    party: RelyingParty, idp: Rogue
) -> None:
    """Every cookie is SameSite=Lax: a browser leaves them out of another site's POST."""
    log_in(party, idp)
    for path in ("/session/end/confirm", "/client/disconnect-from-idp"):
        answer = Visitor().request("POST", party.site.issuer + path, {"xsrf": "x"})
        assert code_of(answer) == (400, "Y100019")
    assert is_signed_in(party)


def test_h110_the_callback_of_a_logout_says_the_end_once(party: RelyingParty, idp: Rogue) -> None:
    stranger = RelyingParty(party.site, party.record)
    log_in(stranger, idp)
    id_token = log_in(party, idp).body["id_token"]
    party.visitor.request("GET", end_url(party, id_token, post_logout_redirect_uri=BYE))
    callback = f"{party.site.issuer}/client/logout-callback?state=wrong&post_logout_redirect_uri=https://evil.test/"
    pages = [party.visitor.request("GET", callback) for _ in range(2)]
    assert [(page.status, page.location) for page in pages] == [(200, "")] * 2
    assert events_since(party.site, party.client_id).count("FC_SESSION_TERMINATED") == 1
    assert step(party, pages[0]).location == BYE
    assert code_of(party.visitor.request("GET", callback)) == (400, "Y100019")
    assert is_signed_in(stranger)


def test_h104_a_hint_of_yesterday_is_authentic_still(party: RelyingParty, idp: Rogue, clock: MovableClock) -> None:
    old = log_in(party, idp).body["id_token"]
    clock.advance(86_400)
    assert claims_of(str(old))["exp"] < clock.now() - 86_000
    party.visitor.cookies.clear()
    log_in(party, idp)
    assert party.visitor.request("GET", end_url(party, old)).status == 200
