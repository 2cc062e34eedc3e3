"""What providers encrypt for the hub: its key pairs, and opening a nested JWE (inside-the-hub §2, §3.5–§3.7).

A token is opened before its signature is verified, so everything here is said by a stranger: the registered
algorithms alone are tried, nothing is decompressed, and no key is taken from the token itself
(RFC 8725 §3; security-and-reliability H128).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import json_b64decode

from fcsim_hub.domain.platforms import EncryptionAlg, EncryptionEnc
from fcsim_hub.protocol.keys import RSA_BITS

Family = Literal["ECDH-ES", "RSA-OAEP"]
FAMILIES: dict[EncryptionAlg, Family] = {"ECDH-ES": "ECDH-ES", "RSA-OAEP": "RSA-OAEP", "RSA-OAEP-256": "RSA-OAEP"}
"""Which kind of key an algorithm takes: one RSA key serves both digests (§3.7)."""
PUBLISHED_SECONDS = 600
"""How long a provider may keep what it fetched: a retired key still opens answers that long after its publication."""
JWE_MAX = 262_144
"""As long as an answer may be."""
_REFUSED_HEADERS = ("zip", "crit", "b64")
_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, AttributeError, AssertionError)
"""What joserfc and cryptography raise over headers and bytes that mean nothing."""


class _Registry(jwe.JWERegistry):
    # joserfc's own limits are below what an answer may hold, and what is ignored must not be refused (H127, H135).
    max_protected_header_length = max_ciphertext_length = JWE_MAX

    def __init__(self, algorithms: list[str]) -> None:
        super().__init__(algorithms=algorithms, strict_check_header=False)


@dataclass(frozen=True)
class DecryptionKey:
    """One key pair of a platform, for what providers encrypt."""

    kid: str
    family: str
    key: ECKey | RSAKey
    published: bool = True
    """False: retired, and good only for what was encrypted while it was published."""

    def public(self) -> dict[str, Any]:
        """The JWK to publish: public members only, and no `alg`, because an RSA key serves two."""
        return {**self.key.as_dict(private=False), "kid": self.kid, "use": "enc"}

    def private_document(self) -> bytes:
        """The whole key, to be sealed."""
        return json.dumps(self.key.as_dict(private=True)).encode()


@dataclass(frozen=True)
class DecryptionRing:
    """The decryption keys of a platform that are good now, newest first."""

    keys: tuple[DecryptionKey, ...]

    def public(self) -> dict[str, list[dict[str, Any]]]:
        """The JWKS document for providers."""
        return {"keys": [key.public() for key in self.keys if key.published]}

    def find(self, alg: EncryptionAlg, kid: str | None) -> tuple[DecryptionKey, ...]:
        """The keys a token may have been made for: the one it names, or each of the right kind. Raises ValueError."""
        usable = tuple(key for key in self.keys if key.family == FAMILIES[alg] and kid in (None, key.kid))
        if not usable:
            raise ValueError(f"the token is encrypted for kid {str(kid)[:64]!r}: this hub has no such {alg} key (now)")
        return usable


def make_decryption_key(family: Family, kid: str) -> DecryptionKey:
    """A new key pair."""
    key: ECKey | RSAKey = ECKey.generate_key("P-256") if family == "ECDH-ES" else RSAKey.generate_key(RSA_BITS)
    return DecryptionKey(kid, family, key)


def open_token(token: str, alg: EncryptionAlg, enc: EncryptionEnc, ring: DecryptionRing) -> str:
    """The signed token inside an encrypted one, made with exactly these algorithms. Raises ValueError."""
    check_encrypted(token, alg, enc)
    header = _read_header(token)
    for name, expected in (("alg", alg), ("enc", enc)):
        if header.get(name) != expected:
            raise ValueError(f"the token's {name} is {str(header.get(name))[:16]!r}: registered for {expected}")
    for name in _REFUSED_HEADERS:
        if name in header:
            raise ValueError(f"the encrypted token's header asks for an extension: {name}")
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise ValueError("the encrypted token's kid is not a text")
    for key in ring.find(alg, kid):
        if (plain := _decrypt(token, key, [alg, enc])) is not None:
            return _signed_text(plain)
    raise ValueError("the token does not open with the hub's key: it was encrypted for another, or damaged")


def check_encrypted(token: str, alg: str, enc: str) -> None:
    """Refuse what is not an encrypted token at all. Raises ValueError."""
    if len(token) > JWE_MAX:
        raise ValueError(f"the encrypted token is longer than {JWE_MAX} characters")
    if (parts := token.count(".") + 1) != 5:
        signed = "signed and not encrypted" if parts == 3 else f"no encrypted token: {parts} parts instead of 5"
        raise ValueError(f"the token is {signed}: registered for {alg} with {enc}")


def check_not_encrypted(token: str) -> None:
    """Refuse an encrypted token where none is registered. Raises ValueError."""
    if re.fullmatch(r"[^.]*(\.[^.]*){4}", token[:JWE_MAX]):
        raise ValueError("the token is encrypted: this provider is registered for answers that are signed alone")


def _decrypt(token: str, key: DecryptionKey, algorithms: list[str]) -> bytes | None:
    """What the token holds, or None when this key does not open it."""
    try:
        return jwe.decrypt_compact(token, key.key, registry=_Registry(algorithms=algorithms)).plaintext
    except _UNREADABLE:
        return None


def _signed_text(plain: bytes) -> str:
    try:
        return plain.decode("ascii")
    except UnicodeDecodeError:
        raise ValueError("the encrypted token does not hold a signed one") from None


def _read_header(token: str) -> Mapping[str, Any]:
    try:
        header = json_b64decode(token.partition(".")[0].encode())
    except (ValueError, JoseError, RecursionError):
        raise ValueError("the encrypted token's header is not readable") from None
    if not isinstance(header, dict):
        raise ValueError("the encrypted token's header is not an object")
    return header
