"""What a catalog lets leave, and how a survey differs from it."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from singer_sdk.singerlib import Catalog

from tap_compleetpersy.explorer.field import RemoteField, Survey
from tap_compleetpersy.model.custom_types import type_name
from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.model.remote_data import compile_opening_data, compile_remote_data
from tap_compleetpersy.sync.reading import OPENING_STREAMS, custom_properties, selected_paths_of
from tap_compleetpersy.sync.selection import field_names, selected_fields

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.rules import Rules

Part: t.TypeAlias = Callable[[Mapping[str, object]], dict[str, t.Any]]
"""Copies what may leave of a record."""

_HOLD_ANYTHING: t.Final = ("string", "array of string", "any")
_WIDER: t.Final = frozenset({("integer", "number"), ("date", "date-time")})
"""Types, found and in the catalog, of which the second holds every value of the first."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a catalog lets leave.

    Attributes:
        candidates: Of a candidate's record; None when the stream is not selected.
        openings: Of an opening's element; None when neither jobs nor applications are.
        types: Types of the catalog's custom fields, by remote key.
        selected: Remote keys of its selected custom fields.
    """

    candidates: Part | None
    openings: Part | None
    types: Mapping[str, str]
    selected: frozenset[str]


def chosen_by(catalog: Mapping[str, t.Any], rules: Rules) -> Chosen:
    """Return what a catalog lets leave.

    Args:
        catalog: As `--discover` printed it and `meltano select` changed it.
        rules: How records are read.
    """
    entries = {entry.tap_stream_id: entry for entry in Catalog.from_dict(dict(catalog)).streams}
    masks = {name: entry.metadata.resolve_selection() for name, entry in entries.items()}
    schemas = {name: entry.schema.to_dict() for name, entry in entries.items()}
    every = {name: [field.name for field in fields] for name, fields in FIELDS.items()}
    live = [name for name in FIELDS if name in masks and masks[name][()]]
    names = {name: field_names(schemas.get(name, {}), every[name]) for name in FIELDS}
    paths = selected_paths_of(
        {name: selected_fields(schemas[name], masks[name], every[name]) for name in live}, names
    )
    properties = custom_properties(schemas.get("candidates", {}))
    selected = names["candidates"] if paths.candidates is None else paths.candidates
    return Chosen(
        compile_remote_data(rules, paths.candidates) if "candidates" in live else None,
        compile_opening_data(rules, paths.openings) if {*live} & OPENING_STREAMS else None,
        {key: type_name(schema) for key, schema in properties.items()},
        frozenset(key for key in properties if f"custom_fields.{key}" in selected),
    )


def compare(found: Survey, chosen: Chosen) -> Survey:
    """Return a survey that says of each custom field what changed since the catalog was made.

    A field without values says nothing about its type, and a narrower one fits.
    """
    return dataclasses.replace(found, fields=tuple(_compared(found, chosen)))


def _compared(found: Survey, chosen: Chosen) -> Iterator[RemoteField]:
    known = set()
    for field in found.fields:
        if field.model == "candidates" and field.kind == "CUSTOM":
            known.add(field.key)
            yield dataclasses.replace(field, change=_change(field, chosen.types))
        else:
            yield field
    for key in [key for key in chosen.types if key not in known]:
        yield _gone(key, chosen, found.candidates)


def _change(field: RemoteField, types: Mapping[str, str]) -> str | None:
    before = types.get(field.key)
    if before is None:
        return "new"
    fits = before in {field.type, *_HOLD_ANYTHING} or (field.type, before) in _WIDER
    return None if fits or not field.filled else f"{before} → {field.type}"


def _gone(key: str, chosen: Chosen, records: int) -> RemoteField:
    return RemoteField(
        key=key,
        label=key,
        model="candidates",
        kind="CUSTOM",
        type=chosen.types[key],
        filled=0,
        records=records,
        distinct=0,
        shortest=None,
        longest=None,
        examples=(),
        selected=key in chosen.selected,
        change="gone",
    )
