"""Attachments: the documents of a candidate, without their content."""

from __future__ import annotations

import typing as t

import msgspec

from tap_compleetpersy.model.child_streams import ATTACHMENTS
from tap_compleetpersy.model.children import compile_child
from tap_compleetpersy.model.reader import value_of
from tap_compleetpersy.model.rules import Rules
from tap_compleetpersy.model.times import Instant

if t.TYPE_CHECKING:
    from collections.abc import Callable


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
    values: t.Mapping[str, t.Any] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        """Show no person."""
        return f"Attachment({self.remote_id!r})"


def compile_attachments(
    rules: Rules,
) -> Callable[[object], tuple[Attachment | None, tuple[str, ...]]]:
    """Prepare the reading of attachments.

    Returns:
        A function from a record as received to the attachment, None when it has no id, and to
        one short kind for everything not understood.
    """
    read = compile_child(ATTACHMENTS.name, rules)

    def attachment(record: object) -> tuple[Attachment | None, tuple[str, ...]]:
        child, doubts = read(record)
        if child is None:
            return None, doubts
        values, facts = child.values, child.facts
        return (
            Attachment(
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
            ),
            doubts,
        )

    return attachment
