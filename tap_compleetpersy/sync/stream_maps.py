"""The SDK's stream maps, as functions that no deletion is lost in."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Callable

from singer_sdk.mapper import CustomStreamMap

from tap_compleetpersy.sync.flattening import compile_flattening

if t.TYPE_CHECKING:
    from singer_sdk.mapper import StreamMap

    from tap_compleetpersy.sync.selection import Record


def compile_map(stream_map: StreamMap) -> Callable[[Record], Record | None]:
    """Answer what a stream map makes of a record; None: nothing, its filter drops it.

    Flattening is the tap's own: its rows name every column of the schema.
    """
    if isinstance(stream_map, CustomStreamMap):
        stream_map._filter_fn = _passing_deletions(stream_map._filter_fn)  # noqa: SLF001 - the SDK has no other seam
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
