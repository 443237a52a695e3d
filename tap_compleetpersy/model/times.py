"""Times: every form of `docs/wire.md` in, UTC with milliseconds out.

As people write them (`Mo, 2.11.26 um 9:13 Uhr`) they are read only where one must stand: elsewhere
`1.2.34` may be a version. What can be read in two ways is no time: `02/11/2026`.
"""

from __future__ import annotations

import datetime as dt
import re
import typing as t
import zoneinfo
from functools import lru_cache

from tap_compleetpersy.model.wrappers import is_date_object

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Instant: t.TypeAlias = int
"""Milliseconds since 1970-01-01T00:00:00Z."""

_Said: t.TypeAlias = "tuple[dt.date, Mapping[str, str | None]]"
"""A day, and the parts of its clock, as the groups of a form name them."""

_DAY_OF_ISO = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_CLOCK = (
    r"(?:(?:[T ]|, ?)(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})"
    r"(?:[.,](?P<fraction>[0-9]{1,9}))?)?(?: ?Uhr)?"
    r" ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_SECONDS_CLOCK = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_DAY_OF_C = r"[A-Z][a-z]{2} (?P<name>[A-Z][a-z]{2}) {1,2}(?P<day>[0-9]{1,2})"
_ZONE_OF_C = r"(?: (?:[A-Z]{1,5}(?=[+-]))?(?P<zone>[A-Z]{1,5}|[+-][0-9]{4})?(?: \([^()]*\))?)?"
_ISO: t.Final = re.compile(_DAY_OF_ISO + _CLOCK, re.IGNORECASE)
_GERMAN: t.Final = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<mark>[.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})" + _CLOCK,
    re.IGNORECASE,
)
_EXACT: t.Final = (
    _ISO,
    _GERMAN,
    # `xs:date` with an offset; an abbreviation, as PHP writes one.
    re.compile(_DAY_OF_ISO + r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})"),
    re.compile(_DAY_OF_ISO + f"[T ]{_SECONDS_CLOCK} (?P<zone>[A-Z]{{3,4}})"),
    # RFC 822 and 2822.
    re.compile(
        r"(?:[A-Za-z]{3,9}, ?)?(?P<day>[0-9]{1,2})[ -](?P<name>[A-Za-z]{3})[ -]"
        r"(?P<year>[0-9]{4}|[0-9]{2}) (?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
        r"(?::(?P<second>[0-9]{2}))? ?(?P<zone>[A-Z]{1,5}|[+-][0-9]{4})"
    ),
    # C and Java (`Mon Nov 02 09:13:54 CET 2026`), JavaScript.
    re.compile(f"{_DAY_OF_C} {_SECONDS_CLOCK}{_ZONE_OF_C} (?P<year>[0-9]{{4}})"),
    re.compile(f"{_DAY_OF_C} (?P<year>[0-9]{{4}}) {_SECONDS_CLOCK}{_ZONE_OF_C}"),
)
"""Forms of programs, which say a time completely."""

_WRITTEN_CLOCK = (
    r"(?:(?:T|,? (?:um |- )?|, ?)(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?(?P<oclock> ?Uhr| ?h)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?"
    r" ?(?P<zone>Z|UTC|GMT|CES?T|MES?Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_WEEKDAY = (
    r"(?:am |vom )?(?:(?:mo|di|mi|do|fr|sa|so"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)(?:s?day|nesday|rsday|urday)?)\.?,? )?"
)
_YEAR = r"(?P<year>(?:19|20)[0-9]{2}|[0-9]{2}(?![0-9]))"
_FULL_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_WRITTEN: t.Final = (
    *(
        re.compile(_WEEKDAY + day + _WRITTEN_CLOCK, re.IGNORECASE)
        for day in (
            rf"(?P<day>[0-9]{{1,2}})\. ?(?P<month>[0-9]{{1,2}})\. ?{_YEAR}",
            # `02-11-26` may begin with its year.
            rf"(?P<day>[0-9]{{1,2}})-(?P<month>[0-9]{{1,2}})-{_FULL_YEAR}",
            rf"(?P<day>[0-9]{{1,2}})\. (?P<name>[a-zä]{{3,9}})\.? {_YEAR}",
            rf"(?P<day>[0-9]{{1,2}})[ -](?P<name>[a-zä]{{3,9}})\.?,?[ -]{_FULL_YEAR}",
            rf"(?P<name>[a-zä]{{3,9}})\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? {_FULL_YEAR}",
            r"(?P<year>[0-9]{4})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})",
            # Two numbers of which one is no month say which one is the day.
            r"(?P<day>1[3-9]|2[0-9]|3[01])/(?P<month>0?[1-9]|1[0-2])/" + _FULL_YEAR,
            r"(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2[0-9]|3[01])/" + _FULL_YEAR,
            r"(?P<day>0?[1-9]|1[0-2])/(?P<month>(?P=day))/" + _FULL_YEAR,
        )
    ),
    re.compile(
        r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
        r"(?:T?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})(?P<zone>Z|[+-][0-9]{4})?)?"
    ),
)
"""Forms of people, and digits alone."""

