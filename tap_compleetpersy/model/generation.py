"""The function that reads records of one layout, written for it and compiled.

It takes a structure of `layout` apart in one pass, lists each value in the order of the record,
and reads the slots in the order of their ranks. The source holds numbers and names of slots only:
whatever a server sent (keys above all) is a constant of the function's namespace.
"""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json.encoder import encode_basestring as quoted

import msgspec
from msgspec import UNSET

from tap_compleetpersy.model.layout import NotPlain, Part, Section, leads_somewhere
from tap_compleetpersy.model.parts import DISCARD
from tap_compleetpersy.model.rules import OPENINGS
from tap_compleetpersy.model.text import NOT_UNDERSTOOD, clean_text, scalar_text, text_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.layout import Layout
    from tap_compleetpersy.model.reader import Found, Leaf, Node
    from tap_compleetpersy.model.remote_data import Keep

Generated: t.TypeAlias = "Callable[[t.Any, t.Any], tuple[Found, list[str]]]"
"""Takes a structure, and what custom fields are handed to; gives what was found, and the entries
of `integration_fields` in pieces. Raises `NotPlain`."""


class _Value(t.NamedTuple):
    """A part whose value is in a local variable, or in several."""

    part: Part
    name: str
    inside: tuple[_Value, ...] | None
    """The variables of the object here, where it was taken apart."""


Narrow: t.TypeAlias = "Callable[[tuple[str, ...]], Keep | None]"
"""As of `remote_data.compile_places`."""


def generate(
    layout: Layout,
    narrow: Narrow | None = None,
    *,
    has_escapes: bool = True,
    is_stripped: bool = False,
) -> tuple[Generated, str]:
    """Return the function for a layout, and its source.

    Args:
        layout: What records look like.
        narrow: What is listed; None for all.
        has_escapes: There may be letters that JSON writes in another way; without them a text
            needs no more than its quotes.
        is_stripped: An empty object may be one that `exclude_fields` emptied.
    """
    writer = _Writer(narrow, has_escapes=has_escapes, is_stripped=is_stripped)
    writer.line("def read(record, custom):")
    with writer.block():
        writer.line("found, listed, late = {}, [], []")
        values = writer.unpack(layout.top, "record", ())
        writer.visit(values, "found")
        writer.line("listed += late")
        writer.line("return found, listed")
    return writer.compiled("read")


