"""Public keys that registered parties publish: fetched from their jwks_uri, kept 600 s, refetched when none fits."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fcsim_hub.gateways.http import HttpCaller, OutboundFailure
from fcsim_hub.protocol.encryption import Key, KeySetDocument, NotAKeySet, pick_keys, read_key_set

KEPT_SECONDS = 600.0
REFETCH_SECONDS = 10.0
"""At the soonest, between two fetches because no key fits, or after one that failed: neither a forged `kid` nor an
address that drips may hold every thread of the hub (H073)."""


class KeysBadStatus(OutboundFailure):
    """The address answered, not with 200."""


@dataclass(frozen=True)
class _Kept:
    jwks: KeySetDocument
    fetched_at: float
    tried_at: float


_Holder = tuple[str, str]
"""A client_id and the address of its keys: two clients at one address do not answer for each other's failures."""


@dataclass
class PublishedKeys:
    """A cache of key sets, by address and by whose they are; for services and data providers alike (H073)."""

    http: HttpCaller
    now: Callable[[], float]
    _kept: dict[_Holder, _Kept] = field(default_factory=dict)
    _failed: dict[_Holder, tuple[type[Exception], str, float]] = field(default_factory=dict)

    def find(self, client_id: str, uri: str, alg: str, kid: str | None = None) -> tuple[Key, ...]:
        """The keys that a client publishes at an address and that fit, best first; fetched again where none does.

        Raises OutboundFailure, KeysBadStatus, NotAKeySet. Calls out: never inside a transaction.
        """
        holder = client_id, uri
        kept, now = self._kept.get(holder), self.now()
        if kept is None or now - kept.fetched_at >= KEPT_SECONDS:
            return pick_keys(self._fetch(holder, now), alg, kid)
        if (found := pick_keys(kept.jwks, alg, kid)) or now - kept.tried_at < REFETCH_SECONDS:
            return found
        self._kept[holder] = _Kept(kept.jwks, kept.fetched_at, now)  # a fetch that fails counts as one
        return pick_keys(self._fetch(holder, now), alg, kid)

    def _fetch(self, holder: _Holder, now: float) -> KeySetDocument:
        kind, text, failed_at = self._failed.get(holder, (Exception, "", -REFETCH_SECONDS))
        if 0 <= now - failed_at < REFETCH_SECONDS:  # not for long after a clock set back
            raise kind(text)
        try:
            jwks = self._ask(holder[1])
        except (OutboundFailure, NotAKeySet) as failure:
            self._failed[holder] = type(failure), str(failure), now
            raise
        self._kept[holder] = _Kept(jwks, now, now)  # one assignment: readers see the old set or the new one
        return jwks

    def _ask(self, uri: str) -> KeySetDocument:
        answer = self.http.get(uri, {"Accept": "application/jwk-set+json, application/json"})
        if answer.status != 200:
            raise KeysBadStatus(f"expected 200 OK, got {answer.status}")
        return read_key_set(answer.body)
