"""One walk over the candidates that feeds all three streams.

Persy has no endpoint for jobs and no list of applications: both are derived
from the candidates of the page in hand. There is one request for a page, one
SCHEMA for a stream and one bookmark for a stream.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
import typing as t
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tap_compleetpersy.sync import deletions
from tap_compleetpersy.sync.errors import (
    DeletionsRefusedError,
    LimitReachedError,
    TargetGoneError,
)
from tap_compleetpersy.sync.ledger import Entry, Ledger
from tap_compleetpersy.sync.plan import Plan, Window
from tap_compleetpersy.sync.reading import require_times
from tap_compleetpersy.sync.stream_run import StreamRun

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.pages import CircleGuard, Page
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.sync.mapping import Mapped, MappedPage
    from tap_compleetpersy.sync.report import Progress, Report
    from tap_compleetpersy.sync.state import Bookmark

logger = logging.getLogger("tap-compleetpersy")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many candidates there are, by the API's own word, and how many were read."""

    told: int = 0
    read: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(self.told + other.told, self.read + other.read)

    @property
    def short(self) -> int:
        """By how many the list was shorter than told."""
        return max(self.told - self.read, 0)


SKEW_SECONDS = 5
"""Clocks closer than this count as equal: a Date header has whole seconds."""


class Output(t.Protocol):
    """Where a pull leaves its lines and its bookmarks."""

    def flush(self) -> None:
        """Write the lines of the page."""

    def abandon(self) -> None:
        """Forget the lines of the page."""

    def wants_state(self) -> bool:
        """Tell whether enough was written since the last STATE for another."""

    def commit(self, bookmarks: Mapping[str, Bookmark]) -> None:
        """Write STATE."""

    def uninterrupted(self) -> contextlib.AbstractContextManager[None]:
        """Let signals wait for the end of a block."""


def skew_seconds(server_time: datetime | None) -> int:
    """Answer by how much the server's clock differs, as far as that can be told now."""
    if server_time is None:
        return 0
    seconds = round((server_time - datetime.now(tz=UTC)).total_seconds())
    return seconds if abs(seconds) > SKEW_SECONDS else 0


