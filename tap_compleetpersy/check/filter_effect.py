"""What a listing with a bound on the updated time says about that bound."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tap_compleetpersy.api.date_filter import DEFAULT_FORMAT, lower_bound
from tap_compleetpersy.check.evidence import Bounded, Instant, Listing
from tap_compleetpersy.settings import Settings

SINCE_NAMES: t.Final = (
    "modified_since", "updated_since", "changed_since", "modified_after", "updated_after",
    "geaendert_seit", "geaendert_ab", "aktualisiert_seit", "updatedSince", "modifiedSince",
    "changed_after", "since", "aenderungen_seit", "geaendert_nach", "seit", "last_modified",
    "updated_from", "modified_from", "aenderung_seit", "updatedAfter", "modifiedAfter",
    "aenderungsdatum_ab", "aenderung_ab", "letzte_aenderung", "updated_at_gte", "updated_at[gte]",
    "filter[updated_since]", "ab_datum", "changedSince", "geaendertSeit", "von_datum",
    "from_date", "updated_at_from", "aktualisiert_ab",
)  # fmt: skip
DATE_FORMATS: t.Final = (
    DEFAULT_FORMAT, "YYYY-MM-DD HH:mm:ss", "DD.MM.YYYY HH:mm:ss", "X", "DD.MM.YYYY", "YYYY-MM-DD",
)  # fmt: skip
"""Tried in this order when the server refuses the format given."""
GROUP_FORMATS: t.Final = (
    DEFAULT_FORMAT, "DD.MM.YYYY", "X", "YYYY-MM-DD HH:mm:ss", "x", "YYYY-MM-DD", "YYYYMMDD",
    "DD.MM.YYYY HH:mm", "YYYYMMDDHHmmss",
)  # fmt: skip
"""Tried in this order with many names at once."""
FORMAT_OF: t.Final = {
    "Unix milliseconds": "x",
    "Unix seconds": "X",
    "dd.mm.yyyy hh:mm": "DD.MM.YYYY HH:mm",
    "dd.mm.yyyy hh:mm:ss": "DD.MM.YYYY HH:mm:ss",
    "dd.mm.yyyy": "DD.MM.YYYY",
    "yyyy-mm-dd hh:mm:ss": "YYYY-MM-DD HH:mm:ss",
    "yyyy-mm-dd hh:mm": "YYYY-MM-DD HH:mm",
    "yyyy-mm-dd": "YYYY-MM-DD",
}
"""Form of the records' times to the format of a bound that is written alike."""

_SECOND = 1000
LARGEST_SHIFT = 14 * 3600 * _SECOND
"""No time zone is further from UTC; what is older than that is no matter of zones."""

_BAD_REQUEST = frozenset(range(400, 500)) - {401, 403, 407, 408, 429}
"""Statuses that are about what was asked, and not about who asks, or how often."""

Effect = t.Literal["honoured", "ignored", "shifted", "another", "refused", "empty", "unknown"]


