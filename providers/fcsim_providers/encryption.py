"""Answers encrypted for the hub: a signed token inside an encrypted one, for a key the hub publishes.

Sources: inside-the-hub §3.6 (nested JWE), §3.7 (EC key for ECDH-ES, RSA for RSA-OAEP*; a cache of 600 s).
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from fcsim_providers.config import ProviderFile

KEPT_SECONDS = 600.0
FETCH_SECONDS = 3.0
"""Less than the hub gives this application to answer (6 s)."""
SIZE_MAX = 65_536
_TYPES: Mapping[str, type[ECKey] | type[RSAKey]] = {"ECDH-ES": ECKey, "RSA-OAEP": RSAKey, "RSA-OAEP-256": RSAKey}

Answer = Literal["id_token", "userinfo"]
Sealer = Callable[[str], str]
"""A signed token as the hub's registration wants it: encrypted, or as it is."""


class HubKeysUnavailable(Exception):
    """The hub's encryption keys cannot be had; the text says why."""


@dataclass
class HubKeys:
    """The hub's encryption keys, by platform: fetched at need, kept 600 s, in the memory of this process alone."""

    addresses: Mapping[str, str]
    clock: Callable[[], float]
    _kept: dict[str, tuple[KeySet, float]] = field(default_factory=dict)
    _failed: dict[str, tuple[float, str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _pool: PoolManager = field(default_factory=lambda: PoolManager(retries=Retry(0, redirect=False)))

    def sealer(self, client: ProviderFile, answer: Answer) -> Sealer:
        """What to do with a signed answer for this client. Raises HubKeysUnavailable."""
        alg, enc = encryption_of(client, answer)
        if not alg:
            return str
        key = self._find(client.platforms[0], alg)
        return lambda signed: encrypt(signed, alg, enc, key)

    def get_ready(self, client: ProviderFile) -> None:
        """Have the keys at hand before they are needed; a failure is told when it matters."""
        try:
            self.sealer(client, "id_token")
        except HubKeysUnavailable:
            return

    def _find(self, platform: str, alg: str) -> ECKey | RSAKey:
        keys, fetched_at = self._kept.get(platform, (None, 0.0))
        if keys is not None and abs(self.clock() - fetched_at) < KEPT_SECONDS and (key := pick(keys, alg)):
            return key
        keys = self._fetch_once(platform, alg)
        if (key := pick(keys, alg)) is None:
            raise HubKeysUnavailable(f"the hub publishes no encryption key for {alg} at {self.addresses[platform]}")
        return key

    def _fetch_once(self, platform: str, alg: str) -> KeySet:
        """A fresh set; whoever waits while another fetches gets what that one got, good or bad."""
        began = time.monotonic()
        with self._lock:
            now, (keys, fetched_at) = self.clock(), self._kept.get(platform, (None, 0.0))
            if keys is not None and abs(now - fetched_at) < KEPT_SECONDS and pick(keys, alg):
                return keys
            failed_at, why = self._failed.get(platform, (0.0, ""))
            if failed_at > began:
                raise HubKeysUnavailable(why)
            try:
                keys = self._fetch(platform)
            except HubKeysUnavailable as failure:
                self._failed[platform] = (time.monotonic(), str(failure))
                raise
            self._kept[platform] = (keys, now)
            return keys

    def _fetch(self, platform: str) -> KeySet:
        address = self.addresses.get(platform, "")
        if not address:
            raise HubKeysUnavailable(f"no address is known for the encryption keys of the platform {platform}")
        try:
            return KeySet.import_key_set(json.loads(self._get(address)))
        except (HTTPError, OSError, JoseError, ValueError, KeyError, TypeError) as failure:
            reason = str(failure) if isinstance(failure, TimeoutError | PermissionError) else type(failure).__name__
            raise HubKeysUnavailable(f"the hub's encryption keys cannot be had at {address}: {reason}") from failure

    def _get(self, address: str) -> bytes:
        """The body of a good answer, whole before the deadline."""
        ends_at, body = time.monotonic() + FETCH_SECONDS, bytearray()
        timeout = Timeout(total=FETCH_SECONDS)
        with self._pool.request("GET", address, timeout=timeout, preload_content=False, redirect=False) as answer:
            if answer.status != 200:
                raise PermissionError(f"the answer was {answer.status}")
            while chunk := answer.read1(SIZE_MAX):
                body += chunk
                if len(body) > SIZE_MAX or time.monotonic() > ends_at:
                    raise TimeoutError("the answer was too long or too slow")
        return bytes(body)


def encryption_of(client: ProviderFile, answer: Answer) -> tuple[str, str]:
    """Algorithm and content encryption registered for an answer; empty texts where it is signed alone."""
    if answer == "id_token":
        return client.id_token_encrypted_response_alg, client.id_token_encrypted_response_enc
    return client.userinfo_encrypted_response_alg, client.userinfo_encrypted_response_enc


def pick(keys: KeySet, alg: str) -> ECKey | RSAKey | None:
    """The first key of the kind the algorithm takes: hubs publish the newest first."""
    for key in keys.keys:
        if isinstance(key, ECKey | RSAKey) and isinstance(key, _TYPES[alg]) and key.get("use", "enc") == "enc":
            return key
    return None


def encrypt(signed: str, alg: str, enc: str, key: ECKey | RSAKey) -> str:
    """The nested token."""
    header = {"alg": alg, "enc": enc, "kid": key.kid, "cty": "JWT"}
    return jwe.encrypt_compact(header, signed, key, algorithms=[alg, enc])


def encryption_metadata(clients: Iterable[ProviderFile]) -> dict[str, list[str]]:
    """What discovery says of encryption; nothing for a provider that encrypts for nobody."""
    found: dict[str, Any] = {}
    for client in clients:
        for answer in ("id_token", "userinfo"):
            alg, enc = encryption_of(client, answer)
            for member, value in (("alg", alg), ("enc", enc)):
                if value:
                    found.setdefault(f"{answer}_encryption_{member}_values_supported", set()).add(value)
    return {name: sorted(values) for name, values in found.items()}
