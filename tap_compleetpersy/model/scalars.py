"""Readers of single values: text to id, to truth, to instant."""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model.names import is_particles
from tap_compleetpersy.model.reader import NOT_UNDERSTOOD
from tap_compleetpersy.model.text import scalar_text
from tap_compleetpersy.model.times import compile_times, is_no_time, read_month

if t.TYPE_CHECKING:
    import zoneinfo
    from collections.abc import Callable, Mapping

_TRUE = frozenset({"1", "true", "ja", "yes", "j", "y", "wahr", "on"})
_FALSE = frozenset({"0", "false", "nein", "no", "n", "falsch", "off"})

_USUAL: t.Final = {"true": True, "false": False, "1": True, "0": False}


def read_boolean(value: object) -> object:
    """Read a truth value in German, English or PHP; empty means unknown.

    Returns:
        True, False, None for "empty", or `NOT_UNDERSTOOD`.
    """
    if value is True or value is False:
        return value
    if type(value) is str and (known := _USUAL.get(value)) is not None:
        return known
    text = scalar_text(value)
    if text is None:
        return None
    word = text.casefold()
    if word in _TRUE:
        return True
    return False if word in _FALSE else NOT_UNDERSTOOD


def read_id(value: object) -> object:
    """Read an id, which is text: leading zeros count, and 2^53 is no limit.

    Returns:
        Text, None for "empty", or `NOT_UNDERSTOOD` for a float: PHP writes one when an id
        was too large for it, and then it is another id.
    """
    return NOT_UNDERSTOOD if isinstance(value, float) else scalar_text(value)


def read_particles(value: object) -> str | None:
    """Read `von der` or `Graf von`; an academic title or a form of address is none."""
    text = scalar_text(value)
    return text if text is not None and is_particles(text) else None


def compile_readers(zone: zoneinfo.ZoneInfo) -> Mapping[str, Callable[[object], object]]:
    """Return the reader for each name that the slots use.

    Args:
        zone: The time zone of times without an offset.
    """
    instant = compile_times(zone)

    def read_time(value: object) -> object:
        time = instant(value)
        if time is not None:
            return time
        if type(value) is str and ("<" in value or "&" in value):  # CDATA left as is, entities
            value = scalar_text(value)
            time = instant(value)
        return time if time is not None or is_no_time(value) else NOT_UNDERSTOOD

    def read_start(value: object) -> object:
        time = read_month(value, zone)
        return read_time(value) if time is None else time

    return {
        "text": scalar_text,
        "particles": read_particles,
        "id": read_id,
        "boolean": read_boolean,
        "time": read_time,
        "month": read_start,
    }
