"""What is tried again, how long to wait, and how long a request may take; nothing else waits.

A fault that may pass is tried again after an exponential, jittered wait, or after
what the server asks for in ``Retry-After``. There is a limit for each request and
one for the whole run, so that a server that always asks for patience ends, too.
"""

from __future__ import annotations

import logging
import math
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from tap_compleetpersy.api.messages import http_date
from tap_compleetpersy.errors import AccessRefused, ApiError, ClientClosed, UnexpectedAnswer

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_SERVER_ERROR = 500
_REFUSED = (401, 403)
_ADVICE = {
    **dict.fromkeys((404, 410), "Check the settings api_url and candidates_path."),
    429: "Run again later, or set a lower requests_per_second.",
}
_AT_FAULT = "The server is at fault: run again later, or set a higher max_retries."
_UNREADABLE = (
    "Check the settings api_url, candidates_path, page_param, page_size_param, "
    "modified_since_param and date_format."
)
_LONGEST_RETRY_AFTER = 300.0
_OVERLOADED = frozenset({429, 503})
"""Statuses by which a server asks for patience."""
_LONGEST_WAIT = 60.0
_RUN_FACTOR = 10
_SECONDS = re.compile(r"\d{1,18}(?:\.\d{1,9})?", re.ASCII)

_logger = logging.getLogger("tap-compleetpersy")


class Allowance:
    """What a whole run may use: shared by all clients of the run, in any thread."""

    def __init__(
        self,
        max_retries: int,
        requests_per_second: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start a run, which has ten times as many retries as one request."""
        self.requests_made = 0
        self._retries_left = _RUN_FACTOR * max_retries
        self._interval = 1 / requests_per_second if requests_per_second else 0.0
        self._clock = clock
        self._next_start = -math.inf
        self._lock = threading.Lock()
        self._has_guessed = False

    def tell_guess(self) -> None:
        """Warn, once a run, that the encoding of an answer was guessed."""
        with self._lock:
            is_first, self._has_guessed = not self._has_guessed, True
        if is_first:
            _logger.warning(
                "Answers are not UTF-8 and do not say their encoding: read as Windows-1252. If "
                "letters are wrong, name it in the setting encoding"
            )

    def take_request(self) -> float:
        """Count a request and return the seconds to wait before it may be sent."""
        with self._lock:
            self.requests_made += 1
            now = self._clock()
            start = max(now, self._next_start)
            self._next_start = start + self._interval
            return start - now

    def take_retry(self, error: ApiError, tries: int, max_retries: int) -> float | None:
        """Return the seconds to wait before a retry; None where there is none left."""
        if not error.may_pass:
            return None
        error.tries = tries
        if tries > max_retries:
            return None
        with self._lock:
            self._retries_left -= 1
            is_last = self._retries_left < 0
        if is_last:
            error.what += ", and the run has no retries left"
            return None
        jittered = 2.0 ** (tries - 1) + random.random()  # noqa: S311 - no secret
        seconds = error.retry_after or min(jittered, _LONGEST_WAIT)
        where, of = (error.method, error.path, error.what), (tries + 1, max_retries + 1)
        message = "%s %s: %s; waiting %.1f s before try %d of %d"
        _logger.warning(message, *where, seconds, *of)
        return seconds


class Lanes:
    """How many requests several threads may have in flight together."""

    def __init__(self, width: int) -> None:
        """Allow so many requests at a time."""
        self.width = width
        self._inside = 0
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a lane and hold it; raise `ClientClosed` when all was closed meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._inside < self.width)
            if self._closed:
                raise ClientClosed
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def note(self, status: int) -> None:
        """Keep one lane only from here on, if a status asks for patience."""
        if status in _OVERLOADED:
            self.width = 1

    def close(self) -> None:
        """Allow no further request, and end all waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def fault_of_status(status: int, headers: Mapping[str, str]) -> ApiError:
    """Return what a status above 399 means; the body of such an answer is never read."""
    what, may_pass = f"status {status}", status in _PASSING
    if status in _REFUSED:
        advice = "Check the settings api_key, auth_method, username, auth_header and auth_param."
        return AccessRefused(what, advice, status=status)
    otherwise = _AT_FAULT if may_pass or status >= _SERVER_ERROR else _UNREADABLE
    advice = _ADVICE.get(status, otherwise)
    wait = retry_after(headers) if may_pass else None
    return UnexpectedAnswer(what, advice, status=status, may_pass=may_pass, retry_after=wait)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait, at most 300; None for none.

    The header is seconds or a date of HTTP (RFC 9110). A date counts from the
    server's own clock, as its header ``Date`` shows it, where there is one.
    """
    text = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    elif (until := http_date(text)) is not None:
        now = http_date(headers.get("Date")) or datetime.now(UTC)
        seconds = (until - now).total_seconds()
    else:
        return None
    return min(seconds, _LONGEST_RETRY_AFTER) if seconds > 0 else None


_JOIN_TIMEOUT = 1.0  # seconds


class Deadline:
    """Ends what takes too long.

    A thread for each request would cost as much as a short answer does, and so would waking one.
    This one sleeps: nothing that begins meanwhile is due before it looks again.
    """

    def __init__(self, seconds: float, interrupt: Callable[[], None]) -> None:
        """Watch nothing yet; a request that takes too long is interrupted from another thread."""
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
