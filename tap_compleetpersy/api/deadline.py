"""A limit for each whole request: one thread watches them all, one after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_JOIN_TIMEOUT = 1.0  # seconds


class Deadline:
    """Ends what takes too long.

    A thread for each request would cost as much as a short answer does, and so would waking one.
    This one sleeps: nothing that begins meanwhile is due before it looks again.
    """

    def __init__(self, seconds: float, interrupt: Callable[[], None]) -> None:
        """Watch nothing yet.

        Args:
            seconds: That a request may take.
            interrupt: Ends the request; called from the thread of the deadline.
        """
        self._seconds = seconds
        self._interrupt = interrupt
        self._due: float | None = None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self.is_late = False
        """Whether the request in hand, or the last one, took too long."""

    def begin(self) -> None:
        """Watch a request from here on."""
        self.is_late = False
        self._due = time.monotonic() + self._seconds
        if self._thread is None and not self._closed.is_set():
            self._thread = threading.Thread(
                target=self._look, name="tap-compleetpersy-deadline", daemon=True
            )
            self._thread.start()

    def end(self) -> None:
        """Watch it no longer."""
        self._due = None

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        thread = self._thread
        # One that another thread is about to start sees that all is closed.
        if thread is not None and thread.is_alive():
            thread.join(_JOIN_TIMEOUT)

    def _look(self) -> None:
        pause = self._seconds
        while not self._closed.wait(pause):
            due, now = self._due, time.monotonic()
            if due is not None and due <= now:
                self._due, self.is_late = None, True
                self._interrupt()
                due = None
            pause = self._seconds if due is None else due - now
