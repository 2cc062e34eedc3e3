"""The hub as client of a provider that misbehaves (inside-the-hub §3.2, §3.4, §4, §10.2)."""

import time
from typing import Any

import pytest
from flask import Response
from joserfc.jwk import ECKey

from fcsim_hub.gateways.html_forms import read_page
from fcsim_hub.gateways.visitor import Arrival, Stopped, Traveller
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import Rogue, oct_key
from support.site import call


def walk(rp: RelyingParty, rogue: Rogue) -> Arrival | Stopped:
    return rp.travel(Traveller(person="nobody", provider_uid=rogue.uid))


def refused(rp: RelyingParty, rogue: Rogue) -> tuple[int, str]:
    end = walk(rp, rogue)
    assert isinstance(end, Stopped), end
    return end.status, end.code


def test_an_honest_stranger_known_only_by_its_urls_works(rp: RelyingParty, rogue: Rogue) -> None:
    assert isinstance(walk(rp, rogue), Arrival)


def test_h115_the_request_holds_exactly_the_documented_parameters(rp: RelyingParty, rogue: Rogue) -> None:
    rp.travel(Traveller("nobody", rogue.uid), prompt="consent", acr_values="eidas1")
    walk(RelyingParty(rp.site, rp.record), rogue)
    first, second = rogue.requests
    assert set(first) == {
        *("client_id", "redirect_uri", "response_type", "scope", "acr_values", "state", "nonce", "prompt")
    }
    assert first["redirect_uri"] == f"{rp.site.issuer}/oidc-callback"
    assert (first["prompt"], first["acr_values"], first["scope"]) == ("login", "eidas1", "openid profile email birth")
    for name in ("state", "nonce"):
        assert len(first[name]) == 64
        assert int(first[name], 16) >= 0
        assert first[name] != second[name]


def drop(name: str) -> Any:
    return lambda members: members.pop(name)


def put(**members: Any) -> Any:
    return lambda claims: claims.update(members)


NOW = int(time.time())


@pytest.mark.parametrize(
    "change",
    [
        *(drop(name) for name in ("iss", "sub", "aud", "exp", "iat", "nonce")),
        *(put(iss="https://evil.test"), put(aud="other"), put(aud=["hub", "other"]), put(aud=[])),
        *(put(azp="other"), put(nonce="other"), put(exp=NOW - 10), put(exp="soon"), put(exp=True)),
        *(put(iat=NOW + 3600), put(nbf=NOW + 3600), put(sub=""), put(sub=1)),
    ],
)
def test_h126_an_id_token_that_is_not_for_this_login(rp: RelyingParty, rogue: Rogue, change: Any) -> None:
    """H130 among them: another audience beside the hub, another authorized party."""
    rogue.id_token = change
    assert refused(rp, rogue) == (502, "Y020026")


@pytest.mark.parametrize("kind", ["foreign key", "HS256 with the client secret", "unknown kid", "crit"])
def test_h126_an_id_token_signed_otherwise(rp: RelyingParty, rogue: Rogue, kind: str) -> None:
    if kind == "foreign key":
        rogue.sign_with = ECKey.generate_key("P-256")
    elif kind == "HS256 with the client secret":
        rogue.header, rogue.sign_with = {"alg": "HS256"}, oct_key("s" * 64)
    elif kind == "unknown kid":
        rogue.header = {"kid": "k2"}
    else:
        rogue.token = put(id_token="eyJhbGciOiJub25lIn0.e30.")
    assert refused(rp, rogue) == (502, "Y020026")


