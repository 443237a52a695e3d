"""Plain records: read and listed in one walk, by layouts.

Records of a tenant look alike. What the keys mean is found out once, with the tree of the
general way (`reader`, `custom_values`, `listing`); from then on one walk reads a record and
lists it, and looks up nothing but custom fields.

What cannot be told without looking at values is not plain: wrappers of XML converters, keys
in another spelling, custom fields that say their own name. Such a record is left to the general
way, which is slower and reads everything. The fuzzer compares what both give.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from json.encoder import encode_basestring as quoted

import msgspec
from msgspec import UNSET

from tap_compleetpersy.model.custom_values import ELEMENT_NAMES, ENTRY_NAMES, is_custom_key
from tap_compleetpersy.model.layout import WRAPPING, Budget, Layout, NotPlain, Part
from tap_compleetpersy.model.listing import repeated_names
from tap_compleetpersy.model.reader import (
    DOUBTS,
    NOT_UNDERSTOOD,
    THROUGH,
    Found,
    Node,
    look_into,
    visit,
)
from tap_compleetpersy.model.text import MAX_DEPTH, fold, text_of, without_unwanted
from tap_compleetpersy.model.wrappers import elements_of, is_comment, is_lost, is_number

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.rules import Rules

__all__ = ["NotPlain", "Plain", "compile_plain", "compile_plain_elements"]

_COMPOSED: t.Final = frozenset({dict, list})
_FIELDS_KEPT: t.Final = 5_000
"""A server that invents keys must not fill memory."""


class Plain:
    """What one walk through a plain record gives.

    Attributes:
        found: As of `reader.walk`, without the containers of custom fields.
        custom: Custom fields by key, those of containers first: the value as received, and as
            it is listed.
        listed: `integration_fields` as JSON.
        entries: The same in pieces, each entry after a comma, until the walk ends.
        at_top: Custom fields at the top of the record, until the walk ends.
        claimed: Values in containers that a path of the user's reads, after all others.
    """

    __slots__ = ("at_top", "claimed", "custom", "entries", "found", "listed")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.found: Found = {}
        self.custom: dict[str, tuple[object, str]] = {}
        self.listed = b""
        self.entries: list[str] = []
        self.at_top: dict[str, tuple[object, str]] = {}
        self.claimed: list[tuple[Node, object]] = []


def compile_plain(tree: Node, rules: Rules) -> Callable[[dict[str, t.Any]], Plain]:
    """Prepare the reading of plain candidates.

    Args:
        tree: As of `rules.candidate_tree`.
        rules: For the names of elements.

    Returns:
        A function from a record to what it holds; it raises `NotPlain`.
    """
    repeated = repeated_names(rules)
    top = _Place(Layout(tree, Budget(), is_listed=True, repeated=repeated, has_custom=True))

    def read(record: dict[str, t.Any]) -> Plain:
        plain = Plain()
        top.walk(record, plain.found, plain)
        for node, value in plain.claimed:
            visit(node, value, plain.found, MAX_DEPTH)
        if plain.at_top:
            if not plain.custom.keys().isdisjoint(plain.at_top):
                raise NotPlain
            plain.custom |= plain.at_top
        plain.listed = _joined(plain.entries)
        return plain

    return read


def _joined(entries: list[str]) -> bytes:
    listed = "".join(entries)
    if "u0000" in listed:  # as NUL is written, which no database takes
        raise NotPlain
    try:
        return f"[{listed[1:]}]".encode()
    except UnicodeEncodeError:
        raise NotPlain from None


def compile_plain_elements(tree: Node) -> Callable[[dict[str, t.Any]], Found]:
    """Prepare `reader.walk` for elements that are not listed, by layouts where it can be."""
    return _Place(Layout(tree, Budget())).element


class _Read(t.NamedTuple):
    """Reads one value into one slot; without a slot, as the node says."""

    place: int
    node: Node
    slot: str
    rank: int
    read: Callable[[object], object]
    many: bool
    mark: object


class _Step(t.NamedTuple):
    """Lists one value, or has it taken by what knows more of it."""

    place: int
    head: str
    tail: str
    take: Callable[[t.Any, Found, Plain], None] | None


class _Place:
    """What happens to the values of a layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._parts: tuple[Part, ...] = ()
        self._reads: tuple[_Read, ...] = ()
        self._steps: tuple[_Step, ...] = ()
        self._takes: dict[Part, Callable[[t.Any, Found, Plain], None]] = {}

    def walk(self, value: dict[str, t.Any], found: Found, plain: Plain) -> None:
        """Read an object, and list it where it is listed.

        Raises:
            NotPlain: When it is not plain; what was found until then is not to be used.
        """
        values = self.layout.values(value)
        if self._parts is not self.layout.parts:
            self._compile()
        self._read(values, found)
        if self._steps:
            self._list(values, found, plain)

    def _read(self, values: tuple[t.Any, ...], found: Found) -> None:
        # What `reader.read_leaves` does, without a call for each value.
        for place, node, slot, rank, read, many, mark in self._reads:
            item = values[place]
            if item is UNSET or item is None:
                continue
            if not slot or type(item) is list:
                visit(node, item, found, MAX_DEPTH)
                continue
            if not many and slot in found and rank >= found[slot][0]:
                continue
            result = read(item)
            if result is None:
                continue
            if result is NOT_UNDERSTOOD:
                found.setdefault(DOUBTS, []).append(slot)
            elif many:
                found.setdefault(slot, []).append((rank, result, mark))
            else:
                found[slot] = (rank, result)

    def _list(self, values: tuple[t.Any, ...], found: Found, plain: Plain) -> None:
        entries = plain.entries
        for place, head, tail, take in self._steps:
            item = values[place]
            if take is not None:
                if item is not UNSET:
                    take(item, found, plain)
            elif type(item) is str:
                entries += (head, quoted(item), tail)
            elif item is not UNSET:
                entries += (head, _text(item), tail)

    def element(self, value: dict[str, t.Any]) -> Found:
        """Read an element that is not listed, in the general way where it is not plain."""
        found: Found = {}
        try:
            self.walk(value, found, _NOTHING)
        except NotPlain:
            found = {}
            look_into(t.cast("Node", self.layout.node), value, found, MAX_DEPTH)
        return found

    def _compile(self) -> None:
        self._parts = self.layout.parts
        reads, steps = [], []
        for index, part in enumerate(self._parts):
            if part.is_whole or self.layout.is_listed:
                steps.append(self._step(index, part))
            if not part.is_whole and part.node is not None and part.node.leaves:
                reads.append(_reading(index, part.node))
        self._reads, self._steps = tuple(reads), tuple(steps)

    def _step(self, index: int, part: Part) -> _Step:
        head, tail = "", ""
        if self.layout.is_listed:
            head, tail = _entry(part.dotted, "CUSTOM" if part.is_custom else "DEFAULT", part.key)
        if not part.is_whole:
            return _Step(index, head, tail, None)
        if part not in self._takes:
            self._takes[part] = self._take(part, head, tail)
        return _Step(index, head, tail, self._takes[part])

    def _take(self, part: Part, head: str, tail: str) -> Callable[[t.Any, Found, Plain], None]:
        node = part.node
        if part.is_custom:
            return _CustomField(part.dotted, head, tail).take
        if node is not None and node.custom:
            return _Container(node, part.dotted, self.layout).take
        if node is not None and node.group is not None:
            return _Elements(node.group, part, self.layout, (head, tail)).take
        return _Whole(part, self.layout, head, tail).take


