"""Every field of a remote record, one after the other, as received: `integration_fields`."""

from __future__ import annotations

import functools
import typing as t

from tap_compleetpersy.model import paths
from tap_compleetpersy.model.custom_values import as_list, entries, is_custom_key, labelled
from tap_compleetpersy.model.reader import Node, fields_at, leading
from tap_compleetpersy.model.remote_data import ANYTHING, compile_remote_data
from tap_compleetpersy.model.rules import Rules, candidate_tree, opening_tree
from tap_compleetpersy.model.text import MAX_DEPTH, fold, text_of, without_unwanted
from tap_compleetpersy.model.wrappers import (
    NOTHING,
    flat,
    is_attribute,
    is_date_object,
    is_lost,
    unwrapped,
    wrapped,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from tap_compleetpersy.model.custom_values import Entry


_UNREAD: t.Final = Node()
"""Stands for a place that no path leads to."""

Kind: t.TypeAlias = t.Literal["DEFAULT", "CUSTOM"]

Add: t.TypeAlias = "Callable[[str, Kind, object, str], None]"
"""Takes a field: key, kind, value as received, label."""

Listing: t.TypeAlias = "Callable[[Mapping[str, t.Any], Add], None]"
"""Hands each field of a record on, in the order of the record."""


def compile_listing(rules: Rules) -> Listing:
    """Return the listing of candidates.

    A custom field is one field under its remote key. A default field is one for each leaf under
    its dotted path; a list, and an element that may become one, is a single field. A section that
    comes in a list is listed as the section.
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
    repeated = repeated_names(rules)
    sections = frozenset(leading(tree, lambda node: node.custom))

    def list_fields(record: Mapping[str, t.Any], add: Add) -> None:
        listed, fields = _Listed(repeated, sections, add), flat(record)
        for key, node, value in fields_at(tree, dict(fields)):
            name = without_unwanted(key)
            if node is None and is_custom_key(key):
                listed.custom(labelled(name, value))
            else:
                listed.default(node or _UNREAD, name, name, value, MAX_DEPTH)

    return list_fields


class _Listed(t.NamedTuple):
    """Takes the fields of one record."""

    repeated: frozenset[str]
    """Folded names of elements that may become one of many."""
    sections: frozenset[Node]
    """Where custom fields may stand within."""
    add: Add

    def default(self, node: Node, dotted: str, name: str, value: object, room: int) -> None:
        """Take what stands under a dotted path, at a node."""
        if node.custom:
            self.container(node, dotted, value, room)
            return
        if type(value) is not str and room and (sections := self.sections_in(node, value)):
            for item in sections:
                self.default(node, dotted, name, item, room - 1)
            return
        if not isinstance(value, dict) or not room or self.is_one(node, name, value):
            self.add(dotted, "DEFAULT", value, name)
            return
        text = wrapped(value)
        for key, child, item in fields_at(node, value):
            if text is NOTHING or is_attribute(key, item):
                inner = without_unwanted(key)
                below = f"{dotted}.{inner}" if dotted else inner
                self.default(child or _UNREAD, below, inner, item, room - 1)
            elif item is text:
                self.default(node, dotted, name, item, room - 1)

    def sections_in(self, node: Node, value: object) -> list[object]:
        """Return the elements of a list with objects in which custom fields may stand."""
        is_around = node in self.sections and node.is_plain
        elements = node.elements(value) if is_around else None
        return elements if elements and any(isinstance(item, dict) for item in elements) else []

    def is_one(self, node: Node, name: str, value: dict[str, object]) -> bool:
        """Whether an object is one value: one element, a list, a time, a trace of what was lost."""
        if fold(name) in self.repeated:
            return True
        if is_lost(value):
            return not any(is_attribute(key, item) for key, item in value.items())
        return is_date_object(value) or node.elements(value) is not None

    def container(self, node: Node, dotted: str, value: object, room: int) -> None:
        """Take custom fields; what a configured path claims is a default field."""
        together: dict[str, Entry] = {}
        for entry in entries(value):
            claimed = node.claimed(entry.key)
            if claimed is not None and claimed.leaves:
                name = without_unwanted(entry.label or entry.key)
                self.default(_UNREAD, f"{dotted}.{entry.key}", name, entry.value, room)
            elif entry.key in together:
                before = together[entry.key]
                both = as_list(before.value) + as_list(entry.value)
                together[entry.key] = before._replace(value=both)
            else:
                together[entry.key] = entry
        for entry in together.values():
            self.custom(entry)

    def custom(self, entry: Entry) -> None:
        """Take a custom field."""
        self.add(entry.key, "CUSTOM", unwrapped(entry.value), entry.label or entry.key)


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
