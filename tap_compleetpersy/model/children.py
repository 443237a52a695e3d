"""Records of child streams: what the fields of a declaration say of one element of a list."""

from __future__ import annotations

import typing as t
import zoneinfo
from collections.abc import Callable

from tap_compleetpersy.model.child_streams import CHILD_STREAMS
from tap_compleetpersy.model.composition import Notes
from tap_compleetpersy.model.declaration import compile_values
from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.model.reader import DOUBTS, value_of, walk
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.rules import Rules, child_tree
from tap_compleetpersy.model.scalars import compile_readers


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


ReadChild = Callable[[object], tuple[Child | None, tuple[str, ...]]]


def compile_child(name: str, rules: Rules) -> ReadChild:
    """Prepare the reading of the records of a child stream.

    Args:
        name: Of the stream.
        rules: How.

    Returns:
        A function from a record as received to the record as read, None when it has no id, and
        to one short kind for everything not understood.
    """
    readers = compile_readers(zoneinfo.ZoneInfo(rules.time_zone))
    tree = child_tree(name, rules, readers)
    strip = compile_strip(rules.exclude_fields)
    compose = compile_values(FIELDS[name])
    singular = CHILD_STREAMS[name].noun.removesuffix("s")

    def read(record: object) -> tuple[Child | None, tuple[str, ...]]:
        found = walk(tree, record) if isinstance(record, dict) else {}
        if "remote_id" not in found:
            return None, (f"{singular} without id",)
        if rules.exclude_fields and isinstance(record, dict):
            found = walk(tree, strip(record)) | {"remote_id": found["remote_id"]}
        doubts = tuple(
            f"{name}.{fact}: unreadable" for fact in found.get(DOUBTS, ()) if fact not in found
        )
        values = compose(found, Notes([], lambda _: None))
        return Child(value_of(found, "remote_id"), values, found), doubts

    return read
