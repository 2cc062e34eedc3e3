"""An identity provider not written by us, unmodified, that the hub sends people to: oidc-provider-mock."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Response
from fcsim_hub.listeners import Served, bind
from support.logout import end_url, follow
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import ANGELA, SECRET
from support.site import Site
from support.walks import code_of, form_of, open_choice

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it signs with a module that Authlib announces the end of
    mock = pytest.importorskip("oidc_provider_mock")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
UID = "library"


@pytest.fixture
def provider(site: Site) -> Iterator[str]:
    """It signs with RS256 and has userinfo in plain JSON; a user of its own says the level, another says none."""
    listener = bind("127.0.0.1", 0)
    base = f"http://localhost:{listener.port}"
    users = [mock.User(sub="with-level", claims=ANGELA | {"acr": "eidas1"}), mock.User(sub="without", claims=ANGELA)]
    served = Served("library", mock.app(user_claims=users), listener, 4)
    served.start()
    record: dict[str, Any] = {
        "name": UID,
        "title": "Library",
        "allowed_acr": ["eidas1"],
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "token_endpoint": f"{base}/oauth2/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "jwks_uri": f"{base}/jwks",
        "end_session_endpoint": f"{base}/oauth2/end_session",
        "client_id": "hub",
        "client_secret": SECRET,
        "id_token_signed_response_alg": "RS256",
        "userinfo_signed_response_alg": "",
    }
    assert site.api("PUT", f"{site.place}/providers/{UID}", record)[0] == 201
    yield UID
    site.api("DELETE", f"{site.place}/providers/{UID}")
    served.stop()


def answer_of(rp: RelyingParty, **form: str) -> str:
    """The address that a button of its page leads back to."""
    chosen = form_of(open_choice(rp, rp.visitor), f"idp-{UID}")
    page = rp.visitor.request("POST", rp.site.hub + chosen.action, chosen.fields).location
    assert rp.visitor.request("GET", page).status == 200
    return rp.visitor.request("POST", page, form).location


def finish(rp: RelyingParty, address: str) -> Response:
    """The answer to the service, or the page that the journey stops at."""
    answer = rp.visitor.request("GET", address)
    while not answer.location.startswith(rp.redirect_uri):
        if answer.location:
            answer = rp.visitor.request("GET", answer.location)
        elif form := read_page(answer.text).form_with("consent-form"):
            answer = rp.visitor.request("POST", rp.site.hub + form.action, form.fields)
        else:
            break
    return answer


def test_a_person_logs_in_through_it_and_out(rp: RelyingParty, provider: str) -> None:
    tokens = rp.redeem(query_of(finish(rp, answer_of(rp, sub="with-level")).location)["code"])
    assert rp.verified(rp.userinfo(tokens.access_token).data.decode())["family_name"] == "DUBOIS"
    leaving = rp.visitor.request(
        "GET", end_url(rp, tokens.body["id_token"], post_logout_redirect_uri="https://rp.test/bye")
    )
    (asks,) = read_page(follow(rp, leaving).text).forms  # it asks before it sends people on
    back = rp.visitor.request("GET", asks.fields["redirect_uri"])
    assert follow(rp, back).location == "https://rp.test/bye"


def test_a_user_of_whom_it_says_no_level_is_refused(rp: RelyingParty, provider: str) -> None:
    assert code_of(finish(rp, answer_of(rp, sub="without"))) == (500, "Y020030")


def test_its_refusal_comes_back_without_state_and_is_refused_in_turn(rp: RelyingParty, provider: str) -> None:
    assert code_of(finish(rp, answer_of(rp, action="deny"))) == (400, "Y020021")
