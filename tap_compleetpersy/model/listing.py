"""Every field of a remote record, one after the other, as received."""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model import paths
from tap_compleetpersy.model.custom_values import entries, is_custom_key, labelled
from tap_compleetpersy.model.reader import THROUGH, Node
from tap_compleetpersy.model.remote_data import ANYTHING
from tap_compleetpersy.model.rules import (
    OPENINGS,
    Rules,
    candidate_tree,
    flat_field_paths,
    opening_tree,
)
from tap_compleetpersy.model.text import (
    MAX_DEPTH,
    TEXT_KEYS,
    fold,
    without_unwanted,
    wraps_text,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_compleetpersy.model.custom_values import Entry

Kind: t.TypeAlias = t.Literal["DEFAULT", "CUSTOM"]

Add: t.TypeAlias = "Callable[[str, Kind, object, str], None]"
"""Takes a field: key, kind, value as received, label."""

Listing: t.TypeAlias = "Callable[[Mapping[str, object], Add], None]"
"""Hands each field of a record on, in the order of the record."""


def compile_listing(rules: Rules) -> Listing:
    """Prepare the listing of candidates.

    A custom field is one field under its remote key. A default field is one for each
    leaf under its dotted path; a list, and an element that may become one, is a
    single field.
    """
    return _compile(candidate_tree(rules, ANYTHING), rules)


def compile_opening_listing(rules: Rules) -> Listing:
    """Prepare the listing of a candidate's opening, by paths within its element."""
    tree = opening_tree(rules, ANYTHING)
    for path in paths.CUSTOM_FIELDS:
        tree.at(path.split(".")).become(custom=True)
    return _compile(tree, rules)


def _compile(tree: Node, rules: Rules) -> Listing:
    repeated = paths.REPEATED | {
        fold(path.rpartition(".")[2])
        for path in (*paths.OPENINGS, *flat_field_paths(rules.field_paths).get(OPENINGS, ()))
    }

    def list_fields(record: Mapping[str, object], add: Add) -> None:
        for key, value in record.items():
            node = tree.child(key)
            if node is None and is_custom_key(key):
                _custom(labelled(without_unwanted(key), value), add)
            else:
                name = without_unwanted(key)
                _default(_Place(node, name, name, MAX_DEPTH), value, repeated, add)

    return list_fields


class _Place(t.NamedTuple):
    """Where in a record a value stands."""

    node: Node | None
    dotted: str
    label: str
    room: int


def _default(place: _Place, value: object, repeated: frozenset[str], add: Add) -> None:
    node, dotted, label, room = place
    if node is not None and node.custom:
        _container(place, value, repeated, add)
    elif not isinstance(value, dict) or not value or not room or fold(label) in repeated:
        add(dotted, "DEFAULT", value, label)
    else:
        wrapper = wraps_text(value)
        for key, item in value.items():
            if wrapper and (key in TEXT_KEYS or key == "0"):
                _default(_Place(node, dotted, label, room - 1), item, repeated, add)
                continue
            child = None if node is None else node.child(key)
            name = without_unwanted(key)
            path = f"{dotted}.{name}"
            if type(item) is str and (child is None or child.is_plain):
                add(path, "DEFAULT", item, name)
            else:
                child = node if child is THROUGH else child
                _default(_Place(child, path, name, room - 1), item, repeated, add)


def _container(place: _Place, value: object, repeated: frozenset[str], add: Add) -> None:
    """List custom fields; what a path of the user's claims is a default field."""
    together: dict[str, Entry] = {}
    for entry in entries(value):
        child = None if place.node is None else place.node.child(entry.key)
        if child is not None and child is not THROUGH and child.leaves:
            name = _Place(None, f"{place.dotted}.{entry.key}", entry.label or entry.key, place.room)
            _default(name, entry.value, repeated, add)
        elif entry.key in together:
            before = together[entry.key]
            both = [*_as_list(before.value), *_as_list(entry.value)]
            together[entry.key] = before._replace(value=both)
        else:
            together[entry.key] = entry
    for entry in together.values():
        _custom(entry, add)


def _custom(entry: Entry, add: Add) -> None:
    value = entry.value
    if isinstance(value, dict) and wraps_text(value):
        value = next(value[key] for key in value if key in TEXT_KEYS or key == "0")
    add(entry.key, "CUSTOM", value, entry.label or entry.key)


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
