"""Nested records become flat rows that name every column of the flattened schema.

The SDK makes the schema. Of a record it flattens what is there: where an object is null, as
all are in a tombstone, it leaves out the object's columns, and what a target does with
columns that are not named is its own affair. It may keep them, and with them what is
to be erased. It also escapes the umlauts of lists and objects, which become text, so that
a search in SQL does not find them.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable, Mapping

from singer_sdk.helpers._flattening import flatten_key

if t.TYPE_CHECKING:
    from singer_sdk.helpers._flattening import FlatteningOptions

    from tap_compleetpersy.sync.selection import Record


def compile_flattening(
    schema: Mapping[str, t.Any], options: FlatteningOptions
) -> Callable[[Record], Record]:
    """Answer a function that makes a flat row of a record.

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
