"""Servers that can only fail, each with the settings that lead to it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
import threading
import typing as t
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import trustme

from tests.faults.marked import PATH, QUERY
from tests.server import Reply, Server, reply

Settings = dict[str, t.Any]


@contextlib.contextmanager
def closed() -> Iterator[Settings]:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield {"api_url": f"http://127.0.0.1:{port}"}


@contextlib.contextmanager
def unknown() -> Iterator[Settings]:
    """No name server knows the host."""
    yield {"api_url": "https://persy.invalid"}


@contextlib.contextmanager
def full() -> Iterator[Settings]:
    """The queue of connections is full, so that the system drops each new one."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - its only argument
            waiting.connect_ex(listener.getsockname())
        yield {"api_url": f"http://127.0.0.1:{listener.getsockname()[1]}"}


@contextlib.contextmanager
def plain() -> Iterator[Settings]:
    """The server speaks no TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")
                        connection.recv(2**16)

        thread = threading.Thread(target=answer)
        thread.start()
        yield {"api_url": f"https://127.0.0.1:{listener.getsockname()[1]}"}
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextlib.contextmanager
def _secure(
    answer: t.Callable[[Server], Reply] = lambda _: reply([]),
    host: str = "127.0.0.1",
    until: datetime | None = None,
    *,
    trusted: bool = True,
) -> Iterator[Settings]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, not_after=until).configure_cert(context)
    server = Server(context)
    server.answers(answer(server))
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "authority.pem"
        authority.cert_pem.write_to_path(str(bundle))
        given = {"ca_bundle": str(bundle)} if trusted else {}
        yield {"api_url": server.url, **given}
    server.stop()


def untrusted() -> contextlib.AbstractContextManager[Settings]:
    """The certificate is of an authority that is not trusted."""
    return _secure(trusted=False)


def other_host() -> contextlib.AbstractContextManager[Settings]:
    """The certificate is of another host."""
    return _secure(host="elsewhere.example")


def expired() -> contextlib.AbstractContextManager[Settings]:
    """The certificate has expired."""
    return _secure(until=datetime(2020, 1, 1, tzinfo=UTC))


def downgrading() -> contextlib.AbstractContextManager[Settings]:
    """The server redirects to itself, but without TLS."""

    def answer(server: Server) -> Reply:
        location = f"http://127.0.0.1:{server.port}{PATH}&name={QUERY}"
        return reply(b"", 302, {"Location": location})

    return _secure(answer)