def _reading(index: int, node: Node) -> _Read:
    slot, rank, read, many, mark = node.leaves[0]
    return _Read(index, node, "" if len(node.leaves) > 1 else slot, rank, read, many, mark)


_NOTHING: t.Final = Plain()
"""Where elements are listed, that is nowhere."""


def _entry(key: str, kind: str, label: str) -> tuple[str, str]:
    """Write what stands before and after the value of an entry of `integration_fields`."""
    name = quoted(key)
    return f',{{"id":{name},"key":{name},"type":"{kind}","value":', f',"label":{quoted(label)}}}'


def _text(value: object) -> str:
    """Write a value of `integration_fields`, which is text or null, as JSON."""
    if type(value) in _COMPOSED:
        try:
            return quoted(msgspec.json.encode(value).decode())
        except (RecursionError, ValueError):
            raise NotPlain from None
    text = text_of(value)
    return "null" if text is None else quoted(text)


class _Whole:
    """A value that is listed as one field, and read in the general way."""

    def __init__(self, part: Part, layout: Layout, head: str, tail: str) -> None:
        self._node, self._is_listed = part.node, layout.is_listed
        self._is_element = layout.is_element(part.key)
        self._head, self._tail = head, tail

    def take(self, value: object, found: Found, plain: Plain) -> None:
        """List the value, and read it."""
        if self._is_listed:
            if type(value) is dict and not self._is_element:
                raise NotPlain
            plain.entries += (self._head, _text(value), self._tail)
        if self._node is not None:
            visit(self._node, value, found, MAX_DEPTH)


