"""The providers' signing keys: fetched, kept 600 s, fetched again when none fits, not at every forged token (§3.7)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey

from fcsim_hub.domain.platforms import SigningAlg
from fcsim_hub.domain.providers import Provider
from fcsim_hub.gateways.http import HttpCaller
from fcsim_hub.protocol.id_token import VerificationKey
from fcsim_hub.protocol.json_object import read_object

KEPT_SECONDS = 600
REFETCH_SECONDS = 10
"""At the soonest, between two fetches that brought no key that fits."""
_KEY_TYPES: dict[SigningAlg, type[ECKey] | type[RSAKey]] = {"ES256": ECKey, "RS256": RSAKey}
_KINDS: dict[str, type[ECKey] | type[RSAKey]] = {"EC": ECKey, "RSA": RSAKey}

PublicKey = ECKey | RSAKey


@dataclass(frozen=True)
class _Kept:
    keys: tuple[PublicKey, ...]
    fetched_at: float


@dataclass
class ProviderKeys:
    """A cache of key sets, by address; the only thing this process remembers of a provider."""

    http: HttpCaller
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _missed: dict[str, float] = field(default_factory=dict)
    """When a fetch was last in vain: a rotation is followed at once, forged tokens cost one fetch in ten seconds."""

    def find(self, provider: Provider, alg: SigningAlg, kid: str | None, now: float) -> Iterator[VerificationKey]:
        """The key a token names, and the one published under that name since, for who finds the first wrong.

        Raises ValueError, OutboundFailure.
        """
        if alg == "HS256":
            yield OctKey.import_key(provider.client_secret)
            return
        uri = provider.jwks_uri
        kept = self._fresh(uri, now)
        known = _pick(kept, alg, kid) if kept else None
        if known:
            yield known  # a provider started anew may have new keys under old names: then one comes back here
        if kept is None or self._may_refetch(uri, now):
            yield from self._published(uri, alg, kid, known, now)
        elif known is None:
            raise _no_key(alg, kid)

    def _fresh(self, uri: str, now: float) -> tuple[PublicKey, ...] | None:
        kept = self._kept.get(uri)
        return kept.keys if kept and _ago(kept.fetched_at, now) < KEPT_SECONDS else None

    def _may_refetch(self, uri: str, now: float) -> bool:
        return uri not in self._missed or _ago(self._missed[uri], now) >= REFETCH_SECONDS

    def _published(
        self, uri: str, alg: SigningAlg, kid: str | None, known: PublicKey | None, now: float
    ) -> Iterator[PublicKey]:
        self._missed[uri] = now  # until it brings a key: an attempt that fails, or two at once, count as one
        found = _pick(self._fetch(uri, now), alg, kid)
        if found is None:
            raise _no_key(alg, kid)
        if known is None or found.as_dict(private=False) != known.as_dict(private=False):
            self._missed.pop(uri, None)
            yield found
            self._missed[uri] = now  # asked for another: it did not verify

    def _fetch(self, uri: str, now: float) -> tuple[PublicKey, ...]:
        answer = self.http.get(uri, {"Accept": "application/jwk-set+json, application/json"})
        if answer.status != 200:
            raise ValueError(f"the provider's JWKS answered {answer.status}")
        keys = _read_keys(answer.body)
        self._kept[uri] = _Kept(keys, now)  # one assignment: readers see the old set or the new one
        return keys


def _ago(then: float, now: float) -> float:
    """Seconds between; a clock set back does not make anything young for ever."""
    return abs(now - then)


def _read_keys(body: bytes) -> tuple[PublicKey, ...]:
    """The keys of a set that can be used: others are left out, not refused (RFC 7517 §5). Raises ValueError."""
    members = read_object(body, "the provider's JWKS").get("keys")
    if not isinstance(members, list):
        raise ValueError("the provider's JWKS is not a key set")
    keys = tuple(key for member in members if (key := _read_key(member)))
    if not keys:
        raise ValueError(f"the provider's JWKS has no usable EC or RSA key, of {len(members)}")
    return keys


def _read_key(member: Any) -> PublicKey | None:
    try:
        return _KINDS[member["kty"]].import_key(member)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _pick(keys: tuple[PublicKey, ...], alg: SigningAlg, kid: str | None) -> PublicKey | None:
    """The key named by kid, or the only usable one where the token names none."""
    named = [key for key in keys if _serves(key, alg) and kid in (None, key.kid)]
    return named[0] if len(named) == 1 else None


def _serves(key: PublicKey, alg: SigningAlg) -> bool:
    members = key.as_dict(private=False)
    fits = members.get("crv", "P-256") == "P-256" and members.get("alg", alg) == alg
    return isinstance(key, _KEY_TYPES[alg]) and fits and members.get("use", "sig") == "sig"


def _no_key(alg: SigningAlg, kid: str | None) -> ValueError:
    return ValueError(f"no {alg} key with kid {str(kid)[:64]!r} in the provider's JWKS")
