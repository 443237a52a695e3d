"""Reading ahead: a thread takes the next values while one is processed."""

from __future__ import annotations

import queue
import threading
import typing as t
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_T = t.TypeVar("_T")
_LONGEST_FAREWELL = 2.0  # seconds; only a look-up of a host name lasts longer


@dataclass(frozen=True, slots=True)
class _Value(t.Generic[_T]):
    value: _T


Ready: t.TypeAlias = "queue.SimpleQueue[t.Any]"
"""Where values wait that were read ahead; only `read_ahead` puts and takes."""


def read_ahead(
    source: Iterator[_T],
    depth: int,
    cancel: Callable[[], None],
    ready: Ready | None = None,
) -> Iterator[_T]:
    """Yield the values of an iterator in order, from a thread of its own.

    Args:
        source: Used by that thread alone.
        depth: So many values at most are taken before they are wanted.
        cancel: Ends what ``source`` is doing, from this thread. It is called in
            every case: at the end, after an error, and when this generator is closed.
        ready: A new one, for who wants to see whether a value is waiting.

    Yields:
        The values; an exception of ``source`` is raised here, in its place.
    """
    ready = queue.SimpleQueue() if ready is None else ready
    slots = threading.Semaphore(depth)
    stopped = threading.Event()

    def work() -> None:
        try:
            while slots.acquire() and not stopped.is_set():
                ready.put(_Value(next(source)))
        except StopIteration:
            ready.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again in the consumer
            ready.put(error)

    thread = threading.Thread(target=work, name="tap-compleetpersy-ahead", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            slots.release()
            yield item.value
    finally:
        stopped.set()
        slots.release()
        cancel()
        thread.join(_LONGEST_FAREWELL)
