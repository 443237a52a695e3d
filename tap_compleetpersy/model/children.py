"""Records of child streams: what the fields of a declaration say of one element of a list."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from tap_compleetpersy.model.composition import Notes
from tap_compleetpersy.model.declaration import compile_values
from tap_compleetpersy.model.fields import CHILD_STREAMS
from tap_compleetpersy.model.reader import DOUBTS, value_of, walk
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.rules import Rules, child_tree
from tap_compleetpersy.model.wrappers import flat


class Child(t.NamedTuple):
    """One record of a list.

    Attributes:
        remote_id: Id in Persy.
        values: Fields of its record that the list says, as emitted.
        facts: What was found, by name of the fact.
    """

    remote_id: str
    values: dict[str, t.Any]
    facts: dict[str, t.Any]

    def __repr__(self) -> str:
        """Show no person."""
        return f"Child({self.remote_id!r})"


def compile_child(
    name: str, rules: Rules
) -> Callable[[object], tuple[Child | None, tuple[str, ...]]]:
    """Return the function that reads a record of a child stream.

    It returns None for one without id, and one short kind for everything not understood.
    """
    tree = child_tree(name, rules)
    strip = compile_strip(rules.exclude_fields)
    compose = compile_values(CHILD_STREAMS[name].fields)
    singular = CHILD_STREAMS[name].noun.removesuffix("s")

    def read(record: object) -> tuple[Child | None, tuple[str, ...]]:
        received = flat(record) if type(record) is dict else {}
        found, around = walk(tree, received), None
        if "remote_id" not in found and len(received) == 1:  # `{"Attachment": {…}}`
            ((around, inner),) = received.items()
            found = walk(tree, inner if type(inner) is dict else {})
        if "remote_id" not in found:
            return None, (f"{singular} without id",)
        if rules.exclude_fields:
            kept = flat(strip(t.cast("dict[str, t.Any]", record)))
            kept = kept if around is None else kept.get(around, {})
            found = walk(tree, kept) | {"remote_id": found["remote_id"]}
        doubts = tuple(
            f"{name}.{fact}: unreadable" for fact in found.get(DOUBTS, ()) if fact not in found
        )
        values = compose(found, Notes([], lambda _: None))
        return Child(value_of(found, "remote_id"), values, found), doubts

    return read
