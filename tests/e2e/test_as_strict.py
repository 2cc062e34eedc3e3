"""What FranceConnect refuses, door by door: refused here too, or accepted with an entry in the fidelity ledger.

A leniency without an entry fails its row; so does an entry that no leniency needs any more.
"""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from fcsim_hub.domain.ledger import LEDGER
from fcsim_hub.gateways.visitor import Stopped, Traveller
from support.data_provider import OwnDataProvider
from support.relying_party import FORM, RelyingParty, query_of
from support.rogue_provider import Rogue, registered
from support.site import call

LENIENT = {one.id for one in LEDGER if one.lenient}
Refuses = Callable[[RelyingParty], bool]
"""Whether fcsim refuses it as well."""


def authorize(**changes: str | None) -> Refuses:
    """A request, refused on a page or told to the service."""

    def refuses(rp: RelyingParty) -> bool:
        answer = rp.authorize(**changes)
        return answer.status == 400 or "error" in query_of(answer.headers.get("Location", "").replace("#", "?"))

    return refuses


def token(**changes: str | None) -> Refuses:
    return lambda rp: rp.redeem(**{"code": rp.log_in()} | changes).status >= 400  # type: ignore[arg-type]  # None: left out


def posted(path: str, *, header: str = "", body: str | None = None, **form: str) -> Refuses:
    """A request of a program, with the right secret and a live token or code."""

    def refuses(rp: RelyingParty) -> bool:
        code = rp.log_in()
        access = rp.redeem(code).access_token if path != "/token" else ""
        own = {"client_id": rp.client_id, "client_secret": rp.secret}
        known = {"token": access, **own} if path != "/token" else {"code": code, "redirect_uri": rp.redirect_uri, **own}
        known |= {"grant_type": "authorization_code"} if path == "/token" else {}
        sent = urlencode({key: value.format(token=access) for key, value in (known | form).items() if value}) + (
            body or ""
        )
        basic = base64.b64encode(f"{rp.client_id}:{rp.secret}".encode()).decode()
        headers = FORM | ({"Authorization": header.format(basic=basic, token=access)} if header else {})
        return call("POST", rp.site.issuer + path, body=sent, headers=headers).status >= 400

    return refuses


def basic_alone(rp: RelyingParty) -> bool:
    header = "Basic " + base64.b64encode(f"{rp.client_id}:{rp.secret}".encode()).decode()
    body = urlencode({"grant_type": "authorization_code", "code": rp.log_in(), "redirect_uri": rp.redirect_uri})
    return call("POST", f"{rp.site.issuer}/token", body=body, headers=FORM | {"Authorization": header}).status >= 400


def userinfo(method: str = "GET", header: str = "Bearer {token}", query: str = "") -> Refuses:
    def refuses(rp: RelyingParty) -> bool:
        access = rp.redeem(rp.log_in()).access_token
        url = f"{rp.site.issuer}/userinfo{query.format(token=access)}"
        headers = {"Authorization": header.format(token=access)} if header else {}
        return call(method, url, headers=headers).status >= 400

    return refuses


def logout(**more: str) -> Refuses:
    def refuses(rp: RelyingParty) -> bool:
        hint = str(rp.redeem(rp.log_in()).body["id_token"])
        query = {name: value for name, value in ({"id_token_hint": hint} | more).items() if value}
        return rp.visitor.request("GET", f"{rp.site.issuer}/session/end?{urlencode(query)}").status >= 400

    return refuses


def checktoken(**changes: str | None) -> Refuses:
    def refuses(rp: RelyingParty) -> bool:
        own = OwnDataProvider(rp.site)
        own.register()
        status = own.ask("x" * 43, **changes).status
        own.stop()
        return status >= 400

    return refuses


def registration(shelf: str, key: str = "", /, **members: Any) -> Refuses:
    """A record the control API would have to leave out, made of a right one."""

    def refuses(rp: RelyingParty) -> bool:
        records = {
            "clients": rp.record,
            "providers": Rogue(uid="strict", base="http://localhost:1").record(),
            "data-providers": OwnDataProvider(rp.site).record(),
        }
        record = records[shelf] | members
        name = key or str(record.get("uid" if shelf == "providers" else "client_id"))
        place = f"{rp.site.place}/{shelf}/{name}"
        status = rp.site.api("PUT", place, record)[0]
        rp.site.api("DELETE", place)
        return status == 400

    return refuses


