"""Layouts: what the objects at one place of a record look like, learned from the records.

A layout knows the keys that were seen and the order in which they come, and is compiled
into structures of msgspec that the bytes of a page are decoded into. Whatever a structure does
not hold (another key, another order, a key twice, a number in another form) is missed when it is
encoded again, so that equal bytes prove that a record is as the layout says (see `quick`).
"""

from __future__ import annotations

import graphlib
import itertools
import re
import typing as t
from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET, UnsetType

from tap_compleetpersy.model.custom_values import is_custom_key
from tap_compleetpersy.model.reader import THROUGH
from tap_compleetpersy.model.text import LARGEST, MAX_DEPTH, fold, without_unwanted
from tap_compleetpersy.model.wrappers import AROUND, ATTRIBUTE_KEYS, TEXT_KEYS, may_be_labelled

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.reader import Node

_DEEPEST: t.Final = MAX_DEPTH // 3
_ORDERS_KEPT: t.Final = 1_000
_LEARNED: t.Final = 1_000
"""So much is learned at most, for each time a layout is compiled again. The keys of a record, and
what stands at them, are some hundred and fifty."""

_UNNAMEABLE: t.Final = re.compile('[\\x00-\\x1f"\\\\\\ud800-\\udfff]')
"""What no name of a field of msgspec's may have."""


class NotPlain(Exception):  # noqa: N818 - no error, but a way to go
    """A record that the general way has to read."""


def is_odd_key(key: str) -> bool:
    """Whether the values beside a key decide what the object around it is.

    Converters from XML mark text and attributes, PHP numbers the items of lists.
    """
    return (
        not key
        or key[0] in "@#-"
        or key.isdigit()
        or key in TEXT_KEYS
        or key in ATTRIBUTE_KEYS
        or key in {"timezone_type", "timezone"}
        or without_unwanted(key) != key
    )


_KINDS: t.Final[t.Mapping[type, str]] = {str: "text", dict: "object", list: "list"}


@dataclass(slots=True, eq=False)
class Part:
    """What a key of an object means.

    Attributes:
        key: As received.
        node: What reads the value, if anything does.
        is_late: The key is in another spelling than declared: exact ones are read first.
        is_custom: It is a custom field at the top of the record.
        is_whole: The value is an element, or a list of them: one field, whatever it holds.
        inside: The object here, or those in the list here.
        kinds: What was seen here: "text", "scalar" (numbers, booleans, null), "object", "list".
        items: The same of what is in the list here.
    """

    key: str
    node: Node | None
    is_late: bool = False
    is_custom: bool = False
    is_whole: bool = False
    inside: Section | None = None
    kinds: dict[str, None] = field(default_factory=dict)
    items: dict[str, None] = field(default_factory=dict)

    @property
    def is_container(self) -> bool:
        """Whether custom fields stand here."""
        return self.node is not None and self.node.custom


@dataclass(slots=True, eq=False)
class Section:
    """The objects at one place.

    Attributes:
        node: What reads them, if anything does.
        depth: Objects around.
        parts: Each key that was seen, in the order of the records.
        orders: Keys as they were seen together.
        type: The structure, once compiled.
    """

    node: Node | None
    depth: int
    parts: dict[str, Part] = field(default_factory=dict)
    orders: dict[tuple[str, ...], None] = field(default_factory=dict)
    type: t.Any = None


def leads_somewhere(node: Node | None) -> bool:
    """Whether anything is read at a node or below."""
    return node is not None and (
        bool(node.leaves)
        or not node.is_plain
        or any(leads_somewhere(child) for child in node.children.values())
    )


def _may_repeat(part: Part) -> bool:
    """Whether a list may stand here: of elements, of values all kept, or read by nobody."""
    node = part.node
    return (
        node is None
        or not node.is_plain
        or not leads_somewhere(node)
        or (not node.children and all(leaf.many for leaf in node.leaves))
    )


