"""Child streams: lists of which each candidate has one, at a path of its own.

A child stream is a line here, its fields in `fields` and the setting with its path. Everything
else follows: the stream and its schema, one more request for each candidate who is new or was
updated, a ledger that finds deletions, filters, cutoff and bookmark.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChildStream:
    """A list that each candidate has.

    Attributes:
        name: Of the stream; its fields are those of that name in `fields.FIELDS`.
        path: Name of the setting that holds the path of the list.
        names: Under which a document may hold the list, in small letters.
        has_content: Its records link to files, which can be downloaded.
        is_independent: Records come and change while their candidate's update time stays, so
            that a complete pass asks for everybody's list.
    """

    name: str
    path: str
    names: frozenset[str]
    has_content: bool = False
    is_independent: bool = False

    @property
    def noun(self) -> str:
        """What its records are called, in the plural."""
        return self.path.removesuffix("_path")


ATTACHMENTS: t.Final = ChildStream(
    "candidate_attachments",
    "attachments_path",
    frozenset(
        {"attachments", "attachment", "documents", "document", "files", "file"}
        | {"anhänge", "anhaenge", "anhang", "dokumente", "dokument", "dateien", "datei"}
    ),
    has_content=True,
)

NOTES: t.Final = ChildStream(
    "candidate_notes",
    "notes_path",
    frozenset({"notes", "note", "comments", "comment"})
    | {"notizen", "notiz", "bemerkungen", "bemerkung", "kommentare", "kommentar"},
    is_independent=True,
)

CHILD_STREAMS: t.Final[Mapping[str, ChildStream]] = {
    each.name: each for each in (ATTACHMENTS, NOTES)
}
"""By name."""
