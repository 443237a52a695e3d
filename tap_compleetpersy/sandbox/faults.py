"""Faults that the local Persy plays: those that were declared, or random ones.

A fault says what happens, to which requests, and how often. Off by default.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import struct
import threading
import typing as t
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from starlette.datastructures import URL
from starlette.responses import HTMLResponse, JSONResponse, Response

from tap_compleetpersy.sandbox.words import Draw

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = t.Literal[
    "status",
    "truncate",
    "delay",
    "reset",
    "html",
    "error_body",
    "ignore_page",
    "redirect",
    "wrong_length",
    "stall",
    "endless",
]
LENGTH = b"content-length"
CHUNK_BYTES = 65_536
SECONDS_BETWEEN_CHUNKS = 0.001

_LOGIN_PAGE = (
    "<!DOCTYPE html><title>Persy: Anmeldung</title><form method=post><input name=login></form>"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        kind: What happens: `x-sandbox-faults` in ``docs/openapi.yaml`` describes each.
        times: How many requests; None is all.
        path_contains: Only requests whose path contains this.
        page: Only requests with this value of the page, offset or cursor parameter.
        status: With ``status``.
        retry_after: Header ``Retry-After`` with ``status``, as given.
        seconds: With ``delay`` and ``stall``; a stall of 0 lasts until the client gives up.
        location: With ``redirect``.
    """

    kind: Kind
    times: int | None = 1
    path_contains: str = ""
    page: str | None = None
    status: int = 503
    retry_after: str | None = None
    seconds: float = 0
    location: str = ""


class Faults:
    """The faults that are still to come, first match first.

    Attributes:
        page_params: Names of the parameters that say which page is asked for.
        chaos: How likely a random one is with each request, 0 to 1; may be set at any time.
        seed: Of the random ones.
        pending: Those that somebody chose, with how often.
    """

    def __init__(self, page_params: frozenset[str], chaos: float = 0, seed: int = 0) -> None:
        """Start without any fault of a kind that somebody chose."""
        self.page_params = page_params
        self.chaos, self.seed = chaos, seed
        self.pending: tuple[Fault, ...] = ()
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def set(self, *faults: Fault) -> None:
        """Replace all faults; without arguments, everything works again."""
        with self._lock:
            self.pending = faults

    def take(self, path: str, query: str) -> Fault | None:
        """Return the declared or random fault of this request, if any, and count it."""
        number = next(self._numbers)
        pages = {value for name, value in parse_qsl(query) if name in self.page_params}
        asked = {None, *pages}
        with self._lock:
            for position, fault in enumerate(self.pending):
                if fault.times != 0 and fault.path_contains in path and fault.page in asked:
                    left = replace(fault, times=fault.times and fault.times - 1)
                    rest = (*self.pending[:position], left, *self.pending[position + 1 :])
                    self.pending = tuple(each for each in rest if each.times != 0)
                    return fault
        return chaos(self.chaos, self.seed, number) if self.chaos else None


def faulty(app: ASGIApp, fault: Fault, page_params: frozenset[str]) -> ASGIApp:
    """Return an application that answers one request with a fault."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "delay":
                await asyncio.sleep(fault.seconds)
                await app(scope, receive, send)
            case "ignore_page":
                url = URL(scope=scope).remove_query_params([*page_params])
                await app({**scope, "query_string": url.query.encode()}, receive, send)
            case "wrong_length":
                await app(scope, receive, _changed(send, _promising_more))
                await _close(scope, receive)
            case "truncate" | "stall":
                await app(scope, receive, _changed(send, _half))
                if fault.kind == "stall":
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(_until_closed(receive), fault.seconds or None)
                await _close(scope, receive)
            case "endless":
                await app(scope, receive, _endless(receive, send))
            case "reset":
                _reset(scope["state"]["transport"])
                await _until_closed(receive)
            case _:
                await _answer(fault)(scope, receive, send)

    return answer


def _answer(fault: Fault) -> Response:
    if fault.kind == "html":
        return HTMLResponse(_LOGIN_PAGE)
    if fault.kind == "error_body":
        return JSONResponse({"error": {"status": 500, "message": "Internal error"}})
    if fault.kind == "redirect":
        return Response(status_code=302, headers={"Location": fault.location})
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else None
    return JSONResponse(
        {"error": {"status": fault.status, "message": "Injected"}}, fault.status, headers
    )


def _changed(send: Send, change: Callable[[Message], Message]) -> Send:
    async def changed(message: Message) -> None:
        await send(change(message))

    return changed


def _half(message: Message) -> Message:
    """Return half of the body that Content-Length promises."""
    if message["type"] == "http.response.start":
        return message
    body = message.get("body", b"")
    return {**message, "body": body[: len(body) // 2], "more_body": True}


def _promising_more(message: Message) -> Message:
    """Return the whole body after a Content-Length of more than twice as much."""
    if message["type"] == "http.response.body":
        return {**message, "more_body": True}
    headers = [
        (name, b"%d" % (2 * int(value) + 1) if name.lower() == LENGTH else value)
        for name, value in message["headers"]
    ]
    return {**message, "headers": headers}


def _endless(receive: Receive, send: Send) -> Send:
    """Send the body again and again, without a length, until the client has gone."""

    async def endless(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [header for header in message["headers"] if header[0].lower() != LENGTH]
            await send({**message, "headers": headers})
            return
        body = message.get("body") or b"\0"
        chunk = {**message, "body": body * (CHUNK_BYTES // len(body) + 1), "more_body": True}
        gone = asyncio.ensure_future(_until_closed(receive))
        while not gone.done():
            await send(chunk)
            await asyncio.wait([gone], timeout=SECONDS_BETWEEN_CHUNKS)

    return endless


async def _close(scope: Scope, receive: Receive) -> None:
    scope["state"]["transport"].close()
    await _until_closed(receive)


async def _until_closed(receive: Receive) -> None:
    """Wait until the server knows, too, or it would answer in its own way."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _reset(transport: asyncio.Transport) -> None:
    """Break the connection with RST instead of closing it politely."""
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


FAULTS = (
    *(Fault("status", status=status, retry_after="0") for status in (500, 502, 503, 429)),
    Fault("reset"),
    Fault("truncate"),
    Fault("wrong_length"),
    Fault("html"),
    Fault("error_body"),
    Fault("delay", seconds=0.005),
)


def chaos(probability: float, seed: int, number: int) -> Fault | None:
    """Return what goes wrong with a request: the same seed and number give the same fault."""
    draw = Draw(f"{seed}:chaos:{number}")
    return draw.pick(FAULTS) if draw.chance(probability) else None
