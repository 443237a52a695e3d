"""The settings that the Singer SDK brings, read and checked as the tap's own."""

# ruff: noqa: RUF009 - every default below is a dataclass field, made by setting

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tap_compleetpersy.settings.declaration import read_values, setting, shown

Map = dict[str, t.Any]

NULL = "__NULL__"
"""What the SDK takes for null: environments and forms have no other."""

FILTER, SOURCE, ALIAS = "__filter__", "__source__", "__alias__"
KEYS, ELSE = "__key_properties__", "__else__"
OPTIONS = (FILTER, SOURCE, ALIAS, KEYS, ELSE)
"""What a stream map may hold beside fields."""


@dataclass(frozen=True, slots=True)
class SdkSettings:
    """Their types and bounds; what they mean is the SDK's documentation."""

    stream_maps: dict[str, t.Any] | None = setting(None, "", "sdk")
    stream_map_config: dict[str, t.Any] | None = setting(None, "", "sdk")
    faker_config: dict[str, t.Any] | None = setting(None, "", "sdk")
    flattening_enabled: bool | None = setting(None, "", "sdk")
    flattening_max_depth: int | None = setting(None, "", "sdk", minimum=0, maximum=1000)
    flattening_max_key_length: int | None = setting(None, "", "sdk", minimum=1)
    flattening_separator: str | None = setting(None, "", "sdk")
    batch_config: dict[str, t.Any] | None = setting(None, "", "sdk")


SDK_SETTINGS = frozenset(field.name for field in dataclasses.fields(SdkSettings))


def read_sdk_settings(config: Mapping[str, t.Any]) -> tuple[dict[str, t.Any], list[str]]:
    """Return the SDK's settings that are given, in their types, and one line for each problem."""
    values, problems = read_values(dataclasses.fields(SdkSettings), config)
    if values.get("flattening_enabled") and "flattening_max_depth" not in values:
        problems.append("flattening_max_depth: missing; flattening_enabled needs it")
    problems += _faker_problems(values.get("faker_config", {}))
    if "stream_maps" in values:
        values["stream_maps"] = _without_nothing(values["stream_maps"])
        problems += _map_problems(values["stream_maps"])
    return values, problems


def is_null(value: object) -> bool:
    """Whether a stream map means null."""
    return value is None or value == NULL


def _without_nothing(maps: Map) -> Map:
    """Leave out options that are null: of source and alias the SDK expects text."""
    return {
        stream: {
            name: value
            for name, value in definition.items()
            if name not in {SOURCE, ALIAS} or value is not None
        }
        if isinstance(definition, dict)
        else definition
        for stream, definition in maps.items()
    }


def _faker_problems(faker: Map) -> Iterator[str]:
    locale, seed = faker.get("locale"), faker.get("seed")
    locales = locale if isinstance(locale, list) else [locale]
    if not all(each is None or isinstance(each, str) for each in locales):
        yield "faker_config: locale must be text or a list of texts"
    if not isinstance(seed, int | str | None):
        yield "faker_config: seed must be an integer or text"


def _map_problems(maps: Map) -> Iterator[str]:
    for stream, definition in maps.items():
        place = f"stream_maps: {shown(stream)}"
        if stream == ELSE:
            if not is_null(definition):
                yield f"{place} can only be null"
        elif stream.startswith("__"):
            yield f"{place} is no option"
        elif isinstance(definition, dict):
            yield from _definition_problems(place, definition)
        elif not is_null(definition):
            yield f"{place} must be an object, or null"


def _definition_problems(place: str, definition: Map) -> Iterator[str]:
    if SOURCE in definition and ALIAS in definition:
        yield f"{place} has {SOURCE} and {ALIAS}; the name of a copy is its key"
    for name, value in definition.items():
        where = f"{place}.{shown(name)}"
        if name.startswith("__") and name not in OPTIONS:
            yield f"{where} is no option; there are {', '.join(OPTIONS)}"
            continue
        is_right, meaning = _MEANINGS.get(name, _FIELD)
        if not is_right(value):
            yield f"{where} {meaning}"


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_list_of_names(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(map(_is_name, value)))


def _is_null_or_expression(value: object) -> bool:
    return is_null(value) or (isinstance(value, str) and _is_expression(value))


def _is_expression(text: str) -> bool:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return len(body) == 1 and isinstance(body[0], ast.Expr)


_FIELD = (_is_null_or_expression, "must be an expression of Python as text, or null")
_MEANINGS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    ELSE: (is_null, "can only be null"),
    KEYS: (_is_list_of_names, "must be a list of fields, or null"),
    SOURCE: (_is_name, "must be text"),
    ALIAS: (_is_name, "must be text"),
}