class _Elements:
    """Elements that each belong together."""

    def __init__(self, group: str, part: Part, layout: Layout, entry: tuple[str, str]) -> None:
        self._node, self._group = t.cast("Node", part.node), group
        self._is_element = layout.is_element(part.key)
        self._is_listed = layout.is_listed
        self._head, self._tail = entry
        self._one = _Place(layout.within(part))
        """One object, listed value by value."""
        self._each = _Place(layout.within(part, is_listed=False))

    def take(self, value: object, found: Found, plain: Plain) -> None:
        """Read the elements; several are listed as one field."""
        elements: list[Found] = []
        if self._is_listed and type(value) is dict and value and not self._is_element:
            element: Found = {}
            self._one.walk(value, element, plain)
            elements.append(element)
        else:
            if self._is_listed:
                plain.entries += (self._head, _text(value), self._tail)
            for item in value if type(value) is list else (value,):
                if type(item) is dict:
                    if elements_of(item) is not None:
                        raise NotPlain
                    elements.append(self._each.element(item))
                else:
                    visit(self._node, item, found, MAX_DEPTH)
        if elements := [element for element in elements if element]:
            found.setdefault(self._group, []).extend(elements)


class _CustomField:
    """A custom field at the top of the record."""

    def __init__(self, key: str, head: str, tail: str) -> None:
        self._key, self._head, self._tail = key, head, tail

    def take(self, value: object, _found: Found, plain: Plain) -> None:
        """Keep and list the field."""
        if _may_be_entry(value) or _is_lost(value):
            raise NotPlain
        text = _text(value)
        plain.at_top[self._key] = (value, text)
        plain.entries += (self._head, text, self._tail)


class _Contained(t.NamedTuple):
    """A custom field in a container."""

    head: str
    tail: str
    claimed_by: Node | None
    """Where a path of the user's reads it: then it is a default field."""
    is_name: bool
    """Whether its key may be part of an entry that says its own name."""
    may_hold: bool
    """Whether it may hold such entries."""


class _Container:
    """The container of custom fields: each key is looked up, for each may be missing."""

    def __init__(self, node: Node, dotted: str, layout: Layout) -> None:
        self._node, self._dotted, self._layout = node, dotted, layout
        self._fields: dict[str, _Contained] = {}

    def take(self, value: object, _found: Found, plain: Plain) -> None:
        """Keep and list the fields; claimed ones are listed before the others."""
        if type(value) is not dict or not self._layout.is_listed:
            if value is None or value in ("", []):
                return
            raise NotPlain
        fields, custom, names = self._fields, plain.custom, 0
        late: list[str] = []
        for key, item in value.items():
            head, tail, claimed_by, is_name, may_hold = fields.get(key) or self._field(key)
            names += is_name
            if type(item) is str:
                text = quoted(item)
            else:
                if type(item) in _COMPOSED and (may_hold or _may_be_entry(item) or _is_lost(item)):
                    raise NotPlain
                text = _text(item)
            if claimed_by is not None:
                if type(item) is dict:
                    raise NotPlain
                plain.claimed.append((claimed_by, item))
                plain.entries += (head, text, tail)
            elif key in custom:
                raise NotPlain
            else:
                custom[key] = (item, text)
                late += (head, text, tail)
        if value and names == len(value):
            raise NotPlain  # perhaps one entry that says its own name
        plain.entries += late

    def _field(self, key: str) -> _Contained:
        if key in WRAPPING or is_number(key) or not is_custom_key(key):
            raise NotPlain
        if without_unwanted(key) != key:
            raise NotPlain
        child = self._node.child(key) if self._node.children else None
        child = None if child is THROUGH else child
        if child is not None and not (child.leaves and child.is_plain):
            raise NotPlain
        if len(self._fields) >= _FIELDS_KEPT:
            raise NotPlain
        name = fold(key)
        entry = (
            _entry(key, "CUSTOM", key)
            if child is None
            else _entry(f"{self._dotted}.{key}", "DEFAULT", key)
        )
        made = _Contained(*entry, child, name in ENTRY_NAMES, name in ELEMENT_NAMES)
        self._fields[key] = made
        return made


def _is_lost(value: object) -> bool:
    """Tell whether PHP lost a value, or wrote comments in its place."""
    return is_lost(value) or is_comment("comment", value)


def _may_be_entry(value: object) -> bool:
    """Tell whether a value may say its own name or label, or be the wrapper of a text."""
    return type(value) is dict and all(
        key in WRAPPING or key.startswith("@") or fold(key) in ENTRY_NAMES for key in value
    )
