"""Bring your own provider: any OpenID provider, registered by its URLs, changed and removed at run time."""

import uuid
from typing import Any

import pytest

from fcsim_hub.gateways.visitor import Arrival, Traveller
from fcsim_hub.storage.documents import to_dict
from support.registrations import fixtures_of
from support.relying_party import RelyingParty, query_of
from support.rogue_provider import PLACE, Rogue
from support.site import Site

DOCUMENTED = {
    *("uid", "name", "title", "active", "display", "beta", "order", "allowed_acr", "amr", "issuer"),
    *("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"),
    *("client_id", "client_secret", "id_token_signed_response_alg", "id_token_encrypted_response_alg"),
    *("id_token_encrypted_response_enc", "userinfo_signed_response_alg", "userinfo_encrypted_response_alg"),
    *("userinfo_encrypted_response_enc", "modal", "kind"),
}


def test_a_provider_is_read_back_with_every_documented_member(site: Site, rogue: Rogue) -> None:
    status, found = site.api("GET", f"{PLACE}/{rogue.uid}")
    assert (status, set(found)) == (200, DOCUMENTED)
    assert found in site.api("GET", PLACE)[1]


def test_a_front_channel_that_does_not_resolve_here_is_none_of_the_hubs_business(
    rp: RelyingParty, rogue: Rogue
) -> None:
    rogue.register(rp.site, authorization_endpoint="https://idp.invalid/authorize?tenant=1")
    form = {"providerUid": rogue.uid}
    page = rp.choice_page()
    form |= {"csrfToken": page.text.partition('name="csrfToken" value="')[2][:64]}
    answer = rp.visitor.request("POST", f"{rp.site.issuer}/redirect-to-idp", form)
    assert answer.location.startswith("https://idp.invalid/authorize?tenant=1&client_id=hub&")


EVERY_MEMBER: dict[str, Any] = {
    "uid": "every-member",
    "name": "every",
    "title": "Chaque membre",
    "active": True,
    "display": True,
    "beta": True,
    "order": None,
    "allowed_acr": ["eidas2", "eidas3"],
    "amr": ["fc", "pop", "mfa"],
    "issuer": "https://idp.invalid",
    "authorization_endpoint": "https://idp.invalid/authorize",
    "token_endpoint": "http://127.0.0.1:1/token",
    "userinfo_endpoint": "http://localhost:1/userinfo",
    "jwks_uri": "http://[::1]:1/jwks",
    "end_session_endpoint": "",
    "client_id": "hub",
    "client_secret": "secret",
    "id_token_signed_response_alg": "RS256",
    "id_token_encrypted_response_alg": "RSA-OAEP-256",
    "id_token_encrypted_response_enc": "A256GCM",
    "userinfo_signed_response_alg": "ES256",
    "userinfo_encrypted_response_alg": "ECDH-ES",
    "userinfo_encrypted_response_enc": "A256GCM",
    "modal": {"active": True, "title": "Un titre", "body": "Un texte", "continue_text": "Continuer"},
    "kind": "eidas",
}

BILINGUAL = {"active": False} | {key: {"fr": "Oui", "en": "Yes"} for key in ("title", "body", "continue_text")}


def test_every_member_is_kept_as_given_and_a_file_holds_the_same(plus: Site) -> None:
    """Nothing is learnt from metadata that a provider publishes, so none can widen an algorithm (H137, H138)."""
    place = f"{plus.place}/providers/every-member"
    try:
        for given in (
            EVERY_MEMBER,
            EVERY_MEMBER | {"modal": None, "order": 3},
            EVERY_MEMBER | {"modal": BILINGUAL},
        ):
            assert plus.api("PUT", place, given)[1] == given
            assert plus.api("GET", place)[1] == given
    finally:
        plus.api("DELETE", place)
    file = {"platform": plus.name, **{key: value for key, value in EVERY_MEMBER.items() if value is not None}}
    read = fixtures_of("providers", file).providers(plus.platform)
    assert (to_dict(read["0.toml"]), read.left_out) == (EVERY_MEMBER, {})


def test_a_changed_provider_keeps_its_place_among_those_of_its_order(rp: RelyingParty, rogue: Rogue) -> None:
    """inside-the-hub §3.9: `order`, then the time it was registered."""
    rogue.register(rp.site, title="Ancien")
    other = rogue.record(uid="rogue-too", title="Nouveau")
    try:
        rp.site.api("PUT", f"{PLACE}/rogue-too", other)
        for _ in range(2):
            page = RelyingParty(rp.site, rp.record).choice_page().text
            assert page.index("idp-rogue") < page.index("idp-rogue-too")
            rp.site.api("PATCH", f"{PLACE}/{rogue.uid}", {"title": "Ancien encore"})
        uids = [one["uid"] for one in rp.site.api("GET", PLACE)[1]]
        assert uids.index(rogue.uid) < uids.index("rogue-too")
    finally:
        rp.site.api("DELETE", f"{PLACE}/rogue-too")


