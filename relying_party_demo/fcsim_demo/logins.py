"""Finished logins, on the server's side: the browser holds a random id, and tokens would not fit a cookie anyway."""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

KEPT = 500


@dataclass(frozen=True)
class Login:
    """One person signed in to one service."""

    service: str
    id_token: str
    id_token_header: Mapping[str, Any]
    id_token_claims: Mapping[str, Any]
    userinfo: str
    userinfo_claims: Mapping[str, Any]
    access_token: str = ""
    """Opens data providers for 60 seconds: never a key to a session."""


@dataclass
class Logins:
    """The last logins, in memory: a demonstration forgets when it stops."""

    _kept: OrderedDict[str, Login] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, login: Login) -> str:
        """Keep a login; returns its new id."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._kept[key] = login
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return key

    def find(self, key: str | None, service: str) -> Login | None:
        """The login of this id, at this service."""
        login = self._kept.get(key or "")
        return login if login and login.service == service else None

    def forget(self, key: str | None) -> None:
        """End a login."""
        with self._lock:
            self._kept.pop(key or "", None)
