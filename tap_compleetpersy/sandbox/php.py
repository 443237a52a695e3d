"""The HR-XML candidate as PHP makes it from XML: every hazard of ``docs/wire.md``.

The hazards are drawn from the candidate's id, so the same facts always give the
same bytes. They lose nothing: a date form is used only where it can hold the
time, and custom fields keep their keys and values.
"""

from __future__ import annotations

import html.entities
import typing as t
import zlib

from tap_compleetpersy.sandbox.draw import Draw
from tap_compleetpersy.sandbox.facts import BERLIN, Candidate, is_first_pass
from tap_compleetpersy.sandbox.shapes import Json, hrxml, wall_clock

if t.TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_ENTITIES = {
    code: f"&{name};" for code, name in html.entities.codepoint2name.items() if code > ord("&")
} | {38: "&amp;"}
_EMPTY: tuple[object, ...] = (None, "", [], ...)
_KEYS: tuple[Callable[[str], str], ...] = (
    str,
    str,
    str.lower,
    lambda key: key[:1].lower() + key[1:],
)
_ZERO_TIMES = ("0000-00-00 00:00:00", "", None)


def php(candidate: Candidate) -> Json:
    """Return a candidate with one style of keys and with hazards drawn from its id."""
    draw = Draw(zlib.crc32(candidate.remote_id.encode()))
    record = hrxml(candidate, write_time=lambda moment: _time(moment, draw))
    custom_fields = record.pop("UserArea")
    for opening in record["PositionOpening"]:
        opening.setdefault("ApplicationDate", draw.pick(_ZERO_TIMES))
    style = _Style(draw)
    return {**style.mapping(record), style.key("UserArea"): custom_fields}


def _time(moment: datetime, draw: Draw) -> str | int | Json:
    """Return a time in one of the forms that lose nothing of it."""
    local, timestamp = moment.astimezone(BERLIN), int(moment.timestamp())
    forms: list[str | int | Json] = [
        local.isoformat(),
        f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        str(timestamp),
        timestamp * 1000,
        f"{local:%a, %d %b %Y %H:%M:%S %z}",
        {"date": f"{moment:%Y-%m-%d %H:%M:%S}.000000", "timezone_type": 3, "timezone": "UTC"},
        {
            "date": f"{local:%Y-%m-%d %H:%M:%S}.000000",
            "timezone_type": 1,
            "timezone": f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:],
        },
    ]
    if not is_first_pass(local):
        forms += [wall_clock(moment)] * 4
        if not local.second:
            forms += [f"{local:%d.%m.%Y %H:%M}"] * 4
        if not (local.hour or local.minute or local.second):
            forms += [
                f"{local:%Y-%m-%d}",
                f"{local:%d.%m.%Y}",
                f"{local:%d-%m-%Y}",
                f"[{local:%d.%m.%Y}",
            ] * 2
    return draw.pick(forms)


class _Style:
    """How one record is written: its keys, and where wrappers and entities appear."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._namespace = "hr:" if draw.chance(0.2) else ""
        self._case = draw.pick(_KEYS)

    def key(self, name: str) -> str:
        """Return the key as this record spells it."""
        return self._namespace + self._case(name)

    def mapping(self, values: Json) -> Json:
        """Return an object; an empty list is null, empty text, an empty list or no key at all."""
        written = {self.key(name): self._value(value) for name, value in values.items()}
        return {key: value for key, value in written.items() if value is not ...}

    def _value(self, value: object) -> object:
        if isinstance(value, dict):
            return value if "timezone_type" in value else self.mapping(value)
        if isinstance(value, list):
            items = [self._value(item) for item in value]
            if items and self._draw.chance(0.2):  # what array_filter leaves
                return {str(2 * number): item for number, item in enumerate(items)}
            return items if len(items) > 1 else items[0] if items else self._draw.pick(_EMPTY)
        return self._text(value) if isinstance(value, str) and value else value

    def _text(self, value: str) -> str | int | Json:
        if self._draw.chance(0.3):
            value = value.translate(_ENTITIES)
        if self._draw.chance(0.8):
            return int(value) if value in {"0", "1"} and self._draw.chance(0.3) else value
        wrapped: tuple[Json, ...] = (
            {"#text": value, "@attributes": {"lang": "de"}},
            {"@lang": "de", "#text": value},
            {"$": value, "@name": "value"},
            {"#": value, "@name": "value"},
            {"_": value, "$": {"lang": "de"}},
            {"_text": value},
            {"0": value},
        )
        return self._draw.pick(wrapped)