_MONTHS: t.Final = {
    name: number
    for number, names in enumerate(
        (
            "jan januar jänner jaenner january", "feb februar feber february",
            "mär märz mrz maerz mar march", "apr april", "mai may", "jun juni june",
            "jul juli july", "aug august", "sep sept september", "okt oktober oct october",
            "nov november", "dez dezember dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_UNIX: t.Final = re.compile(r"[0-9]{1,13}|[0-9]{9,13}\.[0-9]{1,9}")
_TICKS: t.Final = re.compile(r"/Date\(([0-9]{10,13})(?:[+-][0-9]{4})?\)/")
"""As JSON of Microsoft and SAP has it: milliseconds, and an offset that changes nothing."""
_IN_ZONE: t.Final = re.compile(r"(.+?) ?\[?([A-Z][A-Za-z]+(?:/[A-Za-z0-9_+-]{1,31}){1,2})")
_MONTH: t.Final = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2}))?")
# What PHP makes of the zero date depends on format and zone: the 30th of November of the
# year -1, or the 29th where UTC is behind.
_ZERO: t.Final = re.compile(
    r"(?:0{4}([-./])00\1(?:00)|00([-./])00\2(?:0{4})|0001-01-01)(?:[T ,]{0,2}[0:.]+(?: ?Uhr)?)?"
    r" ?(?:Z|UTC|[+-][0-9:]{2,6})?"
    r"|-0{3,5}1-11-(?:29|30)(?:[T ].{0,30})?"
    r"|(?:[A-Za-z]{3,9}, ?)?(?:29|30)[ .-](?:11|Nov)[ .-]-0001(?:,? .{0,30})?"
)
_NO_TIMES: t.Final = (range(-62_170_000_000, -62_169_900_000), range(1))
"""Unix seconds of the zero date, in any zone, and 0."""
_ZONE_NAME: t.Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,31}){0,2}")
_OFFSET: t.Final = re.compile(r"([+-])([01][0-9]|2[0-3])(?::?([0-5][0-9])(?::?([0-5][0-9]))?)?")
# Hours east of Greenwich, as PHP takes its abbreviations.
_ABBREVIATIONS: t.Final = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MET": 1,
    "MEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "IST": 2, "JST": 9, "AEST": 10,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip

_CENTURY_ENDS: t.Final = 70
"""Two digits below are years of this century, as POSIX has it."""
_NOON: t.Final = 12
DAY: t.Final = 86_400_000
"""In milliseconds."""
_ONE_DAY: t.Final = dt.timedelta(days=1)
_EPOCH_TIME: t.Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EPOCH: t.Final = _EPOCH_TIME.toordinal()
_FIRST: t.Final = (1 - _EPOCH) * DAY
_END: t.Final = (dt.date.max.toordinal() + 1 - _EPOCH) * DAY
# Larger numbers are milliseconds: as seconds this would be the year 5138.
_MILLISECONDS_FROM: t.Final = 100_000_000_000
_DAYS_KEPT: t.Final = 20_000
_DAY_LENGTH: t.Final = len("2026-11-02")
_MOST_DIGITS: t.Final = 9
"""Of a fraction of a second, as in the forms above."""

