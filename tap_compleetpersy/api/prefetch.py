"""Reading ahead: the next pages are asked for while one is processed.

A thread runs the walk over the pages (`pages`), so that one page at least is ready before it is
wanted. Where pages have numbers or offsets, several requests may be in flight, for the next place
is known without the answer. That there is a next page is a guess, made after full pages only; a
wrong one, or a server that asks for patience, puts an end to it. The walk sees one answer after
the other as if it had asked in turn, and decides which page ends the list.
"""

from __future__ import annotations

import dataclasses
import queue
import threading
import typing as t
from collections.abc import Callable, Iterator
from concurrent.futures import Future

from tap_compleetpersy.api.retry import Lanes
from tap_compleetpersy.errors import ClientClosed

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.client import Client
    from tap_compleetpersy.api.paginators import PageRequest, Paginator, Received

_JOIN_TIMEOUT = 2.0  # seconds; only a look-up of a host name lasts longer

_T = t.TypeVar("_T")

Asked: t.TypeAlias = "tuple[Received, t.Any]"
"""What came for a page, and the page."""

Ask = Callable[["Client", "PageRequest", int], Asked]
Ready: t.TypeAlias = "queue.SimpleQueue[t.Any]"
"""Where values wait that were read ahead; only `read_ahead` puts and takes."""


def read_ahead(
    source: Iterator[_T], depth: int, cancel: Callable[[], None], ready: Ready | None = None
) -> Iterator[_T]:
    """Yield the values of an iterator in order, from a thread of its own.

    At most `depth` values are taken before they are wanted; `ready`, a new queue, shows whether one
    is waiting. An exception of `source` is raised here, in the place of a value. `cancel` ends what
    `source` is doing, and is called in every case: at the end, after an error, and when this
    generator is closed.
    """
    ready = queue.SimpleQueue() if ready is None else ready
    slots = threading.Semaphore(depth)
    stopped = threading.Event()

    def work() -> None:
        try:
            while slots.acquire() and not stopped.is_set():
                ready.put((next(source), None))
        except BaseException as error:  # noqa: BLE001 - raised again in the consumer
            ready.put((None, error))

    thread = threading.Thread(target=work, name="tap-compleetpersy-ahead", daemon=True)
    thread.start()
    try:
        while True:
            value, error = ready.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            slots.release()
            yield value
    finally:
        stopped.set()
        slots.release()
        cancel()
        thread.join(_JOIN_TIMEOUT)


@dataclasses.dataclass(frozen=True, slots=True)
class _Job:
    request: PageRequest
    number: int
    asked: Future[Asked] = dataclasses.field(default_factory=Future)


class InFlight:
    """Asks for the pages of one walk, and for those that likely come next.

    The walk runs in one thread, the requests ahead of it in others, each with a client of its own.
    """

    def __init__(self, client: Client, ask: Ask, paginator: Paginator, width: int) -> None:
        """Begin a walk, with one request at a time; the width is the most."""
        self._lanes = Lanes(width)
        self._ask = ask
        self._paginator = paginator
        self._clients = [client.sibling(self._lanes)]
        self._sibling = client.sibling
        self._waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._jobs: dict[str | int, _Job] = {}
        self._full: Received | None = None
        self._closing = threading.Lock()
        self._is_closed = False

    def ask(self, request: PageRequest, number: int) -> Asked:
        """Return what comes for a page; after a full one, have those after this asked for, too."""
        if self._full is not None and self._lanes.width > 1:
            self._look_ahead(self._full, number - 1)
        job = self._jobs.pop(request.place, None)
        if job is not None:
            received, page = job.asked.result()
        else:
            if self._jobs:  # guessed wrongly: the pages are not of one size
                self._jobs.clear()
                self._lanes.width = 1
            received, page = self._ask(self._clients[0], request, number)
        is_full = received.count == self._paginator.settings.page_size
        # Not yet looked ahead: the walk may know that the list has ended.
        self._full = received if is_full and (number == 1 or self._threads) else None
        return received, page

    def close(self) -> None:
        """End all requests and threads; may be called twice, and from another thread."""
        with self._closing:
            self._is_closed = True
            self._lanes.close()
            for client in self._clients:
                client.close()
            for _ in self._threads:
                self._waiting.put(None)
        for thread in self._threads:
            thread.join(_JOIN_TIMEOUT)

    def _look_ahead(self, last: Received, number: int) -> None:
        """Keep as many requests in flight as there are lanes."""
        for job in self._jobs.values():
            last, number = dataclasses.replace(last, request=job.request), job.number
        while len(self._jobs) < self._lanes.width:
            request = self._paginator.following(last)
            if request is None:
                return
            number += 1
            job = self._jobs[request.place] = _Job(request, number)
            with self._closing:
                if self._is_closed:  # nobody would take it
                    raise ClientClosed
                self._waiting.put(job)
            last = dataclasses.replace(last, request=request)
        with self._closing:
            while len(self._threads) < self._lanes.width and not self._is_closed:
                client = self._sibling(self._lanes)
                self._clients.append(client)
                thread = threading.Thread(
                    target=self._work, args=[client], name="tap-compleetpersy-lane", daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def _work(self, client: Client) -> None:
        while (job := self._waiting.get()) is not None:
            try:
                job.asked.set_result(self._ask(client, job.request, job.number))
            except BaseException as error:  # noqa: BLE001 - raised again where the page is wanted
                job.asked.set_exception(error)
