"""Whom the filter of candidates keeps out, with all that follows from them."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence

from tap_compleetpersy.model.candidate import ReadCandidate
from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.sync.plan import make_plan
from tap_compleetpersy.sync.reading import SelectedPaths, compile_shape, selected_paths_of
from tap_compleetpersy.sync.rendering import applied
from tap_compleetpersy.sync.selection import compile_selection, field_names, selected_fields
from tap_compleetpersy.sync.stream_maps import compile_keeps

if t.TYPE_CHECKING:
    from singer_sdk import Stream, Tap
    from singer_sdk.mapper import StreamMap

    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.records import RecordBuilder

Keeps = Callable[[ReadCandidate], bool]

NAMES: Mapping[str, Sequence[str]] = {
    name: [field.name for field in fields] for name, fields in FIELDS.items()
}
"""Names of the fields of each stream."""


def keeps_of_run(tap: Tap, shape: RecordBuilder) -> Keeps | None:
    """Return whether the maps of candidates let be written what follows from a candidate.

    Args:
        tap: Has the maps and the selection.
        shape: Makes records.

    Returns:
        A function, or None when nobody is dropped. It raises `StreamMapFailedError`.
    """
    candidates = tap.streams["candidates"]
    select = (
        compile_selection(candidates.effective_schema, candidates.mask, NAMES["candidates"])
        if candidates.selected
        else None
    )
    return _keeps(tap.mapper.stream_maps["candidates"], shape, select)


def keeps_of_children(tap: Tap, settings: Settings, now: Instant) -> Keeps | None:
    """Return the same for an extra stream, which has a pull of its own.

    Args:
        tap: Has the maps and the selection.
        settings: The tap's.
        now: Start of the run.
    """
    candidates = tap.streams["candidates"]
    plan = make_plan(settings, {}, now, ())
    paths = selected_paths_of_run(tap, {"candidates": candidates} if candidates.selected else {})
    return keeps_of_run(tap, compile_shape(settings, plan, candidates.effective_schema, paths))


def keeps_of_sample(
    maps: Sequence[StreamMap], settings: Settings, schema: Mapping[str, t.Any], now: Instant
) -> Keeps | None:
    """Return the same for discovery, where nothing is selected yet.

    Args:
        maps: Of candidates.
        settings: The tap's.
        schema: Of candidates.
        now: Start of the run.
    """
    plan = make_plan(settings, {}, now, ())
    return _keeps(maps, compile_shape(settings, plan, schema, SelectedPaths(None, None)), None)


def selected_paths_of_run(tap: Tap, selected: Mapping[str, Stream]) -> SelectedPaths:
    """Return what may leave where records repeat each other.

    Args:
        tap: Has all streams.
        selected: The selected ones, by name.
    """
    names: dict[str, Collection[str]] = {
        name: field_names(stream.effective_schema, NAMES[name])
        for name, stream in tap.streams.items()
        if name in NAMES
    }
    return selected_paths_of(
        {
            name: selected_fields(stream.effective_schema, stream.mask, NAMES[name])
            for name, stream in selected.items()
        },
        names,
    )


def _keeps(
    maps: Sequence[StreamMap],
    shape: RecordBuilder,
    select: Callable[[dict[str, t.Any]], dict[str, t.Any]] | None,
) -> Keeps | None:
    keeps = compile_keeps(maps)
    if keeps is None:
        return None

    def keeps_seen(seen: ReadCandidate) -> bool:
        record, _ = shape.candidate(seen)
        return applied(keeps, record if select is None else select(record), "candidates")

    return keeps_seen