_MINUTE_TEXTS: t.Final = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(1440)]
_MINUTES: t.Final = {text: minute * 60_000 for minute, text in enumerate(_MINUTE_TEXTS)}
"""Hours and minutes of a day to milliseconds."""
_SECOND_TEXTS: t.Final = [f":{second:02}" for second in range(60)]
_SECONDS: t.Final = {"": 0} | {text: second * 1000 for second, text in enumerate(_SECOND_TEXTS)}
"""Seconds, with the colon before them, to milliseconds; none are said in `09:13`."""


def is_zero_date(text: str) -> bool:
    """Whether a text is the zero date of MySQL, or what PHP makes of it."""
    return _ZERO.fullmatch(text) is not None


def is_zero_number(value: float) -> bool:
    """Whether a number of Unix seconds or milliseconds is 0, or the zero date."""
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124  (NaN)
        return False
    whole = int(value)
    return any(whole in times or whole // 1000 in times for times in _NO_TIMES)


@lru_cache(maxsize=256)
def zone_of(name: str) -> dt.tzinfo | None:
    """Return the zone that a time says: an offset, an abbreviation or a name; else None."""
    if match := _OFFSET.fullmatch(name):
        hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
        shift = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return dt.timezone(-shift if match[1] == "-" else shift)
    if (east := _ABBREVIATIONS.get(name.upper())) is not None:
        return dt.timezone(dt.timedelta(hours=east))
    try:
        return zoneinfo.ZoneInfo(name) if _ZONE_NAME.fullmatch(name) else None
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None


def read_time(value: object, zone: zoneinfo.ZoneInfo) -> Instant | None:
    """Return one time as a server writes it; None for nothing, a zero date and nonsense.

    The forms are those of `docs/wire.md`, "What PHP makes of XML, and converters of both".

    A time without offset is a wall clock of `zone`: the hour that exists twice
    is its second pass, in winter time, as PHP takes it (7.4 to 8.5); the one that is
    missing lies one hour later. A date alone is its midnight in `zone`. Numbers are Unix
    seconds or milliseconds. A time of PHP's, as an object, has a zone of its own.
    """
    return compile_times(zone)(value)


@lru_cache(maxsize=8)
def compile_times(zone: zoneinfo.ZoneInfo) -> Callable[[object], Instant | None]:
    """Return `read_time` for many values of one zone."""
    days: dict[str, Instant | None] = {}

    def day_start(text: str) -> Instant | None:
        """Return the start of a day, alone or with an offset, or None where it is no plain one."""
        if len(days) >= _DAYS_KEPT:
            days.clear()
        is_alone = len(text) == _DAY_LENGTH
        start = _read_text(text, zone) if is_alone else _plain_day(text, zone)
        if len(text) <= _LONGEST:
            days[text] = start
        return start

    def read(value: object) -> Instant | None:
        if type(value) is not str:
            return _read_other(value)
        # Without a pattern: `2026-11-02 09:13:54`, `2026-11-02T09:13:54.000Z`, `02.11.2026 09:13`.
        # A day alone comes again and again.
        minute, second = _MINUTES.get(value[11:16]), _SECONDS.get(value[16:19])
        if minute is not None and second is not None:
            day, rest, milliseconds = value[:11], value[19:], 0
            if rest[:1] == ".":
                rest, milliseconds = _split_fraction(rest)
            day += rest
            start = days[day] if day in days else day_start(day)
            if start is not None:
                return start + minute + second + milliseconds
        elif len(value) == _DAY_LENGTH and not value.isdigit():
            return days[value] if value in days else day_start(value)
        return _read_text(value, zone)

    return read


def _read_other(value: object) -> Instant | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _read_number(value)
    return _read_object(value) if is_date_object(value) else None


def _split_fraction(text: str) -> tuple[str, int]:
    """Return what follows on a fraction of a second, and its milliseconds; else all, and none."""
    offset = text[1:].lstrip("0123456789")
    digits = text[1 : len(text) - len(offset)]
    return (offset, int(f"{digits}00"[:3])) if 0 < len(digits) <= _MOST_DIGITS else (text, 0)


def _read_object(value: t.Any) -> Instant | None:  # noqa: ANN401  (a JSON object)
    if "timestamp" in value:
        seconds = value["timestamp"]
        return _read_text(seconds, dt.UTC) if isinstance(seconds, str) else _read_number(seconds)
    own = zone_of(value["timezone"].strip())
    return None if own is None else _read_text(value["date"], own)


def date_object_text(value: object) -> str | None:
    """Return a time of PHP's as text in UTC: empty for no time, None when not understood."""
    if is_no_time(value):
        return ""
    instant = _read_object(value)
    return None if instant is None else format_time(instant)


def read_month(value: object, zone: dt.tzinfo) -> Instant | None:
    """Return the start of a year, or of a year and a month, as HR-XML says them."""
    match = _MONTH.fullmatch(str(value).strip())
    day = None if match is None else _day({**match.groupdict("1"), "day": "1"})
    return None if day is None else _instant((day, {}), zone)


def _plain_day(text: str, zone: zoneinfo.ZoneInfo) -> Instant | None:
    """Return the start of a day on which the clock is not turned; its text has no time."""
    day, offset = text[:11], text[11:]
    if day[10] not in "T " or (offset and offset[0] not in "Zz+-"):
        return None
    start, last = (
        _instant(said, zone) if (said := _said(f"{day}{clock}{offset}", (_ISO, _GERMAN))) else None
        for clock in ("00:00:00", "23:59:59")
    )
    turned = start is None or last is None or last - start != DAY - 1000
    return None if turned else start


def is_no_time(value: object) -> bool:
    """Whether a value says "no time" in a known way, and not by nonsense."""
    if isinstance(value, str):
        text = _bare(value)
        return not text.strip("0") or is_zero_date(text) or text in _UNKNOWN or _is_zero_text(text)
    if isinstance(value, dict):
        return is_date_object(value) and is_no_time(value.get("timestamp", value.get("date")))
    return value is None or (type(value) in {int, float} and is_zero_number(t.cast("float", value)))


_UNKNOWN: t.Final = frozenset({"notKnown", "notApplicable"})
"""What HR-XML 2.5 says in the place of a date."""


def _is_zero_text(text: str) -> bool:
    return (
        text[:3] == "-62"
        and text[1:].isdigit()
        and len(text) <= len("-62169984000000")
        and is_zero_number(int(text))
    )


def _bare(text: str) -> str:
    # A bracket strays into dates of Persy's public feed.
    return text.strip().strip("[]").strip()


_LONGEST: t.Final = 120
"""Letters of the longest time, with the longest name of a zone."""


def _read_text(value: str, zone: dt.tzinfo, *, is_in_zone: bool = False) -> Instant | None:
    text = _bare(value)
    if len(text) > _LONGEST:
        return None
    said = _said(text, _EXACT) or _said(" ".join(text.split()), _WRITTEN)
    if said is not None:
        return _instant(said, zone)
    if (ticks := _TICKS.fullmatch(text)) or _UNIX.fullmatch(text):
        text = ticks[1] if ticks else text
        return _read_number(float(text) if "." in text else int(text))
    match = None if is_in_zone else _IN_ZONE.fullmatch(text)
    own = match and zone_of(match[2])
    return _read_text(match[1], own, is_in_zone=True) if match and own else None


def _read_number(value: float) -> Instant | None:
    # A comparison also holds for NaN, infinities and integers that no float can be.
    if not 0 < value < _END:
        return None
    instant = round(value if value >= _MILLISECONDS_FROM else value * 1000)
    return instant if instant < _END else None


def _said(text: str, forms: Iterable[re.Pattern[str]]) -> _Said | None:
    """Return what a text says by the first form in which its day is one."""
    for form in forms:
        if (match := form.fullmatch(text)) is not None:
            parts = match.groupdict()
            if (day := _day(parts)) is not None:
                return day, parts
    return None


def _day(said: Mapping[str, str | None]) -> dt.date | None:
    year, name = said["year"] or "", said.get("name")
    month = _MONTHS.get(name.casefold(), 0) if name else int(said["month"] or 0)
    century = 0 if len(year) > 2 else 2000 if int(year) < _CENTURY_ENDS else 1900  # noqa: PLR2004
    try:
        return dt.date(int(year) + century, month, int(said["day"] or 0))
    except ValueError:
        return None


def _clock(said: Mapping[str, str | None]) -> tuple[int, int, int] | None:
    """Return hour, minute and second; midnight where none is said."""
    minute, half = said.get("minute"), said.get("half")
    hour = int(said.get("hour") or 0)
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half in "pP" else 0)
    elif said.get("hour") and minute is None and said["oclock"] is None:
        return None  # `9` alone: nobody knows what it is
    return hour, int(minute or 0), int(said.get("second") or 0)


