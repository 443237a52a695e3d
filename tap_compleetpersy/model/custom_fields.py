"""Custom fields in the types of the catalog."""

from __future__ import annotations

import math
import typing as t

from tap_compleetpersy.model.custom_types import INTEGER_TEXT, Sample
from tap_compleetpersy.model.scalars import read_boolean
from tap_compleetpersy.model.text import MAX_DEPTH, compact_json
from tap_compleetpersy.model.times import compile_times, format_time, is_no_time, read_date

if t.TYPE_CHECKING:
    import zoneinfo
    from collections.abc import Callable, Mapping

    from tap_compleetpersy.model.custom_types import Schema

__all__ = ["Drift", "Sample", "compile_typed"]

Drift: t.TypeAlias = tuple[str, str]
"""`("misfit", key)`: a value or part of it became null; `("unknown", key)`: not in the catalog."""

_MISFIT: t.Final = object()
_LARGEST: t.Final = 2**63 - 1

Convert: t.TypeAlias = "Callable[[t.Any, list[bool]], t.Any]"
"""Value and a list that gets an item for each misfit inside; gives the value or `_MISFIT`."""


def compile_typed(
    properties: Mapping[str, Schema], zone: zoneinfo.ZoneInfo
) -> Callable[[Mapping[str, object]], tuple[dict[str, object], tuple[Drift, ...]]]:
    """Prepare the conversion of `Candidate.custom` to the types of the catalog.

    Text holds everything: numbers, lists and objects are written as JSON. A list of
    one element fits where one value is wanted, and one value where a list is.

    Args:
        properties: JSON schemas by remote key, as discovered or edited by hand.
        zone: The time zone of times without an offset.

    Returns:
        A function that gives the record's `custom_fields` and what did not fit. All
        properties are there, null when absent; unknown ones follow as received.
    """
    converters = {key: _compile(schema, zone) for key, schema in properties.items()}
    empty: dict[str, object] = {
        key: None for key, schema in properties.items() if "null" in _types(schema)
    }

    def convert(custom: Mapping[str, object]) -> tuple[dict[str, object], tuple[Drift, ...]]:
        typed = empty.copy()
        drift: list[Drift] = []
        for key, value in custom.items():
            if value is None:
                continue
            converter = converters.get(key)
            if converter is None:
                typed[key] = value
                drift.append(("unknown", key))
                continue
            misfits: list[bool] = []
            result = converter(value, misfits)
            if result is _MISFIT or misfits:
                drift.append(("misfit", key))
            if result is not _MISFIT and (result is not None or key in empty):
                typed[key] = result
        return typed, tuple(drift)

    return convert


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", ["string", "number", "boolean", "array", "object", "null"])
    return [types] if isinstance(types, str) else list(types)


def _compile(schema: Schema, zone: zoneinfo.ZoneInfo) -> Convert:
    if "type" not in schema:
        return lambda value, _: value
    nullable = "null" in _types(schema)
    converters = [_compile_type(name, schema, zone) for name in _types(schema) if name != "null"]

    def convert(value: object, misfits: list[bool]) -> object:
        if value is None:
            return None if nullable else _MISFIT
        for converter in converters:
            inside: list[bool] = []
            result = converter(value, inside)
            if result is not _MISFIT and (result is not None or nullable):
                misfits += inside
                return result
        return _MISFIT

    return convert


def _compile_type(name: str, schema: Schema, zone: zoneinfo.ZoneInfo) -> Convert:
    if name == "array":
        return _compile_array(schema.get("items", {}), zone)
    if name == "object":
        return _one(_compile_object(schema.get("properties", {}), zone))
    if name == "string":
        return _compile_string(schema.get("format"), zone)
    simple = {"boolean": _boolean, "integer": _integer, "number": _number}.get(name)
    return _one(simple) if simple else (lambda _value, _misfits: _MISFIT)


def _one(convert: Convert) -> Convert:
    """Let a list of one element count as that element."""

    def unwrapped(value: object, misfits: list[bool]) -> object:
        for _ in range(MAX_DEPTH):
            if not isinstance(value, list) or len(value) != 1:
                break
            value = value[0]
        return None if value is None else convert(value, misfits)

    return unwrapped


def _boolean(value: object, _misfits: list[bool]) -> object:
    read = None if isinstance(value, float) else read_boolean(value)
    return read if isinstance(read, bool) else _MISFIT


def _integer(value: object, _misfits: list[bool]) -> object:
    if isinstance(value, bool):
        return _MISFIT
    if isinstance(value, str) and INTEGER_TEXT.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and abs(value) <= _LARGEST else _MISFIT


def _number(value: object, misfits: list[bool]) -> object:
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _integer(value, misfits)


def _compile_string(form: object, zone: zoneinfo.ZoneInfo) -> Convert:
    if form == "date":
        return _one(_date)
    if form == "date-time":
        instant = compile_times(zone)

        def date_time(value: object, _misfits: list[bool]) -> object:
            if is_no_time(value):
                return None
            time = instant(value) if isinstance(value, str) else None
            return _MISFIT if time is None else format_time(time)

        return _one(date_time)
    return _one(_text)


def _date(value: object, _misfits: list[bool]) -> object:
    if is_no_time(value):
        return None
    day = read_date(value) if isinstance(value, str) else None
    return _MISFIT if day is None else day


def _text(value: object, _misfits: list[bool]) -> object:
    return value if isinstance(value, str) else compact_json(value)


def _text_or_null(value: object, misfits: list[bool]) -> object:
    return None if value is None else _text(value, misfits)


def _compile_array(items: Schema, zone: zoneinfo.ZoneInfo) -> Convert:
    # A list that was found among texts is text itself, also with one element.
    is_text = _types(items)[0] == "string" and "format" not in items
    convert_item = _text_or_null if is_text else _compile(items, zone)

    def convert(value: object, misfits: list[bool]) -> object:
        inside: list[bool] = []
        many = value if isinstance(value, list) else [value]
        results = [convert_item(item, inside) for item in many]
        if all(result is _MISFIT for result in results):
            return _MISFIT
        misfits += inside
        misfits += [True for result in results if result is _MISFIT]
        nullable = "type" not in items or "null" in _types(items)
        if nullable:
            return [None if result is _MISFIT else result for result in results]
        return [result for result in results if result is not _MISFIT]

    return convert


def _compile_object(properties: Mapping[str, Schema], zone: zoneinfo.ZoneInfo) -> Convert:
    converters = {key: _compile(schema, zone) for key, schema in properties.items()}

    def convert(value: object, misfits: list[bool]) -> object:
        if not isinstance(value, dict):
            return _MISFIT
        typed: dict[str, object] = {}
        for key, item in value.items():
            converter = converters.get(key)
            result = item if converter is None else converter(item, misfits)
            if result is _MISFIT:
                misfits.append(True)
                if "null" not in _types(properties[key]):
                    continue
                result = None
            typed[key] = result
        return typed

    return convert
