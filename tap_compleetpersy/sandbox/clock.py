"""The local Persy's clock: real time, or wherever somebody set it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Clock:
    """Real time until it is set; then it stands still, so that tests can move it.

    Attributes:
        stopped_at: The time shown, aware; None means real time.
    """

    stopped_at: datetime | None = None

    def now(self) -> datetime:
        """Return the time in UTC and whole seconds, since the wire has no fractions."""
        return (self.stopped_at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)

    def set(self, moment: datetime | None) -> None:
        """Stop the clock at an aware time, or let it show real time again with None."""
        self.stopped_at = moment

    def advance(self, seconds: float) -> None:
        """Stop the clock this many seconds after (or before) the time that it shows."""
        self.stopped_at = self.now() + timedelta(seconds=seconds)
