"""Times as people write them: `Mo, 2.11.26 um 9:13 Uhr`, `2. November 2026`, `2026/11/02`.

They are read only where a time must stand: elsewhere `1.2.34` may be a version. What can be
read in two ways is no time: `02/11/2026`.
"""

from __future__ import annotations

import datetime as dt
import re
import typing as t

_CLOCK = (
    r"(?:(?:T|,? (?:um )?|, ?)(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?(?P<oclock> ?Uhr| ?h)?"
    r" ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_WEEKDAY = (
    r"(?:am |vom )?(?:(?:mo|di|mi|do|fr|sa|so"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend)\.?,? )?"
)
_YEAR = r"(?P<year>(?:19|20)[0-9]{2}|[0-9]{2}(?![0-9]))"
_FULL_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_FORMS: t.Final = tuple(
    re.compile(_WEEKDAY + day + _CLOCK, re.IGNORECASE)
    for day in (
        rf"(?P<day>[0-9]{{1,2}})\. ?(?P<month>[0-9]{{1,2}})\. ?{_YEAR}",
        # `02-11-26` may begin with its year.
        rf"(?P<day>[0-9]{{1,2}})-(?P<month>[0-9]{{1,2}})-{_FULL_YEAR}",
        rf"(?P<day>[0-9]{{1,2}})\. (?P<name>[a-zä]{{3,9}})\.? {_YEAR}",
        r"(?P<year>[0-9]{4})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})",
        # Two numbers of which one is no month say which one is the day.
        r"(?P<day>1[3-9]|2[0-9]|3[01])/(?P<month>0?[1-9]|1[0-2])/" + _FULL_YEAR,
        r"(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2[0-9]|3[01])/" + _FULL_YEAR,
        r"(?P<day>0?[1-9]|1[0-2])/(?P<month>(?P=day))/" + _FULL_YEAR,
    )
)
_MONTHS: t.Final = {
    name: number
    for number, names in enumerate(
        (
            "jan januar jänner jaenner", "feb februar feber", "mär märz mrz maerz",
            "apr april", "mai", "jun juni", "jul juli", "aug august", "sep sept september",
            "okt oktober", "nov november", "dez dezember",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_CENTURY_ENDS: t.Final = 70
"""Two digits below are years of this century, as POSIX has it."""
_LONGEST: t.Final = 60


def read_written(text: str) -> str | None:
    """Read a day and its clock, written by a person.

    Returns:
        The same in ISO 8601, with a blank between; None for anything else.
    """
    if len(text) > _LONGEST:
        return None
    text = " ".join(text.split())
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is not None and (day := _day(match)) is not None:
            return _iso(match, day)
    return None


def _iso(match: re.Match[str], day: dt.date) -> str | None:
    hour, minute, second, fraction = match.group("hour", "minute", "second", "fraction")
    if hour is None:
        return day.isoformat()
    if minute is None and match["oclock"] is None:
        return None  # `9` alone: nobody knows what it is
    clock = f"{hour:>02}:{minute or '00'}:{second or '00'}.{fraction or '0'}"
    return f"{day.isoformat()} {clock}{match['zone'] or ''}"


def _day(match: re.Match[str]) -> dt.date | None:
    groups = match.groupdict()
    month = _MONTHS.get(groups["name"].casefold()) if groups.get("name") else groups["month"]
    year = int(groups["year"])
    if len(groups["year"]) == 2:  # noqa: PLR2004
        year += 2000 if year < _CENTURY_ENDS else 1900
    try:
        return dt.date(year, int(month or 0), int(groups["day"]))
    except ValueError:
        return None
