"""Trusted devices: which identities a browser was used by, and what that says of a login (inside-the-hub §14.3).

The browser holds digests alone, keyed by a salt of its own: copied elsewhere they are no name and no trust.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from fcsim_hub.domain.identity import PivotIdentity

IDENTITIES_MAX = 3
TRUSTED_MAX = 2
SALT_MIN = 32


@dataclass(frozen=True)
class Entry:
    """One identity this device was used by."""

    digest: str
    expires_at: float
    """Seconds since the epoch."""


@dataclass(frozen=True)
class Device:
    """A browser, as its cookie describes it."""

    salt: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """What a device says of a login: decided from the unexpired entries before it and after it."""

    known_device: bool
    is_trusted: bool
    shared: bool
    new_identity: bool
    became_trusted: bool
    became_shared: bool
    account_count: int


def digest_identity(identity: PivotIdentity, salt: str, secret: str) -> str:
    """The digest of an identity on one device: base64 of an HMAC-SHA256 keyed by salt and secret."""
    message = (
        identity.given_name
        + identity.family_name
        + identity.birthdate
        + identity.gender
        + identity.birthplace
        + identity.birthcountry
    )
    digest = hmac.new((salt + secret).encode(), message.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def recognise(
    device: Device, identity: PivotIdentity, secrets: Sequence[str], now: float, lifetime: float
) -> tuple[Device, Recognition]:
    """The device once this identity used it, and what to think of that.

    `secrets`: the first makes new entries, the others still recognise old ones. `lifetime`: seconds an entry lives.
    """
    old = [entry for entry in device.entries if entry.expires_at > now]
    ours = {digest_identity(identity, device.salt, secret) for secret in secrets}
    others = sorted((entry for entry in old if entry.digest not in ours), key=lambda entry: -entry.expires_at)
    own = Entry(digest_identity(identity, device.salt, secrets[0]), now + lifetime)
    new = (own, *others)[:IDENTITIES_MAX]
    shared = len(old) > TRUSTED_MAX
    return Device(device.salt, new), Recognition(
        known_device=bool(old),
        is_trusted=1 <= len(old) <= TRUSTED_MAX,
        shared=shared,
        new_identity=len(others) == len(old),
        became_trusted=not old or (shared and len(new) <= TRUSTED_MAX),
        became_shared=len(old) == TRUSTED_MAX and len(new) > TRUSTED_MAX,
        account_count=len(new),
    )
