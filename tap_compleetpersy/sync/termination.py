"""Ending early: SIGTERM, SIGINT and SIGHUP end a run with whole lines and a true STATE.

The handler raises wherever the run waits or computes, and only notes the signal
while a line is being written, so that no line is ever cut. The exit codes are
128 + the signal's number: 143, 130 and 129, which Meltano reads as failures. A target
that does not read any more cannot hold the process longer than the grace time.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import typing as t
from collections.abc import Callable

GRACE_SECONDS = 4.0
"""From a signal to the end of the process, at most."""


SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)
)
"""Those that end a run. Meltano hands no SIGHUP on: a closed terminal reaches the tap itself."""


class Termination:
    """The signals of one process, and whether one of them has to wait."""

    def __init__(self, leave: Callable[[int], object] = os._exit) -> None:
        """Start with no signal received and nothing being written.

        Args:
            leave: Ends the process at once, with an exit code.
        """
        self._leave = leave
        self._deferrals = 0
        self._pending: int | None = None

    def install(self) -> None:
        """Handle `SIGNALS`; does nothing outside the main thread.

        An ignored SIGHUP stays so, as `nohup` wants it. A shell lets what it starts with `&`
        ignore SIGINT, which is no wish of anybody's: who sends it to the tap means it.
        """
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                is_nohup = signal.getsignal(number) is signal.SIG_IGN and number != signal.SIGINT
                if not is_nohup:
                    signal.signal(number, self._handle)

    @contextlib.contextmanager
    def deferred(self) -> t.Iterator[None]:
        """Let the block finish first, then end if a signal came meanwhile.

        Blocks may be nested; the outermost one ends the run.

        Raises:
            SystemExit: With 128 + the number of the signal.
        """
        self._deferrals += 1
        try:
            yield
        finally:
            self._deferrals -= 1
        if self._pending is not None and not self._deferrals:
            raise SystemExit(128 + self._pending)

    def _handle(self, number: int, _frame: object) -> None:
        last_resort = threading.Timer(GRACE_SECONDS, self._leave, (128 + number,))
        last_resort.daemon = True
        last_resort.start()
        if not self._deferrals:
            raise SystemExit(128 + number)
        self._pending = number