@dataclass(kw_only=True)
class Pull:
    """One run, from the first page to the last bookmark.

    Attributes:
        plan: What to ask for and what to emit.
        runs: The selected streams, in the order in which a page is written.
        pages: Reads the pages of a window, and maps them; the second argument are candidates
            to leave out.
        output: Takes the lines and the bookmarks.
        guard: Makes what notices that a walk leads round in circles.
        list_can_shift: There are pages, so that a deletion or an edit behind the reader hides a
            record: of numbered ones any, of a list by time also behind a cursor or a link.
        deletion_limit_percent: The setting.
        ceiling: No position moves past it: the start of the run, by the server's
            clock once it is known.
        read: Candidates that a complete pass has read, else those of the walk; in place of a day
            the number of the walk that read each last.
        dropped: Those of them whom a filter drops, by stream: what the target has of them is to
            be erased, as if they were missing.
        reached: Where the last finished window ended.
    """

    plan: Plan
    runs: Sequence[StreamRun]
    pages: Callable[[Window, Collection[str]], Generator[tuple[Page, MappedPage]]]
    guard: Callable[[], CircleGuard]
    output: Output
    progress: Progress
    report: Report
    list_can_shift: bool
    deletion_limit_percent: float
    ceiling: Instant = field(init=False)
    read: Ledger = field(default_factory=Ledger)
    dropped: dict[str, set[str]] = field(default_factory=dict, init=False)
    reached: Instant | None = field(default=None, init=False)
    _walks: int = field(default=0, init=False)
    _tally: Tally = field(default_factory=Tally, init=False)

    def __post_init__(self) -> None:
        """Cap positions at the start of the run by this machine's clock."""
        self.ceiling = self.plan.started_at

    def run(self) -> None:
        """Read every window, emit, and commit what is complete.

        Raises:
            DeletionsRefusedError: After all records and the final STATE.
            LimitReachedError: In a dry run.
            ApiError: When a page cannot be read; nothing is claimed of it.
        """
        try:
            for number, window in enumerate(self.plan.windows, start=1):
                self._tally += self._walk(window, self._label(number))
                if number < len(self.plan.windows):
                    self._finish(t.cast("Instant", window.until))
            objections = self._find_deletions()
            self.report.is_whole = any(
                run.name == "candidates" and run.plan.complete for run in self.runs
            )
            at = datetime.now(tz=UTC)
            for run in self.runs:
                run.settle(at)
            self.output.flush()
        except BaseException:
            self._give_up()
            raise
        with self.output.uninterrupted():
            self.output.commit(
                {
                    run.name: run.bookmark_at_end(
                        self.plan, self.reached, len(self.report.unreadable)
                    )
                    for run in self.runs
                }
            )
        if objections:
            message = (
                f"deletion_limit_percent: {'; '.join(objections)}. Nothing was deleted, "
                "all records were emitted. If this is right, run once with "
                "deletion_limit_percent: 100, as a complete pass (full_sync_hours)"
            )
            raise DeletionsRefusedError(message)

    def _label(self, number: int) -> str:
        windows = len(self.plan.windows)
        return f"Window {number:,} of {windows:,}" if windows > 1 else ""

    def _walk(self, window: Window, label: str, *, again: bool = False) -> Tally:
        """Emit the candidates of a window; again: only those not read before.

        Returns:
            How many there are in it by the API's own word, and how many were read.
        """
        self._walks += 1
        self.progress.begin(label)
        if not self._is_complete:
            self.read.clear()
        guard, told, met = self.guard(), 0, 0
        known = self.read if again else ()
        with contextlib.closing(self.pages(window, known)) as pages:
            for page, mapped in pages:
                if not again:
                    self.report.unreadable += [(page.number, at) for at in mapped.unreadable]
                is_first = self._walks == page.number == 1
                if is_first:
                    self._note_server_time(page)
                    require_times([c.updated_at for c in mapped.candidates], self.plan.cutoff)
                news = self._note_read(mapped)
                if page.records:
                    guard.note(brings_news=news > 0 or bool(mapped.unreadable))
                self._take(page, mapped)
                told = max(told, page.total or 0)
                met += news + len(mapped.unreadable)
        return Tally(told, met)

    def _note_read(self, mapped: MappedPage) -> int:
        """Remember who is on a page; return how many of them this walk had not read."""
        news, walk = 0, Entry(self._walks, ())
        for candidate_id in itertools.chain(
            mapped.known, (each.remote_id for each in mapped.candidates)
        ):
            news += self.read.put(candidate_id, walk) != walk
        return news

    def _take(self, page: Page, mapped: MappedPage) -> None:
        at = datetime.now(tz=UTC)
        latest = {each.remote_id: each for each in mapped.candidates}  # listed twice: as it is now
        kept = [each for each in latest.values() if self._is_kept(each, at)]
        for run in self.runs:
            run.prepare(kept)
            for each in kept:
                if run.name in each.rows:
                    # Listed again after an update: the later version passes the filter.
                    self.dropped.get(run.name, set()).discard(each.remote_id)
                    run.take(each, at, self.ceiling)
        self.output.flush()
        typed = [each.drift for each in kept if "candidates" in each.rows]
        self.report.drift(mapped.custom, itertools.chain.from_iterable(typed), len(typed))
        emitted = sum(run.emitter.emitted for run in self.runs)
        self.progress.page(len(page.records), emitted, page.total)
        if any(run.emitter.limit_reached for run in self.runs):
            raise LimitReachedError

    def _is_kept(self, mapped: Mapped, at: datetime) -> bool:
        candidate_id = mapped.remote_id
        self.report.doubts.update(mapped.doubts)
        self.report.undated += mapped.verdict == "undated"
        if mapped.verdict == "older":
            for run in self.runs:
                run.expire(candidate_id)
        elif mapped.verdict == "dropped":
            self._drop(mapped, at)
        return bool(mapped.rows)

    def _drop(self, mapped: Mapped, at: datetime) -> None:
        """Erase somebody whom the filter of candidates drops, but where a copy has a row."""
        candidate_id = mapped.remote_id
        for run in self.runs:
            if candidate_id not in (run.ledger or ()) or run.name in mapped.rows:
                continue
            if run.plan.complete:
                # A new filter may drop many: deletion_limit_percent is asked at the end.
                self.dropped.setdefault(run.name, set()).add(candidate_id)
            else:
                run.delete(candidate_id, at)

    @functools.cached_property
    def _is_complete(self) -> bool:
        return any(run.plan.complete for run in self.runs)

    def _note_server_time(self, page: Page) -> None:
        seconds = skew_seconds(page.server_time)
        if seconds:
            logger.warning(
                "The server's clock differs by %d s; bookmarks follow the server",
                seconds,
            )
            self.ceiling += seconds * 1000

    def _find_deletions(self) -> list[str]:
        """Emit what is gone; return why some of it is not believed."""
        is_pass = self._is_complete and bool(self.plan.windows)
        if is_pass and self._misses_something():
            self._look_again()
        at = datetime.now(tz=UTC)
        complete = [run for run in self.runs if run.plan.complete] if is_pass else []
        missing = [(run, self._missing(run)) for run in complete]
        for run, those in missing:
            for candidate_id in those.expired:
                run.expire(candidate_id)
        # What one stream does not believe is deleted in none: they belong together.
        withdrawals = [run.objection(self.deletion_limit_percent) for run in self.runs]
        objections = [self._objection(run, those) for run, those in missing] + withdrawals
        objections += [run.filter_objection(self.deletion_limit_percent) for run in complete]
        is_proved = self._is_proved(missing)
        if not any(objections):
            for run, those in missing:
                dropped = self.dropped.get(run.name, ())  # they were read: that is proof
                for candidate_id in those.deleted:
                    if is_proved or candidate_id in dropped:
                        run.delete(candidate_id, at)
                run.take_out(at)
        for run in self.runs:
            run.withdraw(at, is_believed=not any(withdrawals))
        return list(dict.fromkeys(filter(None, objections)))

    def _look_again(self) -> None:
        """Read the list once more: a deletion behind the reader shifts it, and hides somebody."""
        window = Window(self.plan.windows[0].since, None)
        again = self._walk(window, "Second reading", again=True)
        self._tally = Tally(again.told or self._tally.told, self._read_ids)
        if self._tally.short:
            logger.warning(
                "The API told of %d candidates, but %d were read, twice",
                self._tally.told,
                self._tally.read,
            )

    def _is_proved(self, missing: Sequence[tuple[StreamRun, deletions.Missing]]) -> bool:
        """Whether who is missing can be gone; notes by how many the list was too short.

        Whoever is not in a list that says itself that it is not whole may be alive. A total that
        was wrong by as much before, with everybody there, is taken for the way of the server.
        """
        short, unreadable = self._tally.short, len(self.report.unreadable)
        reasons = []
        for run, those in missing:
            before = run.bookmark.short
            if those.deleted and short > (before or 0):
                reasons.append(f"the API told of {short} candidates more than could be read")
            if those.deleted and unreadable > run.bookmark.unreadable:
                reasons.append("more records than before could not be read")
            is_news = before is None or not those.deleted or short <= before
            run.short = short if is_news else before
        for reason in dict.fromkeys(reasons):
            most = max(len(those.deleted) for _, those in missing)
            logger.warning(
                "%d known candidates are missing, but %s: nothing was deleted; the next complete "
                "pass decides",
                most,
                reason,
            )
        return not reasons

    @property
    def _read_ids(self) -> int:
        return len(self.read) + len(self.report.unreadable)

    def _misses_something(self) -> bool:
        return self._tally.short > 0 or (
            self.list_can_shift
            and any(self._missing(run).deleted for run in self.runs if run.plan.complete)
        )

    def _missing(self, run: StreamRun) -> deletions.Missing:
        known, dropped = run.ledger or Ledger(), self.dropped.get(run.name, ())
        since = run.bookmark.scope_since
        return deletions.missing(known, self.read, dropped, self.plan.lower_bound, since)

    def _objection(self, run: StreamRun, missing: deletions.Missing) -> str | None:
        return deletions.objection(
            len(missing.deleted),
            len(run.bookmark.ledger or {}),
            self.deletion_limit_percent,
            answered=self._read_ids > 0,
        )

    def _finish(self, until: Instant) -> None:
        """Commit a window: everything before its end was emitted."""
        self.reached = min(until, self.ceiling)
        at = datetime.now(tz=UTC)
        if not any(run.objection(self.deletion_limit_percent) for run in self.runs):
            for run in self.runs:
                run.withdraw_so_far(at)
        if self.output.wants_state():
            self._commit_so_far()

    def _give_up(self) -> None:
        """Leave a true STATE: no position moves, and the ledger holds all that was emitted."""
        with self.output.uninterrupted():
            self.output.abandon()
            if any(run.emitter.emitted for run in self.runs):
                with contextlib.suppress(TargetGoneError):
                    self._commit_so_far()

    def _commit_so_far(self) -> None:
        self.output.commit(
            {run.name: run.bookmark_so_far(self.plan, self.reached) for run in self.runs}
        )