class Layout:
    """What the records of one tenant look like.

    Attributes:
        top: The record itself; its structure is a new one whenever something was learned.
    """

    def __init__(self, node: Node, opening: Node, repeated: frozenset[str]) -> None:
        """Begin without knowing anything.

        Args:
            node: Reads a record.
            opening: Reads an opening.
            repeated: Folded keys whose values are elements of a list, even if alone.
        """
        self._opening, self._repeated = opening, repeated
        self._left = _LEARNED
        self._changed = False
        self.top = Section(node, 0)
        _compile(self.top)

    def learn(self, records: t.Iterable[object]) -> bool:
        """Whether more records had new keys, which are taken in as far as they are plain."""
        self._changed = False
        for record in records:
            if self._left and type(record) is dict:
                try:
                    self._learn(self.top, record)
                except NotPlain:
                    continue
        if self._changed:
            _compile(self.top)
        return self._changed

    def _learn(self, section: Section, value: dict[str, object]) -> None:
        for key, item in value.items():
            part = section.parts.get(key)
            if part is None:
                part = self._make(section, key)
                self._note()
                section.parts[key] = part
            if not (part.is_custom or part.is_container):
                self._see(section, part, item, part.kinds)
        self._sort(section, tuple(value))

    def _see(self, section: Section, part: Part, value: object, kinds: dict[str, None]) -> None:
        """Take in a value of a part."""
        kind = _KINDS.get(type(value), "scalar")
        if type(value) is dict:
            self._enter(section, part, value)
        elif type(value) is list:
            if kinds is part.items or (value and not _may_repeat(part)):
                raise NotPlain
            for item in value:
                self._see(section, part, item, part.items)
        if kind not in kinds:
            self._note()
            kinds[kind] = None

    def _note(self) -> None:
        """Take note of something new."""
        if not self._left:
            raise NotPlain
        self._left -= 1
        self._changed = True

    def _enter(self, section: Section, part: Part, value: dict[str, object]) -> None:
        node = part.node
        if section.depth >= _DEEPEST or (node and node.leaves and not node.children):
            raise NotPlain  # an object where a scalar is expected
        if part.key == "comment":
            raise NotPlain  # what SimpleXML makes of one
        if node is not None and node.collected is not None:
            if any(node.child(key) is not None for key in value):
                raise NotPlain  # perhaps the container of openings
            node = self._opening
        if part.inside is None:
            self._note()
            part.inside = Section(node, section.depth + 1)
        self._learn(part.inside, value)

    def _make(self, section: Section, key: str) -> Part:
        if is_odd_key(key) or _UNNAMEABLE.search(key):
            raise NotPlain
        if may_be_labelled((*section.parts, key)):
            raise NotPlain  # the value alone, where nothing else is beside both
        around = section.node
        node = None if around is None else around.child(key)
        is_top = section is self.top
        if is_top and key in AROUND:
            raise NotPlain  # a resource of JSON:API, perhaps
        if around is not None and key not in around.children and fold(key) in around.folded.parts:
            raise NotPlain  # parts of a number
        if node is THROUGH or (
            is_top and node is not None and node.own and not (node.leaves and node.is_plain)
        ):
            raise NotPlain  # what the user's paths leave of it is a custom field
        return Part(
            key,
            node,
            is_late=node is not None and around is not None and key not in around.children,
            is_custom=is_top and node is None and is_custom_key(key),
            is_whole=fold(key) in self._repeated,
        )

    def _sort(self, section: Section, keys: tuple[str, ...]) -> None:
        """Find an order that goes with one more object and with those before."""
        if keys in section.orders:
            return
        known = iter(section.parts)
        if not all(key in known for key in keys):
            graph = graphlib.TopologicalSorter[str](dict.fromkeys(section.parts, ()))
            for seen in (*section.orders, keys):
                for before, after in itertools.pairwise(seen):
                    graph.add(after, before)
            try:
                order = list(graph.static_order())
            except graphlib.CycleError:
                raise NotPlain from None
            self._note()
            section.parts = {key: section.parts[key] for key in order}
        if len(section.orders) >= _ORDERS_KEPT:
            raise NotPlain
        section.orders[keys] = None


def _compile(section: Section) -> t.Any:  # noqa: ANN401 - a class of msgspec's
    """Return the structure of a section; those in it are made, too."""
    names = [f"f{number}" for number in range(len(section.parts))]
    kinds = [_kind(part) for part in section.parts.values()]
    section.type = msgspec.defstruct(
        "Section",
        [(name, kind, UNSET) for name, kind in zip(names, kinds, strict=True)],
        rename=dict(zip(names, section.parts, strict=True)),
        frozen=True,
        gc=False,
    )
    return section.type


def _kind(part: Part) -> t.Any:  # noqa: ANN401 - a type
    if part.is_custom or part.is_container:
        return t.Any
    types: dict[str, t.Any] = {"text": str, "scalar": _SCALAR}
    if part.inside is not None:
        types["object"] = _compile(part.inside)
    kinds = [types[kind] for kind in sorted(part.kinds) if kind != "list"]
    if "list" in part.kinds:
        items = [types[kind] for kind in sorted(part.items)]
        kinds.append(list[t.Union[tuple(items)]] if items else _EMPTY)  # type: ignore[misc]  # noqa: UP007
    return t.Union[(*kinds, UnsetType)]


_STORABLE: t.Final = t.Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
"""Larger integers are text to databases, but not wherever a whole value is listed as received."""
_SCALAR: t.Final = _STORABLE | float | bool | None
_EMPTY: t.Final = t.Annotated[list[str], msgspec.Meta(max_length=0)]
