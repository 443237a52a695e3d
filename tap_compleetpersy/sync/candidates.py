"""The source of candidates: one walk over their list feeds all streams that follow from them.

Persy has no endpoint for jobs and no list of applications: both are derived
from the candidates of the page in hand. There is one request for a page, one
SCHEMA for a stream and one bookmark for a stream.
"""

from __future__ import annotations

import functools
import itertools
import logging
import typing as t
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from typing_extensions import override

from tap_compleetpersy.api.pages import CircleGuard
from tap_compleetpersy.sync import deletions
from tap_compleetpersy.sync.ledger import KnownLedgers, Ledger
from tap_compleetpersy.sync.ledger_columns import Entry
from tap_compleetpersy.sync.plan import Plan, Window
from tap_compleetpersy.sync.reading import require_times
from tap_compleetpersy.sync.run import Source, Written
from tap_compleetpersy.sync.state import tenant_of, write_bookmarks
from tap_compleetpersy.sync.stream_run import StreamRun

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.pages import Page
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.mapping import Mapped, MappedPage
    from tap_compleetpersy.sync.report import Report

logger = logging.getLogger("tap-compleetpersy")

_KEPT_LATELY: t.Final = 10_000
"""Update times that are remembered: of more candidates than any pages in flight can hold."""


@dataclass(kw_only=True)
class _Reading:
    """One walk over a window.

    Attributes:
        window: What is asked for.
        is_again: Only candidates not read before are emitted.
        guard: Counts who is new, and notices when the walk leads round in circles.
        told: Candidates in the window, as the API tells.
        news: Candidates read for the first time.
    """

    window: Window
    is_again: bool
    guard: CircleGuard
    told: int = 0
    news: int = 0


