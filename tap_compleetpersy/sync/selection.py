"""What the catalog selects, compiled once for each stream.

The SDK prunes records by the metadata as well, but walks the breadcrumbs of
every value of every record; a record of this tap is pruned by a precomputed
tree. Names that the metadata does not know inherit from their parent, as in the
SDK, with one exception: where some custom field is deselected, the catalog's
list of custom fields is an allowlist.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tap_compleetpersy.model.fields import FIELDS

if t.TYPE_CHECKING:
    from singer_sdk import Stream
    from singer_sdk.singerlib import SelectionMask

Record = dict[str, t.Any]
Breadcrumb = tuple[str, ...]

Fields = Collection[str] | None
"""Names of the selected fields of a stream; None when nothing is deselected."""

NAMES: t.Final[Mapping[str, Collection[str]]] = {
    name: [field.name for field in fields] for name, fields in FIELDS.items()
}
"""Names of the fields of each stream."""

OPENING_STREAMS = frozenset({"jobs", "applications"})
"""Streams that are made of openings."""

AUTOMATIC = frozenset({"id", "remote_id", "changed_at", "remote_deleted_at"})
"""Fields of the tap itself: without them a target cannot apply a deletion."""

_DERIVED = frozenset({"integration_fields", "remote_data"})

ONLY_WITH = {"remote_status": "outcome"}
"""Fields that say more than another one does: each leaves only with it.

Catalogs of releases before the field have the other alone; that deselects nothing.
"""


def compile_selection(stream: Stream) -> Callable[[Record], Record] | None:
    """Return a function that copies only what is selected of a record, or None for all.

    A field of the stream that was taken out of the catalog's schema is not selected.
    """
    schema, mask = stream.effective_schema, stream.mask
    known = schema.get("properties", {})
    dropped = {name for name in NAMES.get(stream.name, ()) if name not in known}
    dropped |= {
        name for name, other in ONLY_WITH.items() if name in known and not mask["properties", other]
    }
    return _compile(schema, mask, (), dropped)


def selected_fields(
    schema: Mapping[str, t.Any], mask: SelectionMask, fields: Iterable[str]
) -> Fields:
    """Return the names of the selected fields; None when nothing is deselected.

    Properties of objects are named by dotted paths (``location.city``,
    ``custom_fields.Gehaltswunsch``). The fields of the tap itself, and the two that
    repeat the others, say nothing about what may leave and do not count.
    """
    found = {".".join(path): selected for path, selected in selection_of(schema, mask)}
    selection = dict.fromkeys(fields, False) | found
    for name, other in ONLY_WITH.items():
        if name in selection and not (selection[other] and name in schema["properties"]):
            selection[name] = selection[other]
    relevant = {
        name: selected for name, selected in selection.items() if name not in AUTOMATIC | _DERIVED
    }
    if all(relevant.values()):
        return None
    return frozenset(name for name, selected in relevant.items() if selected)


def field_names(schema: Mapping[str, t.Any], fields: Iterable[str]) -> frozenset[str]:
    """Return the names of all fields, in the way of :func:`selected_fields`."""
    return frozenset(fields) | {".".join(path) for path, _ in selection_of(schema, None)}


@dataclass(frozen=True, slots=True)
class SelectedPaths:
    """What may leave by the fields that repeat others: a deselected one must not.

    Attributes:
        candidates: Fields that ``integration_fields`` and ``remote_data`` of candidates
            may be read from; None for all.
        openings: The same for the ``remote_data`` of jobs and applications, which are
            made of the same element.
    """

    candidates: Fields = None
    openings: Fields = None


def selected_paths_of(
    schemas: Mapping[str, Mapping[str, t.Any]], masks: Mapping[str, SelectionMask]
) -> SelectedPaths:
    """Combine what selected streams (those with a mask) deselect, since their records overlap."""
    names = {name: field_names(schemas.get(name, {}), every) for name, every in NAMES.items()}
    selected = {
        name: selected_fields(schemas[name], mask, NAMES[name]) for name, mask in masks.items()
    }
    openings: Fields = None
    if any(selected.get(name) is not None for name in OPENING_STREAMS):
        each = [(names[name], selected.get(name)) for name in OPENING_STREAMS]
        openings = frozenset().union(*(every if own is None else own for every, own in each))
        if "remote_status" not in openings:
            openings -= {"outcome"}  # both are read from one text
    candidates = selected.get("candidates")
    if candidates is None and openings is not None:
        candidates = names["candidates"]
    return SelectedPaths(candidates, openings)


def selection_of(
    schema: Mapping[str, t.Any], mask: Mapping[Breadcrumb, bool] | None, path: Breadcrumb = ()
) -> Iterator[tuple[Breadcrumb, bool]]:
    """Yield the path of each property, the inner ones included, and whether it is selected.

    Without a mask all are. The path given is that of the schema.
    """
    for name, definition in schema.get("properties", {}).items():
        inner = (*path, name)
        breadcrumb = tuple(part for each in inner for part in ("properties", each))
        yield inner, mask is None or mask[breadcrumb]
        yield from selection_of(definition, mask, inner)


def _compile(
    schema: Mapping[str, t.Any], mask: SelectionMask, at: Breadcrumb, dropped: set[str]
) -> Callable[[Record], Record] | None:
    nested: dict[str, Callable[[Record], Record]] = {}
    for name, definition in schema.get("properties", {}).items():
        breadcrumb = (*at, "properties", name)
        if not mask[breadcrumb]:
            dropped.add(name)
        elif (keep := _compile(definition, mask, breadcrumb, set())) is not None:
            nested[name] = keep
    if not dropped and not nested:
        return None
    allowed = frozenset(schema["properties"]) - dropped if "custom_fields" in at else None

    def select(record: Record) -> Record:
        return {
            name: nested[name](value) if name in nested and isinstance(value, dict) else value
            for name, value in record.items()
            if name not in dropped and (allowed is None or name in allowed)
        }

    return select