class _Writer:
    """Writes lines, and keeps the constants that they name."""

    def __init__(self, narrow: Narrow | None, *, has_escapes: bool, is_stripped: bool) -> None:
        self._narrow, self._has_escapes, self._is_stripped = narrow, has_escapes, is_stripped
        self._lines: list[str] = []
        self._indent = 0
        self._count = 0
        self._names: dict[str, object] = {
            "U": UNSET, "NotPlain": NotPlain, "NU": NOT_UNDERSTOOD, "quoted": quoted,
            "written": written, "encode": _encode, "USUAL": _USUAL, "EXACT": _EXACT,
            "DISCARD": DISCARD, "received": received, "scalar_text": scalar_text,
            "clean_text": clean_text,
        }  # fmt: skip

    def compiled(self, name: str) -> tuple[t.Any, str]:
        """Return what all lines define, compiled, and the lines."""
        source = "\n".join(self._lines)
        exec(compile(source, "<layout>", "exec"), self._names)  # noqa: S102 - own source, see above
        return self._names[name], source

    def line(self, text: str) -> None:
        """Write a line."""
        self._lines.append("    " * self._indent + text)

    @contextmanager
    def block(self, head: str = "") -> Iterator[None]:
        """Write a block below a line; an empty one does nothing."""
        if head:
            self.line(head)
        self._indent += 1
        before = len(self._lines)
        yield
        if len(self._lines) == before:
            self.line("pass")
        self._indent -= 1

    def fresh(self) -> str:
        """Return the name of a new variable."""
        self._count += 1
        return f"v{self._count}"

    def constant(self, value: object) -> str:
        """Return the name of a new constant."""
        self._count += 1
        name = f"K{self._count}"
        self._names[name] = value
        return name

    def unpack(
        self, section: Section, name: str, path: tuple[str, ...] | None
    ) -> tuple[_Value, ...]:
        """Take an object apart, and list its values.

        Args:
            section: What it looks like.
            name: Of its variable.
            path: Keys that lead to it; None where nothing is listed.
        """
        values = []
        for number, part in enumerate(section.parts.values()):
            if path is None and not leads_somewhere(part.node):
                continue
            variable = self.fresh()
            self.line(f"{variable} = {name}.f{number}")
            values.append(self._value(part, variable, path))
        return tuple(values)

    def _value(self, part: Part, name: str, path: tuple[str, ...] | None) -> _Value:
        if part.is_custom:
            listed = "late" if self._narrow else "listed"
            with self.block(f"if {name} is not U:"):
                self.line(f"custom.at_top({self.constant(part.key)}, {name}, {listed})")
            return _Value(part, name, None)
        if part.is_container:
            self._container(part, name, path)
            return _Value(part, name, None)
        if path is None:
            return self._unlisted(part, name)
        path = (*path, part.key)
        add = self._adding(part, name, path)
        if "object" not in part.kinds or part.is_whole:
            with self.block(f"if {name} is not U:"):
                self._lines += add(part.kinds)
            return _Value(part, name, None)
        inside = t.cast("Section", part.inside)
        with self.block(self._is_object("if", part, name)):
            values = self.unpack(inside, name, path)
            with self.block(self._is_empty(inside, name, values)):
                if _says_lost(part):
                    self.line("raise NotPlain")
                self._lines += add({"object": None})
        with self.block("else:"):
            self._forget(values)
            if len(part.kinds) > 1:
                with self.block(f"if {name} is not U:"):
                    self._lines += add({kind: None for kind in part.kinds if kind != "object"})
        return _Value(part, name, values)

    def _adding(
        self, part: Part, name: str, path: tuple[str, ...]
    ) -> Callable[[t.Collection[str]], list[str]]:
        """Return the lines that list a value, for some kinds of it."""
        before, after = entry(".".join(path), "DEFAULT", part.key)
        head, tail = self.constant(before), self.constant(after)
        text = f"listed += ({head}, quoted({name}), {tail})"
        if not self._has_escapes:
            opened, closed = self.constant(f'{before}"'), self.constant(f'"{after}')
            text = f"listed += ({opened}, {name}, {closed})"
        other = f"listed += ({head}, written({name}), {tail})"
        keep = None if self._narrow is None else self._narrow(path)

        alone = {
            "text": text,
            "list": f"listed += ({head}, quoted(encode({name}).decode()), {tail})",
            "scalar": f"listed += ({head}, USUAL[{name}] if type({name}) in EXACT else "
            f"written({name}), {tail})",
        }

        def lines(kinds: t.Collection[str]) -> list[str]:
            if self._narrow is not None and keep is None:
                return []
            if keep is not None and {"object", "list"} & set(kinds):
                kept = f"(x := {self.constant(keep)}(received({name})))"
                return [f"if {kept} is not DISCARD: listed += ({head}, written(x), {tail})"]
            if keep is not None and keep("x") is DISCARD:
                return []
            if len(kinds) == 1:
                (kind,) = kinds
                return [alone.get(kind, other)]
            return [f"if type({name}) is str: {text}", f"else: {other}"]

        return lambda kinds: ["    " * self._indent + line for line in lines(kinds)]

    def _is_object(self, word: str, part: Part, name: str) -> str:
        if part.kinds.keys() == {"object"}:
            return f"{word} {name} is not U:"
        return f"{word} type({name}) is {self.constant(t.cast('Section', part.inside).type)}:"

    def _is_empty(self, section: Section, name: str, values: tuple[_Value, ...]) -> str:
        """Return the test of an object without keys; a look at the first value mostly does."""
        first = f"{values[0].name} is U and " if values else ""
        return f"if {first}{name} == {self.constant(section.type())}:"

    def _unlisted(self, part: Part, name: str) -> _Value:
        if "object" not in part.kinds or part.node is None or not part.node.is_plain:
            return _Value(part, name, None)
        with self.block(self._is_object("if", part, name)):
            inside = t.cast("Section", part.inside)
            values = self.unpack(inside, name, None)
            if _says_lost(part):
                with self.block(self._is_empty(inside, name, values)):
                    self.line("raise NotPlain")
        with self.block("else:"):
            self._forget(values)
        return _Value(part, name, values)

    def _forget(self, values: tuple[_Value, ...]) -> None:
        names = [name for value in values for name in _names(value)]
        if names:
            self.line(f"{' = '.join(names)} = U")

    def _container(self, part: Part, name: str, path: tuple[str, ...] | None) -> None:
        if path is None:
            with self.block(f"if {name} is not U and {name}:"):
                self.line("raise NotPlain")
        else:
            dotted = self.constant("".join(f"{key}." for key in (*path, part.key)))
            with self.block(f"if {name} is not U:"):
                self.line(f"custom.container({self.constant(part.node)}, {dotted}, {name}, listed)")

    def visit(self, values: tuple[_Value, ...], found: str) -> None:
        """Read values into what was found."""
        slots = _Slots()
        with self._later() as body:
            self._visit(values, slots)
        for variable in slots.lists.values():
            self.line(f"{variable} = []")
        self._lines += body
        for slot, variable in slots.lists.items():
            with self.block(f"if {variable}:"):
                self.line(f"{found}[{slot!r}] = {variable}")
        for slot, leaves in slots.single.items():
            self._single(slot, leaves, found)

    @contextmanager
    def _later(self) -> Iterator[list[str]]:
        """Take out the lines of a block, to be written after others."""
        before, self._lines = self._lines, []
        body = self._lines
        yield body
        self._lines = before

    def _visit(self, values: tuple[_Value, ...], slots: _Slots) -> None:
        for value in sorted(values, key=lambda value: value.part.is_late):
            node = value.part.node
            if node is None or node.custom or not leads_somewhere(node):
                continue
            if node.group is not None:
                self._group(value, node, self._list(slots, node.group))
            elif node.collected is not None:
                self._openings(value, self._list(slots, OPENINGS))
            else:
                self._plain(value, node, slots)

    def _list(self, slots: _Slots, slot: str) -> str:
        """Return the variable of a list."""
        return slots.lists.setdefault(slot, self.fresh())

    def _plain(self, value: _Value, node: Node, slots: _Slots) -> None:
        """Read what stands at paths, or below."""
        name, part = value.name, value.part
        if "object" in part.kinds:
            if value.inside is None:  # a whole that some path leads into
                value = value._replace(inside=self._unlisted(part, name).inside)
            self._visit(value.inside or (), slots)
            if not node.leaves or len(part.kinds) == 1:
                return
            scalar = self.fresh()
            self.line(f"{scalar} = U if type({name}) is {self._type(part)} else {name}")
            name = scalar
        for leaf in node.leaves:
            if leaf.many:
                self._many(leaf, part, name, self._list(slots, leaf.slot))
            else:
                slots.single.setdefault(leaf.slot, []).append(_Single(leaf, name, part))

    def _single(self, slot: str, leaves: list[_Single], found: str) -> None:
        """Find the best value of a slot."""
        leaves = sorted(leaves, key=lambda each: each.leaf.rank)
        for one, other in itertools.pairwise(leaves):
            if one.leaf.rank == other.leaf.rank:
                with self.block(f"if {one.name} is not U and {other.name} is not U:"):
                    self.line("raise NotPlain")
        word = "if"
        for leaf, name, part in leaves:
            is_text = leaf.read is scalar_text
            read = self._text(part, name) if is_text else f"{self.constant(leaf.read)}({name})"
            test = "" if is_text else " is not None"
            with self.block(f"{word} {name} is not U and (x := {read}){test}:"):
                if not is_text:
                    with self.block("if x is NU:"):
                        self.line("raise NotPlain")
                self.line(f"{found}[{slot!r}] = ({leaf.rank}, x)")
            word = "elif"

    def _text(self, part: Part, name: str) -> str:
        """Return an expression of a text; most are plain, so one call less is worth its letters."""
        if part.kinds.keys() != {"text"}:
            return f"scalar_text({name})"
        plain = f"{name}.isascii() and '&' not in {name} and '<' not in {name}"
        return f"{name}.strip() if {plain} else clean_text({name})"

    def _many(self, leaf: Leaf, part: Part, name: str, found: str) -> None:
        """Find every value of a slot."""
        add = f"{found}.append(({leaf.rank}, x, {self.constant(leaf.mark)}))"
        read = f"if (x := {self.constant(leaf.read)}({{}})) is not None:"
        if leaf.read is scalar_text and "list" not in part.kinds:
            read = f"if x := {self._text(part, name)}:"
        with self.block(f"if {name} is not U:"):
            if "list" in part.kinds:
                values = f"{name} if type({name}) is list else ({name},)"
                with self.block(f"for x in {values}:"), self.block(read.format("x")):
                    self.line(add)
            else:
                with self.block(read.format(name)):
                    self.line(add)

    def _group(self, value: _Value, node: Node, found: str) -> None:
        """Read elements, each on its own."""
        name, part = value.name, value.part

        def one(values: tuple[_Value, ...]) -> None:
            element = self.fresh()
            self.line(f"{element} = {{}}")
            self.visit(values, element)
            with self.block(f"if {element}:"):
                self.line(f"{found}.append({element})")

        with self.block(f"if {name} is not U and {name} is not None:"):
            if "list" in part.kinds and "object" not in part.items:
                with self.block(f"if type({name}) is list and {name}:"):
                    self.line("raise NotPlain")
            elif "list" in part.kinds:
                with self._each(part, name) as item:
                    one(self.unpack(t.cast("Section", part.inside), item, None))
            if "object" in part.kinds:
                with self.block(f"if type({name}) is {self._type(part)}:"):
                    inside = value.inside
                    if inside is None:
                        inside = self.unpack(t.cast("Section", part.inside), name, None)
                    one(inside)
            scalars = [kind for kind in part.kinds if kind in {"text", "scalar"}]
            if scalars and node.leaves:
                others = ["list"] if "list" in part.kinds else []
                others += [self._type(part)] if "object" in part.kinds else []
                test = " and ".join(f"type({name}) is not {other}" for other in others)
                with self.block(f"if {test or True}:"):
                    alone = Part("", _only_leaves(node), kinds=dict.fromkeys(scalars))
                    one((_Value(alone, name, None),))

    def _type(self, part: Part) -> str:
        return self.constant(t.cast("Section", part.inside).type)

    @contextmanager
    def _each(self, part: Part, name: str) -> Iterator[str]:
        """Loop over the objects of a list."""
        item = self.fresh()
        with self.block(f"for {item} in {name} if type({name}) is list else ():"):
            if len(part.items) > 1:
                with self.block(f"if type({item}) is not {self._type(part)}:"):
                    self.line("raise NotPlain")
            yield item

    def _openings(self, value: _Value, found: str) -> None:
        name, part = value.name, value.part
        if "object" not in {*part.kinds, *part.items}:
            with self.block(f"if {name} is not U and {name} is not None and {name} != []:"):
                self.line("raise NotPlain")
            return
        inside = t.cast("Section", part.inside)
        item, element = self.fresh(), self.fresh()
        self.line(f"{item} = () if {name} is U or {name} is None else {name}")
        self.line(f"if type({item}) not in (list, tuple): {item} = ({item},)")
        with self.block(f"for {item} in {item}:"):
            with self.block(f"if type({item}) is not {self._type(part)}:"):
                self.line("raise NotPlain")
            self.line(f"{element} = {{}}")
            self.visit(self.unpack(inside, item, None), element)
            with self.block(f"if {element}:"):
                self.line(f"{found}.append(({item}, {element}))")
            is_nothing = f"elif {item} != {self.constant(inside.type())}:"
            with self.block("else:" if self._is_stripped else is_nothing):
                self.line("raise NotPlain")  # perhaps openings by their ids


