"""Decide first: settings, bookmark and clock become what is asked for and emitted."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from tap_compleetpersy.model.positions import Kind, Position

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.extra.bookmarks import ExtraBookmark


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
        """Answer the bounds for the records of a candidate with that update time."""
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
    """Plan a run of a stream with a replication key.

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
    start, until = _instant(settings, "start_date"), _instant(settings, "end_date")
    if full_table or bookmark.position is None:
        return Bounds(kind, start, until, start)
    # A position in the future means that a clock was wrong: do not wait for it.
    since = min(bookmark.position, now) - settings.lookback_seconds * 1000
    # A start_date that was moved past the position must not open a gap.
    if start is not None and start <= bookmark.position:
        since = max(since, start)
    return Bounds(kind, since, until, start)


def _instant(settings: Settings, name: t.Literal["start_date", "end_date"]) -> Instant | None:
    moment = settings.instant(name)
    return None if moment is None else round(moment.timestamp() * 1000)
