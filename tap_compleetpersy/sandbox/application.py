"""The local Persy as an ASGI application: its state, its endpoints, and what is around them."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import typing as t
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tap_compleetpersy.sandbox import admin, live
from tap_compleetpersy.sandbox.authentication import is_authorised
from tap_compleetpersy.sandbox.encoding import encode, reencode
from tap_compleetpersy.sandbox.faults import Faults, faulty
from tap_compleetpersy.sandbox.listing import BadQueryError, envelope, page, time_span
from tap_compleetpersy.sandbox.options import PREFIX, Options
from tap_compleetpersy.sandbox.shapes import attachment
from tap_compleetpersy.sandbox.store import Store, UnknownRecordError

if t.TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT_REQUESTS = 100_000

Endpoint: t.TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """A request that reached the API. The admin API's own are not recorded."""

    method: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One local Persy.

    Attributes:
        options: How it behaves.
        store: Its people, for direct edits.
        faults: What goes wrong next.
        requests: What was asked, oldest first; the newest 100,000.
        url: Base URL of the API, which the tap's setting ``api_url`` takes.
        before_answer: Called with each request before it is answered: for edits between two pages.
    """

    options: Options
    store: Store
    faults: Faults
    url: str
    requests: deque[ServedRequest] = field(
        default_factory=lambda: deque(maxlen=KEPT_REQUESTS), repr=False
    )
    before_answer: list[Callable[[ServedRequest], object]] = field(default_factory=list, repr=False)

    @property
    def api_key(self) -> str:
        """The key that is let in."""
        return self.options.api_key


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

    routes = [*_api(sandbox), *(admin.routes(sandbox) if sandbox.options.admin else [])]
    app = Starlette(
        routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _http_error}
    )
    return _outermost(app, sandbox)


def _api(sandbox: Sandbox) -> list[Route]:
    options, store = sandbox.options, sandbox.store

    def answer(body: bytes, headers: dict[str, str] | None = None) -> Response:
        content, media_type = reencode(body, options.encoding)
        return Response(content, headers=headers, media_type=media_type)

    async def list_candidates(request: Request) -> Response:
        query = dict(request.query_params)
        with store.lock:
            listed = page(store.select(*time_span(query, options)), query, options, store.order_key)
            body = envelope([store.body(remote_id) for remote_id in listed.ids], listed, options)
        headers: dict[str, str] = {}
        if options.envelope == "list" and options.total:
            headers["X-Total-Count"] = str(listed.meta["total"])
        if options.pagination == "link" and listed.next_query:
            headers["Link"] = (
                f'<{request.url.include_query_params(**listed.next_query)}>; rel="next"'
            )
        return answer(body, headers)

    async def get_candidate(request: Request) -> Response:
        return answer(store.body(request.path_params["id"]))

    async def list_attachments(request: Request) -> Response:
        candidate = store.candidate(request.path_params["id"])
        documents = [
            encode(attachment(document, candidate.remote_id)) for document in candidate.attachments
        ]
        return answer(b'{"data":[' + b",".join(documents) + b"]}")

    endpoints = {"": list_candidates, "/{id}": get_candidate, "/{id}/attachments": list_attachments}
    return [
        Route(f"{PREFIX}/candidates{path}", _guarded(endpoint, options), methods=["GET"])
        for path, endpoint in endpoints.items()
    ]


def _guarded(endpoint: Endpoint, options: Options) -> Endpoint:
    """Let only the key in, and turn what can go wrong into JSON without personal data."""

    async def guarded(request: Request) -> Response:
        if not is_authorised(request.headers, options):
            scheme = "Basic" if options.auth == "basic" else "Bearer"
            raise HTTPException(
                401, "Unauthorized", {"WWW-Authenticate": f'{scheme} realm="persy"'}
            )
        try:
            return await endpoint(request)
        except UnknownRecordError:
            raise HTTPException(404, "Not found") from None
        except BadQueryError as mistake:
            raise HTTPException(400, str(mistake)) from None

    return guarded


async def _http_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):  # pragma: no cover - Starlette sends only these here
        raise error
    body = {"error": {"status": error.status_code, "message": error.detail}}
    return JSONResponse(body, error.status_code, error.headers)


def _outermost(app: ASGIApp, sandbox: Sandbox) -> ASGIApp:
    """Record each request, date each answer by the sandbox's clock, and play faults."""

    async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = email.utils.format_datetime(sandbox.store.clock.now(), usegmt=True)
                message["headers"] = [*message["headers"], (b"date", date.encode())]
            await send(message)

        if scope["type"] != "http" or scope["path"].startswith(admin.PREFIX):
            await app(scope, receive, dated)
            return
        path, query = scope["path"], scope["query_string"].decode("latin-1")
        request = ServedRequest(scope["method"], path, query)
        sandbox.requests.append(request)
        for hook in sandbox.before_answer:
            hook(request)
        await asyncio.sleep(sandbox.options.latency_ms / 1000)
        if fault := sandbox.faults.take(path, query):
            await faulty(app, fault, sandbox.options.page_params)(scope, receive, dated)
        else:
            await app(scope, receive, dated)

    return outermost
