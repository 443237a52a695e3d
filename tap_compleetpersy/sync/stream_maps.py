"""The SDK's stream maps and its flattening, as functions that no deletion is lost in.

The SDK makes the flattened schema. Of a record it flattens what is there: where an object is
null, as all are in a tombstone, it leaves out the object's columns, and what a target does with
columns that are not named is its own affair. It may keep them, and with them what is to be
erased. It also escapes the umlauts of lists and objects, which become text, so that a search in
SQL does not find them. Here a row names every column of the schema.
"""

from __future__ import annotations

import copy
import hashlib
import json
import typing as t
from collections.abc import Callable, Mapping, Sequence

from singer_sdk.mapper import CustomStreamMap, RemoveRecordTransform

from tap_compleetpersy.sdk import filter_of, flatten_key, replace_filter

if t.TYPE_CHECKING:
    from singer_sdk.mapper import StreamMap

    from tap_compleetpersy.sdk import FlatteningOptions
    from tap_compleetpersy.sync.selection import Record


def compile_map(stream_map: StreamMap) -> Callable[[Record], Record | None]:
    """Return what a stream map makes of a record; None: nothing, its filter drops it.

    Flattening is the tap's own: its rows name every column of the schema.
    """
    if (keeps := filter_of(stream_map)) is not None:
        replace_filter(stream_map, _passing_deletions(keeps))
    options = stream_map.flattening_options
    if options is None or not stream_map.flattening_enabled:
        return stream_map.transform
    flatten = compile_flattening(stream_map.transformed_schema, options)
    nested = copy.copy(stream_map)
    nested.flattening_options = None

    def transform(record: Record) -> Record | None:
        mapped = nested.transform(record)
        return None if mapped is None else flatten(mapped)

    return transform


def hash_of_maps(config: Mapping[str, t.Any]) -> str | None:
    """Return a hash of the settings that stream maps are made of; None where there are none."""
    maps = config.get("stream_maps")
    if not maps:
        return None
    text = json.dumps([maps, config.get("stream_map_config")], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def has_filter(stream_map: StreamMap) -> t.TypeGuard[CustomStreamMap]:
    """Whether a stream map has a `__filter__`."""
    return filter_of(stream_map) is not None


def compile_keeps(stream_maps: Sequence[StreamMap]) -> Callable[[Record], bool] | None:
    """Return whether the maps of candidates let what follows from a candidate be written.

    The filter of the map of the stream's own name decides. Where the stream's own table is
    removed, people are in the copies alone: then one copy has to take them. None: nobody is
    dropped.
    """
    own, *copies = stream_maps
    if not isinstance(own, RemoveRecordTransform):
        return own.get_filter_result if has_filter(own) else None
    there = [each for each in copies if isinstance(each, CustomStreamMap)]
    if not there or not all(map(has_filter, there)):
        return None
    return lambda record: any(each.get_filter_result(record) for each in there)


def _passing_deletions(keeps: Callable[[Record], bool]) -> Callable[[Record], bool]:
    """Let deletions pass a filter that is not about them.

    A filter such as ``confidential == False`` is false of a deletion, where all is null:
    who is deleted would stay in the warehouse. One that asks for ``remote_deleted_at`` is
    taken at its word.
    """

    def passes(record: Record) -> bool:
        if keeps(record):
            return True
        is_deletion = record.get("remote_deleted_at") is not None
        return is_deletion and not keeps(record | {"remote_deleted_at": None})

    return passes


def compile_flattening(
    schema: Mapping[str, t.Any], options: FlatteningOptions
) -> Callable[[Record], Record]:
    """Return a function that makes a flat row of a record.

    A value that the schema does not know, such as a new custom field, is left out: targets that
    write CSV shift or stop at a column that no SCHEMA names. It stays in ``integration_fields``.

    Args:
        schema: The flattened schema.
        options: Those that the schema was made with.
    """
    columns = schema["properties"]
    empty = dict.fromkeys(columns)

    def fill(row: Record, node: Mapping[str, t.Any], parents: list[str]) -> None:
        for key, value in node.items():
            name = flatten_key(
                key, parents, options.separator, max_key_length=options.max_key_length
            )
            if name not in columns and isinstance(value, dict) and len(parents) < options.max_level:
                fill(row, value, [*parents, key])
            elif name in columns:
                row[name] = _text(value) if isinstance(value, dict | list) else value

    def flatten(record: Record) -> Record:
        row = empty.copy()
        fill(row, record, [])
        return row

    return flatten


def _text(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))
