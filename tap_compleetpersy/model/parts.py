"""What stands within a value, by the paths that lead there.

One decision for all who copy a record, trace it, or tell what nothing claims.
"""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model.reader import MAYBE, THROUGH, Node
from tap_compleetpersy.model.wrappers import NOTHING, fields_of, is_date_object, is_number, wrapped

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DISCARD: t.Final = object()
"""Stands for a value of which nothing is left."""

Part: t.TypeAlias = "tuple[str, Node | None, object]"
"""A key, the node that it leads to, and the value.

The node is that of the whole, where a key is none of the path's: a number, or a wrapper's. It is
None where no path leads.
"""


def parts(node: Node, value: object) -> Iterable[Part] | None:
    """Return the parts of a list or an object at a node, None for a single value."""
    if isinstance(value, list):
        return [("", node, item) for item in value]
    if not isinstance(value, dict) or (node.leaves and is_date_object(value)):
        return None
    if node.elements(value) is not None:
        return [(key, node, item) for key, item in value.items() if is_number(key)]
    return fields_at(node, value)


def fields_at(node: Node, value: dict[str, object]) -> Iterator[Part]:
    """Yield the parts of an object that is no list."""
    for key, item in fields_of(value):
        child = node.child(key)
        if child is THROUGH:
            is_around = key not in MAYBE or wrapped(value) is not NOTHING
            child = node if is_around else Node()  # read by nobody, and no field of its own
        yield key, child, item


def rebuilt(value: object, kept: list[tuple[str, object]]) -> object:
    """Return what is kept of a value's parts, in its own form, or `DISCARD`."""
    if not kept:
        return DISCARD
    return [part for _, part in kept] if isinstance(value, list) else dict(kept)
