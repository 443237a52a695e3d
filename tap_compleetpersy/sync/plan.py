"""Decide first, act later: settings, bookmarks and the clock become one plan.

A plan is a value that a test can compare. It says which stretches of time are
asked for, and from when on each stream emits what comes back.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tap_compleetpersy.model.positions import Kind, Position
from tap_compleetpersy.model.times import DAY, Instant, latest, to_instant
from tap_compleetpersy.settings import Settings
from tap_compleetpersy.sync.state import Bookmark, ExtraBookmark

HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of update time, asked for in one walk over the pages.

    Attributes:
        since: First instant; None for no lower bound.
        until: First instant after the stretch; None for no upper bound.
    """

    since: Instant | None
    until: Instant | None


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """What one stream does with the candidates that are read.

    Attributes:
        since: Candidates updated before it are not emitted; None: all are.
        complete: The run is a complete pass of this stream: a full refresh, which also finds
            deletions (reconciliation).
    """

    since: Instant | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run asks for and emits.

    Attributes:
        started_at: Start of the run by this machine's clock.
        changed_at: The one ``changed_at`` of every record of the run.
        cutoff: Candidates last updated before it are never emitted.
        lower_bound: Later of ``start_date`` and cutoff: the scope of a first sync
            and of a complete pass.
        end: ``end_date``; no bookmark moves past it.
        windows: Stretches to ask for, oldest first; none when nothing is due.
        streams: Plan of each selected stream.
    """

    started_at: Instant
    changed_at: Instant
    cutoff: Instant | None
    lower_bound: Instant | None
    end: Instant | None
    windows: tuple[Window, ...]
    streams: Mapping[str, StreamPlan]

    @property
    def finds_deletions(self) -> bool:
        """Whether the run keeps ledgers: a backfill with an end keeps none."""
        return self.end is None


def make_plan(
    settings: Settings,
    bookmarks: Mapping[str, Bookmark],
    now: Instant,
    selected: Collection[str],
    full_table: Collection[str] = (),
) -> Plan:
    """Return the plan of a run that starts now; it depends on nothing but the arguments.

    Args:
        settings: The settings of the run.
        bookmarks: Bookmark of each stream, selected or not.
        now: Start of the run.
        selected: Names of the selected streams.
        full_table: Those of them that the catalog replicates as FULL_TABLE.
    """
    cutoff = cutoff_of(settings, now)
    lower_bound = latest(to_instant(settings.instant("start_date")), cutoff)
    end = to_instant(settings.instant("end_date"))
    streams = {
        name: _plan_stream(
            settings, bookmarks[name], now, lower_bound, full_table=name in full_table
        )
        for name in selected
    }
    bounds = [stream.since for stream in streams.values()]
    # No bound is before all others.
    since = None if None in bounds else min((b for b in bounds if b is not None), default=None)
    return Plan(
        started_at=now,
        changed_at=max([now, *(b.changed_at + 1 for b in bookmarks.values() if b.changed_at)]),
        cutoff=cutoff,
        lower_bound=lower_bound,
        end=end,
        windows=tuple(_windows(since, end, now, settings.window_days)),
        streams=streams,
    )


def _plan_stream(
    settings: Settings,
    bookmark: Bookmark,
    now: Instant,
    lower_bound: Instant | None,
    *,
    full_table: bool,
) -> StreamPlan:
    complete = settings.end_date is None and (
        full_table or _full_sync_is_due(settings.full_sync_hours, bookmark, now)
    )
    if complete or full_table or bookmark.position is None:
        return StreamPlan(since=lower_bound, complete=complete)
    since = latest(_since(settings, bookmark.position, now), cutoff_of(settings, now))
    return StreamPlan(since=since, complete=complete)


def _since(settings: Settings, position: Instant, now: Instant) -> Instant:
    """Return where a delta begins: at the position, less the overlap."""
    # A position in the future means that a clock was wrong: do not wait for it.
    since = min(position, now) - settings.lookback_seconds * 1000
    # A start_date that was moved past the position must not open a gap.
    start = to_instant(settings.instant("start_date"))
    return max(since, start) if start is not None and start <= position else since


def _full_sync_is_due(hours: float, bookmark: Bookmark, now: Instant) -> bool:
    if hours == 0:
        return False
    if bookmark.full_sync_at is None:
        return True
    # A last pass in the future means that a clock was wrong: do not wait for it.
    return not 0 <= now - bookmark.full_sync_at < hours * HOUR


def cutoff_of(settings: Settings, now: Instant) -> Instant | None:
    """Return the instant before which candidates are out of bounds, or None."""
    if settings.cutoff_days is not None:
        return now - round(settings.cutoff_days * DAY)
    return to_instant(settings.instant("cutoff_date"))


def _windows(
    since: Instant | None, end: Instant | None, now: Instant, days: float | None
) -> Iterator[Window]:
    if since is not None and end is not None and since >= end:
        return
    edges = [since]
    if since is not None and days is not None:
        last = now if end is None else min(now, end)
        edges += range(since + round(days * DAY), last, round(days * DAY))
    for start, until in itertools.pairwise([*edges, end]):
        yield Window(start, until)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What of an extra stream is asked for and emitted.

    Attributes:
        kind: What the positions are; None: the first record tells.
        since: Records before it are left out; None: none are.
        until: Records from it on are left out; None: none are.
        start: `since` of a first sync: it holds for the records of a candidate who has changed
            since, who may be new to the list or have come back into its scope.
    """

    kind: Kind | None = None
    since: Position | None = None
    until: Position | None = None
    start: Position | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can lie between the bounds."""
        return self.since is not None and self.until is not None and self.since >= self.until

    def of_candidate(self, updated_at: Instant | None) -> Bounds:
        """Return the bounds for the records of a candidate with that update time."""
        is_old = updated_at is None or self.since is None or updated_at < self.since
        if self.kind != "time" or is_old:
            return self
        return Bounds(self.kind, self.start, self.until, self.start)


def make_bounds(
    settings: Settings,
    bookmark: ExtraBookmark,
    kind: Kind | None,
    now: Instant,
    *,
    full_table: bool = False,
) -> Bounds:
    """Return what a run of an extra stream with a replication key asks for.

    Args:
        settings: Those that hold for the stream.
        bookmark: Of the stream.
        kind: What the replication key is, as far as the catalog knows.
        now: Start of the run.
        full_table: The catalog replicates the stream as FULL_TABLE.
    """
    kind = kind or bookmark.kind
    if kind == "integer":
        since = None if full_table else bookmark.position
        return Bounds(kind, None if since is None else since - settings.lookback_seconds)
    start = to_instant(settings.instant("start_date"))
    if full_table or bookmark.position is None:
        since = start
    else:
        since = _since(settings, bookmark.position, now)
    return Bounds(kind, since, to_instant(settings.instant("end_date")), start)
