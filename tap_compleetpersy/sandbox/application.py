"""The local Persy as an ASGI application: its endpoints, and what is around them."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import itertools
import typing as t
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tap_compleetpersy.sandbox import admin, endpoints, live
from tap_compleetpersy.sandbox.attachments import FILES, ExpiredLinkError
from tap_compleetpersy.sandbox.endpoints import file, http_error
from tap_compleetpersy.sandbox.faults import Fault, chaos, faulty
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.state import ForeignRequest, Sandbox, ServedRequest
from tap_compleetpersy.sandbox.store import UnknownRecordError

if t.TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


def application(sandbox: Sandbox) -> ASGIApp:
    """Return the ASGI application that serves one sandbox."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        seconds = sandbox.options.live
        task = (
            asyncio.create_task(live.run(sandbox.store, sandbox.options.seed, seconds))
            if seconds
            else None
        )
        yield
        if task:
            task.cancel()

    routes = [*endpoints.routes(sandbox), *(admin.routes(sandbox) if sandbox.options.admin else [])]
    app = Starlette(
        routes=routes, lifespan=lifespan, exception_handlers={HTTPException: http_error}
    )
    return _dated(_by_address(app, sandbox), sandbox)


def _by_address(app: ASGIApp, sandbox: Sandbox) -> ASGIApp:
    """Send each request to the API, the admin API or the second port; only the admin's is safe."""
    take = _fault_of_each(sandbox)
    foreign_port = urlsplit(sandbox.foreign_url or "").port

    def record(scope: Scope) -> None:
        query = scope["query_string"].decode("latin-1")
        request = ServedRequest(scope["method"], scope["path"], query)
        sandbox.requests.append(request)
        for hook in sandbox.before_answer:
            hook(request)

    def record_foreign(scope: Scope) -> None:
        sandbox.foreign_requests.append(ForeignRequest.of(scope))

    api = _disturbed(app, sandbox.options, record, take)
    elsewhere = _disturbed(_second_port(sandbox), sandbox.options, record_foreign, take)

    async def by_address(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif foreign_port and scope["server"][1] == foreign_port:
            await elsewhere(scope, receive, send)
        elif scope["path"].startswith(admin.PREFIX):
            await app(scope, receive, send)
        else:
            await api(scope, receive, send)

    return by_address


def _fault_of_each(sandbox: Sandbox) -> Callable[[Scope], Fault | None]:
    """Return what tells the fault of one request after the other: a declared or a random one."""
    faults, numbers = sandbox.faults, itertools.count()

    def take(scope: Scope) -> Fault | None:
        number = next(numbers)
        declared = faults.take(scope["path"], scope["query_string"].decode("latin-1"))
        if declared or not faults.chaos:
            return declared
        return chaos(faults.chaos, sandbox.options.seed, number)

    return take


def _disturbed(
    app: ASGIApp,
    options: Options,
    record: Callable[[Scope], None],
    take: Callable[[Scope], Fault | None],
) -> ASGIApp:
    """Record each request, be slow, and play faults."""

    async def disturbed(scope: Scope, receive: Receive, send: Send) -> None:
        record(scope)
        await asyncio.sleep(options.latency_ms / 1000)
        if fault := take(scope):
            await faulty(app, fault, options.page_params)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return disturbed


def _dated(app: ASGIApp, sandbox: Sandbox) -> ASGIApp:
    """Date each answer by the sandbox's clock."""

    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_date(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = email.utils.format_datetime(sandbox.store.clock.now(), usegmt=True)
                message["headers"] = [*message["headers"], (b"date", date.encode())]
            await send(message)

        await app(scope, receive, with_date)

    return dated


def _second_port(sandbox: Sandbox) -> ASGIApp:
    """Return the second port, as it were another host: it asks for no key, the link is one."""

    async def get_file(request: Request) -> Response:
        try:
            return file(sandbox.store.attachment(*sandbox.links.read(request.path_params["token"])))
        except ExpiredLinkError:
            raise HTTPException(403, "Link expired") from None
        except UnknownRecordError:
            raise HTTPException(404, "Not found") from None

    return Starlette(
        routes=[Route(FILES + "/{token}/{name}", get_file, methods=["GET"])],
        exception_handlers={HTTPException: http_error},
    )
