"""Layouts: what the objects at one place of a record look like, learned from the records.

A layout knows the keys that were seen and the order in which they come, and is compiled
into structures of msgspec: one call checks an object with all its sections, and one more
fetches every value that somebody wants. An object with a new key is learned from. One that
fits no layout is not plain (see `plain`).
"""

from __future__ import annotations

import graphlib
import itertools
import operator
import re
import typing as t
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from tap_compleetpersy.model.custom_values import is_custom_key
from tap_compleetpersy.model.text import MAX_DEPTH, fold
from tap_compleetpersy.model.wrappers import ATTRIBUTE_KEYS, TEXT_KEYS, is_number

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.reader import Node

WRAPPING: t.Final = TEXT_KEYS | ATTRIBUTE_KEYS | {"0"}
"""Keys that an object may have because it stands around a text."""
_SPECIAL: t.Final = WRAPPING | {"timezone_type"}
"""Those, and the key of a time of PHP's."""

_DEEPEST: t.Final = MAX_DEPTH // 3
_ORDERS_KEPT: t.Final = 1_000
_PARTS_KEPT: t.Final = 500
"""Each one that is learned has a layout compiled again. A record has some fifty."""

_UNNAMEABLE: t.Final = re.compile('[\\x00-\\x1f"\\\\\\ud800-\\udfff]')
"""What no name of a field of msgspec's may have."""

_UNFIT: t.Final = (msgspec.ValidationError, UnicodeError)
_Scalar = str | int | float | bool | None
_Value = _Scalar | list[_Scalar]


class NotPlain(Exception):  # noqa: N818 - no error, but a way to go
    """A record, or an element of it, that the general way has to read."""


class Budget:
    """How many parts all layouts of a tree may still learn: a server must not fill memory."""

    __slots__ = ("parts",)

    def __init__(self) -> None:
        """Begin with nothing learned."""
        self.parts = _PARTS_KEPT

    def take(self) -> None:
        """Learn one part more.

        Raises:
            NotPlain: When there are too many.
        """
        if not self.parts:
            raise NotPlain
        self.parts -= 1


@dataclass(slots=True, eq=False)
class Part:
    """What a key of an object means.

    Attributes:
        key: As received.
        node: What reads the value, if anything does.
        dotted: Path from the top of what is listed.
        section: The object here, whose values are fetched with those around it.
        is_whole: The value is fetched as received: elements, a container, a custom field.
        is_custom: It is a custom field at the top of the record.
    """

    key: str
    node: Node | None
    dotted: str
    section: Section | None = None
    is_whole: bool = False
    is_custom: bool = False


@dataclass(slots=True, eq=False)
class Section:
    """An object whose values are fetched together with those of the objects around it."""

    node: Node | None
    dotted: str
    depth: int
    parts: dict[str, Part] = field(default_factory=dict)
    """In the order of the records."""
    orders: set[tuple[str, ...]] = field(default_factory=set)
    """Keys as they were seen together, and found in order."""

    def learn(self, value: dict[str, object], make: Callable[[Section, str, object], Part]) -> None:
        """Take in the keys of one more object, and their order.

        Raises:
            NotPlain: When it does not go with those before.
        """
        if not value:
            raise NotPlain  # an empty object is a value of its own
        for key, item in value.items():
            part = self.parts.get(key)
            if part is None:
                part = self.parts[key] = make(self, key, item)
            if type(item) is dict and not part.is_whole:
                if part.section is None:
                    raise NotPlain
                part.section.learn(item, make)
        if not self.is_in_order(value):
            self._sort(tuple(value))

    def outline(self) -> list[object]:
        """Give all keys, in order."""
        return [(p.key, p.section and p.section.outline()) for p in self.parts.values()]

    def is_in_order(self, value: dict[str, object]) -> bool:
        """Tell whether keys come in the order of `parts`."""
        keys = tuple(value)
        if not keys:
            return False  # an empty object is a value of its own
        if keys in self.orders:
            return True
        order = iter(self.parts)
        if not all(key in order for key in keys):
            return False
        if len(self.orders) < _ORDERS_KEPT:
            self.orders.add(keys)
        return True

    def _sort(self, keys: tuple[str, ...]) -> None:
        """Find an order that goes with one more object and with those before."""
        graph = graphlib.TopologicalSorter[str](dict.fromkeys(self.parts, ()))
        for order in (*sorted(self.orders), keys):
            for before, after in itertools.pairwise(order):
                graph.add(after, before)
        try:
            self.parts = {key: self.parts[key] for key in graph.static_order()}
        except graphlib.CycleError:
            raise NotPlain from None
        self.orders.add(keys)


