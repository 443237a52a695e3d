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
    ATTRIBUTE_KEYS,
    MAX_DEPTH,
    TEXT_KEYS,
    fold,
    without_unwanted,
    wraps_text,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_compleetpersy.model.custom_values import Entry

_PLACES_KEPT: t.Final = 20_000
"""A server that invents keys must not fill memory."""

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


def repeated_names(rules: Rules) -> frozenset[str]:
    """Name, folded, the elements that may become one of many: each is one field."""
    own = flat_field_paths(rules.field_paths).get(OPENINGS, ())
    return paths.REPEATED | {fold(path.rpartition(".")[2]) for path in (*paths.OPENINGS, *own)}


def _compile(tree: Node, rules: Rules) -> Listing:
    root = _Place(tree, "", "", _Places(repeated_names(rules)))

    def list_fields(record: Mapping[str, object], add: Add) -> None:
        for key, value in record.items():
            place = root.children.get(key) or root.child(key)
            if place.node is None and place.is_custom:
                _custom(labelled(place.label, value), add)
            else:
                _default(place, value, MAX_DEPTH, add)

    return list_fields


class _Places:
    """What all places of a listing share."""

    __slots__ = ("left", "repeated")

    def __init__(self, repeated: frozenset[str]) -> None:
        self.repeated = repeated
        """Folded names of elements that may become one of many."""
        self.left = _PLACES_KEPT


class _Place:
    """Where in a record a value stands; most are found out once."""

    __slots__ = (
        "children", "dotted", "is_container", "is_custom", "is_plain", "is_repeated", "is_wrapping",
        "label", "node", "places",
    )  # fmt: skip

    def __init__(self, node: Node | None, dotted: str, key: str, places: _Places) -> None:
        self.node = node
        self.dotted = dotted
        self.label = without_unwanted(key)
        self.places = places
        self.children: dict[str, _Place] = {}
        self.is_custom = is_custom_key(key)
        self.is_container = node is not None and node.custom
        self.is_plain = node is None or node.is_plain
        self.is_repeated = fold(self.label) in places.repeated
        self.is_wrapping = key in TEXT_KEYS or key in ATTRIBUTE_KEYS or key[:1] in {"@", "0"}
        """Whether an object with this key may be the wrapper of a text."""

    def child(self, key: str) -> _Place:
        """Find the place of a key in an object that stands here."""
        node = None if self.node is None else self.node.child(key)
        name = without_unwanted(key)
        dotted = f"{self.dotted}.{name}" if self.dotted else name
        place = _Place(self.node if node is THROUGH else node, dotted, key, self.places)
        if self.places.left:
            self.places.left -= 1
            self.children[key] = place
        return place

    def claims(self, entry: Entry) -> _Place | None:
        """Find the place of an entry of a container, if a path of the user's reads it."""
        node = self.node
        if node is None or not node.children:
            return None
        child = node.child(entry.key)
        if child is None or child is THROUGH or not child.leaves:
            return None
        return _Place(None, f"{self.dotted}.{entry.key}", entry.label or entry.key, self.places)


def _default(place: _Place, value: object, room: int, add: Add) -> None:
    if place.is_container:
        _container(place, value, room, add)
        return
    if not isinstance(value, dict) or not value or not room or place.is_repeated:
        add(place.dotted, "DEFAULT", value, place.label)
        return
    children = place.children
    wraps: bool | None = None
    for key, item in value.items():
        child = children.get(key) or place.child(key)
        if child.is_wrapping:
            wraps = wraps_text(value) if wraps is None else wraps
            if wraps and (key in TEXT_KEYS or key == "0"):
                _default(place, item, room - 1, add)
                continue
        if type(item) is str and child.is_plain:
            add(child.dotted, "DEFAULT", item, child.label)
        else:
            _default(child, item, room - 1, add)


def _container(place: _Place, value: object, room: int, add: Add) -> None:
    """List custom fields; what a path of the user's claims is a default field."""
    together: dict[str, Entry] = {}
    for entry in entries(value):
        claimed = place.claims(entry)
        if claimed is not None:
            _default(claimed, entry.value, room, add)
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
    if type(value) is dict and wraps_text(value):
        value = next(value[key] for key in value if key in TEXT_KEYS or key == "0")
    add(entry.key, "CUSTOM", value, entry.label or entry.key)


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