def answer(misbehave: Callable[[Rogue], None], **members: Any) -> Refuses:
    """What a provider answers, in the middle of a login."""

    def refuses(rp: RelyingParty) -> bool:
        rogue = Rogue(uid="strict-idp")
        with registered(rogue, rp.site):
            rogue.register(rp.site, **members)
            misbehave(rogue)
            return isinstance(rp.travel(Traveller("nobody", rogue.uid)), Stopped)

    return refuses


def id_token(**claims: Any) -> Callable[[Rogue], None]:
    return lambda rogue: setattr(rogue, "id_token", lambda told: told.update(claims))


def identity(**claims: Any) -> Callable[[Rogue], None]:
    return lambda rogue: setattr(rogue, "userinfo", lambda told: told.update(claims))


AUTHORIZE: dict[str, Refuses] = {
    **{
        f"{name} missing": authorize(**{name: None})
        for name in ("acr_values", "nonce", "state", "scope", "redirect_uri")
    },
    **{f"{name} missing": authorize(**{name: None}) for name in ("client_id", "response_type")},
    **{f"{name} empty": authorize(**{name: ""}) for name in ("nonce", "redirect_uri", "client_id")},
    **{
        f"{name} unlisted": authorize(**{name: "x"})
        for name in ("code_challenge", "code_challenge_method", "login_hint", "max_age", "response_mode", "display")
    },
    **{f"{name} unlisted": authorize(**{name: "x"}) for name in ("request", "request_uri", "id_token_hint", "foo")},
    "nonce of 21 characters": authorize(nonce="x" * 21),
    "prompt=none": authorize(prompt="none"),
    "prompt unknown": authorize(prompt="now"),
    "openid missing": authorize(scope="email"),
    "scope not granted": authorize(scope="openid dgfip_rfr"),
    "response_type=id_token": authorize(response_type="id_token"),
    "claims no JSON": authorize(claims="{"),
    "claims empty": authorize(claims="{}"),
    "client unknown": authorize(client_id="unknown"),
    "redirect_uri not registered": authorize(redirect_uri="https://rp.test/other"),
    "redirect_uri longer": authorize(redirect_uri="https://rp.test/callback/"),
    "redirect_uri of another scheme": authorize(redirect_uri="http://rp.test/callback"),
    "redirect_uri without top-level domain": authorize(redirect_uri="https://intranet/cb"),
}
MACHINES: dict[str, Refuses] = {
    "code unknown": token(code="unknown"),
    "code missing": token(code=None),
    "redirect_uri of another": token(redirect_uri="https://rp.test/other"),
    "redirect_uri missing at /token": token(redirect_uri=None),
    "secret wrong": token(client_secret="wrong"),
    "no secret": token(client_secret=None),
    "no client": token(client_id=None, client_secret=None),
    "grant_type other": token(grant_type="refresh_token"),
    "grant_type missing": token(grant_type=None),
    "code_verifier": token(code_verifier="x" * 43),
    "HTTP Basic": basic_alone,
    "Basic beside the form": posted("/token", header="Basic {basic}"),
    "a parameter twice": posted("/token", body="&code=x"),
    "userinfo by POST": userinfo("POST"),
    "userinfo without token": userinfo(header=""),
    "userinfo by Basic": userinfo(header="Basic {token}"),
    "userinfo with two tokens": userinfo(query="?access_token={token}"),
    "userinfo with an unknown token": userinfo(header="Bearer x{token}"),
    "revocation with a hint": posted("/token/revocation", token_type_hint="access_token"),
    "revocation of a short token": posted("/token/revocation", token="short"),
    "revocation without token": posted("/token/revocation", token=""),
    "revocation with a wrong secret": posted("/token/revocation", client_secret="w" * 40),
    "checktoken without token": checktoken(token=None),
    "checktoken with an empty token": checktoken(token=""),
    "checktoken with more": checktoken(token_type_hint="x"),
    "checktoken of nobody": checktoken(client_id="n" * 40),
    "checktoken with a wrong secret": checktoken(client_secret="w" * 40),
    "logout without hint": logout(id_token_hint=""),
    "logout with an undecodable hint": logout(id_token_hint="x"),
    "logout with more": logout(foo="1"),
    "logout to an address not registered": logout(post_logout_redirect_uri="https://rp.test/other"),
    "logout for another client": logout(client_id="other"),
}
RECORDS: dict[str, Refuses] = {
    "client: short secret": registration("clients", client_secret="s"),
    "client: short entity_id": registration("clients", entity_id="e"),
    "client: relative redirect_uri": registration("clients", redirect_uris=["/cb"]),
    "client: no redirect_uri": registration("clients", redirect_uris=[]),
    "client: two hosts": registration("clients", redirect_uris=["https://a.test/", "https://b.test/"]),
    "client: unknown type": registration("clients", type="secret"),
    "client: unknown algorithm": registration("clients", id_token_signed_response_alg="PS256"),
    "client: userinfo not signed": registration("clients", userinfo_signed_response_alg=""),
    "client: authenticates otherwise": registration(
        "clients", token_endpoint_auth_method="private_key_jwt", jwks_uri="https://rp.test/jwks"
    ),
    "client: keys over http": registration("clients", jwks_uri="http://localhost:1/jwks"),
    "client: encrypted without key": registration(
        "clients", id_token_encrypted_response_alg="ECDH-ES", id_token_encrypted_response_enc="A256GCM"
    ),
    "provider: uid that is no UUID": registration("providers"),
    "provider: amr unknown": registration("providers", amr=["guess"]),
    "provider: level unknown": registration("providers", allowed_acr=["eidas9"]),
    "provider: no level": registration("providers", allowed_acr=[]),
    "provider: asymmetric without keys": registration("providers", jwks_uri=""),
    "provider: keys nobody needs": registration(
        "providers", id_token_signed_response_alg="HS256", userinfo_signed_response_alg="HS256"
    ),
    "provider: unknown handler": registration("providers", kind="other"),
    "provider: no token endpoint": registration("providers", token_endpoint=""),
    "data provider: short client_id": registration("data-providers", "short", client_id="short"),
    "data provider: short secret": registration("data-providers", client_secret="s" * 31),
    "data provider: uid that is no UUID": registration("data-providers", uid="x"),
}
PROVIDERS: dict[str, Refuses] = {
    "id_token of another nonce": answer(id_token(nonce="x")),
    "id_token for another client": answer(id_token(aud="other")),
    "id_token of another issuer": answer(id_token(iss="https://other.test")),
    "id_token that is over": answer(id_token(exp=1)),
    "id_token without acr": answer(id_token(acr=None)),
    "id_token of an unknown level": answer(id_token(acr="eidas9")),
    "id_token of a level not registered": answer(id_token(acr="eidas3")),
    "id_token signed otherwise": answer(id_token(), id_token_signed_response_alg="RS256"),
    "userinfo signed otherwise": answer(identity(), userinfo_signed_response_alg="RS256"),
    "userinfo signed where JSON is registered": answer(identity(), userinfo_signed_response_alg=""),
    "userinfo plain where JWT is registered": answer(Rogue.answer_plain_json),
    "identity without sub": answer(identity(sub="")),
    "identity without e-mail": answer(identity(email="")),
    "identity with an unknown gender": answer(identity(gender="x")),
    "identity with an unreadable birth": answer(identity(birthdate="1962")),
    "identity with an unreadable place": answer(identity(birthplace="Paris")),
}
ACCEPTED_HERE = {
    "HTTP Basic": "F08",
    "client: short secret": "F18",
    "client: short entity_id": "F18",
    "client: userinfo not signed": "F07",
    "client: authenticates otherwise": "F27",
    "client: keys over http": "F38",
    "provider: uid that is no UUID": "F52",
    "provider: keys nobody needs": "F52",
}
"""What is laxer here -> its entry."""
EVERYTHING = AUTHORIZE | MACHINES | RECORDS | PROVIDERS


@pytest.mark.parametrize(("what", "refuses"), EVERYTHING.items(), ids=EVERYTHING)
def test_what_franceconnect_refuses_is_refused_or_in_the_ledger(rp: RelyingParty, what: str, refuses: Refuses) -> None:
    entry = ACCEPTED_HERE.get(what)
    assert refuses(rp) != (entry is not None), f"{what}: {'now refused, entry stale' if entry else 'laxer, no entry'}"
    assert entry is None or entry in LENIENT


@pytest.mark.parametrize(
    "what",
    [*(f"{name} unlisted" for name in ("login_hint", "display", "foo")), "userinfo by POST"],
)
def test_the_rows_notice_a_leniency(rp: RelyingParty, what: str) -> None:
    """Of a client that is treated more leniently (posture `standard`, F24) each of these rows would fail."""
    assert not EVERYTHING[what](rp.change(posture="standard"))


def test_every_row_of_the_list_of_leniencies_is_a_row() -> None:
    assert set(ACCEPTED_HERE) <= set(EVERYTHING)
