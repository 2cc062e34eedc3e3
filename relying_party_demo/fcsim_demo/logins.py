"""Finished logins, on the server's side: the browser holds a random id, and tokens would not fit a cookie anyway."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from fcsim_demo.checks import Token

KEPT = 500


@dataclass(frozen=True)
class Login:
    """One person signed in to one service."""

    service: str
    id_token: Token
    userinfo: Token
    scope: str
    """What was granted."""
    access_token: str
    """Opens userinfo and data providers for 60 seconds: never a key to a session."""
    revoked: bool = False
    """The service gave the access token back."""


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

    def change(self, key: str, login: Login) -> None:
        """What is known of a login has changed; one that has ended meanwhile stays ended."""
        with self._lock:
            if key in self._kept:
                self._kept[key] = login

    def forget(self, key: str | None) -> None:
        """End a login."""
        with self._lock:
            self._kept.pop(key or "", None)
