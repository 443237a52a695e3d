"""One clock: milliseconds within the sync, aware times where it meets settings and the API."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime, timedelta

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.times import Instant

DAY = 86_400_000
"""Milliseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@t.overload
def to_instant(moment: datetime) -> Instant: ...
@t.overload
def to_instant(moment: datetime | None) -> Instant | None: ...
def to_instant(moment: datetime | None) -> Instant | None:
    """Return an aware time in milliseconds; None for None."""
    return None if moment is None else round(moment.timestamp() * 1000)


@t.overload
def to_datetime(instant: Instant) -> datetime: ...
@t.overload
def to_datetime(instant: Instant | None) -> datetime | None: ...
def to_datetime(instant: Instant | None) -> datetime | None:
    """Return milliseconds as an aware time, UTC; None for None."""
    return None if instant is None else _EPOCH + timedelta(milliseconds=instant)


def latest(*instants: Instant | None) -> Instant | None:
    """Return the latest of some instants; None when there is none."""
    return max((instant for instant in instants if instant is not None), default=None)
