"""A real HTTP server on a raw socket, so that it can break every rule."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case


@dataclass(frozen=True)
class Reply:
    """Bytes to send; then the connection is kept, closed, reset or left silent."""

    data: bytes
    then: t.Literal["keep", "close", "reset", "stall"] = "keep"
    drip: bool = False  # one byte at a time, until the other side gives up


def reply(
    body: object = b"",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    length: int | None = None,
) -> Reply:
    """Build an honest answer; what is not bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = {
        "Content-Type": "application/json",
        "Content-Length": str(len(content) if length is None else length),
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {text}" for name, text in head.items())]
    data = "\r\n".join([*lines, "", ""]).encode("latin-1") + content
    return Reply(data, "keep" if length is None else "close")


Answering = Callable[[Request], Reply]


class Server:
    """Answers each request as its attribute ``answering`` says."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answering: Answering = lambda _: reply([])
        self.requests: list[Request] = []
        self.arrived = threading.Semaphore(0)
        self._tls = tls
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def answers(self, *replies: Reply) -> None:
        """Give these answers in turn, and the last of them again and again."""
        left = list(replies)
        self.answering = lambda _: left.pop(0) if len(left) > 1 else left[0]

    def stop(self) -> None:
        self._stopping.set()
        for open_socket in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=[connection])
            self._threads.append(thread)
            thread.start()

    def _serve(self, raw: socket.socket) -> None:
        self._open.add(raw)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            connection = stack.enter_context(raw)
            if self._tls:
                connection = stack.enter_context(
                    self._tls.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
                )
                self._open.add(connection)
                connection.do_handshake()
            lines = stack.enter_context(connection.makefile("rb"))
            while (request := _read(lines)) is not None:
                self.requests.append(request)
                self.arrived.release()
                answer = self.answering(request)
                self._send(connection, answer)
                if answer.then == "reset":
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                if answer.then == "stall":
                    self._stopping.wait()
                if answer.then != "keep":
                    break

    def _send(self, connection: socket.socket, answer: Reply) -> None:
        if not answer.drip:
            connection.sendall(answer.data)
            return
        position = 0
        while not self._stopping.wait(0.01):
            connection.sendall(answer.data[position : position + 1] or b" ")
            position += 1


def _read(lines: t.BinaryIO) -> Request | None:
    first = lines.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = {}
    while line := lines.readline().decode("latin-1").strip():
        name, _, text = line.partition(":")
        headers[name.lower()] = text.strip()
    parts = urlsplit(first[1])
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Request(parts.path, query, headers)