@pytest.mark.parametrize("token", [None, "", [], 1, "a.b", "a.b.c.d.e", "eyJhbGciOiJub25lIn0.e30."])
def test_h129_an_id_token_that_is_absent_or_no_token(rp: RelyingParty, rogue: Rogue, token: Any) -> None:
    rogue.token = put(id_token=token)
    assert refused(rp, rogue) == (502, "Y020026")


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Response("no", 400),
        lambda: Response("no", 500),
        lambda: Response("<html>", 200),
        lambda: Response("", 200),
        lambda: Response("[]", 200),
        lambda: Response("", 302, {"Location": "http://evil.test"}),
        lambda: Response("{" + " " * 300_000 + "}", 200),
    ],
)
def test_h123_a_token_endpoint_that_fails(rp: RelyingParty, rogue: Rogue, answer: Any) -> None:
    rogue.token_answer = answer
    assert refused(rp, rogue) == (502, "Y020026")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("token", put(access_token="")),
        ("token", put(access_token="é")),
        ("id_token", drop("acr")),
        ("id_token", put(acr="eidas-1")),
        ("id_token", put(amr="pwd")),
        ("id_token", put(rep_scope="x")),
    ],
)
def test_a_token_answer_of_the_wrong_shape(rp: RelyingParty, rogue: Rogue, part: str, change: Any) -> None:
    setattr(rogue, part, change)
    assert refused(rp, rogue) == (500, "Y020030")


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Response("no", 401),
        lambda: Response("no", 500),
        lambda: Response("text", 200),
        lambda: Response('{"sub": "angela"}', 200, mimetype="application/json"),
        lambda: Response("a.b.c", 200, mimetype="application/jwt"),
    ],
)
def test_h132_a_userinfo_that_fails(rp: RelyingParty, rogue: Rogue, answer: Any) -> None:
    rogue.userinfo_answer = answer
    assert refused(rp, rogue) == (502, "Y020027")


def test_a_jwt_where_plain_json_is_registered_is_refused(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, userinfo_signed_response_alg="")
    assert refused(rp, rogue) == (502, "Y020027")


def test_plain_json_userinfo_works_where_it_is_registered(rp: RelyingParty, rogue: Rogue) -> None:
    from support.rogue_provider import ANGELA

    rogue.register(rp.site, userinfo_signed_response_alg="")
    rogue.userinfo_answer = lambda: Response(__import__("json").dumps(ANGELA), mimetype="application/json")
    assert isinstance(walk(rp, rogue), Arrival)


@pytest.mark.parametrize("change", [drop("sub"), put(sub=""), put(sub="é"), put(sub={"a": 1})])
def test_an_identity_without_usable_sub(rp: RelyingParty, rogue: Rogue, change: Any) -> None:
    rogue.userinfo = change
    assert refused(rp, rogue) == (500, "Y020029")


@pytest.mark.parametrize(
    "change",
    [
        *(
            drop(name)
            for name in ("gender", "email", "given_name", "family_name", "birthdate", "birthcountry", "birthplace")
        ),
        *(put(gender="M"), put(birthplace="AAAAA"), put(birthdate="1990-02-30"), put(given_name=["Angela"])),
        *(put(family_name="x" * 257), put(family_name="a\nb"), put(email="a@b.c, d@e.f"), put(preferred_username=1)),
    ],
)
def test_h134_an_identity_that_breaks_the_schema(rp: RelyingParty, rogue: Rogue, change: Any) -> None:
    rogue.userinfo = change
    assert refused(rp, rogue) == (400, "Y600006")