def _instant(said: _Said, zone: dt.tzinfo) -> Instant | None:
    """Return the instant of a day, its clock and its zone, which is `zone` where none is said."""
    day, parts = said
    clock, named = _clock(parts), parts.get("zone")
    own = zone_of(named) if named else zone
    if clock is None or own is None:
        return None
    # Midnight at the end of a day has a name of its own in ISO 8601.
    is_end = clock == (24, 0, 0)
    try:
        local = dt.datetime.combine(day, dt.time() if is_end else dt.time(*clock))
        instant = _local(local + _ONE_DAY if is_end else local, own)
    except (ValueError, OverflowError):
        return None
    instant += int(f"{parts.get('fraction') or '':0<3}"[:3])
    return instant if _FIRST < instant < _END else None


def _local(local: dt.datetime, zone: dt.tzinfo) -> Instant:
    # Of a doubled hour the smaller offset is that of the second pass; of a missing hour it
    # is the one from before the gap, which lands one hour later.
    if isinstance(zone, dt.timezone):
        offset = zone.utcoffset(None)
    else:
        turns = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
        offset = min(turn or dt.timedelta() for turn in turns)
    seconds = (local.hour * 60 + local.minute) * 60 + local.second
    wall = (local.toordinal() - _EPOCH) * DAY + seconds * 1000
    return wall - round(offset.total_seconds() * 1000)


