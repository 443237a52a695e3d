"""The project that runs the tap: its settings, and whom they let it speak of."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tests.proof.doors import Doors
from tests.proof.habits import Habits
from tests.proof.remote import DAY, Moment
from tests.proof.rows import Scope, instant
from tests.proof.warehouse import STREAMS

COMPLETE = 0.0000001
"""Hours of `full_sync_hours` with which each run is a complete pass, if time goes by at all."""
DELTA = 100_000.0
"""Hours with which none is, but a stream's first."""


NOTES: Mapping[str, t.Any] = {
    "name": "notes",
    "path": "/candidates/{candidate_id}/notes",
    "primary_keys": ["candidate_id", "Id"],
    "pagination": "none",
}
"""An extra stream: what is written about each candidate."""


@dataclass
class Project:
    """What the owner of the pipeline has set.

    Attributes:
        page_size: The setting.
        prefetch: `prefetch_pages`.
        lookback: `lookback_seconds`.
        start: `start_date`.
        has_windows: Long pulls are cut, where the server lets them.
        limit: `deletion_limit_percent`.
        cutoff_date: The setting.
        cutoff_days: The setting, unless there is a date.
        streams: Those selected.
        doors: The stream maps.
        deselected: Columns of candidates, and custom fields after a dot.
        erases: `erase_deselected`.
    """

    page_size: int = 2
    prefetch: int = 0
    lookback: int = 3600
    start: Moment | None = None
    has_windows: bool = False
    limit: int = 20
    cutoff_date: Moment | None = None
    cutoff_days: int | None = None
    streams: Sequence[str] = STREAMS
    doors: Doors = field(default_factory=Doors)
    deselected: Collection[str] = ()
    erases: bool = False

    def settings(self, url: str, habits: Habits, hours: float) -> dict[str, t.Any]:
        """Return the tap's settings of one run.

        Args:
            url: Of the server.
            habits: Of the server.
            hours: `full_sync_hours`.
        """
        windows = habits.filters and habits.until and self.has_windows and self.start is not None
        chosen = {
            "api_url": url,
            "api_key": "key",
            "max_retries": 0,
            "pagination": habits.pagination,
            "page_size": self.page_size,
            "prefetch_pages": self.prefetch,
            "modified_since_param": "modified_since" if habits.filters else "",
            "modified_until_param": "modified_until" if windows else None,
            "window_days": 1.5 if windows else None,
            "lookback_seconds": self.lookback,
            "full_sync_hours": hours,
            "deletion_limit_percent": self.limit,
            "start_date": instant(self.start),
            "cutoff_date": instant(self.cutoff_date),
            "cutoff_days": self.cutoff_days if self.cutoff_date is None else None,
            "stream_maps": self.doors.stream_maps or None,
            "erase_deselected": self.erases or None,
            "extra_streams": [NOTES],
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def scope(self, now: Moment, habits: Habits) -> Scope:
        """Return whom a run may speak of that starts now."""
        cutoff = self.cutoff_date
        if cutoff is None and self.cutoff_days is not None:
            cutoff = now - self.cutoff_days * DAY
        lower = max((m for m in (cutoff, self.start) if m is not None), default=None)
        unknown = habits.knows_unknown or not habits.filters or lower is None
        return Scope(cutoff, lower, unknown)
