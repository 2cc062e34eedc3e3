"""What a registration may make the hub call (security-and-reliability H025)."""

import pytest

from fcsim_hub.domain.fetched import check_fetched_address, is_forbidden, read_ip
from fcsim_hub.domain.records import InvalidField


@pytest.mark.parametrize(
    "address",
    [
        *("https://rp.test/keys", "http://localhost:8020/jwks", "http://127.0.0.1:1/x", "http://[::1]:1/x"),
        *("http://demo:8020/jwks", "http://192.168.1.10/jwks", "https://no-such-host.invalid/"),
    ],
)
def test_services_on_a_developers_machine_are_fetched(address: str) -> None:
    check_fetched_address("jwks_uri", address)


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "ftp://rp.test/", "gopher://rp.test/", "data:,x", "javascript:x", "", "/jwks", "//x/"),
        *("http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[fe80::1%25eth0]/"),
        *(
            "http://[fd00:ec2::254]/",
            "http://[::ffff:169.254.169.254]/",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://0/",
        ),
        *("http://2852039166/", "http://0xA9FEA9FE/", "http://0251.0376.0251.0376/", "http://169.254.43518/"),
        *("http://224.0.0.1/", "http://rp.test:port/", "http://rp.test/a b", "http://rp.test\\@169.254.169.254/"),
        "http://169.254.169.254./",
    ],
)
def test_h025_what_only_serves_to_reach_something_else_is_refused(address: str) -> None:
    with pytest.raises(InvalidField) as refused:
        check_fetched_address("jwks_uri", address)
    assert refused.value.key == "jwks_uri"


@pytest.mark.parametrize(
    ("host", "forbidden"),
    [
        ("169.254.169.254", True),
        ("fe80::1%eth0", True),
        ("::ffff:169.254.0.1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
    ],
)
def test_h025_an_address_that_a_name_resolves_to_is_judged_too(host: str, forbidden: bool) -> None:
    number = read_ip(host)
    assert number is not None
    assert is_forbidden(number) is forbidden


def test_a_name_is_no_number() -> None:
    assert read_ip("rp.test") is None
