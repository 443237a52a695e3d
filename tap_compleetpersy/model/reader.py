"""Looking up many dotted paths in one walk through a record.

The declared paths are compiled into a tree once. A walk then visits only what
some path leads to, so that its cost follows the record and not the number of
synonyms. Spelling is tolerated where the exact key does not occur: each unknown
key is folded once and remembered.

What stands within a value, by the paths that lead there, is decided here (`parts`) for all who copy
a record, trace it, or tell what nothing claims.
"""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model.text import MAX_DEPTH, NOT_UNDERSTOOD, fold
from tap_compleetpersy.model.wrappers import (
    ATTRIBUTE_KEYS,
    NOTHING,
    TEXT_KEYS,
    VALUE_KEYS,
    elements_of,
    fields_of,
    is_attribute,
    is_comment,
    is_date_object,
    is_lost,
    is_number,
    wrapped,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_KEYS_KEPT: t.Final = 5_000

Found: t.TypeAlias = dict[str, t.Any]
"""What a walk found: a slot to `(rank, value)`, or to a list where many are wanted."""

JOINED: t.Final = "joined"
"""The mark of a leaf whose values are joined by blanks, where a list of them stands."""
DOUBTS: t.Final = "doubts"
"""The slot of the slots whose value was there and not understood."""

LOST: t.Final = "lost"
"""The slot of the slots of which only a trace of what PHP lost was there."""


class Leaf(t.NamedTuple):
    """What to do with a scalar at the end of a path."""

    slot: str
    rank: int
    """The smaller rank wins; the order of the paths."""
    read: Callable[[object], object]
    """Gives the value, None for "empty" or `NOT_UNDERSTOOD`."""
    many: bool = False
    """Keep every value, as `(rank, value, mark)`, instead of the best one."""
    mark: object = None


class Node:
    """One name of the declared paths, with what may follow."""

    __slots__ = (
        "children", "collected", "custom", "folded", "group", "has_numbers", "is_plain", "leaves",
        "own", "taken", "whole",
    )  # fmt: skip

    def __init__(self) -> None:
        """Make a node without paths."""
        self.children: dict[str, Node] = {}
        """By the exact spelling of the declaration."""
        self.folded = _Folded()
        self.leaves: tuple[Leaf, ...] = ()
        self.group: str | None = None
        """Slot for the elements here, each found on its own: they belong together."""
        self.collected: str | None = None
        """Slot for the elements here, as received."""
        self.custom = False
        """Whether the custom fields of a record stand here."""
        self.is_plain = True
        """Whether it is none of the three above."""
        self.own = False
        """Whether only the user's `field_paths` lead here."""
        self.has_numbers = False
        """Whether paths lead on through numbers: an object of them is no list then."""
        self.whole: Callable[[dict[str, t.Any]], object] | None = None
        """Makes one value of an object here, such as a number of its parts, or None."""
        self.taken: frozenset[str] = frozenset()
        """Folded keys that this value is made of."""

    def at(self, segments: list[str], *, own: bool = False) -> Node:
        """Return the node at the end of a path, made where there is none."""
        node = self
        for segment in segments:
            child = node.children.get(segment)
            if child is None:
                spelling = fold(segment)
                # Keys that fold to nothing (emoji, say) are found exactly only.
                child = node.folded.nodes.get(spelling) if spelling else None
                if child is None:
                    child = Node()
                    child.own = own
                node.adopt(segment, child)
            child.own = child.own and own
            node = child
        return node

    def adopt(self, name: str, child: Node) -> None:
        """Let a name lead to a node, in every spelling."""
        self.children[name] = child
        if spelling := fold(name):
            self.folded.nodes[spelling] = child
        self.has_numbers = self.has_numbers or is_number(name)

    def become(
        self, *, group: str | None = None, collected: str | None = None, custom: bool = False
    ) -> None:
        """Give the node one of its special meanings."""
        self.group, self.collected, self.custom = group, collected, custom
        self.is_plain = False

    def elements(self, value: object) -> list[object] | None:
        """Return the elements of a list here, in whichever form, else None."""
        if isinstance(value, dict) and not (self.has_numbers or self.custom):
            return elements_of(value)
        return value if isinstance(value, list) else None

    def child(self, key: str) -> Node | None:
        """Return what a remote key is, exactly or by its folded spelling."""
        node = self.children.get(key)
        return self.folded[key] if node is None else node

    def claimed(self, key: str) -> Node | None:
        """Return what a key of a container of custom fields is, if a path reads it."""
        node = self.child(key)
        return None if node is THROUGH else node


class _Folded(dict[str, "Node | None"]):
    """Remote keys that no declaration spells exactly, and the node that each one is."""

    __slots__ = ("nodes", "parts")

    def __init__(self) -> None:
        super().__init__()
        self.nodes: dict[str, Node] = {}
        self.parts: t.Mapping[str, Node] = {}
        """What belongs to the whole here, without a path of its own."""

    def __missing__(self, key: str) -> Node | None:
        if key in TEXT_KEYS or key in ATTRIBUTE_KEYS or key == "0":
            node: Node | None = THROUGH
        else:
            spelling = fold(key)
            node = self.nodes.get(spelling) or self.parts.get(spelling)
            if node is None and key in VALUE_KEYS:
                node = THROUGH
        if len(self) < _KEYS_KEPT:
            self[key] = node
        return node


THROUGH: t.Final = Node()
"""Stands for the wrapper that a converter put around a value: look through it."""


def leading(root: Node, is_end: Callable[[Node], bool]) -> set[Node]:
    """Return the nodes that lead to some ends, and the ends."""
    steps: list[tuple[Node, Node]] = []
    known, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        for child in (*node.children.values(), *node.folded.nodes.values()):
            steps.append((node, child))
            if child not in known:
                known.add(child)
                waiting.append(child)
    leads = set(filter(is_end, known))
    while more := {node for node, child in steps if child in leads} - leads:
        leads |= more
    return leads


def walk(root: Node, record: dict[str, object]) -> Found:
    """Return everything that the paths of a tree lead to."""
    found: Found = {}
    _descend(root, record, found, MAX_DEPTH)
    return found


def visit(node: Node, value: object, found: Found, room: int) -> None:
    """Enter one or many elements at a node; what lies too deep is not seen."""
    if type(value) is dict:
        value = _standing_for(node, value, found)
    if type(value) is list and not node.custom:
        if room:
            _visit_list(node, value, found, room - 1)
    elif value is None:
        return
    elif node.group is not None:
        element: Found = {}
        _descend(node, value, element, room)
        if element:
            found.setdefault(node.group, []).append(element)
    elif node.collected is not None:
        _collect(node, value, found, room)
    else:
        _descend(node, value, found, room)


def _visit_list(node: Node, values: list[object], found: Found, room: int) -> None:
    joined = [(leaf, found.get(leaf.slot)) for leaf in node.leaves if leaf.mark is JOINED]
    for value in values:
        visit(node, value, found, room)
    for leaf, before in joined:
        after = found.get(leaf.slot)
        # Who traces where a value comes from has no text here.
        is_text = after is not None and after is not before and isinstance(after[1], str)
        if after is not None and is_text and after[0] == leaf.rank:
            found[leaf.slot] = (leaf.rank, _join(node, leaf.slot, values, room))


def _join(node: Node, slot: str, values: list[object], room: int) -> str:
    """Return the texts of a list as one."""
    words: list[str] = []
    for value in values:
        one: Found = {}
        visit(node, value, one, room)
        text = value_of(one, slot)
        if text is not None and text not in words:
            words += text.split()
    return " ".join(words)


def _standing_for(node: Node, value: dict[str, object], found: Found) -> object:
    """Return the list that an object stands for, or the object; note what PHP lost."""
    if (elements := node.elements(value)) is not None:
        return elements
    if node.leaves and node.group is None and is_lost(value):
        found.setdefault(LOST, []).extend(leaf.slot for leaf in node.leaves)
    return value


def _descend(node: Node, value: object, found: Found, room: int) -> None:
    if node.custom:
        found.setdefault("custom", []).append((node, value))
    elif type(value) is dict:
        if room:
            look_into(node, value, found, room - 1)
    elif node.leaves:
        read_leaves(node, value, found)


def look_into(node: Node, value: dict[str, object], found: Found, room: int) -> None:
    """Enter the values of an object at a node."""
    if node.whole is not None and (whole := node.whole(value)) is not None:
        read_leaves(node, whole, found)
        if whole is value:
            return
        value = {key: item for key, item in value.items() if fold(key) not in node.taken}
    children = node.children
    late: list[tuple[str, Node, object]] | None = None
    for key, item in value.items():
        child = children.get(key)
        if child is None:
            if (child := node.folded[key]) is not None:
                # Exact spellings go first, whatever the order of the record.
                late = late or []
                late.append((key, child, item))
        elif type(item) is str and child.is_plain:
            read_leaves(child, item, found)
        else:
            visit(child, item, found, room)
    if late:
        _look_late(node, value, late, found, room)


def _look_late(
    node: Node,
    value: dict[str, object],
    late: list[tuple[str, Node, object]],
    found: Found,
    room: int,
) -> None:
    """Enter what is spelled otherwise: wrappers and elements first, attributes last."""
    text = wrapped(value) if node.leaves else NOTHING
    for key, child, item in sorted(late, key=lambda each: is_attribute(each[0], each[2])):
        if child is not THROUGH:
            # `{"@name": "Quelle", "#text": "Messe"}`: the text is meant, not its name.
            if text is NOTHING or key != "@name":
                visit(child, item, found, room)
        elif key not in MAYBE or text is not NOTHING or wrapped(value) is not NOTHING:
            _through(node, item, found, room)


MAYBE: t.Final = VALUE_KEYS | {"0"}
"""Keys that are around a text only where nothing else says something."""


def _through(node: Node, value: object, found: Found, room: int) -> None:
    """Enter what a wrapper is around: an object, or texts."""
    is_list = isinstance(value, list)
    for item in value if isinstance(value, list) else (value,):
        if item is not None and room and not (is_list and type(item) is dict):
            _descend(node, item, found, room)


def _collect(node: Node, value: object, found: Found, room: int) -> None:
    """Keep an element as received, unless it is the container of such elements."""
    if isinstance(value, dict):
        if is_container(node, value):
            for key, item in value.items():
                child = node.child(key)
                if child is not None and room and not is_attribute(key, item):
                    visit(child, item, found, room - 1)
            return
        if value and is_lost(value) and not any(map(node.child, value)):
            found.setdefault(LOST, []).append(t.cast("str", node.collected))
            return
        if isinstance(inside := wrapped(value), (dict, list)):
            if room:
                visit(node, inside, found, room - 1)
            return
    slot = node.collected
    if slot is not None and value not in ({}, "", False):
        found.setdefault(slot, []).append(value)


def is_container(node: Node, value: dict[str, object]) -> bool:
    """Whether an object holds elements that are collected, and is none itself."""
    holds_some = False
    for key, item in value.items():
        if not (is_attribute(key, item) or is_comment(key, item)):
            child = node.child(key)
            if child is None or child is THROUGH:
                return False
            holds_some = True
    return holds_some


def read_leaves(node: Node, value: object, found: Found) -> None:
    """Read a scalar at the end of the paths of a node."""
    for slot, rank, read, many, mark in node.leaves:
        before = None if many else found.get(slot)
        if before is not None and before[0] <= rank:
            continue
        result = read(value)
        if result is None:
            continue
        if result is NOT_UNDERSTOOD:
            found.setdefault(DOUBTS, []).append(slot)
        elif many:
            found.setdefault(slot, []).append((rank, result, mark))
        else:
            found[slot] = (rank, result)


def value_of(found: Found, slot: str) -> t.Any:  # noqa: ANN401  (the reader decides)
    """Return the value of a slot of one value, or None."""
    pair = found.get(slot)
    return None if pair is None else pair[1]


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
