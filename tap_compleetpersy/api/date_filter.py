"""The server's filter on the updated time: its parameters, and times as it understands them.

A bound may be sent wider than asked, never narrower: the tap filters exactly
afterwards, and what the server keeps back is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from tap_compleetpersy.settings import Settings

DEFAULT_FORMAT = Settings.date_format

_LITERAL = re.compile(r"\[([^\[]*)\]|\\(.)")
_ZONE_LITERAL = re.compile(r".*(?:Z|UTC|GMT|[+-]00:?00)")
_ZONE_TOKEN = re.compile(r"[zZxX]")  # offsets, names, and Unix timestamps
_UNITS = tuple(timedelta(milliseconds=count) for count in (1, 1000, 60 * 1000, 60 * 60 * 1000))
_INSTANT = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_PERIOD_DAYS = 366


def filters(settings: Settings, since: datetime | None, until: datetime | None) -> dict[str, str]:
    """Return the query parameters of a window on the updated time, of aware bounds.

    The lower one is sent as it is or earlier, the upper one as it is or later; one whose parameter
    has no name is not sent.
    """
    sent: dict[str, str] = {}
    if since is not None and (lower := settings.modified_since_param):
        sent[lower] = lower_bound(since, settings.date_format, settings.zone)
    if until is not None and (upper := settings.modified_until_param):
        sent[upper] = upper_bound(until, settings.date_format, settings.zone)
    return sent


def lower_bound(moment: datetime, date_format: str, zone: ZoneInfo) -> str:
    """Return an aware time as the latest text that is not after it.

    An hour that exists twice has one text for two times, and nobody knows which
    of them the server means. So the text is that of the hour before, which is
    not after ``moment`` whatever the server means.
    """
    own = UTC if has_zone(date_format) else zone
    return _writer(date_format, own)(moment - _doubled(moment, own))


def upper_bound(moment: datetime, date_format: str, zone: ZoneInfo) -> str:
    """Return an aware time as the earliest text that is not before it.

    It is found by trying: the texts tell how fine the format is.
    """
    own = UTC if has_zone(date_format) else zone
    write, moment = _writer(date_format, own), moment + _doubled(moment, own)
    text = write(moment)
    if write(moment - _INSTANT) != text:
        return text
    for unit in _UNITS:
        later = moment + -(moment - _EPOCH) % unit
        if (text_later := write(later)) != text:
            return text_later
    today = moment.astimezone(own).date()
    for days in range(1, _LONGEST_PERIOD_DAYS + 1):
        midnight = datetime.combine(today + timedelta(days=days), time(), own)
        if (text_later := write(midnight)) != text:
            return text_later
    return text


def has_zone(date_format: str) -> bool:
    """Whether a text of this format says its zone, as ``[Z]``, ``ZZ`` and ``X`` do."""
    literals = (one or other for one, other in _LITERAL.findall(date_format))
    if any(_ZONE_LITERAL.fullmatch(literal) for literal in literals):
        return True
    return _ZONE_TOKEN.search(_LITERAL.sub("", date_format)) is not None


def _doubled(moment: datetime, zone: tzinfo) -> timedelta:
    """Return how far the two readings of a wall clock time are apart, mostly 0."""
    local = moment.astimezone(zone)
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return (first or timedelta()) - (second or timedelta())


def _writer(date_format: str, zone: tzinfo) -> Callable[[datetime], str]:
    if date_format == DEFAULT_FORMAT:  # pendulum takes long to import
        return lambda moment: f"{moment.astimezone(zone):%Y-%m-%dT%H:%M:%S}Z"
    import pendulum  # noqa: PLC0415 - see above

    return lambda moment: pendulum.instance(moment.astimezone(zone)).format(date_format)
