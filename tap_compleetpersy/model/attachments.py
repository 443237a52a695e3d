"""Attachments: the documents of a candidate, without their content."""

from __future__ import annotations

import typing as t
import zoneinfo

import msgspec

from tap_compleetpersy.model.composition import Notes
from tap_compleetpersy.model.declaration import compile_values
from tap_compleetpersy.model.fields import ATTACHMENT_FIELDS
from tap_compleetpersy.model.reader import DOUBTS, value_of, walk
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.rules import Rules, attachment_tree
from tap_compleetpersy.model.scalars import compile_readers
from tap_compleetpersy.model.times import Instant

if t.TYPE_CHECKING:
    from collections.abc import Callable


class Attachment(msgspec.Struct, frozen=True):
    """One document, as Persy describes it (`docs/wire.md`, attachment).

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
    readers = compile_readers(zoneinfo.ZoneInfo(rules.time_zone))
    tree = attachment_tree(rules, readers)
    strip = compile_strip(rules.exclude_fields)
    compose = compile_values(ATTACHMENT_FIELDS)

    def read(record: object) -> tuple[Attachment | None, tuple[str, ...]]:
        found = walk(tree, record) if isinstance(record, dict) else {}
        if "remote_id" not in found:
            return None, ("attachment without id",)
        if rules.exclude_fields and isinstance(record, dict):
            found = walk(tree, strip(record)) | {"remote_id": found["remote_id"]}
        doubts = tuple(
            f"candidate_attachments.{slot}: unreadable"
            for slot in found.get(DOUBTS, ())
            if slot not in found
        )
        values = compose(found, Notes([], lambda _: None))
        return (
            Attachment(
                remote_id=value_of(found, "remote_id"),
                type=values["type"],
                link=values["data_url"],
                file_name=values["file_name"],
                content_type=values["content_type"],
                size=value_of(found, "size"),
                opening_id=values["application_id"],
                created_at=value_of(found, "remote_created_at"),
                updated_at=value_of(found, "remote_updated_at"),
                values=values,
            ),
            doubts,
        )

    return read
