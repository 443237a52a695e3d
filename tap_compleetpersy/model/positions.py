"""What a replication key says: how new a record is, as a time or as an integer."""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model.custom_types import INTEGER_TEXT
from tap_compleetpersy.model.text import clean_value
from tap_compleetpersy.model.times import compile_times, format_time, is_no_time

if t.TYPE_CHECKING:
    import zoneinfo

Kind: t.TypeAlias = t.Literal["time", "integer"]
Position: t.TypeAlias = int
"""Milliseconds since 1970 of a time, or the integer."""

_SHORTEST_DIGITS: t.Final = 8
"""Fewer digits as text are a number, and neither a day nor Unix seconds."""


class NotAPosition(ValueError):  # noqa: N818 - the name says what it is
    """A value that is neither a time nor an integer; nothing of it is shown."""


def kind_of_position(value: object) -> Kind | None:
    """Return what one value would be; None for no value."""
    value = clean_value(value)
    if value is None:
        return None
    return "integer" if isinstance(value, int) and not isinstance(value, bool) else "time"


def read_position(value: object, kind: Kind, zone: zoneinfo.ZoneInfo) -> Position | None:
    """Return the position that a value says; None for no value, and for a zero date.

    A value that is not of that kind raises `NotAPosition`.
    """
    value = clean_value(value)
    if value is None or isinstance(value, bool):
        position = None
    elif kind == "integer":
        position = _integer(value)
    elif is_no_time(value):
        return None
    else:
        position = None if _is_number(value) else compile_times(zone)(value)
    if position is None and value is not None:
        raise NotAPosition
    return position


def write_position(position: Position, kind: Kind) -> str | int:
    """Return a position as records and bookmarks have it: a time as RFC 3339 in UTC."""
    return format_time(position) if kind == "time" else position


def position_type(kind: Kind | None) -> dict[str, t.Any]:
    """Return the JSON schema of a replication key; None: nobody knows yet."""
    if kind == "time":
        return {"type": ["string", "null"], "format": "date-time"}
    return {"type": ["integer", "null"] if kind else ["string", "integer", "null"]}


def kind_of_type(schema: t.Mapping[str, t.Any]) -> Kind | None:
    """Return the kind of a replication key by its JSON schema."""
    types = schema.get("type", ())
    if schema.get("format") == "date-time":
        return "time"
    return "integer" if "integer" in types and "string" not in types else None


class PositionSample:
    """The values of a replication key, seen one after the other."""

    def __init__(self, zone: zoneinfo.ZoneInfo) -> None:
        """Begin without values; the zone is that of times without an offset."""
        self._zone = zone
        self._kinds: set[Kind] = set()
        self._readable: set[Kind] = {"time", "integer"}

    def add(self, value: object) -> None:
        """Take note of one value as received."""
        kind = kind_of_position(value)
        if kind is not None:
            self._kinds.add(kind)
            for each in tuple(self._readable):
                try:
                    read_position(value, each, self._zone)
                except NotAPosition:
                    self._readable.remove(each)

    def kind(self) -> Kind | None:
        """Return what all values are, None when there was none; raise when they are of no kind."""
        if not self._kinds:
            return None
        if "integer" in self._readable and "integer" in self._kinds:
            return "integer"
        if "time" not in self._readable:
            raise NotAPosition
        return "time"


def _integer(value: object) -> int | None:
    if isinstance(value, str) and INTEGER_TEXT.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) else None


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.isdigit() and len(value) < _SHORTEST_DIGITS