class _Single(t.NamedTuple):
    """A leaf, the variable of its value, and where that stands."""

    leaf: Leaf
    name: str
    part: Part


class _Slots:
    """Where the values of an object go."""

    def __init__(self) -> None:
        self.single: dict[str, list[_Single]] = {}
        """Leaves of slots with one value."""
        self.lists: dict[str, str] = {}
        """Variables of slots with many values."""


def _says_lost(part: Part) -> bool:
    """Whether an empty object says that PHP lost a value (`wrappers.is_lost`)."""
    return part.node is not None and bool(part.node.leaves) and part.node.group is None


def _names(value: _Value) -> Iterator[str]:
    yield value.name
    for inner in value.inside or ():
        yield from _names(inner)


def _only_leaves(node: Node) -> Node:
    """Return a node that reads what stands at a path and nothing below."""
    made = type(node)()
    made.leaves = node.leaves
    return made


def entry(key: str, kind: str, label: str) -> tuple[str, str]:
    """Return what stands before and after the value of an entry of `integration_fields`."""
    name = quoted(key)
    return f',{{"id":{name},"key":{name},"type":"{kind}","value":', f',"label":{quoted(label)}}}'


_encode: t.Final = msgspec.json.Encoder().encode
_decode: t.Final = msgspec.json.Decoder().decode
_USUAL: t.Final = {None: "null", True: '"true"', False: '"false"'}
_EXACT: t.Final = frozenset({type(None), bool})
_SCALARS: t.Final = frozenset({str, bool, int, float, type(None)})


def written(value: object) -> str:
    """Return a value of `integration_fields`, which is text or null, as JSON."""
    if type(value) not in _SCALARS:
        return quoted(_encode(value).decode())
    text = text_of(value)
    return "null" if text is None else quoted(text)


def received(structure: object) -> t.Any:  # noqa: ANN401 - JSON
    """Return what a structure was decoded from, as decoded without a layout."""
    return _decode(_encode(structure))
