"""Connections whose whole answer obeys one deadline: urllib3's own bounds each read, and a byte a second is many reads.

H124: a provider that drips its status line or its headers must not hold a thread of the hub.
"""

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class _Timed(io.RawIOBase):
    """What a socket sends, until a moment."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        # What urllib3 set just before: all that is left of the call's total.
        self._raw, self._sock, self._left = raw, sock, sock.gettimeout()
        self._began = time.monotonic()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._left is not None:
            left = self._left - (time.monotonic() - self._began)
            if left <= 0:
                raise TimeoutError("the answer took longer than the call may")
            self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock))


class _Plain(HTTPConnection):
    response_class = _Response


class _Secure(HTTPSConnection):
    response_class = _Response


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def make_pool(**options: Any) -> PoolManager:
    """A pool of such connections."""
    pool = PoolManager(**options)
    pool.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return pool
