"""Telephone numbers in parts, as HR-XML 2.5 allows them in place of `FormattedNumber`."""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model.reader import Leaf, Node
from tap_compleetpersy.model.text import clean_value, fold, scalar_text

_COUNTRY: t.Final = "internationalcountrycode"
_AREA: t.Final = "areacitycode"
_SUBSCRIBER: t.Final = "subscribernumber"
_NATIONAL: t.Final = "nationalnumber"
_EXTENSION: t.Final = "extension"
_FORMATTED: t.Final = "formattednumber"
_KEEPS_ZERO: t.Final = "+39"
"""In Italy alone the zero of the area stays behind the code of the country."""


def number_of_parts(element: dict[str, t.Any]) -> str | None:
    """Write a number from its parts: `+49 89 1234567-12`; None without them.

    Args:
        element: As received; a `FormattedNumber` in it says it better.
    """
    facts = {
        name: text
        for key, value in element.items()
        if (name := fold(key)) in _NAMES and (text := scalar_text(clean_value(value)))
    }
    rest = facts.get(_NATIONAL) or facts.get(_SUBSCRIBER)
    if rest is None or _FORMATTED in facts:
        return None
    area = "" if _NATIONAL in facts else facts.get(_AREA, "")
    country = facts.get(_COUNTRY, "").removeprefix("00")
    if country[:1].isdigit():
        country = f"+{country}"
    if country and country != _KEEPS_ZERO:
        area, rest = (area[1:], rest) if area[:1] == "0" else (area, rest)
        if not area and rest[:1] == "0":
            rest = rest[1:]
    number = " ".join(part for part in (country, area, rest) if part)
    extension = facts.get(_EXTENSION)
    return f"{number}-{extension}" if extension else number


_NAMES: t.Final = frozenset({_COUNTRY, _AREA, _SUBSCRIBER, _NATIONAL, _EXTENSION, _FORMATTED})


def _part() -> Node:
    """Make the node of a part: read with the whole, and never by itself."""
    node = Node()
    node.leaves = (Leaf("phone_numbers", 0, lambda _: None, many=True),)
    return node


PARTS: t.Final[dict[str, Node]] = dict.fromkeys(_NAMES - {_FORMATTED}, _part())
"""What the parts are, by their folded names, beside what the paths lead to."""
