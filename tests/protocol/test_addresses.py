"""redirect_uri look-alikes: nothing but the registered address is ever answered (H033–H044)."""

import pytest
from hypothesis import given, settings
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
from support.look_alikes import Likeness, addresses

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
        " https://rp.example.fr/cb",
        "https://rp.example.fr/cb\u00a0",
        "https://rp.example.fr/cb\u3000",
        "https://rp.example.fr/\t",
        "https://rp.example.fr/<b>",
    ],
)
def test_h007_h041_what_is_no_web_address_is_refused(uri: str) -> None:
    with pytest.raises(AuthorizeParamsRefused):
        check_address(uri, allow_localhost=True)


@pytest.mark.parametrize(
    "uri",
    [
        *("http://rp.example.fr/cb", "http://localhost:3000/cb", "https://localhost/cb", "https://intranet/cb"),
        *("https://127.0.0.1/cb", "https://10.0.0.1:8443/cb", "https://[::1]/cb", "https://rp.example.1/cb"),
        *("https://.fr/cb", "https://rp..fr/cb", "https://rp.f/cb"),
    ],
)
def test_h007_h040_without_localhost_only_public_https_hosts_pass(uri: str) -> None:
    check_address(uri, allow_localhost=True)
    with pytest.raises(AuthorizeParamsRefused) as refused:
        check_address(uri, allow_localhost=False)
    assert refused.value.detail.endswith(" (`allow_localhost` of the platform is off)")
    for public in ("https://rp.example.fr/cb", "https://RP.EXAMPLE.FR./cb", "https://rp.xn--p1ai/cb", "https://é.рф/"):
        check_address(public, allow_localhost=False)


@pytest.mark.parametrize(
    ("received", "closest", "difference"),
    [
        ("https://rp.example.fr/cb/", REGISTERED[0], "character 25 is '/' where the end is expected"),
        ("http://rp.example.fr/cb", REGISTERED[0], "character 5 is ':' where 's' is expected"),
        ("https://rp.example.fr/cb?tenant=2", REGISTERED[1], "character 33 is '2' where '1' is expected"),
        ("http://localhost:3001/callback/", REGISTERED[2], "character 21 is '1' where '0' is expected"),
        ("https://rp.example.fr/c", REGISTERED[0], "it ends where character 24 is 'b'"),
        ("https://evil.tld/cb", REGISTERED[0], "character 9 is 'e' where 'r' is expected"),
    ],
)
def test_the_developer_is_told_the_first_difference_to_the_closest_address(
    received: str, closest: str, difference: str
) -> None:
    told = explain_mismatch(received, REGISTERED, "faithful")
    assert told == f"received {received!r}; the closest registered address is {closest!r}: {difference}"


def test_what_the_posture_folds_is_no_difference() -> None:
    uri = "https://RP.example.fr:443/cB"
    assert explain_mismatch(uri, REGISTERED, "faithful") == (
        f"received {uri!r} (read as 'https://rp.example.fr/cB'); the closest registered address is "
        f"{REGISTERED[0]!r}: character 24 is 'B' where 'b' is expected"
    )
    assert "character 9 is 'R' where 'r' is expected" in explain_mismatch(uri, REGISTERED, "standard")


def test_an_address_without_end_is_not_repeated_to_its_end() -> None:
    assert len(explain_mismatch("https://rp.example.fr/" + "x" * 40_000, REGISTERED, "faithful")) < 500
    assert "no registered address" in explain_mismatch("https://rp.example.fr/cb", (), "faithful")


@settings(max_examples=500)
@given(drawn=addresses())
def test_h033_h041_an_address_is_accepted_where_each_of_its_parts_is_the_registered_one_and_nowhere_else(
    drawn: tuple[str, Likeness],
) -> None:
    uri, likeness = drawn
    expected = {"faithful": REGISTERED[0] if likeness.is_twin else None, "standard": None}
    if likeness is Likeness.SAME:
        expected = dict.fromkeys(expected, REGISTERED[0])
    for posture, registered in expected.items():
        assert find_registered(uri, REGISTERED, posture) == registered, posture  # type: ignore[arg-type]


@given(uri=st.text(max_size=60) | addresses().map(lambda drawn: drawn[0]), more=st.text(max_size=20))
def test_no_text_breaks_the_comparison_nor_its_explanation(uri: str, more: str) -> None:
    assert normalise(normalise(uri)) == normalise(uri)
    assert explain_mismatch(uri + more, REGISTERED, "faithful")
    assert explain_mismatch(uri + more, REGISTERED, "standard")
    assert find_registered(uri + more, (uri + more,), "standard") == uri + more


def test_letters_of_other_alphabets_are_not_folded() -> None:
    assert find_registered("https://\u212aiosk.fr/cb", ("https://kiosk.fr/cb",), "faithful") is None
    assert find_registered("https://KIOSK.fr/cb", ("https://kiosk.fr/cb",), "faithful") == "https://kiosk.fr/cb"
