"""Custom fields in the types of the catalog."""

from __future__ import annotations

import math
import typing as t
from json.encoder import encode_basestring as quoted

import msgspec

from tap_compleetpersy.model.custom_types import INTEGER_TEXT
from tap_compleetpersy.model.text import (
    MAX_DEPTH,
    clean_value,
    compact_json,
    read_boolean,
    scalar_text,
)
from tap_compleetpersy.model.times import compile_times, format_time, is_no_time, read_date

if t.TYPE_CHECKING:
    import zoneinfo
    from collections.abc import Callable, Collection, Mapping

    from tap_compleetpersy.model.declaration import Schema

Drift: t.TypeAlias = tuple[str, str]
"""`("misfit", key)`: a value or part of it became null; `("unknown", key)`: not in the catalog."""

_MISFIT: t.Final = object()
_TEXT_TYPES: t.Final = (["string", "null"], ["null", "string"])
_LARGEST: t.Final = 2**63 - 1

Convert: t.TypeAlias = "Callable[[t.Any, list[bool]], t.Any]"
"""Value and a list that gets an item for each misfit inside; gives the value or `_MISFIT`."""


def compile_typed(
    properties: Mapping[str, Schema], zone: zoneinfo.ZoneInfo
) -> Callable[[Mapping[str, object]], tuple[dict[str, object], tuple[Drift, ...]]]:
    """Return the function that converts `Candidate.custom` to the types of the catalog.

    Text holds everything: numbers, lists and objects are written as JSON. A list of one element
    fits where one value is wanted, and one value where a list is. All properties are there, null
    when absent; unknown ones follow as received. Beside them it returns what did not fit.
    """
    convert = _compile_conversion(properties, zone)
    empty: dict[str, object] = dict.fromkeys(_nullable(properties))

    def typed(custom: Mapping[str, object]) -> tuple[dict[str, object], tuple[Drift, ...]]:
        fields = empty.copy()
        drift: list[Drift] = []
        for key, value in custom.items():
            result, kind = convert(key, value)
            if kind is not None:
                drift.append((kind, key))
            if result is not _MISFIT:
                fields[key] = result
        return fields, tuple(drift)

    return typed


class Typing:
    """The same for custom fields that are written as JSON, one by one."""

    def __init__(
        self,
        properties: Mapping[str, Schema],
        zone: zoneinfo.ZoneInfo,
        allowed: Collection[str] | None = None,
    ) -> None:
        """Prepare the conversion.

        Args:
            properties: As of `compile_typed`.
            zone: As of `compile_typed`.
            allowed: Fields that are emitted; None for all, those without a type too.
        """
        self._settings = properties, zone, None if allowed is None else sorted(allowed)
        self._convert, self._allowed = _compile_conversion(properties, zone), allowed
        names = [key for key in _nullable(properties) if allowed is None or key in allowed]
        self._nulls = {key: f"{quoted(key)}:null" for key in names}
        texts = [key for key in names if properties[key].get("type") in _TEXT_TYPES]
        self._texts = {key: f"{quoted(key)}:" for key in texts if "format" not in properties[key]}

    def __repr__(self) -> str:
        """Return what it was made of, which is all that matters."""
        return f"Typing{self._settings!r}"

    def write(self, key: str, value: object) -> tuple[str, str | None]:
        """Return a field as a member of a JSON object, empty if it is not there, and its drift."""
        if type(value) is str and key in self._texts and (text := scalar_text(value)) is not None:
            return f"{self._texts[key]}{quoted(text)}", None
        result, kind = self._convert(key, clean_value(value))
        if self._allowed is not None and key not in self._allowed:
            return "", kind
        if result is _MISFIT:
            return self._nulls.get(key, ""), kind
        return f"{quoted(key)}:{msgspec.json.encode(result).decode()}", kind

    def joined(self, members: dict[str, str]) -> bytes:
        """Return the members of a record joined to its `custom_fields`."""
        content = ",".join(filter(None, (self._nulls | members).values()))
        return b"{%b}" % content.encode()


def _nullable(properties: Mapping[str, Schema]) -> list[str]:
    return [key for key, schema in properties.items() if "null" in _types(schema)]


def _compile_conversion(
    properties: Mapping[str, Schema], zone: zoneinfo.ZoneInfo
) -> Callable[[str, object], tuple[object, str | None]]:
    """Return the conversion of one field: what it becomes, and what is wrong with it."""
    converters = {key: _compile(schema, zone) for key, schema in properties.items()}
    nullable = frozenset(_nullable(properties))

    def convert(key: str, value: object) -> tuple[object, str | None]:
        if value is None:
            return _MISFIT, None
        converter = converters.get(key)
        if converter is None:
            return value, "unknown"
        misfits: list[bool] = []
        result = converter(value, misfits)
        kind = "misfit" if result is _MISFIT or misfits else None
        return (_MISFIT if result is None and key not in nullable else result), kind

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
    """Return a conversion to which a list of one is that one, and an empty list nothing."""

    def unwrapped(value: object, misfits: list[bool]) -> object:
        for _ in range(MAX_DEPTH):
            if not isinstance(value, list) or len(value) != 1:
                break
            value = value[0]
        return None if value is None or value == [] else convert(value, misfits)

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
    if form not in {"date", "date-time"}:
        return _one(_text)
    instant = compile_times(zone)

    def read_time(text: str) -> str | None:
        time = instant(text)
        return None if time is None else format_time(time)

    read = read_date if form == "date" else read_time

    def convert(value: object, _misfits: list[bool]) -> object:
        if is_no_time(value):
            return None
        text = read(value) if isinstance(value, str) else None
        return _MISFIT if text is None else text

    return _one(convert)


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
        if results and all(result is _MISFIT for result in results):
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
