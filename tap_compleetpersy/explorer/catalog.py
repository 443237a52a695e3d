"""What a catalog lets leave, how a survey differs from it, and the `select` block of another."""

from __future__ import annotations

import dataclasses
import fnmatch
import typing as t
from collections.abc import Collection, Mapping, Sequence

from singer_sdk.singerlib import Catalog

from tap_compleetpersy.errors import PersyError
from tap_compleetpersy.explorer.survey import Chosen, RemoteField, Survey
from tap_compleetpersy.model.custom_types import type_name
from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.model.remote_data import compile_opening_data, compile_remote_data
from tap_compleetpersy.sync.reading import custom_properties
from tap_compleetpersy.sync.selection import (
    AUTOMATIC,
    NAMES,
    OPENING_STREAMS,
    field_names,
    selected_paths_of,
)

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.rules import Rules

_HOLD_ANYTHING: t.Final = ("string", "array of string", "any")
_WIDER: t.Final = frozenset({("integer", "number"), ("date", "date-time")})
"""Types, found and in the catalog, of which the second holds every value of the first."""
_FIXED: t.Final = tuple(
    field.name
    for field in FIELDS["candidates"]
    if field.name not in AUTOMATIC | {"custom_fields", "integration_fields", "remote_data"}
)
_IN_PATTERNS: t.Final = frozenset(".*?[]!\\")


def chosen_by(catalog: Mapping[str, t.Any], rules: Rules) -> Chosen:
    """Return what a catalog lets leave, as discovery made it and `meltano select` changed it."""
    entries = {entry.tap_stream_id: entry for entry in Catalog.from_dict(dict(catalog)).streams}
    masks = {name: entry.metadata.resolve_selection() for name, entry in entries.items()}
    schemas = {name: entry.schema.to_dict() for name, entry in entries.items()}
    live = [name for name in NAMES if name in masks and masks[name][()]]
    paths = selected_paths_of(schemas, {name: masks[name] for name in live})
    schema = schemas.get("candidates", {})
    properties = custom_properties(schema)
    every = field_names(schema, NAMES["candidates"])
    selected = every if paths.candidates is None else paths.candidates
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
    own = {field.key for field in found.fields if field.is_own}
    compared = (
        dataclasses.replace(field, change=_change(field, chosen.types)) if field.is_own else field
        for field in found.fields
    )
    gone = (
        RemoteField(
            key=key,
            label=key,
            model="candidates",
            kind="CUSTOM",
            type=of_type,
            records=found.candidates,
            selected=key in chosen.selected,
            change="gone",
        )
        for key, of_type in chosen.types.items()
        if key not in own
    )
    return dataclasses.replace(found, fields=(*compared, *gone))


def _change(field: RemoteField, types: Mapping[str, str]) -> str | None:
    before = types.get(field.key)
    if before is None:
        return "new"
    fits = before in {field.type, *_HOLD_ANYTHING} or (field.type, before) in _WIDER
    return None if fits or not field.filled else f"{before} → {field.type}"


class UnknownFieldError(PersyError):
    """A field is wanted that neither the tap nor the tenant has."""


def split_names(given: Sequence[str], custom: Collection[str]) -> list[str]:
    """Return names given one by one or separated by commas; a custom key may hold a comma."""
    return [
        name
        for text in given
        for name in ([text] if text in custom else [part.strip() for part in text.split(",")])
        if name
    ]


def select_lines(wanted: Sequence[str], custom: Collection[str]) -> list[str]:
    """Return the `select` block, lines of YAML, that lets only the wanted custom fields leave.

    Args:
        wanted: Remote keys of custom fields, and names of fixed fields. Without any fixed
            field, all of them stay.
        custom: Every custom field that is known.

    Raises:
        UnknownFieldError: Naming what is unknown.
    """
    unknown = [name for name in wanted if name not in custom and name not in _FIXED]
    if unknown:
        names = ", ".join(map(repr, unknown))
        message = (
            f"--select-lines: no field of candidates is named {names}. `persy fields` lists them"
        )
        raise UnknownFieldError(message)
    fixed = [name for name in _FIXED if name in wanted] or list(_FIXED)
    keys = [name for name in custom if name in wanted]
    lines = ["select:", "- jobs.*", "- applications.*"]
    lines += [f"- candidates.{name}" for name in sorted(AUTOMATIC) if name != "id"]
    lines += [f"- candidates.{name}" for name in fixed]
    if "location" in fixed:
        lines.append("- candidates.location.*")
    lines.append("- candidates.integration_fields")
    for key in keys:
        # No pattern can quote these characters; a question mark stands for any one.
        pattern = "".join("?" if c in _IN_PATTERNS or not c.isprintable() else c for c in key)
        quoted = f"candidates.custom_fields.{pattern}".replace("'", "''")
        lines += [f"- '{quoted}'", f"- '{quoted}.*'"]
        lines += [
            f"# This matches {other!r} too: name it in exclude_fields."
            for other in custom
            if other not in keys and fnmatch.fnmatchcase(other, pattern)
        ]
    return lines
