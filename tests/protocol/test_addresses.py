"""redirect_uri look-alikes: nothing but the registered address is ever answered (H033–H044)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcsim_hub.domain.errors.authorize import AuthorizeParamsRefused
from fcsim_hub.protocol.addresses import (
    add_to_fragment,
    add_to_query,
    check_address,
    explain_mismatch,
    find_registered,
    normalise,
)

REGISTERED = ("https://rp.example.fr/cb", "https://rp.example.fr/cb?tenant=1", "http://localhost:3000/callback/")


@pytest.mark.parametrize(
    "tried",
    [
        *(
            "https://rp.example.fr/cb/",
            "https://rp.example.fr/CB",
            "https://rp.example.fr/cb%2F",
            "https://rp.example.fr/cb?x=1",
        ),
        *(
            "https://rp.example.fr/cb#f",
            "http://rp.example.fr/cb",
            "https://rp.example.fr:444/cb",
            "https://rp.example.fr./cb",
        ),
        *("https://rp.example.fr.evil.tld/cb", "https://evil-rp.example.fr/cb", "https://x.rp.example.fr/cb"),
        *("https://rp.example.fr@evil.tld/cb", "https://a@b@rp.example.fr/cb", "https://rp.example.fr\\@evil.tld/cb"),
        *("https://rp.example.fr/cb/../x", "https://rp.example.fr/cb/..;/x", "https://rp.example.fr/cb/%2e%2e/x"),
        *(
            "https://rp.example.fr/cb?tenant=2",
            "https://rp.example.fr/cb?tenant=1&a=b",
            "https://rp.example.fr/cb?tenant=1&",
        ),
        *("http://localhost:3000/callback", "http://localhost:3001/callback/", "http://127.0.0.1:3000/callback/"),
        *("http://localhost.evil.tld:3000/callback/", "https://rp。example。fr/cb", "https://user@rp.example.fr/cb"),
    ],
)
@pytest.mark.parametrize("posture", ["faithful", "standard"])
def test_look_alikes_are_not_the_registered_address(tried: str, posture: str) -> None:
    assert find_registered(tried, REGISTERED, posture) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "tried", ["HTTPS://RP.example.fr:443/cb", "https://rp.example.fr/x/../cb", "https://rp.example.fr/./cb"]
)
def test_h034_h037_normalised_twins_are_accepted_in_faithful_alone_and_the_registered_one_is_used(tried: str) -> None:
    assert find_registered(tried, REGISTERED, "faithful") == "https://rp.example.fr/cb"
    assert find_registered(tried, REGISTERED, "standard") is None


def test_h039_a_registered_query_is_kept_byte_for_byte() -> None:
    assert (
        add_to_query("https://rp.example.fr/cb?a=%20b", [("code", "c&d")])
        == "https://rp.example.fr/cb?a=%20b&code=c%26d"
    )
    assert add_to_fragment("https://rp.example.fr/cb", [("error", "x")]) == "https://rp.example.fr/cb#error=x"


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "example.com",
        "/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://[::1",
        "app:/cb",
        "//evil/cb",
    ],
)
def test_h007_h041_what_is_no_web_address_is_refused(uri: str) -> None:
    with pytest.raises(AuthorizeParamsRefused):
        check_address(uri, allow_localhost=True)


@pytest.mark.parametrize("uri", ["http://rp.example.fr/cb", "http://localhost:3000/cb", "https://intranet/cb"])
def test_without_localhost_only_public_https_hosts_pass(uri: str) -> None:
    check_address(uri, allow_localhost=True)
    with pytest.raises(AuthorizeParamsRefused):
        check_address(uri, allow_localhost=False)
    check_address("https://rp.example.fr/cb", allow_localhost=False)


def test_the_developer_is_told_the_first_difference() -> None:
    told = explain_mismatch("https://rp.example.fr/cb/", REGISTERED)
    assert "character 25 is '/' where 'the end' is expected" in told
    assert "'https://rp.example.fr/cb'" in told


@given(st.text(max_size=60), st.sampled_from(["", "https://rp.example.fr/cb", "https://rp.example.fr"]))
def test_no_text_breaks_the_comparison_and_a_match_is_a_registered_string(tail: str, head: str) -> None:
    found = find_registered(head + tail, REGISTERED, "faithful")
    assert found is None or found in REGISTERED
    assert normalise(normalise(head + tail)) == normalise(head + tail) or "%" in head + tail or not tail.isascii()
