"""Addresses the hub itself fetches: what a registration may make it call (security-and-reliability H025).

Plain http and loopback are explicitly allowed (the simulator lives on developers' machines); what only ever serves to
reach something else through the hub is not: other schemes, link-local addresses and the metadata services behind them,
numbers written so that a reader does not recognise the address.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from fcsim_hub.domain.records import InvalidField

_METADATA = frozenset({IPv6Address("fd00:ec2::254")})
_CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f\\]")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*\.?", re.IGNORECASE)
"""A host that network libraries read as an IPv4 address: decimal, octal, hexadecimal, short."""


def check_fetched_address(key: str, address: str) -> None:
    """Refuse an address that the hub will not fetch. Raises InvalidField."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidField(key, "an absolute http or https address", repr(address)[:120]) from None
    # ledger F38
    if parts.scheme not in ("http", "https") or not host or _CONTROL_OR_SPACE.search(address):
        raise InvalidField(key, "an absolute http or https address", repr(address)[:120])
    number = read_ip(host)
    if number is None and _NUMBER.fullmatch(host):
        raise InvalidField(key, "a host name, or an IP address in its usual form", repr(address)[:120])
    if number is not None and is_forbidden(number):
        raise InvalidField(key, "an address the hub may call: not link-local, not unspecified", repr(address)[:120])


def read_ip(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address a host is, None for a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_forbidden(number: IPv4Address | IPv6Address) -> bool:
    """Whether the hub calls nothing at this IP address, whatever the name that resolves to it."""
    embedded = number.ipv4_mapped if isinstance(number, IPv6Address) else None
    plain = embedded or number
    return plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain in _METADATA