def format_time(instant: Instant) -> str:
    """Return an instant, in the years 1 to 9999, as RFC 3339 in UTC: `2026-11-02T08:13:54.000Z`."""
    rest = instant % DAY
    day, minute = _day_text(instant // DAY), _MINUTE_TEXTS[rest // 60_000]
    second, milliseconds = _SECOND_TEXTS[rest % 60_000 // 1000], rest % 1000
    # Nearly every time has none of the last: a format costs more than the rest.
    end = f".{milliseconds:03}Z" if milliseconds else ".000Z"
    return f"{day}T{minute}{second}{end}"


@lru_cache(maxsize=4096)
def _day_text(day: int) -> str:
    return dt.date.fromordinal(day + _EPOCH).isoformat()


def read_date(text: str) -> str | None:
    """Return a calendar day (ISO or German, without a time) as ISO text, else None."""
    text = _bare(text)
    return _read_date(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _read_date(text: str) -> str | None:
    said = _said(text, _EXACT)
    return None if said is None or said[1].get("hour") else said[0].isoformat()


def has_clock(text: str) -> bool:
    """Whether a text is a day with a time that milliseconds hold completely."""
    said = _said(_bare(text), _EXACT)
    if said is None or not said[1].get("hour") or said[0].year in {dt.MINYEAR, dt.MAXYEAR}:
        return False
    is_whole = not (said[1].get("fraction") or "")[3:].strip("0")
    return is_whole and _instant(said, dt.UTC) is not None


@t.overload
def to_instant(moment: dt.datetime) -> Instant: ...
@t.overload
def to_instant(moment: dt.datetime | None) -> Instant | None: ...
def to_instant(moment: dt.datetime | None) -> Instant | None:
    """Return an aware time in milliseconds; None for None."""
    return None if moment is None else round(moment.timestamp() * 1000)


@t.overload
def to_datetime(instant: Instant) -> dt.datetime: ...
@t.overload
def to_datetime(instant: Instant | None) -> dt.datetime | None: ...
def to_datetime(instant: Instant | None) -> dt.datetime | None:
    """Return milliseconds as an aware time, UTC; None for None."""
    return None if instant is None else _EPOCH_TIME + dt.timedelta(milliseconds=instant)


def latest(*instants: Instant | None) -> Instant | None:
    """Return the latest of some instants; None when there is none."""
    return max((instant for instant in instants if instant is not None), default=None)
