"""What an expression of a stream map reads, as far as its text tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Path = tuple[str, ...]
"""Names from a field inwards, such as ``("location", "city")``."""

RECORD_NAMES = frozenset({"_", "record"})
"""Names of the whole record."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What an expression reads.

    Attributes:
        paths: Names that are no variable of its own, with what is taken out of them; an empty one
            is the whole record.
        texts: Every text in it: a field may be looked for by one.
    """

    paths: frozenset[Path]
    texts: frozenset[str]

    def reads(self, path: Path) -> bool:
        """Whether a field is read.

        Whoever reads an object reads its fields only if it names them in some way.
        """
        return any(
            read[: len(path)] == path or (path[: len(read)] == read and path[-1] in self.texts)
            for read in self.paths
        )


def reads_of(expression: str) -> Reads:
    """Return what an expression reads.

    Args:
        expression: That can be parsed.
    """
    tree = ast.parse(expression)
    nodes = list(ast.walk(tree))
    own = {
        name.id
        for node in nodes
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name)
    }
    return Reads(
        paths=frozenset(path for path in _accesses(tree) if not path or path[0] not in own),
        texts=frozenset(
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ),
    )


def _accesses(node: ast.AST) -> Iterator[Path]:
    """Yield the path of each access, as deep as it goes, of those below a node."""
    found = _paths(node)
    if found:
        yield from found
        yield from _beside(node)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _accesses(child)


def _beside(node: ast.AST) -> Iterator[Path]:
    """Yield what is read beside the access that a node is: conditions, defaults, keys."""
    match node:
        case ast.Subscript(value=value, slice=key):
            yield from _accesses(key)
            yield from _beside(value)
        case ast.Attribute(value=value):
            yield from _beside(value)
        case ast.Call(func=ast.Attribute(value=value), args=arguments):
            for each in arguments:
                yield from _accesses(each)
            yield from _beside(value)
        case ast.BoolOp(values=values):
            for each in values:
                yield from _beside(each) if _paths(each) else _accesses(each)
        case ast.IfExp(test=test, body=body, orelse=other):
            yield from _accesses(test)
            for each in (body, other):
                yield from _beside(each) if _paths(each) else _accesses(each)


def _paths(node: ast.AST) -> frozenset[Path]:  # noqa: PLR0911 - one for each kind of node
    """Return what a node may be: paths into the record, none for anything else."""
    match node:
        case ast.Name(id=name):
            return frozenset({() if name in RECORD_NAMES else (name,)})
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
            return _inside(value, key)
        case ast.Subscript(value=value):
            return _paths(value)
        case ast.Call(
            func=ast.Attribute(value=value, attr="get"), args=[ast.Constant(value=str(key)), *_]
        ):
            return _inside(value, key)
        case ast.Call(func=ast.Attribute(value=value)):
            return _paths(value)
        case ast.Attribute(value=value, attr=name):
            return _inside(value, name)
        case ast.BoolOp(values=values):
            return frozenset().union(*map(_paths, values))
        case ast.IfExp(body=body, orelse=other):
            return _paths(body) | _paths(other)
    return frozenset()


def _inside(value: ast.AST, key: str) -> frozenset[Path]:
    return frozenset((*path, key) for path in _paths(value))