class Layout:
    """What the objects at one place look like, with all their sections.

    Attributes:
        parts: What `values` fetches, in this order.
    """

    def __init__(  # noqa: PLR0913 - what a layout is of
        self,
        node: Node | None,
        budget: Budget,
        *,
        dotted: str = "",
        is_listed: bool = False,
        has_custom: bool = False,
        repeated: frozenset[str] = frozenset(),
        depth: int = 0,
    ) -> None:
        """Begin without knowing anything.

        Args:
            node: Reads the objects.
            budget: Of the tree.
            dotted: Path from the top of what is listed.
            is_listed: Whether the values here are listed one by one.
            has_custom: Whether unknown keys are custom fields.
            repeated: Folded keys whose values are elements of a list, even if alone.
            depth: Objects around.
        """
        if depth > _DEEPEST:
            raise NotPlain
        self.node, self.budget, self.is_listed = node, budget, is_listed
        self.parts: tuple[Part, ...] = ()
        self._repeated, self._has_custom = repeated, has_custom
        self._top = Section(node, dotted, depth)
        self._ordered: tuple[tuple[Section, tuple[str, ...]], ...] = ()
        self._compile()

    def is_element(self, key: str) -> bool:
        """Tell whether the value of a key is an element of a list, even if it is alone."""
        return fold(key) in self._repeated

    def within(self, part: Part, *, is_listed: bool | None = None) -> Layout:
        """Make the layout of the objects that are a part of these."""
        return Layout(
            part.node,
            self.budget,
            dotted=part.dotted,
            is_listed=self.is_listed if is_listed is None else is_listed,
            repeated=self._repeated,
            depth=self._top.depth + 1,
        )

    def values(self, value: dict[str, t.Any]) -> tuple[t.Any, ...]:
        """Fetch a value for each of `parts`; `msgspec.UNSET` where there is none.

        Raises:
            NotPlain: When the object does not go with the layout.
        """
        try:
            fetched = self._fetch(msgspec.convert(value, self._type))
        except _UNFIT:
            return self._learned(value)
        except AttributeError:  # null in the place of a section
            raise NotPlain from None
        if self._ordered and not self._is_in_order(value):
            return self._learned(value)
        return fetched

    def _is_in_order(self, value: dict[str, t.Any]) -> bool:
        for section, path in self._ordered:
            item = value
            for key in path:
                item = item.get(key, _MISSING)
            if tuple(item) in section.orders or item is _MISSING:
                continue
            if not section.is_in_order(item):
                return False
        return True

    def _learned(self, value: dict[str, t.Any]) -> tuple[t.Any, ...]:
        if not self.budget.parts:
            raise NotPlain
        before = self._top.outline()
        try:
            self._top.learn(value, self._make)
        finally:
            if self._top.outline() != before:
                self._compile()
        try:
            return self._fetch(msgspec.convert(value, self._type))
        except (*_UNFIT, AttributeError):
            raise NotPlain from None

    def _make(self, section: Section, key: str, item: object) -> Part:
        if key in _SPECIAL or key.startswith("@") or is_number(key) or _UNNAMEABLE.search(key):
            raise NotPlain
        node = None if section.node is None else section.node.children.get(key)
        if section.node is not None and node is None and section.node.folded[key] is not None:
            raise NotPlain  # exact spellings go first, so the values decide
        is_top = self._has_custom and section is self._top
        if is_top and node is not None and node.own and not (node.leaves and node.is_plain):
            raise NotPlain  # what the user's paths leave of it is a custom field
        self.budget.take()
        dotted = f"{section.dotted}.{key}" if section.dotted else key
        is_custom = is_top and node is None and is_custom_key(key)
        part = Part(key, node, dotted, is_custom=is_custom)
        part.is_whole = (
            part.is_custom or not (node is None or node.is_plain) or self.is_element(key)
        )
        if type(item) is dict and not part.is_whole:
            if not item or section.depth >= _DEEPEST:
                raise NotPlain
            part.section = Section(node, dotted, section.depth + 1)
        return part

    def _compile(self) -> None:
        parts: list[Part] = []
        paths: list[str] = []
        ordered: list[tuple[Section, tuple[str, ...]]] = []

        def structure(section: Section, keys: tuple[str, ...], prefix: str) -> tuple[t.Any, object]:
            """Make the structure of a section, and what stands for one that is not there."""
            is_text = section.node is not None and bool(section.node.leaves)  # `{}` was lost
            if len(section.parts) > 1 and (self.is_listed or is_text or _reads_many(section) > 1):
                ordered.append((section, keys))
            kinds: list[t.Any] = []
            missing: list[object] = []
            for number, part in enumerate(section.parts.values()):
                if part.section is None:
                    parts.append(part)
                    paths.append(f"{prefix}v{number}")
                    kinds.append(t.Any if part.is_whole else _Value)
                    missing.append(msgspec.UNSET)
                else:
                    kind, empty = structure(part.section, (*keys, part.key), f"{prefix}v{number}.")
                    kinds.append(kind | None)
                    missing.append(empty)
            made = _structure(list(section.parts), kinds, missing, is_top=section is self._top)
            return made, made(*missing)

        self._type, _ = structure(self._top, (), "")
        self.parts, self._ordered = tuple(parts), tuple(ordered)
        self._fetch = _getter(paths)


def _structure(
    keys: list[str], kinds: list[t.Any], missing: list[object], *, is_top: bool
) -> t.Any:  # noqa: ANN401 - a class of msgspec's
    # The only part must be there: an empty object is a value of its own.
    is_optional = is_top or len(keys) > 1
    defaults = [_default(value) if is_optional else msgspec.NODEFAULT for value in missing]
    names = [f"v{number}" for number in range(len(keys))]
    return msgspec.defstruct(
        "Section",
        list(zip(names, kinds, defaults, strict=True)),
        rename=dict(zip(names, keys, strict=True)),
        forbid_unknown_fields=True,
        frozen=True,
        gc=False,
    )


def _default(value: object) -> t.Any:  # noqa: ANN401 - as msgspec has it
    return msgspec.field(default_factory=lambda: value)


_MISSING: t.Final[dict[str, t.Any]] = {}


def _reads_many(section: Section) -> int:
    """Count the values of a section whose order matters, since all of them are kept."""
    return sum(
        part.is_whole
        or (part.section is not None and _reads_many(part.section))
        or (part.node is not None and any(leaf.many for leaf in part.node.leaves))
        for part in section.parts.values()
    )


def _getter(paths: list[str]) -> Callable[[object], tuple[t.Any, ...]]:
    """Fetch attributes as a tuple, however many they are."""
    if len(paths) > 1:
        return operator.attrgetter(*paths)
    if not paths:
        return lambda _: ()
    fetch = operator.attrgetter(paths[0])
    return lambda value: (fetch(value),)
