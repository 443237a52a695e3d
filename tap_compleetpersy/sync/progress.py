"""How far a run is: one live line on a terminal, else one log line a page."""

from __future__ import annotations

import logging
import sys
import time
import typing as t
from collections.abc import Callable

logger = logging.getLogger("tap-compleetpersy")


class Progress:
    """Counts pages and candidates of a run and says so on stderr, never who."""

    def __init__(
        self, stream: t.TextIO | None = None, clock: Callable[[], float] | None = None
    ) -> None:
        """Start the clock.

        Args:
            stream: Where the live line goes; stderr by default.
            clock: Monotonic seconds.
        """
        self.pages = 0
        self.candidates = 0
        self._walk = "Page"
        self._stream = sys.stderr if stream is None else stream
        self._clock = time.monotonic if clock is None else clock
        self._started = self._clock()
        self._is_live = self._stream.isatty()

    def begin(self, walk: str = "") -> None:
        """Count from nothing again, for another walk over the list.

        Args:
            walk: What it is, where there are several.
        """
        self.pages = self.candidates = 0
        self._walk = f"{walk}, page" if walk else "Page"

    def page(self, candidates: int, records: int, total: int | None) -> None:
        """Tell that a page was emitted.

        Args:
            candidates: Candidates in the page.
            records: Records of all streams emitted so far.
            total: Candidates in all, where the API tells.
        """
        self.pages += 1
        self.candidates += candidates
        line = self._line(records, total)
        if self._is_live:
            self._stream.write(f"\r\x1b[K{line}")
            self._stream.flush()
        else:
            logger.info(line)

    def finish(self) -> None:
        """Leave the live line, so that what follows starts on a line of its own."""
        if self._is_live and self.pages:
            self._stream.write("\n")
            self._stream.flush()

    def _line(self, records: int, total: int | None) -> str:
        seconds = max(self._clock() - self._started, 0.001)
        of_total = "" if total is None else f" of {total:,}"
        return (
            f"{self._walk} {self.pages:,}: {self.candidates:,}{of_total} candidates read, "
            f"{records:,} records, {records / seconds:,.0f} records/s"
        )
