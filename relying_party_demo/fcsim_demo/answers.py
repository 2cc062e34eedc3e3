"""The tokens of a hub's answers, opened and verified in one order: decrypt, signature, audience, level, person."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fcsim_demo.checks import Token, check_audience, check_level, check_same_person, verify
from fcsim_demo.config import PlatformAddress, ServiceFile
from fcsim_demo.envelope import Lock, Opened, open_envelope
from fcsim_demo.keys import DemoKeys


@dataclass(frozen=True)
class Reader:
    """Reads what the hub answers one service."""

    slug: str
    service: ServiceFile
    platform: PlatformAddress
    keys: DemoKeys

    def open(self, kind: str, received: str) -> Opened:
        """The signed token inside, `id_token` or `userinfo`. Raises AnswerRefused."""
        return open_envelope(kind, received, self._lock(kind))

    def id_token(self, received: str, opened: Opened, published: Mapping[str, Any]) -> Token:
        """A verified id_token, of the level this service needs. Raises AnswerRefused."""
        token = self._verified("id_token", received, opened, published)
        check_level(token.claims, self.service.acr_values)
        return token

    def userinfo(self, received: str, published: Mapping[str, Any], id_token: Token) -> Token:
        """Verified userinfo, of the person of the id_token. Raises AnswerRefused."""
        token = self._verified("userinfo", received, self.open("userinfo", received), published)
        check_same_person(id_token.claims, token.claims)
        return token

    def _verified(self, kind: str, received: str, opened: Opened, published: Mapping[str, Any]) -> Token:
        registration = self.service.client
        token = verify(kind, received, opened, published, getattr(registration, f"{kind}_signed_response_alg"))
        issuer, client_id = self.platform.issuer, registration.client_id
        check_audience(kind, token.claims, issuer=issuer, client_id=client_id, now=time.time())
        return token

    def _lock(self, kind: str) -> Lock | None:
        """How this kind of token is encrypted, as registered."""
        registration = self.service.client
        alg = getattr(registration, f"{kind}_encrypted_response_alg")
        if not alg:
            return None
        context = {"iss": self.platform.issuer, "aud": registration.client_id}
        key = partial(self.keys.encryption, self.slug, alg)
        return Lock(alg, getattr(registration, f"{kind}_encrypted_response_enc"), key, context)
