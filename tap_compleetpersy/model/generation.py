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
from tap_compleetpersy.model.reader import DISCARD
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
        path = None if path is None else (*path, part.key)
        if part.is_custom or part.is_container:
            self._custom(part, name, path)
            return _Value(part, name, None)
        is_read = part.node is not None and part.node.is_plain
        is_apart = is_read if path is None else not part.is_whole
        if "object" in part.kinds and is_apart:
            return _Value(part, name, self._apart(part, name, path))
        if path is not None:
            with self.block(f"if {name} is not U:"):
                self._list(part, name, path, part.kinds)
        return _Value(part, name, None)

    def _custom(self, part: Part, name: str, path: tuple[str, ...] | None) -> None:
        """Hand a custom field on, or a container of them."""
        if part.is_custom:
            listed = "late" if self._narrow else "listed"
            take = f"custom.at_top({self.constant(part.key)}, {name}, {listed})"
        elif path is None:
            take = f"if {name}: raise NotPlain"
        else:
            dotted = self.constant("".join(f"{key}." for key in path))
            take = f"custom.container({self.constant(part.node)}, {dotted}, {name}, listed)"
        with self.block(f"if {name} is not U:"):
            self.line(take)

    def _apart(self, part: Part, name: str, path: tuple[str, ...] | None) -> tuple[_Value, ...]:
        """Take a part apart where it is an object, else list it; the path is as of `unpack`."""
        inside = t.cast("Section", part.inside)
        is_always = part.kinds.keys() == {"object"}
        test = f"{name} is not U" if is_always else f"type({name}) is {self._type(part)}"
        with self.block(f"if {test}:"):
            values = self.unpack(inside, name, path)
            # A look at the first value mostly shows that it is not empty.
            first = f"{values[0].name} is U and " if values else ""
            is_empty = f"{first}{name} == {self.constant(inside.type())}"
            if _says_lost(part):
                self.line(f"if {is_empty}: raise NotPlain")
            elif path is not None:
                with self.block(f"if {is_empty}:"):
                    self._list(part, name, path, ["object"])
        with self.block("else:"):
            if names := [name for value in values for name in _names(value)]:
                self.line(f"{' = '.join(names)} = U")
            others = [kind for kind in part.kinds if kind != "object"]
            if others and path is not None:
                with self.block(f"if {name} is not U:"):
                    self._list(part, name, path, others)
        return values

    def _list(self, part: Part, name: str, path: tuple[str, ...], kinds: t.Collection[str]) -> None:
        """List a value that is of some kinds, if it leaves."""
        keep = None if self._narrow is None else self._narrow(path)
        if self._narrow is not None and keep is None:
            return
        before, after = entry(".".join(path), "DEFAULT", part.key)
        head, tail = self.constant(before), self.constant(after)
        if keep is not None and not {"object", "list"}.isdisjoint(kinds):
            kept = f"(x := {self.constant(keep)}(received({name})))"
            self.line(f"if {kept} is not DISCARD: listed += ({head}, written(x), {tail})")
            return
        if keep is not None and keep("x") is DISCARD:
            return
        text = f"listed += ({head}, quoted({name}), {tail})"
        if not self._has_escapes:
            opened, closed = self.constant(f'{before}"'), self.constant(f'"{after}')
            text = f"listed += ({opened}, {name}, {closed})"
        other = f"listed += ({head}, written({name}), {tail})"
        if len(kinds) != 1:  # of none: no value of this key could be learned
            self.line(f"if type({name}) is str: {text}")
            self.line(f"else: {other}")
            return
        alone = {
            "text": text,
            "list": f"listed += ({head}, quoted(encode({name}).decode()), {tail})",
            "scalar": f"listed += ({head}, USUAL[{name}] if type({name}) in EXACT else "
            f"written({name}), {tail})",
            "object": other,
        }
        self.line(alone[next(iter(kinds))])

    def visit(self, values: tuple[_Value, ...], found: str) -> None:
        """Read values into what was found."""
        single: dict[str, list[_Single]] = {}
        lists: dict[str, str] = {}
        before, self._lines = self._lines, []
        self._visit(values, single, lists)
        body, self._lines = self._lines, before
        for variable in lists.values():
            self.line(f"{variable} = []")
        self._lines += body
        for slot, variable in lists.items():
            self.line(f"if {variable}: {found}[{slot!r}] = {variable}")
        for slot, leaves in single.items():
            self._single(slot, leaves, found)

    def _visit(
        self, values: tuple[_Value, ...], single: dict[str, list[_Single]], lists: dict[str, str]
    ) -> None:
        """Read values; what slots with one value may get, and the variables of lists, are noted."""
        for value in sorted(values, key=lambda value: value.part.is_late):
            node = value.part.node
            if node is None or node.custom or not leads_somewhere(node):
                continue
            if node.group is not None:
                self._group(value, node, lists.setdefault(node.group, self.fresh()))
            elif node.collected is not None:
                self._openings(value, lists.setdefault(OPENINGS, self.fresh()))
            else:
                self._plain(value, node, single, lists)

    def _plain(
        self, value: _Value, node: Node, single: dict[str, list[_Single]], lists: dict[str, str]
    ) -> None:
        """Read what stands at paths, or below."""
        name, part = value.name, value.part
        if "object" in part.kinds:
            inside = value.inside
            if inside is None:  # a whole that some path leads into
                inside = self._apart(part, name, None)
            self._visit(inside, single, lists)
            if not node.leaves or len(part.kinds) == 1:
                return
            scalar = self.fresh()
            self.line(f"{scalar} = U if type({name}) is {self._type(part)} else {name}")
            name = scalar
        for leaf in node.leaves:
            if leaf.many:
                self._many(leaf, part, name, lists.setdefault(leaf.slot, self.fresh()))
            else:
                single.setdefault(leaf.slot, []).append((leaf, name, part))

    def _single(self, slot: str, leaves: list[_Single], found: str) -> None:
        """Find the best value of a slot."""
        leaves = sorted(leaves, key=lambda each: each[0].rank)
        for (one, name, _), (other, other_name, _) in itertools.pairwise(leaves):
            if one.rank == other.rank:
                both = f"{name} is not U and {other_name} is not U"
                self.line(f"if {both}: raise NotPlain")
        word = "if"
        for leaf, name, part in leaves:
            is_text = leaf.read is scalar_text
            read = self._text(part, name) if is_text else f"{self.constant(leaf.read)}({name})"
            test = "" if is_text else " is not None"
            with self.block(f"{word} {name} is not U and (x := {read}){test}:"):
                if not is_text:
                    self.line("if x is NU: raise NotPlain")
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
        is_list = "list" in part.kinds
        test = f"(x := {self.constant(leaf.read)}({'x' if is_list else name})) is not None"
        if leaf.read is scalar_text and not is_list:
            test = f"x := {self._text(part, name)}"
        add = f"if {test}: {found}.append(({leaf.rank}, x, {self.constant(leaf.mark)}))"
        with self.block(f"if {name} is not U:"):
            if is_list:
                with self.block(f"for x in {name} if type({name}) is list else ({name},):"):
                    self.line(add)
            else:
                self.line(add)

    def _group(self, value: _Value, node: Node, found: str) -> None:
        """Read elements, each on its own."""
        name, part = value.name, value.part

        def one(values: tuple[_Value, ...]) -> None:
            element = self.fresh()
            self.line(f"{element} = {{}}")
            self.visit(values, element)
            self.line(f"if {element}: {found}.append({element})")

        with self.block(f"if {name} is not U and {name} is not None:"):
            if "list" in part.kinds and "object" not in part.items:
                self.line(f"if type({name}) is list and {name}: raise NotPlain")
            elif "list" in part.kinds:
                item = self.fresh()
                with self.block(f"for {item} in {name} if type({name}) is list else ():"):
                    if len(part.items) > 1:
                        self.line(f"if type({item}) is not {self._type(part)}: raise NotPlain")
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

    def _openings(self, value: _Value, found: str) -> None:
        name, part = value.name, value.part
        if "object" not in {*part.kinds, *part.items}:
            self.line(f"if {name} is not U and {name} is not None and {name} != []: raise NotPlain")
            return
        inside = t.cast("Section", part.inside)
        item, element = self.fresh(), self.fresh()
        self.line(f"{item} = () if {name} is U or {name} is None else {name}")
        self.line(f"if type({item}) not in (list, tuple): {item} = ({item},)")
        with self.block(f"for {item} in {item}:"):
            self.line(f"if type({item}) is not {self._type(part)}: raise NotPlain")
            self.line(f"{element} = {{}}")
            self.visit(self.unpack(inside, item, None), element)
            self.line(f"if {element}: {found}.append(({item}, {element}))")
            is_nothing = f"elif {item} != {self.constant(inside.type())}:"
            # Perhaps openings by their ids.
            self.line(f"{'else:' if self._is_stripped else is_nothing} raise NotPlain")


_Single: t.TypeAlias = "tuple[Leaf, str, Part]"
"""A leaf, the variable of its value, and where that stands."""


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