def moment(instant: Instant) -> datetime:
    """Return an instant as an aware time."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=instant)


def distinct_times(listing: Listing) -> list[Instant]:
    """Return the update times of a listing, each once, in whole seconds, oldest first."""
    return sorted({time - time % _SECOND for time in listing.times if time is not None})


def is_exact(instant: Instant, settings: Settings) -> bool:
    """Return whether the format of bounds has seconds."""
    one, other = (
        lower_bound(moment(instant + more), settings.date_format, settings.zone)
        for more in (0, _SECOND)
    )
    return one != other


def said(instant: Instant, settings: Settings) -> Instant:
    """Return the earliest time that is written as this one: midnight, where only days are."""
    local = moment(instant).astimezone(settings.zone)
    text = lower_bound(local, settings.date_format, settings.zone)
    minute = local.replace(second=0, microsecond=0)
    for start in (minute.replace(hour=0, minute=0), minute):
        if lower_bound(start, settings.date_format, settings.zone) == text:
            return int(start.timestamp()) * _SECOND
    return instant


def lower_effect(first: Listing, asked: Bounded | None) -> Effect:
    """Return what a lower bound did.

    ``shifted`` is a bound that lets older records through, though not by more than a
    time zone; ``another`` one that also keeps back newer records here and there, as a
    filter on the time of creation would; ``empty`` one that keeps back everything.
    """
    if asked is None or not asked.listing.is_usable or not len(asked.listing):
        return _no_effect(asked)
    early = shift_early(asked)
    known = [time for time in first.times if time is not None and time < asked.bound]
    if early:
        reaches = min(known, default=asked.bound) >= asked.bound - LARGEST_SHIFT
        everything = reaches and asked.listing.marks == first.marks
        return "ignored" if early > LARGEST_SHIFT or everything else "shifted"
    if lacks(first, asked) and shift_late(first, asked) is None:
        return "another"
    return "honoured" if known or len(asked.listing) < len(first) else "unknown"


def _no_effect(asked: Bounded | None) -> Effect:
    """Return what it means that there are no records."""
    if asked is None:
        return "unknown"
    if asked.listing.is_usable:
        return "empty"
    return "refused" if asked.listing.reply.status in _BAD_REQUEST else "unknown"


def shift_early(asked: Bounded) -> int:
    """Return by how many milliseconds the oldest record is older than the lower bound."""
    times = [time for time in asked.listing.times if time is not None]
    return max(0, asked.bound - min(times, default=asked.bound))


def shift_late(first: Listing, asked: Bounded | None) -> int | None:
    """Return how far behind the lower bound records are kept back.

    Returns:
        None when nothing is kept back, or nobody can tell; 0 when only records of exactly
        that second are: the bound is exclusive. Else milliseconds.
    """
    if asked is None or not asked.is_exact or not asked.listing.is_usable:
        return None
    expected = _expected(first, asked)
    missing = [time for time, is_there in expected if not is_there]
    if not missing or any(is_there and time <= max(missing) for time, is_there in expected):
        return None
    return (max(missing) - asked.bound) // _SECOND * _SECOND


def lacks(first: Listing, asked: Bounded) -> bool:
    """Return whether more records are missing than somebody may have deleted meanwhile."""
    expected = _expected(first, asked)
    missing = sum(not is_there for _, is_there in expected)
    return missing > max(1, len(expected) // 10)


def _expected(first: Listing, asked: Bounded) -> list[tuple[Instant, bool]]:
    """Return the times that a lower bound should let through, and whether the record is there.

    Nothing is expected of an answer that may have another page.
    """
    if len(asked.listing) >= min(len(first), asked.page_size):
        return []
    there = frozenset(asked.listing.marks)
    return [
        (time, mark in there)
        for time, mark in zip(first.times, first.marks, strict=True)
        if time is not None and time >= asked.bound
    ]


def upper_effect(first: Listing, asked: Bounded | None) -> Effect:
    """Return what an upper bound did; whether it is inclusive does not matter."""
    times = [time for time in asked.listing.times if time is not None] if asked else []
    if asked is None or not times:
        return _no_effect(asked)
    newer = max(times) - asked.bound
    if newer < _SECOND:
        return "honoured"
    is_same = asked.listing.marks == first.marks
    return "ignored" if is_same or newer > LARGEST_SHIFT else "shifted"


def written_times(times: Sequence[Instant], settings: Settings) -> list[Instant]:
    """Return the first of the times that `date_format` writes alike, oldest first."""
    first: dict[str, Instant] = {}
    for time in sorted(times):
        first.setdefault(lower_bound(moment(time), settings.date_format, settings.zone), time)
    return list(first.values())


def thresholds(
    times: Sequence[Instant], names: Sequence[str], *, between: int = 1
) -> dict[str, Instant]:
    """Return each name a lower bound, so that the oldest record answered tells which counts.

    Names share bounds where there are more of them.

    Args:
        times: That bounds can say, oldest first.
        names: Of parameters.
        between: Times between two bounds: one for bounds that are exclusive.
    """
    count = min(len(names), (len(times) - 1) // (1 + between))
    if count < 1:
        return {}
    gap = (len(times) - 1) // count
    return {name: times[1 + rank % count * gap] for rank, name in enumerate(names)}


def named_thresholds(asked: dict[str, Instant], answer: Listing) -> list[str]:
    """Return the parameters that share the bound which an answer to :func:`thresholds` keeps."""
    oldest = min((time for time in answer.times if time is not None), default=None)
    if oldest is None:
        return []
    kept = max((bound for bound in asked.values() if bound <= oldest), default=None)
    return [name for name, bound in asked.items() if bound == kept]
