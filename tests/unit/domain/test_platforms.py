"""What a platform record says, and the scopes of each catalogue (service-provider-side §10.2, §17)."""

from dataclasses import replace

import pytest

from fcsim_hub.config import Settings
from fcsim_hub.domain.clients import with_defaults
from fcsim_hub.domain.scopes import CATALOGUES
from fcsim_hub.fixture_files import platform_names
from fcsim_hub.fixtures import load_fixtures

ASKED = Settings(extra_platforms=("franceconnect-v1",))
PLATFORMS = load_fixtures(ASKED).platforms()
V1, V2 = PLATFORMS["franceconnect-v1"], PLATFORMS["franceconnect"]
HOST = "https://fc.test"


def test_an_optional_platform_exists_when_it_is_asked_for() -> None:
    assert "franceconnect-v1" not in platform_names(Settings())
    assert "franceconnect-v1" not in load_fixtures(Settings()).platforms()
    assert platform_names(ASKED)[:1] == ("franceconnect",)
    assert list(PLATFORMS) == sorted(PLATFORMS)


def test_the_issuer_holds_the_prefix_or_is_the_host_alone() -> None:
    assert (V2.issuer(HOST), V2.base(HOST)) == (f"{HOST}/api/v2", f"{HOST}/api/v2")
    assert (V1.issuer(HOST), V1.base(HOST)) == (HOST, f"{HOST}/api/v1")


def test_v1_shares_the_sub_of_franceconnect_and_publishes_no_key() -> None:
    assert (V1.sub_secret, V1.account_platform) == (V2.sub_secret, V2.name)
    assert V2.account_platform == V2.name
    assert (V1.key_algs, V2.key_algs) == ((), ("ES256", "RS256"))


def test_no_two_platforms_share_a_cookie() -> None:
    """All of them are on localhost, and cookies ignore ports."""
    names = [name for one in PLATFORMS.values() for name in (one.session_cookie, one.login_cookie, one.device_cookie)]
    assert len(set(names)) == len(names)


def test_v1_knows_the_scopes_of_v2_and_two_more() -> None:
    v1, v2 = CATALOGUES["franceconnect-v1"], CATALOGUES["franceconnect"]
    assert set(v1.names()) - set(v2.names()) == {"address", "phone"}
    assert set(v2.names()) <= set(v1.names())
    assert (v1.claims(["address"]), v1.claims(["phone"])) == (("address",), ("phone_number",))
    assert not {"address", "phone_number"} & set(v2.all_claims())


def test_only_the_pivot_identity_of_v1_includes_the_usage_name() -> None:
    v1, v2 = (CATALOGUES[name].claims(["identite_pivot"]) for name in ("franceconnect-v1", "franceconnect"))
    assert set(v1) - set(v2) == {"preferred_username"}


@pytest.mark.parametrize("scope", ["profile", "birth", "openid", "email"])
def test_the_other_scopes_release_the_same_in_both(scope: str) -> None:
    assert V1.scopes.claims([scope]) == V2.scopes.claims([scope])


def test_the_page_lists_address_and_phone_around_the_email() -> None:
    """§7.7: the order of the identity group."""
    labels = V1.scopes.labels(["phone", "email", "address", "birth"])
    assert labels[-3:] == ("Postal address", "E-mail address", "Phone number")


def test_a_registration_that_names_no_userinfo_algorithm_has_its_id_tokens_or_the_platforms() -> None:
    assert with_defaults({}, V1) == {"userinfo_signed_response_alg": ""}
    assert with_defaults({}, V2) == {"userinfo_signed_response_alg": "ES256"}
    signed = {"id_token_signed_response_alg": "RS256"}
    assert with_defaults(signed, V2) == signed | {"userinfo_signed_response_alg": "RS256"}
    assert with_defaults(signed, V1) == signed | {"userinfo_signed_response_alg": ""}
    assert (
        with_defaults(signed | {"userinfo_signed_response_alg": "ES256"}, V2)["userinfo_signed_response_alg"] == "ES256"
    )
    assert with_defaults({"userinfo_signed_response_alg": ""}, V2) == {"userinfo_signed_response_alg": ""}


def test_every_provider_of_the_list_is_registered_with_v1_by_the_same_file() -> None:
    fixtures = load_fixtures(ASKED)
    helpers = [path for path, one in fixtures.providers(V2).items() if one.kind == "aidants-connect"]
    assert fixtures.providers(V1) == {path: one for path, one in fixtures.providers(V2).items() if path not in helpers}
    assert (len(fixtures.providers(V1)), len(helpers)) == (6, 1)


def test_a_platform_may_keep_accounts_of_its_own() -> None:
    assert replace(V1, shares_accounts_with="").account_platform == "franceconnect-v1"
