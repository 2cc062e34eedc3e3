"""Sockets and servers: ports are bound before the applications exist, so that each knows every address."""

import errno
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.trigger import trigger
from waitress.wasyncore import close_all

from fcsim_hub.spare_threads import SpareThreads

WsgiApp = Callable[..., Any]
BACKLOG = 256
SENT_AT_ONCE = 65_536


class PortTaken(Exception):
    """Another program listens there."""


@dataclass(frozen=True)
class Listener:
    """A bound port, on IPv4 and where possible IPv6: `localhost` resolves to either."""

    sockets: tuple[socket.socket, ...]

    @property
    def port(self) -> int:
        """The port that was bound."""
        return int(self.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Give the port back."""
        for listening in self.sockets:
            listening.close()


def bind(host: str, port: int) -> Listener:
    """Listen on a port, 0 for any free one. Raises PortTaken."""
    try:
        first = _bind(socket.AF_INET6 if ":" in host else socket.AF_INET, host, port)
    except OSError as failure:
        if failure.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(f"port {port} on {host} is taken by another program") from None
    if host != "127.0.0.1":
        return Listener((first,))
    try:
        return Listener((first, _bind(socket.AF_INET6, "::1", first.getsockname()[1])))
    except OSError:
        return Listener((first,))  # no IPv6 here, or that one port is taken: IPv4 serves


def bind_too(listener: Listener, url: str) -> tuple[Listener, str]:
    """Listen on the address of a URL as well; returns the URL with the port that was bound, when it asked for any.

    An address that is not this machine's is left to whatever leads from there to here. Raises PortTaken.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", 80 if parts.port is None else parts.port
    try:
        more = bind(host, port)
    except OSError:  # not an address of this machine
        return listener, url
    shown = f"[{host}]" if ":" in host else host
    return Listener(listener.sockets + more.sockets), parts._replace(netloc=f"{shown}:{more.port}").geturl()


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


@dataclass
class Served:
    """An application answering on its listener, in threads of its own."""

    name: str
    app: WsgiApp
    listener: Listener
    threads: int
    spare: SpareThreads | None = None
    """Where its threads may wait for others."""
    _server: Any = None
    _open: dict[int, Any] = field(default_factory=dict, repr=False)
    """Sockets of the server: those it listens on, and those of browsers."""
    _thread: Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Begin to answer."""
        self._server = create_server(
            self.app,
            map=self._open,
            sockets=list(self.listener.sockets),
            threads=self.threads,
            ident=None,
            clear_untrusted_proxy_headers=True,
            channel_timeout=30,
            connection_limit=400,
            max_request_header_size=65_536,
            max_request_body_size=1_048_576,
        )
        # An answer leaves whole, at its end: waitress would send its head and its body apart, and give the interpreter
        # away for each. (It takes this as a setting too, with a warning that it will go one day; nothing is lost then.)
        self._server.adj.send_bytes = SENT_AT_ONCE
        if self.spare:
            self.spare.serve(self._server.task_dispatcher)
        self._thread = Thread(target=self._server.run, name=f"serve-{self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests, finish the ones under way."""
        if self._server is None:
            self.listener.close()
            return
        if self.spare:
            self.spare.serve(None)
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        # The loop closes what it watches, in its own thread: closed under it, it would sleep on for a second.
        # The pull is inside the lock: a loop awake for another reason would close the trigger under it. (Any: its stub
        # wants a thunk of one argument, the library calls it with none.)
        waker: Any = next(watched for watched in tuple(self._open.values()) if isinstance(watched, trigger))
        with waker.lock:
            waker.thunks.append(self._close)
            waker.pull_trigger()
        if self._thread:
            self._thread.join(2)
        self.listener.close()
        self._server = None

    def _close(self) -> None:
        """In the loop's thread: send the answers that are ready, then close everything."""
        for watched in tuple(self._open.values()):
            if isinstance(watched, HTTPChannel) and watched.total_outbufs_len:
                watched.handle_write()
        close_all(self._open)
