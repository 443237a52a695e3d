"""A driver's thread, so that nobody waits for a driver for ever."""

from __future__ import annotations

import queue
import threading
import typing as t
from collections.abc import Callable

from tap_compleetpersy.files.store import StoreError

_T = t.TypeVar("_T")
_Job = tuple[Callable[[], object], "queue.SimpleQueue[tuple[bool, t.Any]]"]


class Lane:
    """Runs what it is given, one after the other, in a thread of its own.

    Many drivers have no bound on their silence, or repeat themselves for minutes. A thread that
    hangs is left behind, and never keeps the process from ending.
    """

    def __init__(self, seconds: float) -> None:
        """Start the thread.

        Args:
            seconds: Longest wait, the setting `request_timeout`.
        """
        self.is_stuck = False
        self._seconds = seconds
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        threading.Thread(
            target=_work, args=(self._jobs,), name="tap-compleetpersy-store", daemon=True
        ).start()

    def __del__(self) -> None:
        """End the thread, when it has nothing more to do."""
        self._jobs.put(None)

    def run(self, act: Callable[[], _T], size: int = 0) -> _T:
        """Run something and return what it returns, or raise what it raises.

        Args:
            act: What to do.
            size: Bytes that it has to carry, each second 64 KiB more is waited for.

        Raises:
            StoreError: When it takes too long; the lane is stuck then.
        """
        answer: queue.SimpleQueue[tuple[bool, t.Any]] = queue.SimpleQueue()
        self._jobs.put((act, answer))
        seconds = self._seconds + size / _SLOWEST
        try:
            is_done, value = answer.get(timeout=seconds)
        except queue.Empty:
            self.is_stuck = True
            message = (
                f"attachments_dir: the store did not answer within {seconds:.3g} s "
                "(request_timeout). Check its host and port, and the network"
            )
            raise StoreError(message) from None
        if not is_done:
            raise value
        return t.cast("_T", value)


_SLOWEST = 64 * 1024
"""Bytes a second of the slowest line."""


def _work(jobs: queue.SimpleQueue[_Job | None]) -> None:
    while (job := jobs.get()) is not None:
        act, answer = job
        try:
            answer.put((True, act()))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            answer.put((False, error))
        del job, act, answer