@dataclass(kw_only=True)
class Candidates(Source["MappedPage"]):
    """Reads every window of a plan, and finds what is gone.

    Attributes:
        plan: What to ask for and what to emit.
        runs: The selected streams, in the order in which a page is written.
        pages: Yields the pages of a window, mapped; the second argument are candidates to
            leave out.
        report: Takes what was not understood.
        ledgers: Writes those of the bookmarks.
        read: Candidates read by a complete pass, else by the present walk; the day of an entry
            is the number of the walk that read it last.
        dropped: Those of them that a filter drops, by stream, as its ledger calls them: they are
            deleted like missing ones.
        reached: Where the last finished window ended.
        objections: Why deletions were not believed, when all is read.
    """

    settings: Settings
    plan: Plan
    runs: Sequence[StreamRun]
    pages: Callable[[Window, Collection[str]], Generator[tuple[Page, MappedPage]]]
    report: Report
    ledgers: KnownLedgers
    read: Ledger = field(init=False)
    dropped: dict[str, set[str]] = field(default_factory=dict, init=False)
    reached: Instant | None = field(default=None, init=False)
    objections: Sequence[str] = field(default=(), init=False)
    _walks: int = field(default=0, init=False)
    _lately: dict[str, Instant | None] = field(default_factory=dict, init=False)
    _reading: _Reading = field(init=False)
    _told: int = field(default=0, init=False)
    _counted: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Cap positions at the start of the run by this machine's clock."""
        self.read = self.ledgers.changeable(None)
        self.ceiling = self.plan.started_at
        self.emitters = [run.emitter for run in self.runs]

    @override
    def walks(self) -> Iterator[Generator[tuple[Page, MappedPage]]]:
        windows = self.plan.windows
        for number, window in enumerate(windows, start=1):
            self.label = f"Window {number:,} of {len(windows):,}" if len(windows) > 1 else ""
            yield self._walk(window)
        if windows and self._is_complete and self._misses_something():
            # A deletion behind the reader shifts the list, and can hide a record.
            self.label = "Second reading"
            yield self._walk(Window(windows[0].since, None), is_again=True)

    def _walk(
        self, window: Window, *, is_again: bool = False
    ) -> Generator[tuple[Page, MappedPage]]:
        self._walks += 1
        if not self._is_complete:
            self.read.clear()
        walk = Entry(self._walks, ())
        guard = CircleGuard(
            self.settings, is_new=lambda candidate_id: self.read.put(candidate_id, walk) != walk
        )
        self._reading = _Reading(window=window, is_again=is_again, guard=guard)
        return self.pages(window, self.read if is_again else ())

    @override
    def take(self, page: Page, rows: MappedPage, at: datetime) -> None:
        reading = self._reading
        if not reading.is_again:
            self.report.unreadable += [(page.number, place) for place in rows.unreadable]
        if self._walks == page.number == 1:
            self._check_first(rows)
        ids = itertools.chain(rows.known, (each.remote_id for each in rows.candidates))
        reading.news += reading.guard.count(ids, len(rows.unreadable))
        reading.told = max(reading.told, page.total or 0)
        self._emit(rows, at)

    @override
    def end_walk(self, at: datetime) -> bool:
        reading = self._reading
        if reading.is_again:
            self._told, self._counted = reading.told or self._told, self._read_ids
            if self._short:
                logger.warning(
                    "The API told of %d candidates, but %d were read, twice",
                    self._told,
                    self._counted,
                )
            return False
        self._told += reading.told
        self._counted += reading.news
        if self._walks == len(self.plan.windows):
            return False
        self.reached = min(t.cast("Instant", reading.window.until), self.ceiling)
        limit = self.settings.deletion_limit_percent
        if not any(run.objection(limit) for run in self.runs):
            for run in self.runs:
                run.withdraw_so_far(at)
        return True

    @override
    def settle(self, at: datetime) -> None:
        self.objections = self._find_deletions(at)
        self.report.is_whole = any(
            run.name == "candidates" and run.plan.complete for run in self.runs
        )
        for run in self.runs:
            run.settle(at)

    @override
    def bookmarks_so_far(self) -> Written:
        found = {run.name: run.bookmark_so_far(self.plan, self.reached) for run in self.runs}
        return write_bookmarks(found, tenant_of(self.settings), self.ledgers)

    @override
    def bookmarks_at_end(self) -> Written:
        unreadable = len(self.report.unreadable)
        found = {
            run.name: run.bookmark_at_end(self.plan, self.reached, unreadable) for run in self.runs
        }
        return write_bookmarks(found, tenant_of(self.settings), self.ledgers)

    def _check_first(self, rows: MappedPage) -> None:
        """Look at the first page: at the server's clock, and whether a cutoff can be kept."""
        seconds = (self.ceiling - self.plan.started_at) // 1000
        if seconds:
            logger.warning(
                "The server's clock differs by %d s; bookmarks follow the server", seconds
            )
        require_times([each.updated_at for each in rows.candidates], self.plan.cutoff)

    def _emit(self, mapped: MappedPage, at: datetime) -> None:
        latest = {each.remote_id: each for each in mapped.candidates if self._is_latest(each)}
        kept = [each for each in latest.values() if self._is_kept(each, at)]
        for run in self.runs:
            wanted = [each for each in kept if run.name in each.wanted]
            run.prepare(wanted, mapped, at)
            for each in wanted:
                if dropped := self.dropped.get(run.name):
                    # Listed again after an update: the later version passes the filter.
                    dropped.discard(run.key(each.remote_id))
                run.take(each, at, self.ceiling)
        typed = [each.drift for each in kept if "candidates" in each.wanted]
        self.report.drift(mapped.custom, itertools.chain.from_iterable(typed), len(typed))

    def _is_latest(self, mapped: Mapped) -> bool:
        """Whether this is the latest version of a candidate so far, or an equal one.

        An edit while several pages are in flight can show the older version last.
        """
        before = self._lately.get(mapped.remote_id)
        if before is not None and mapped.updated_at is not None and mapped.updated_at < before:
            return False
        if len(self._lately) >= _KEPT_LATELY:
            self._lately.clear()
        self._lately[mapped.remote_id] = mapped.updated_at
        return True

    def _is_kept(self, mapped: Mapped, at: datetime) -> bool:
        candidate_id = mapped.remote_id
        if mapped.doubts:  # an empty one takes a counter a microsecond
            self.report.doubts.update(mapped.doubts)
        self.report.undated += mapped.verdict == "undated"
        if mapped.verdict == "older":
            for run in self.runs:
                run.expire(run.key(candidate_id))
        elif mapped.verdict == "dropped":
            self._drop(mapped, at)
        return bool(mapped.wanted)

    def _drop(self, mapped: Mapped, at: datetime) -> None:
        """Delete a candidate that the filter drops, except where a copy has a row."""
        for run in self.runs:
            key = run.key(mapped.remote_id)
            if key not in (run.ledger or ()) or run.name in mapped.wanted:
                continue
            if run.plan.complete:
                # A new filter may drop many: deletion_limit_percent is asked at the end.
                self.dropped.setdefault(run.name, set()).add(key)
            else:
                run.delete(key, at)

    @functools.cached_property
    def _is_complete(self) -> bool:
        return any(run.plan.complete for run in self.runs)

    def _find_deletions(self, at: datetime) -> list[str]:
        """Emit deletions; return why some of them are not believed."""
        complete = [run for run in self.runs if run.plan.complete and self.plan.windows]
        limit = self.settings.deletion_limit_percent
        missing = [(run, self._missing(run)) for run in complete]
        for run, those in missing:
            for key in those.expired:
                run.expire(key)
        # What one stream does not believe is deleted in none: they belong together.
        withdrawals = [run.objection(limit) for run in self.runs]
        objections = [
            deletions.objection(
                len(those.deleted),
                len(run.before),
                limit,
                answered=self._read_ids > 0,
            )
            for run, those in missing
        ]
        objections += withdrawals
        objections += [run.tables.objection(limit) for run in complete if run.tables is not None]
        is_proved = self._is_proved(missing)
        if not any(objections):
            for run, those in missing:
                dropped = self.dropped.get(run.name, ())  # they were read: that is proof
                for key in those.deleted:
                    if is_proved or key in dropped:
                        run.delete(key, at)
                run.take_out(at)
        for run in self.runs:
            run.withdraw(at, is_believed=not any(withdrawals))
        return list(dict.fromkeys(filter(None, objections)))

    def _is_proved(self, missing: Sequence[tuple[StreamRun, deletions.Missing]]) -> bool:
        """Whether missing candidates are deleted; note by how many the list was too short.

        A list shorter than its own total proves nothing. A total that was wrong by as much
        before, with everybody there, is taken for a habit of the server.
        """
        short, unreadable = self._short, len(self.report.unreadable)
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
    def _short(self) -> int:
        """By how many the list was shorter than told."""
        return max(self._told - self._counted, 0)

    @property
    def _read_ids(self) -> int:
        return len(self.read) + len(self.report.unreadable)

    def _misses_something(self) -> bool:
        # There are pages, so that a deletion or an edit behind the reader can hide a record.
        can_shift = bool(self.settings.paging_settings)
        return self._short > 0 or (
            can_shift and any(self._missing(run).deleted for run in self.runs if run.plan.complete)
        )

    def _missing(self, run: StreamRun) -> deletions.Missing:
        known, dropped = run.ledger or Ledger(), self.dropped.get(run.name, ())
        read, since = run.keys(self.read.columns.keys), run.bookmark.scope_since
        return deletions.missing(known, read, dropped, self.plan.lower_bound, since)
