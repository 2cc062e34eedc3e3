"""Going back to the service and logging out, row by row (service-provider-side §7.8, §12; H101–H114)."""

import base64
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Response as FlaskResponse

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Visitor
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue
from support.site import Site
from support.walks import code_of, form_of, open_choice


def leave(visitor: Visitor, site: Site, **members: str) -> Any:
    return visitor.request("GET", f"{site.issuer}/redirect-to-sp-with-error?{urlencode(members)}")


def test_leaving_with_a_live_interaction_goes_through_it_and_ignores_what_is_not_its_own(rp: RelyingParty) -> None:
    open_choice(rp, rp.visitor, state="mine")
    answer = leave(rp.visitor, rp.site, redirect_uri="https://evil.test/", state="other", unknown="1")
    assert answer.status == 303
    told = query_of(rp.visitor.request("GET", answer.location).location)
    assert told == {
        "error": "access_denied",
        "error_description": "user authentication aborted",
        "state": "mine",
        "iss": rp.site.issuer,
    }


def test_leaving_without_interaction_is_form_encoded_with_the_state_given(rp: RelyingParty) -> None:
    answer = leave(
        Visitor(),
        rp.site,
        error="access_denied",
        error_description="user authentication aborted",
        redirect_uri=rp.redirect_uri,
        state="é",
    )
    assert answer.status == 302
    assert "error_description=user+authentication+aborted" in answer.location
    assert query_of(answer.location)["state"] == "é"


@pytest.mark.parametrize("members", [{}, {"redirect_uri": ""}, {"redirect_uri": "https://evil.test/"}])
def test_leaving_for_an_address_nobody_registered_is_a_page_without_a_way_back(
    rp: RelyingParty, members: dict[str, str]
) -> None:
    answer = leave(Visitor(), rp.site, **members)
    assert code_of(answer) == (500, "Y030030")
    assert "back-to-sp-link" not in answer.text


def test_leaving_for_a_deactivated_service_is_leaving_for_an_unknown_one(rp: RelyingParty) -> None:
    party = rp.change(redirect_uris=["https://deactivated.test/callback"])
    assert leave(Visitor(), rp.site, redirect_uri=party.redirect_uri).status == 302
    party.change(active=False)
    assert code_of(leave(Visitor(), rp.site, redirect_uri=party.redirect_uri)) == (500, "Y030030")


