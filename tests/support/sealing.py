"""Encrypting for the hub as a stranger would: jwcrypto for honest tokens, bytes by hand for the others."""

import base64
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from support.site import Site, call

KTY = {"ECDH-ES": "EC", "RSA-OAEP": "RSA", "RSA-OAEP-256": "RSA", "RSA1_5": "RSA"}


def published(site: Site) -> list[dict[str, Any]]:
    """The hub's encryption keys, as any provider fetches them."""
    keys: list[dict[str, Any]] = json.loads(call("GET", f"{site.issuer}/client/.well-known/keys").data)["keys"]
    return keys


def key_for(site: Site, alg: str) -> dict[str, Any]:
    """The newest key of the kind an algorithm takes."""
    return next(key for key in published(site) if key["kty"] == KTY[alg])


def seal(text: str, jwk: dict[str, Any], alg: str, enc: str = "A256GCM", **header: Any) -> str:
    """A compact JWE made by jwcrypto; a header member given as None is left out."""
    given = {"alg": alg, "enc": enc, "kid": jwk.get("kid"), "cty": "JWT"} | header
    protected = json.dumps({name: value for name, value in given.items() if value is not None})
    token = JWE(text.encode(), protected, algs=[alg, enc])
    token.add_recipient(JWK(**{name: value for name, value in jwk.items() if name != "use"}))
    compact: str = token.serialize(compact=True)
    return compact


def seal_by_hand(text: bytes, jwk: dict[str, Any], **header: Any) -> str:
    """The same with RSA, whatever the header says: it opens, so that only its header can be what is refused."""
    protected = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": jwk["kid"]} | header
    key: Any = JWK(**jwk).get_op_key("wrapKey")
    assert isinstance(key, RSAPublicKey)
    cek, iv, aad = secrets.token_bytes(32), secrets.token_bytes(12), b64(json.dumps(protected).encode())
    hashes = {"RSA-OAEP": SHA1(), "RSA-OAEP-256": SHA256()}  # noqa: S303 - RSA-OAEP is SHA-1 by definition
    chosen = hashes.get(protected["alg"])
    padding = OAEP(mgf=MGF1(chosen), algorithm=chosen, label=None) if chosen else PKCS1v15()
    sealed = AESGCM(cek).encrypt(iv, text, aad.encode())
    return ".".join([aad, b64(key.encrypt(cek, padding)), b64(iv), b64(sealed[:-16]), b64(sealed[-16:])])


def b64(plain: bytes) -> str:
    """Unpadded base64url."""
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()
