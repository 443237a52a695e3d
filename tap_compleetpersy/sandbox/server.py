"""The local Persy as a server: the application, what is around it, and how it starts and ends."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import socket
import threading
import typing as t
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from tap_compleetpersy.sandbox import edits, endpoints
from tap_compleetpersy.sandbox.attachments import FILES
from tap_compleetpersy.sandbox.endpoints import ERRORS, file
from tap_compleetpersy.sandbox.faults import faulty
from tap_compleetpersy.sandbox.options import PREFIX, Options
from tap_compleetpersy.sandbox.state import ForeignRequest, Sandbox, ServedRequest

if t.TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS_TO_FINISH = 1
# Imported when a request first needs them; who lacks them should know at the start.
IMPORTED_LATER = ("fpdf", "PIL", "python_multipart")


@contextlib.contextmanager
def running(options: Options | None = None) -> Iterator[Sandbox]:
    """Yield a local Persy that runs in a thread for the length of a ``with`` block.

    Raises:
        OSError: The port is taken.
        ModuleNotFoundError: The extra ``sandbox`` is not installed as a whole.
        RuntimeError: The server failed before it was up; its own error stands on stderr.
    """
    options = options or Options()
    for name in IMPORTED_LATER:
        if find_spec(name) is None:
            raise ModuleNotFoundError(name=name)
    with contextlib.ExitStack() as opened:
        listener = opened.enter_context(_listener(options.host, options.port))
        listeners = [listener]
        if options.attachment_links in {"foreign", "mixed"}:
            listeners.append(opened.enter_context(_listener(options.host, 0)))
        addresses = [_address(options.host, each) for each in listeners]
        sandbox = Sandbox(options, addresses[0] + PREFIX, *addresses[1:])
        server = _Server(application(sandbox))
        thread = threading.Thread(target=server.serve_on, args=(listeners,), daemon=True)
        thread.start()
        server.has_started_or_failed.wait()
        if not server.started:
            message = "the sandbox did not start"
            raise RuntimeError(message)
        try:
            yield sandbox
        finally:
            server.stop()
            thread.join()


def application(sandbox: Sandbox) -> ASGIApp:
    """Return the ASGI application: the API, the admin API and the second port.

    Requests are recorded, are slow and meet faults; the admin API's do not. Answers are dated by
    the sandbox's clock.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        seconds = sandbox.options.live
        if seconds is None:
            yield
            return
        task = asyncio.create_task(edits.happen(sandbox.store, sandbox.options.seed, seconds))
        yield
        task.cancel()

    async def get_file(request: Request) -> Response:
        return file(sandbox.store.attachment(*sandbox.links.read(request.path_params["token"])))

    routes = endpoints.routes(sandbox) + (edits.routes(sandbox) if sandbox.options.admin else [])
    api = Starlette(routes=routes, lifespan=lifespan, exception_handlers=ERRORS)
    # The second port, as it were another host: it asks for no key, the link is one.
    elsewhere = Starlette(
        routes=[Route(FILES + "/{token}/{name}", get_file, methods=["GET"])],
        exception_handlers=ERRORS,
    )
    foreign_port = urlsplit(sandbox.foreign_url or "").port

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = email.utils.format_datetime(sandbox.store.clock.now(), usegmt=True)
                message["headers"] = [*message["headers"], (b"date", date.encode())]
            await send(message)

        is_http = scope["type"] == "http"
        is_foreign = bool(is_http and foreign_port and scope["server"][1] == foreign_port)
        app: ASGIApp = elsewhere if is_foreign else api
        if is_foreign or (is_http and not scope["path"].startswith(edits.PREFIX)):
            request = _record(sandbox, scope, is_foreign=is_foreign)
            await asyncio.sleep(sandbox.options.latency_ms / 1000)
            if fault := sandbox.faults.take(request.path, request.query):
                app = faulty(app, fault, sandbox.options.page_params)
        await app(scope, receive, dated)

    return served


def _record(sandbox: Sandbox, scope: Scope, *, is_foreign: bool) -> ServedRequest:
    request = ServedRequest(scope["method"], scope["path"], scope["query_string"].decode("latin-1"))
    if is_foreign:
        headers = Headers(scope=scope)
        sandbox.foreign_requests.append(ForeignRequest(request.method, request.path, headers))
        return request
    sandbox.requests.append(request)
    for hook in sandbox.before_answer:
        hook(request)
    return request


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _address(host: str, listener: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"


class _Protocol(H11Protocol):
    """Sends at once, and lets a fault reach the connection, which ASGI hides."""

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as its base does
        # asyncio forgets this for a listener that it did not make itself; without it each
        # answer waits 40 ms for the client's acknowledgement.
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Server(uvicorn.Server):
    """A server that ends at once instead of at the next tick, and knows when it is up."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                lifespan="on",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=SECONDS_TO_FINISH,
            )
        )
        self.has_started_or_failed = threading.Event()

    def serve_on(self, listeners: list[socket.socket]) -> None:
        """Serve until stopped; who waits for the start is woken by a failure, too."""
        try:
            self.run(listeners)
        finally:
            self.has_started_or_failed.set()

    @override
    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        self.has_started_or_failed.set()
        await self._end.wait()

    def stop(self) -> None:
        """End the server; may be called from another thread, once it is up."""
        self._loop.call_soon_threadsafe(self._end.set)