def test_a_change_acts_at_the_next_request(rp: RelyingParty, rogue: Rogue) -> None:
    assert isinstance(rp.travel(Traveller("nobody", rogue.uid)), Arrival)
    status, changed = rp.site.api("PATCH", f"{PLACE}/{rogue.uid}", {"active": False, "title": "Fermé", "order": None})
    assert (status, changed["active"]) == (200, False)
    rp = RelyingParty(rp.site, rp.record)
    assert "Fermé" in rp.choice_page().text
    assert rp.site.api("DELETE", f"{PLACE}/{rogue.uid}")[0] == 204
    assert "Fermé" not in rp.choice_page().text
    assert rp.site.api("GET", f"{PLACE}/{rogue.uid}")[0] == 404


def test_a_provider_posted_to_the_list_is_given_a_uid_or_keeps_its_own(site: Site, rogue: Rogue) -> None:
    record = {key: value for key, value in rogue.record().items() if key != "uid"}
    status, made = site.api("POST", PLACE, record)
    try:
        assert (status, uuid.UUID(made["uid"]).version) == (201, 4)
        assert site.api("GET", f"{PLACE}/{made['uid']}") == (200, made)
        assert site.api("POST", PLACE, record | {"uid": made["uid"]})[0] == 409
        assert site.api("POST", PLACE, record | {"uid": 7})[0] == 400
    finally:
        assert site.api("DELETE", f"{PLACE}/{made['uid']}")[0] == 204


def test_part_of_a_modal_changes_it_and_a_whole_one_replaces_it(site: Site, rogue: Rogue) -> None:
    whole = {"active": True, "title": "Certified?", "body": "At a town hall.", "continue_text": "Yes"}
    for change, expected in (
        (whole | {"active": False}, whole | {"active": False}),
        ({"title": "Sure?"}, whole | {"active": False, "title": "Sure?"}),
        ({key: whole[key] for key in ("title", "body", "continue_text")}, whole),
        ({"active": False}, whole | {"active": False}),
        (None, None),
    ):
        status, changed = site.api("PATCH", f"{PLACE}/{rogue.uid}", {"modal": change})
        assert (status, changed["modal"]) == (200, expected)
    assert site.api("PATCH", f"{PLACE}/{rogue.uid}", {"modal": {"active": False}})[0] == 400


def test_plain_json_userinfo_is_accepted_where_none_is_registered(rp: RelyingParty, rogue: Rogue) -> None:
    rogue.register(rp.site, userinfo_signed_response_alg="")
    rogue.answer_plain_json()
    end = rp.travel(Traveller("nobody", rogue.uid))
    assert isinstance(end, Arrival)
    assert "code" in query_of(end.redirect_to)


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"allowed_acr": []}, "allowed_acr"),
        ({"allowed_acr": ["eidas4"]}, "allowed_acr.0"),
        ({"issuer": "my provider"}, "issuer"),
        ({"authorization_endpoint": "/authorize"}, "authorization_endpoint"),
        ({"authorization_endpoint": "https://idp.test/authorize#top"}, "authorization_endpoint"),
        ({"end_session_endpoint": "https://idp.test/end#"}, "end_session_endpoint"),
        ({"token_endpoint": "ftp://x.test/"}, "token_endpoint"),
        ({"end_session_endpoint": "nowhere"}, "end_session_endpoint"),
        ({"jwks_uri": ""}, "jwks_uri"),
        ({"userinfo_signed_response_alg": "none"}, "userinfo_signed_response_alg"),
        ({"userinfo_encrypted_response_alg": "ECDH-ES"}, "userinfo_encrypted_response_alg"),
        ({"kind": "other"}, "kind"),
        ({"modal": {"title": "x"}}, "modal.body"),
        ({"order": "1"}, "order"),
        ({"order": 1.5}, "order"),
        ({"active": "false"}, "active"),
        ({"active": 1}, "active"),
        ({"beta": None}, "beta"),
        ({"amr": ["fc", "guess"]}, "amr"),
        ({"amr": "fc"}, "amr"),
        ({"end_session_endpoint": None}, "end_session_endpoint"),
        ({"modal": {"active": "no", "title": "x", "body": "x", "continue_text": "x"}}, "modal.active"),
        ({"modal": {"title": "x", "body": "x", "continue_text": "x", "more": "x"}}, "modal.more"),
        ({"client_secret": "\n"}, "client_secret"),
        ({"uid": "other"}, "uid"),
        ({"title": ""}, "title"),
        ({"logo": "x"}, "logo"),
    ],
)
def test_a_wrong_provider_is_refused_with_its_key(site: Site, rogue: Rogue, members: dict[str, Any], key: str) -> None:
    before = site.api("GET", f"{PLACE}/{rogue.uid}")
    status, problem = site.api("PUT", f"{PLACE}/{rogue.uid}", rogue.record(**members))
    (wrong,) = problem["errors"]
    assert (status, wrong["key"]) == (400, key)
    assert problem["detail"] == f"{key}: expected {wrong['expected']}, found {wrong['found']}"
    assert "Input" not in wrong["expected"]
    assert site.api("GET", f"{PLACE}/{rogue.uid}") == before
