"""A way to a server that lets so many bytes through and no more: then an upload is half done."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from tests.stores.servers import HOST

_PIECE = 16_384


class Gate:
    """Forwards connections to a port until clients have sent so many bytes.

    Attributes:
        port: Where clients connect.
        closed: Set when the bytes have passed; nothing passes afterwards.
    """

    def __init__(self, target: int, most: int) -> None:
        self.closed = threading.Event()
        self._target, self._left, self._lock = target, most, threading.Lock()
        self._sockets: list[socket.socket] = []
        self._server = socket.create_server((HOST, 0))
        self.port = self._server.getsockname()[1]
        self._start(self._accept)

    def end(self) -> None:
        """Close everything."""
        for each in (self._server, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _start(self, act: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=act, args=arguments, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                server = socket.create_connection((HOST, self._target))
                self._sockets += [client, server]
                self._start(self._count, client, server)
                self._start(_forward, server, client)

    def _count(self, source: socket.socket, target: socket.socket) -> None:
        """Forward what a client sends, up to the last byte that may pass."""
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                with self._lock:
                    passing = piece[: self._left]
                    self._left -= len(passing)
                target.sendall(passing)
                if not self._left:
                    self.closed.set()
                    return
            target.shutdown(socket.SHUT_WR)


def _forward(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def gate(target: int, most: int) -> Iterator[Gate]:
    """Run a gate until the end of the block."""
    opened = Gate(target, most)
    try:
        yield opened
    finally:
        opened.end()
