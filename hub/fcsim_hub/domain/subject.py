"""The pairwise `sub`: the same person and organisation give the same text on every machine
(service-provider-side §11, inside-the-hub §11)."""

import base64
import hashlib

from fcsim_hub.domain.identity import FRANCE, PivotIdentity


def identity_hash(identity: PivotIdentity) -> str:
    """The key of an account: base64 of the SHA-256 of the registry's identity, in FranceConnect's order."""
    serial = (
        identity.given_name
        + identity.family_name
        + identity.birthdate
        + identity.gender
        + (identity.birthplace if identity.birthcountry == FRANCE else "")
        + identity.birthcountry
    )
    return base64.b64encode(hashlib.sha256(_low_bytes(serial)).digest()).decode()


def foreign_identity_hash(sub: str) -> str:
    """The same for a person of another member state: made of the `sub` its node gave (§11)."""
    return base64.b64encode(hashlib.sha256(sub.encode()).digest()).decode()


def _low_bytes(text: str) -> bytes:
    """Each UTF-16 unit cut to its low byte, as FranceConnect's `latin1` encoding does: Œ (U+0152) gives 0x52."""
    return text.encode("utf-16-le")[::2]


def pairwise_sub(entity_id: str, hashed_identity: str, secret: str) -> str:
    """The `sub` of a person for an organisation: 64 hexadecimal digits and `v1`."""
    return hashlib.sha256((entity_id + hashed_identity + secret).encode()).hexdigest() + "v1"