def test_an_error_page_leads_back_with_the_error_of_its_class(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.token_answer = lambda: FlaskResponse("", 500)
    form = form_of(open_choice(rp, rp.visitor), f"idp-{rogue.uid}")
    there = rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location
    answer = rp.visitor.request("GET", rp.visitor.request("GET", there).location)
    assert code_of(answer) == (502, "Y020026")
    link = re.search(r'href="([^"]*)" data-testid="back-to-sp-link"', answer.text)
    assert link is not None
    onward = rp.visitor.request("GET", link[1].replace("&amp;", "&"))
    told = query_of(rp.visitor.request("GET", onward.location).location)
    assert (told["error"], told["error_description"]) == (
        "server_error",
        "authentication aborted due to a technical error on the authorization server",
    )


def logout_url(rp: RelyingParty, hint: str, **more: str) -> str:
    return f"{rp.site.issuer}/session/end?{urlencode({'id_token_hint': hint} | more)}"


def logged_in(rp: RelyingParty) -> str:
    return str(rp.redeem(rp.log_in()).body["id_token"])


def test_logout_parameters_that_are_ignored_and_a_client_id_that_agrees(rp: RelyingParty) -> None:
    hint = logged_in(rp)
    more = {"logout_hint": "x", "ui_locales": "fr", "client_id": rp.client_id, "state": "s"}
    assert rp.visitor.request("GET", logout_url(rp, hint, **more)).status == 200


def test_h105_the_hint_of_a_deactivated_client_is_refused(rp: RelyingParty) -> None:
    hint = logged_in(rp)
    rp.change(active=False)
    assert code_of(rp.visitor.request("GET", logout_url(rp, hint))) == (400, "Y0429C91")


@pytest.mark.parametrize("twice", ["id_token_hint", "state", "post_logout_redirect_uri"])
def test_a_logout_parameter_twice_is_refused(rp: RelyingParty, twice: str) -> None:
    url = logout_url(rp, logged_in(rp), state="s", post_logout_redirect_uri="https://rp.test/bye")
    assert code_of(rp.visitor.request("GET", f"{url}&{twice}=again")) == (400, "Y000400")


@pytest.mark.parametrize("aud", ["\u0000", "\ud800", "x" * 5000, 1, None, ["a"], {"a": 1}])
def test_h103_a_hint_for_an_audience_that_is_no_client_is_refused(rp: RelyingParty, aud: object) -> None:
    head, _, signature = logged_in(rp).split(".")
    body = base64.urlsafe_b64encode(json.dumps({"aud": aud}).encode()).rstrip(b"=").decode()
    answer = rp.visitor.request("GET", logout_url(rp, f"{head}.{body}.{signature}"))
    assert code_of(answer)[0] == 400
    assert code_of(answer)[1] in ("Y04FEDB9", "Y0429C91")


@pytest.mark.parametrize(
    "uri", ["https://rp.test/bye?x=1", "https://rp.test/Bye", "https://evil.test/", "https://rp.test/"]
)
def test_h106_an_address_not_registered_for_logout_is_refused_without_redirect(rp: RelyingParty, uri: str) -> None:
    answer = rp.visitor.request("GET", logout_url(rp, logged_in(rp), post_logout_redirect_uri=uri))
    assert code_of(answer) == (400, "Y04CFAEF")
    assert not answer.location
    end = rp.walk()
    assert not any(rp.site.providers in step.url for step in end.steps)


@pytest.mark.parametrize("state", ['"><script>', "s" * 4096, "é &=", ""])
def test_h114_the_state_of_a_logout_comes_back_as_sent(rp: RelyingParty, state: str) -> None:
    url = logout_url(rp, logged_in(rp), post_logout_redirect_uri="https://rp.test/bye", state=state)
    answer = rp.visitor.request("GET", url)
    for _ in range(8):
        if answer.location.startswith("https://rp.test/"):
            break
        form = read_page(answer.text).form_with("logout-form") if not answer.location else None
        if form is None:
            answer = rp.visitor.request("GET", answer.location)
        else:
            answer = rp.visitor.request(form.method.upper(), form.action, form.fields)
    assert parse_qs(urlsplit(answer.location).query, keep_blank_values=True) == {"state": [state]}


def test_h110_the_callback_of_a_logout_twice_ends_in_no_failure(rp: RelyingParty) -> None:
    hint = logged_in(rp)
    rp.visitor.request("GET", logout_url(rp, hint))
    callback = f"{rp.site.issuer}/client/logout-callback?state=wrong&post_logout_redirect_uri=https://evil.test/"
    first, second = (rp.visitor.request("GET", callback) for _ in range(2))
    for answer in (first, second):
        assert answer.status in (200, 400, 401)
        assert not answer.location


def test_h111_a_provider_that_never_comes_back_leaves_the_service_reachable(rp: RelyingParty) -> None:
    hint = logged_in(rp)
    rp.visitor.request("GET", logout_url(rp, hint, post_logout_redirect_uri="https://rp.test/bye"))
    answer = rp.visitor.request("POST", f"{rp.site.issuer}/client/disconnect-from-idp", {})
    sent = query_of(answer.location)
    assert set(sent) == {"id_token_hint", "post_logout_redirect_uri", "state", "client_id"}
    assert sent["post_logout_redirect_uri"] == f"{rp.site.issuer}/client/logout-callback"
    assert rp.visitor.request("GET", rp.url()).status == 303  # the citizen goes on elsewhere