def test_h133_another_sub_in_userinfo_is_accepted_as_franceconnect_does(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.userinfo = put(sub="somebody-else")
    assert isinstance(walk(rp, rogue), Arrival)


def test_extra_claims_never_reach_the_service(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.userinfo = put(phone_number="+33600000000", __class__="x", **{f"extra{n}": n for n in range(500)})
    end = walk(rp, rogue)
    assert isinstance(end, Arrival)
    tokens = rp.redeem(query_of(end.redirect_to)["code"])
    assert "phone_number" not in rp.verified(rp.userinfo(tokens.access_token).data.decode())


@pytest.mark.parametrize(
    ("acr", "expected"), [("eidas4", (500, "Y100001")), ("loa2", (500, "Y100001")), ("eidas2", (400, "Y100018"))]
)
def test_h131_a_level_unknown_or_not_registered(
    rp: RelyingParty, rogue: Rogue, acr: str, expected: tuple[int, str]
) -> None:
    rogue.id_token = put(acr=acr)
    assert refused(rp, rogue) == expected


def test_a_level_above_the_platform_is_capped(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, allowed_acr=["eidas1", "eidas2"])
    rogue.id_token = put(acr="eidas2")
    end = walk(rp, rogue)
    assert isinstance(end, Arrival)
    tokens = rp.redeem(query_of(end.redirect_to)["code"])
    assert rp.verified(tokens.body["id_token"])["acr"] == "eidas1"


def _at_the_provider(rp: RelyingParty, rogue: Rogue) -> str:
    """Leave for the provider; returns the state it was given."""
    mire = rp.visitor.request("GET", rp.visitor.request("GET", rp.url()).location)
    form = read_page(mire.text).form_with(f"idp-{rogue.uid}")
    assert form is not None
    return query_of(rp.visitor.request("POST", rp.site.hub + form.action, form.fields).location)["state"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", (400, "Y020025")),
        ("code=", (400, "Y020025")),
        ("code=&state=wrong", (400, "Y020025")),
        ("code=x", (400, "Y020021")),
        ("code=x&state=wrong", (403, "Y020022")),
        ("error=access_denied", (400, "Y020021")),
        ("error=access_denied&state=wrong", (403, "Y020022")),
        ("error=access_denied&state=%C3%A9", (403, "Y020022")),
    ],
)
def test_h116_h117_the_callback_checks_in_franceconnects_order(
    rp: RelyingParty, rogue: Rogue, query: str, expected: tuple[int, str]
) -> None:
    _at_the_provider(rp, rogue)
    answer = rp.visitor.request("GET", f"{rp.site.issuer}/oidc-callback?{query}")
    assert (answer.status, read_page(answer.text).texts["error-code"].rpartition(" ")[2]) == expected


def test_h118_an_error_of_the_provider_leads_back_to_the_choice_with_fixed_words(
    rp: RelyingParty, rogue: Rogue
) -> None:
    state = _at_the_provider(rp, rogue)
    answer = rp.visitor.request(
        "GET", f"{rp.site.issuer}/oidc-callback?error=server_error&error_description=%3Cscript%3E&state={state}"
    )
    assert answer.status == 302
    page = rp.visitor.request("GET", answer.location)
    assert "Rogue" in read_page(page.text).texts["interaction-error-message"]
    assert "<script>" not in page.text.replace("<script src", "")


def test_an_inactive_provider_is_greyed_and_refused(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, active=False)
    mire = rp.visitor.request("GET", rp.visitor.request("GET", rp.url()).location)
    assert read_page(mire.text).form_with("idp-rogue") is None
    fields = read_page(mire.text).forms[0].fields | {"providerUid": "rogue"}
    answer = rp.visitor.request("POST", f"{rp.site.issuer}/redirect-to-idp", fields)
    assert (answer.status, "Y020017" in answer.text) == (500, True)


def test_a_hidden_provider_is_absent_and_reachable_by_hint(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, display=False)
    mire = rp.visitor.request("GET", rp.visitor.request("GET", rp.url()).location)
    assert "idp-rogue" not in mire.text
    hinted = RelyingParty(rp.site, rp.change(allowed_idp_hints=["rogue"]).record)
    assert isinstance(hinted.travel(Traveller("nobody", "rogue"), idp_hint="rogue"), Arrival)


def test_h124_a_provider_that_never_answers_gives_the_citizen_back_in_time(rp: RelyingParty, rogue: Rogue) -> None:
    """The deadline is data of the platform: a hub with a short one proves it without waiting six seconds."""
    from fcsim_hub.gateways.http import HttpCaller, OutboundFailure
    from fcsim_hub.listeners import bind

    deaf = bind("127.0.0.1", 0)
    started = time.monotonic()
    with pytest.raises(OutboundFailure):
        HttpCaller(0.2).get(f"http://127.0.0.1:{deaf.port}/token")
    assert time.monotonic() - started < 2
    deaf.close()


def test_keys_are_fetched_once_for_many_logins(rp: RelyingParty, rogue: Rogue) -> None:
    for _ in range(3):
        walk(RelyingParty(rp.site, rp.record), rogue)
    assert rogue.jwks_calls == 1
    assert call("GET", rogue.base + rogue.jwks_place).status == 200
