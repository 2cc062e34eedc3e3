"""A data provider: an API that asks the hub what a service's access token allows (service-provider-side §14)."""

import re
import uuid
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from fcsim_hub.domain.clients import KEY_MAX
from fcsim_hub.domain.fetched import check_fetched_address
from fcsim_hub.domain.platforms import Platform
from fcsim_hub.domain.records import InvalidField

CREDENTIAL_MIN = 32
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class DataProvider:
    """One data provider of one platform."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    uid: str = field(default_factory=lambda: str(uuid.uuid4()))
    title: str
    active: bool = True
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]
    """What it may learn of a token: data scopes, or scopes of the identity; it learns of no other."""
    jwks_uri: str
    """Where its public encryption keys are."""
    checktoken_signed_response_alg: Literal["ES256", "RS256"] = "ES256"
    checktoken_encrypted_response_alg: Literal["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"] = "ECDH-ES"
    checktoken_encrypted_response_enc: Literal["A256GCM"] = "A256GCM"

    def __post_init__(self) -> None:
        for key in ("client_id", "client_secret"):
            if not CREDENTIAL_MIN <= len(getattr(self, key)) <= KEY_MAX:
                raise InvalidField(
                    key, f"{CREDENTIAL_MIN} to {KEY_MAX} characters", f"{len(getattr(self, key))} of them"
                )
        for key in ("title", "client_id", "client_secret"):
            if not getattr(self, key) or _CONTROL.search(getattr(self, key)):
                raise InvalidField(key, "a text that is not empty, without control characters", "another")
        try:
            version = uuid.UUID(self.uid).version
        except ValueError:
            version = None
        if version != 4:
            raise InvalidField("uid", "a UUID of version 4", repr(self.uid)[:80])
        check_fetched_address("jwks_uri", self.jwks_uri)


def check_data_provider(provider: DataProvider, platform: Platform) -> None:
    """Refuse a registration that the platform cannot honour."""
    unknown = [scope for scope in provider.scopes if not platform.scopes.known(scope)]
    if unknown:
        raise InvalidField("scopes", f"scopes of {platform.title}", ", ".join(map(repr, unknown)))
    if provider.checktoken_signed_response_alg not in platform.signing_algs:
        expected = f"one of {', '.join(platform.key_algs)}"
        raise InvalidField("checktoken_signed_response_alg", expected, repr(provider.checktoken_signed_response_alg))
