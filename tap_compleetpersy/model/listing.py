"""Every field of a remote record, one after the other, as received: `integration_fields`."""

from __future__ import annotations

import functools
import typing as t

from tap_compleetpersy.model import paths
from tap_compleetpersy.model.custom_values import (
    as_list,
    entries,
    fields_of,
    is_custom_key,
    labelled,
)
from tap_compleetpersy.model.reader import MAYBE, THROUGH, Node
from tap_compleetpersy.model.remote_data import ANYTHING, compile_remote_data
from tap_compleetpersy.model.rules import (
    Rules,
    candidate_tree,
    opening_tree,
)
from tap_compleetpersy.model.text import MAX_DEPTH, fold, text_of, without_unwanted
from tap_compleetpersy.model.wrappers import (
    NOTHING,
    elements_of,
    flat,
    is_attribute,
    is_date_object,
    is_lost,
    wrapped,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from tap_compleetpersy.model.custom_values import Entry
    from tap_compleetpersy.model.rules import Rules


_NOTHING: t.Final = Node()
"""Reads nothing."""
_PLACES_KEPT: t.Final = 20_000
"""A server that invents keys must not fill memory."""

Kind: t.TypeAlias = t.Literal["DEFAULT", "CUSTOM"]

Add: t.TypeAlias = "Callable[[str, Kind, object, str], None]"
"""Takes a field: key, kind, value as received, label."""

Listing: t.TypeAlias = "Callable[[Mapping[str, t.Any], Add], None]"
"""Hands each field of a record on, in the order of the record."""


def compile_listing(rules: Rules) -> Listing:
    """Return the listing of candidates.

    A custom field is one field under its remote key. A default field is one for each leaf under
    its dotted path; a list, and an element that may become one, is a single field.
    """
    return _compile(candidate_tree(rules, ANYTHING), rules)


def compile_opening_listing(rules: Rules) -> Listing:
    """Return the listing of a candidate's opening, by paths within its element."""
    tree = opening_tree(rules, ANYTHING)
    for path in rules.containers:
        tree.at(path.split(".")).become(custom=True)
    return _compile(tree, rules)


def repeated_names(rules: Rules) -> frozenset[str]:
    """Return the folded names of elements that may become one of many: each is one field."""
    return paths.REPEATED | {fold(path.rpartition(".")[2]) for path in rules.openings}


def _compile(tree: Node, rules: Rules) -> Listing:
    places = _Places(repeated_names(rules))
    root = _Place(tree, "", "", places)

    def list_fields(record: Mapping[str, t.Any], add: Add) -> None:
        fields = flat(record)
        for key, value in fields_of(fields):
            place = root.children.get(key) or root.child(key)
            if key in MAYBE and wrapped({**fields}) is not NOTHING:
                place = _Place(tree, key, key, places)
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
        "children", "dotted", "is_container", "is_custom", "is_plain", "is_repeated", "label",
        "node", "places",
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

    def child(self, key: str) -> _Place:
        """Return the place of a key in an object that stands here."""
        node = None if self.node is None else self.node.child(key)
        name = without_unwanted(key)
        dotted = f"{self.dotted}.{name}" if self.dotted else name
        if node is THROUGH:  # where it is around a text, its own place is not asked for
            node = _NOTHING if key in MAYBE else self.node
        place = _Place(node, dotted, key, self.places)
        if self.places.left:
            self.places.left -= 1
            self.children[key] = place
        return place

    def claims(self, entry: Entry) -> _Place | None:
        """Return the place of an entry of a container, if a configured path reads it."""
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
    if not isinstance(value, dict) or not room or place.is_repeated or _is_one(place, value):
        add(place.dotted, "DEFAULT", value, place.label)
        return
    text = wrapped(value)
    children = place.children
    for key, item in fields_of(value):
        child = children.get(key) or place.child(key)
        if text is not NOTHING and not is_attribute(key, item):
            if item is text:
                _default(place, item, room - 1, add)
        elif type(item) is str and child.is_plain:
            add(child.dotted, "DEFAULT", item, child.label)
        else:
            _default(child, item, room - 1, add)


def _is_one(place: _Place, value: dict[str, object]) -> bool:
    """Whether an object is one value: a list, a time of PHP's, or a trace of what it lost."""
    if is_lost(value):
        return not any(is_attribute(key, item) for key, item in value.items())
    if is_date_object(value):
        return True
    is_list = place.node is None or not place.node.has_numbers
    return is_list and elements_of(value) is not None


def _container(place: _Place, value: object, room: int, add: Add) -> None:
    """List custom fields; what a configured path claims is a default field."""
    together: dict[str, Entry] = {}
    for entry in entries(value):
        claimed = place.claims(entry)
        if claimed is not None:
            _default(claimed, entry.value, room, add)
        elif entry.key in together:
            before = together[entry.key]
            both = as_list(before.value) + as_list(entry.value)
            together[entry.key] = before._replace(value=both)
        else:
            together[entry.key] = entry
    for entry in together.values():
        _custom(entry, add)


def _custom(entry: Entry, add: Add) -> None:
    value = entry.value
    if type(value) is dict and (text := wrapped(value)) is not NOTHING:
        value = text
    add(entry.key, "CUSTOM", value, entry.label or entry.key)


IntegrationField: t.TypeAlias = "dict[str, str | None]"


def compile_integration_fields(
    rules: Rules, selected: Collection[str] | None = None
) -> Callable[[Mapping[str, object]], list[IntegrationField]]:
    """Return the function that writes `integration_fields` of a record.

    They are as of `compile_listing`, with compact JSON for what is no text; `selected` is as of
    `compile_remote_data`.
    """
    # Without anything to leave out, the record needs no copy: its values are made storable.
    is_whole = selected is None and not rules.exclude_fields
    copy: Callable[[Mapping[str, object]], Mapping[str, object]] = (
        (lambda record: record) if is_whole else compile_remote_data(rules, selected)
    )
    # Compiled late: plain records need none of it.
    listing = functools.cache(lambda: compile_listing(rules))

    def integration_fields(record: Mapping[str, object]) -> list[IntegrationField]:
        fields: list[IntegrationField] = []

        def add(key: str, kind: Kind, value: object, label: str) -> None:
            text = without_unwanted(value) if type(value) is str else text_of(value)
            fields.append({"id": key, "key": key, "type": kind, "value": text, "label": label})

        listing()(copy(record), add)
        return fields

    return integration_fields
