"""One run of one source: pages are taken, written and claimed, or abandoned.

Candidates, with all that follows from them, are one source; each stream of ``extra_streams`` is
another. What they share is here: a page leaves whole or not at all, STATE never claims more than
was written, and no position passes the start of the run by the server's clock.
"""

from __future__ import annotations

import abc
import contextlib
import typing as t
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from tap_compleetpersy.errors import LimitReachedError, TargetGoneError

if t.TYPE_CHECKING:
    from singer_sdk import Tap

    from tap_compleetpersy.api.pages import Page
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.sync.emitter import Emitter
    from tap_compleetpersy.sync.output import PageWriter
    from tap_compleetpersy.sync.report import Progress

_Rows = t.TypeVar("_Rows")

Written = Mapping[str, dict[str, t.Any]]
"""Bookmarks by stream, as STATE carries them."""

SKEW_SECONDS = 5
"""Clocks closer than this count as equal: a Date header has whole seconds."""

RECORDS_PER_STATE = 20
"""A STATE that is not the last follows at least so many times its size in records."""


class Source(abc.ABC, t.Generic[_Rows]):
    """What one run reads, emits and remembers.

    Attributes:
        emitters: Of its streams.
        ceiling: No position moves past it: the start of the run, by the server's clock once
            it is known.
        label: What is read, where a source reads several times.
    """

    emitters: Sequence[Emitter]
    ceiling: Instant
    label: str = ""

    @abc.abstractmethod
    def walks(self) -> Iterator[Generator[tuple[Page, _Rows]]]:
        """Yield the pages of each reading of a list, from its first to its end, with their rows.

        Each reading is over before the next one is asked for.
        """

    @abc.abstractmethod
    def take(self, page: Page, rows: _Rows, at: datetime) -> None:
        """Emit what a page holds, now (UTC); `rows` are what the walk made of it."""

    def end_walk(self, at: datetime) -> bool:  # noqa: ARG002 - for who has something to emit
        """Emit what a walk settles; return whether it moved a position."""
        return False

    def settle(self, at: datetime) -> None:
        """Emit what only the end of the run can tell."""

    @abc.abstractmethod
    def bookmarks_so_far(self) -> Written:
        """Return what is true while the run may still be interrupted."""

    @abc.abstractmethod
    def bookmarks_at_end(self) -> Written:
        """Return what is true when everything was read."""


def run_source(source: Source[_Rows], tap: Tap, progress: Progress) -> None:
    """Read, emit, and commit what is complete.

    Raises:
        ApiError: When a page cannot be read; nothing is claimed of it.
        LimitReachedError: In a dry run.
        TargetGoneError: When the target has closed its input.
    """
    writer = t.cast("PageWriter", tap.message_writer)

    def commit(bookmarks: Written) -> None:
        """Write STATE, with the bookmarks of other streams as they were."""
        for emitter in source.emitters:
            emitter.seal()
        tap.state.setdefault("bookmarks", {}).update(bookmarks)
        tap.state_writer.write_state(tap.state)

    try:
        _read(source, writer, progress, commit)
    except BaseException:
        with writer.termination.deferred():
            writer.abandon()
            if any(emitter.emitted for emitter in source.emitters):
                with contextlib.suppress(TargetGoneError):
                    commit(source.bookmarks_so_far())
        raise
    with writer.termination.deferred():
        commit(source.bookmarks_at_end())


def _read(
    source: Source[_Rows],
    writer: PageWriter,
    progress: Progress,
    commit: Callable[[Written], None],
) -> None:
    is_first = True
    for walk in source.walks():
        progress.begin(source.label)
        with contextlib.closing(walk) as pages:
            for page, rows in pages:
                if is_first:
                    source.ceiling += skew_seconds(page.server_time) * 1000
                    is_first = False
                source.take(page, rows, datetime.now(tz=UTC))
                writer.flush()
                emitted = sum(emitter.emitted for emitter in source.emitters)
                progress.page(len(page.records), emitted, page.total)
                if any(emitter.limit_reached for emitter in source.emitters):
                    raise LimitReachedError
        is_done = source.end_walk(datetime.now(tz=UTC))  # which writes, too
        if is_done and writer.bytes_since_state >= RECORDS_PER_STATE * writer.state_bytes:
            commit(source.bookmarks_so_far())
    source.settle(datetime.now(tz=UTC))
    writer.flush()


def skew_seconds(server_time: datetime | None) -> int:
    """Return by how much the server's clock differs, as far as that can be told now."""
    if server_time is None:
        return 0
    seconds = round((server_time - datetime.now(tz=UTC)).total_seconds())
    return seconds if abs(seconds) > SKEW_SECONDS else 0
