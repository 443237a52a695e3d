"""Times in forms that are not ISO 8601, and what says that there is no time."""

from __future__ import annotations

import datetime as dt
import re
import typing as t
import zoneinfo
from functools import lru_cache

_XS_DATE: t.Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})")
_RFC_2822: t.Final = re.compile(
    r"(?:[A-Za-z]{3,9}, ?)?([0-9]{1,2})[ -]([A-Za-z]{3})[ -]([0-9]{4})"
    r" ([0-9]{2}:[0-9]{2}(?::[0-9]{2})?) ?([A-Z]{1,5}|[+-][0-9]{4})"
)
_MONTHS: t.Final = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
# What PHP makes of the zero date depends on format and zone: the 30th of November of the
# year -1, or the 29th where UTC is behind.
_ZERO: t.Final = re.compile(
    r"(?:0{4}([-./])00\1(?:00)|00([-./])00\2(?:0{4}))(?:[T ,]{0,2}[0:.]+(?: ?Uhr)?)?"
    r" ?(?:Z|UTC|[+-][0-9:]{2,6})?"
    r"|-0{3,5}1-11-(?:29|30)(?:[T ].{0,30})?"
    r"|(?:[A-Za-z]{3,9}, ?)?(?:29|30)[ .-](?:11|Nov)[ .-]-0001(?:,? .{0,30})?"
)
_NO_TIMES: t.Final = (range(-62_170_000_000, -62_169_900_000), range(1))
"""Unix seconds of the zero date, in any zone, and 0."""
_ZONE_NAME: t.Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,31}){0,2}")
_OFFSET: t.Final = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?")

# Hours east of Greenwich, as PHP takes its abbreviations.
_ABBREVIATIONS: t.Final = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MET": 1,
    "MEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "IST": 2, "JST": 9, "AEST": 10, "EST": -5, "EDT": -4,
    "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


def as_iso(text: str) -> str | None:
    """Return a time of RFC 2822, or an `xs:date` with an offset, in ISO 8601; else None."""
    if match := _XS_DATE.fullmatch(text):
        return f"{match[1]}T00:00:00{match[2]}"
    if match := _RFC_2822.fullmatch(text):
        day, month, year, clock, zone = match.groups()
        number = _MONTHS.get(month.casefold())
        offset = zone if zone[0] in "+-" else _offset_of_abbreviation(zone)
        if number is not None and offset is not None:
            return f"{year}-{number}-{day:0>2}T{clock}{offset}"
    return None


def _offset_of_abbreviation(name: str) -> str | None:
    hours = _ABBREVIATIONS.get(name)
    return None if hours is None else f"{'-' if hours < 0 else '+'}{abs(hours):02}:00"


def is_zero_date(text: str) -> bool:
    """Whether a text is the zero date of MySQL, or what PHP makes of it."""
    return _ZERO.fullmatch(text) is not None


def is_zero_number(value: float) -> bool:
    """Whether a number of Unix seconds or milliseconds is 0, or the zero date."""
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124  (NaN)
        return False
    whole = int(value)
    return any(whole in times or whole // 1000 in times for times in _NO_TIMES)


def zone_of(name: str) -> dt.tzinfo | None:
    """Return the zone that a time of PHP's is in: an offset, an abbreviation or a name.

    Returns:
        None for anything else: nobody knows which time that is.
    """
    if match := _OFFSET.fullmatch(name):
        shift = dt.timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
        if shift >= dt.timedelta(days=1):
            return None
        return dt.timezone(-shift if match[1] == "-" else shift)
    if (hours := _ABBREVIATIONS.get(name.upper())) is not None:
        return dt.timezone(dt.timedelta(hours=hours))
    return _named_zone(name) if _ZONE_NAME.fullmatch(name) else None


@lru_cache(maxsize=64)
def _named_zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None
