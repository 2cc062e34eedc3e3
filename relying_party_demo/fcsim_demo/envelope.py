"""The encryption around a signed token: opened first, and only as registered (service-provider-side §9.3, §10.1).

A service that registered an encryption accepts nothing else: a token in clear, however well signed, is one that
somebody put in the place of the real one (OpenID Connect Core §16.14). The header is judged before any key is used.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from fcsim_demo.keys import Key
from fcsim_demo.refusal import AnswerRefused

JWS_PARTS, JWE_PARTS = 3, 5


@dataclass(frozen=True)
class Lock:
    """How one kind of token is encrypted to this service, and the key that opens it."""

    alg: str
    enc: str
    key: Callable[[], Key]
    """Called when a token comes: an RSA key takes a moment to make."""
    context: Mapping[str, str]
    """`iss` and `aud`, when the header repeats them (RFC 7519 §5.3)."""


@dataclass(frozen=True)
class Opened:
    """A token out of its envelope."""

    header: Mapping[str, Any] | None
    """The JWE header; None: the token was not encrypted."""
    signed: str
    """The JWS."""


def open_envelope(kind: str, received: str, lock: Lock | None) -> Opened:
    """The signed token inside. Raises AnswerRefused(kind): it is not encrypted as registered, or not to this key."""
    parts = received.count(".") + 1
    if lock is None:
        if parts == JWE_PARTS:
            raise AnswerRefused(kind, "this is a JWE: this service registered no encryption")
        return Opened(None, received)
    if parts != JWE_PARTS:
        found = "a JWS in clear" if parts == JWS_PARTS else "neither a JWE nor a JWS"
        raise AnswerRefused(kind, f"{found}: expected a JWE, {lock.alg} with {lock.enc}, as registered")
    header, key = _read_header(kind, received), lock.key()
    _check_header(kind, header, lock, key.thumbprint())
    return Opened(header, _decrypt(kind, received, lock, key))


def _read_header(kind: str, received: str) -> Mapping[str, Any]:
    try:
        header = json.loads(urlsafe_b64decode(received.partition(".")[0].encode()))
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise AnswerRefused(kind, "the JWE header is not JSON")
    return header


def _check_header(kind: str, header: Mapping[str, Any], lock: Lock, kid: str) -> None:
    """Each member that decides something, exactly; compression is none of them (RFC 8725 §3.6)."""
    for name, expected in (("alg", lock.alg), ("enc", lock.enc), ("cty", "JWT")):
        if header.get(name) != expected:
            raise AnswerRefused(kind, f"JWE header: {name} is {_short(header.get(name))}: expected {expected!r}")
    if header.get("kid") != kid:
        detail = f"JWE header: kid is {_short(header.get('kid'))}: expected {kid!r}, the key published now"
        raise AnswerRefused(kind, f"{detail} (the hub may keep an earlier one for 600 seconds)")
    if "zip" in header:
        raise AnswerRefused(kind, "JWE header: zip is not expected")
    for name, expected in lock.context.items():
        if name in header and header[name] != expected:
            raise AnswerRefused(kind, f"JWE header: {name} is {_short(header[name])}: expected {expected!r}")


def _decrypt(kind: str, received: str, lock: Lock, key: Key) -> str:
    registry = jwe.JWERegistry(algorithms=[lock.alg, lock.enc], strict_check_header=False)
    try:
        opened = jwe.decrypt_compact(received, key, registry=registry)
        return (opened.plaintext or b"").decode("ascii")
    except (JoseError, ValueError) as failure:
        raise AnswerRefused(kind, f"{type(failure).__name__}: the JWE does not open with this service's key") from None


def _short(value: object) -> str:
    return repr(value)[:80]
