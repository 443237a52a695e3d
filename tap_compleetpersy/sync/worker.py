"""A second process that maps pages, while this one maps others.

Mapping is pure, so that a page may be mapped anywhere. Nothing depends on the worker: the page
that it does not map, for whatever reason, is mapped here. It is a copy of this process, made
before there are threads or connections, and ends with it: its pipe closes, however this one ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import sys
import threading
import typing as t
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from tap_compleetpersy.api.decode import text_of
from tap_compleetpersy.sync.mapping import MappedPage
from tap_compleetpersy.sync.plan import Window
from tap_compleetpersy.sync.termination import SIGNALS

if t.TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from tap_compleetpersy.api.pages import Page

MOST_PAGES = 4
"""So many pages at most are with the worker: one in hand, some to begin with, some done."""
_PIPE_BYTES = 1 << 20
"""What Linux lets anybody have. Whoever writes more than a pipe holds waits for the other to read,
and both are busy with a page: with the usual 64 KiB, the worker stood still for two fifths of a
run."""

_STDOUT, _STDERR = 1, 2
JOIN_TIMEOUT = 2.0  # seconds; a page takes a fraction of one

MapRecords = Callable[[bytes, Window], MappedPage]
"""Maps the records of a page of a window, which are JSON."""

_Task = tuple[bytes, Window]


def is_worthwhile() -> bool:
    """Whether there is a second processor, and this process can be copied safely.

    A copy has one thread only, and locks as the others held them.
    """
    is_alone = threading.active_count() == 1
    return sys.platform == "linux" and is_alone and len(os.sched_getaffinity(0)) > 1


class Worker(contextlib.AbstractContextManager["Worker"]):
    """The second process. It maps the pages that it is given in their order."""

    def __init__(self, map_records: MapRecords) -> None:
        """Start the process; whatever `map_records` raises, the page comes back unmapped."""
        tasks, self._tasks = _pipe()
        self._answers, answers = _pipe()
        ours = (self._tasks, self._answers)
        self._process = multiprocessing.get_context("fork").Process(
            target=_work, args=(map_records, tasks, answers, ours), daemon=True
        )
        self._process.start()
        tasks.close()
        answers.close()
        self.pages = 0
        """Pages that it was given and has not given back."""

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._tasks.close()
        self._answers.close()
        self._process.join(JOIN_TIMEOUT)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()

    @property
    def has_room(self) -> bool:
        """Whether it may be given a page."""
        return self.pages < MOST_PAGES

    def give(self, records: bytes, window: Window) -> bool:
        """Hand a page over; False when the worker is gone."""
        try:
            self._tasks.send_bytes(_encode((records, window)))
        except OSError:
            return False
        self.pages += 1
        return True

    def is_done(self, seconds: float = 0) -> bool:
        """Whether `take` would not wait, now or within some seconds."""
        return self._answers.poll(seconds)

    def take(self) -> MappedPage | None:
        """Take the next page back; None when it is not mapped."""
        self.pages -= 1
        try:
            return t.cast("MappedPage | None", _decode(self._answers.recv_bytes()))
        except (OSError, EOFError):
            return None


_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.Decoder(MappedPage | None).decode


def _pipe() -> tuple[Connection, Connection]:
    """Return the ends of a pipe, to read from and to write to."""
    import fcntl  # noqa: PLC0415 - Windows has none, and no worker

    ends = multiprocessing.Pipe(duplex=False)
    with contextlib.suppress(OSError):  # an administrator allows less: slower, and right
        fcntl.fcntl(ends[0].fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return ends


def _work(
    map_records: MapRecords, given: Connection, answers: Connection, theirs: tuple[Connection, ...]
) -> None:
    """Map pages until the pipe closes."""
    for each in theirs:
        each.close()
    for number in SIGNALS:  # this process ends when its pipe closes, or by SIGTERM
        is_end = number == signal.SIGTERM
        signal.signal(number, signal.SIG_DFL if is_end else signal.SIG_IGN)
    with Path(os.devnull).open("wb") as nowhere:
        for descriptor in (_STDOUT, _STDERR):  # a target waits until nobody holds the former
            os.dup2(nowhere.fileno(), descriptor)
    tasks: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    # Tasks are taken off the pipe at once: giving one must not mean to wait until it is
    # done, for a result may be waiting for them.
    threading.Thread(target=_receive, args=(given, tasks), daemon=True).start()
    read = msgspec.msgpack.Decoder(_Task).decode
    with contextlib.suppress(OSError):
        while (task := tasks.get()) is not None:
            records, window = read(task)
            try:
                answer = _encode(map_records(records, window))
            except Exception:  # noqa: BLE001 - it is mapped again where errors are told
                answer = _encode(None)
            answers.send_bytes(answer)


def _receive(connection: Connection, tasks: queue.SimpleQueue[bytes | None]) -> None:
    with contextlib.suppress(OSError, EOFError):
        while True:
            tasks.put(connection.recv_bytes())
    tasks.put(None)


def mapped_pages(
    pages: Iterator[Page],
    window: Window,
    map_page: Callable[[Page], MappedPage],
    worker: Worker,
    *,
    is_next_ready: Callable[[], bool],
) -> Iterator[tuple[Page, MappedPage]]:
    """Yield pages in their order, each mapped here or in the worker.

    A page goes to the worker if it had to wait for us, or the worker has another one: then
    mapping takes longer than reading. It goes before ours, for this process reads and writes,
    too. When the server is slower, every page is mapped here as soon as it is there;
    `is_next_ready` says whether the next one is.
    """
    waiting: deque[tuple[Page, MappedPage | None]] = deque()
    had_to_wait = is_next_ready()
    for page in pages:
        is_behind = had_to_wait or worker.pages > 0
        goes = is_behind and worker.has_room and worker.give(text_of(page.records), window)
        waiting.append((page, None if goes else map_page(page)))
        while waiting:
            if waiting[0][1] is not None or worker.is_done():
                yield _first(waiting, worker, map_page)
            elif len(waiting) < _MOST_WAITING and is_next_ready():
                break
            else:
                worker.is_done(_MOMENT)
        had_to_wait = is_next_ready()
    while waiting:
        yield _first(waiting, worker, map_page)


_MOST_WAITING = 2 * MOST_PAGES
"""So many pages are in hand at most, mapped or not, whatever the worker does."""

_MOMENT = 0.002
"""Seconds to wait for the worker before looking whether there is another page."""


def _first(
    waiting: deque[tuple[Page, MappedPage | None]],
    worker: Worker,
    map_page: Callable[[Page], MappedPage],
) -> tuple[Page, MappedPage]:
    page, mapped = waiting.popleft()
    if mapped is None:
        mapped = worker.take()
    return page, map_page(page) if mapped is None else mapped
