"""Records of child streams: what the fields of a declaration say of one element of a list.

An attachment is one of these records, without its content.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

import msgspec

from tap_compleetpersy.model.composition import Notes
from tap_compleetpersy.model.declaration import compile_values
from tap_compleetpersy.model.fields import ATTACHMENTS, CHILD_STREAMS
from tap_compleetpersy.model.reader import DOUBTS, value_of, walk
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.rules import Rules, child_tree
from tap_compleetpersy.model.times import Instant
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


class Attachment(msgspec.Struct, frozen=True):
    """One document, as the list of attachments has it (`docs/wire.md`, "Assumed").

    Attributes:
        remote_id: Id in Persy.
        type: One of `ATTACHMENT_TYPES`.
        link: Where the content is, as received: it may be relative.
        file_name: As it was uploaded.
        content_type: As the list says.
        size: Bytes, as the list says.
        opening_id: Opening that it was sent for.
        created_at: When Persy got it.
        updated_at: When it was replaced last.
        values: Fields of its record that the list says, as emitted.
    """

    remote_id: str
    type: str
    link: str | None
    file_name: str | None
    content_type: str | None
    size: str | None
    opening_id: str | None
    created_at: Instant | None
    updated_at: Instant | None
    values: Mapping[str, t.Any] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        """Show no person."""
        return f"Attachment({self.remote_id!r})"


def compile_attachments(
    rules: Rules,
) -> Callable[[object], tuple[Attachment | None, tuple[str, ...]]]:
    """Return the function that reads an attachment, as `compile_child`."""
    read = compile_child(ATTACHMENTS.name, rules)

    def attachment(record: object) -> tuple[Attachment | None, tuple[str, ...]]:
        child, doubts = read(record)
        if child is None:
            return None, doubts
        values, facts = child.values, child.facts
        made = Attachment(
            remote_id=child.remote_id,
            type=values["type"],
            link=values["data_url"],
            file_name=values["file_name"],
            content_type=values["content_type"],
            size=value_of(facts, "size"),
            opening_id=values["application_id"],
            created_at=value_of(facts, "remote_created_at"),
            updated_at=value_of(facts, "remote_updated_at"),
            values=values,
        )
        return made, doubts

    return attachment
