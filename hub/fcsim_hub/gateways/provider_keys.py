"""The providers' signing keys: fetched, kept 600 s, refetched when a kid is unknown, not at every forged one (§3.7)."""

import json
from dataclasses import dataclass, field

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from fcsim_hub.domain.platforms import SigningAlg
from fcsim_hub.domain.providers import Provider
from fcsim_hub.gateways.http import HttpCaller
from fcsim_hub.protocol.id_token import VerificationKey

KEPT_SECONDS = 600
REFETCH_SECONDS = 10
"""At the soonest, between two fetches for an unknown kid."""
_KEY_TYPES: dict[SigningAlg, type[ECKey] | type[RSAKey]] = {"ES256": ECKey, "RS256": RSAKey}


@dataclass
class _Kept:
    keys: KeySet
    fetched_at: float
    tried_at: float


@dataclass
class ProviderKeys:
    """A cache of key sets, by address; the only thing this process remembers of a provider."""

    http: HttpCaller
    _kept: dict[str, _Kept] = field(default_factory=dict)

    def find(self, provider: Provider, alg: SigningAlg, kid: str | None, now: float) -> VerificationKey:
        """The key that verifies a token of this provider; raises ValueError, OutboundFailure."""
        if alg == "HS256":
            return OctKey.import_key(provider.client_secret)
        kept = self._kept.get(provider.jwks_uri)
        if kept is None or _ago(kept.fetched_at, now) >= KEPT_SECONDS:
            kept = self._fetch(provider.jwks_uri, now)
        key = _pick(kept.keys, alg, kid)
        if key is None and _ago(kept.tried_at, now) >= REFETCH_SECONDS:
            kept.tried_at = now  # an attempt that fails, or two at once, count as one
            key = _pick(self._fetch(provider.jwks_uri, now).keys, alg, kid)
        if key is None:
            raise ValueError(f"no {alg} key with kid {str(kid)[:64]!r} in the provider's JWKS")
        return key

    def _fetch(self, uri: str, now: float) -> _Kept:
        answer = self.http.get(uri, {"Accept": "application/jwk-set+json, application/json"})
        if answer.status != 200:
            raise ValueError(f"the provider's JWKS answered {answer.status}")
        try:
            keys = KeySet.import_key_set(json.loads(answer.body))
        except (JoseError, ValueError, KeyError, TypeError, RecursionError):
            raise ValueError("the provider's JWKS is not a key set") from None
        self._kept[uri] = kept = _Kept(keys, now, now)  # one assignment: readers see the old set or the new one
        return kept


def _ago(then: float, now: float) -> float:
    """Seconds between; a clock set back does not make anything young for ever."""
    return abs(now - then)


def _pick(keys: KeySet, alg: SigningAlg, kid: str | None) -> ECKey | RSAKey | None:
    """The key named by kid, or the only usable one where the token names none."""
    usable = [
        key
        for key in keys.keys
        if isinstance(key, _KEY_TYPES[alg]) and key.as_dict(private=False).get("use", "sig") == "sig"
    ]
    named = [key for key in usable if kid is None or key.kid == kid]
    return named[0] if len(named) == 1 else None
