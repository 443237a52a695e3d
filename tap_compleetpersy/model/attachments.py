"""Attachments: the documents of a candidate, without their content."""

from __future__ import annotations

import re
import typing as t
import unicodedata
import zoneinfo

import msgspec

from tap_compleetpersy.model.openings import value_of
from tap_compleetpersy.model.reader import DOUBTS, walk
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.rules import Rules, attachment_tree
from tap_compleetpersy.model.scalars import compile_readers
from tap_compleetpersy.model.times import Instant

if t.TYPE_CHECKING:
    from collections.abc import Callable

ATTACHMENT_TYPES: t.Final = ("CV", "COVER_LETTER", "OTHER")


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
        name = value_of(found, "file_name")
        return (
            Attachment(
                remote_id=value_of(found, "remote_id"),
                type=attachment_type(value_of(found, "type"), name),
                link=value_of(found, "data_url"),
                file_name=name,
                content_type=value_of(found, "content_type"),
                size=value_of(found, "size"),
                opening_id=value_of(found, "opening_id"),
                created_at=value_of(found, "remote_created_at"),
                updated_at=value_of(found, "remote_updated_at"),
            ),
            doubts,
        )

    return read


def attachment_type(remote_type: str | None, file_name: str | None) -> str:
    """Tell what a document is: by its remote type, and if that says nothing by its name.

    Args:
        remote_type: `CV`, `Lebenslauf`, `Dokument`, …
        file_name: `Anschreiben_Müller.pdf`, …
    """
    for text in (remote_type, file_name):
        words = _words(text or "")
        joined = "".join(words)
        for kind, parts, whole in _KINDS:
            if any(part in joined for part in parts) or whole.intersection(words):
                return kind
        if words and text is remote_type and not _VAGUE.intersection(words):
            break
    return "OTHER"


# A document that is both has a CV in it.
_KINDS: t.Final = (
    (
        "CV",
        ("lebenslauf", "lebenslaeuf", "curriculumvitae", "werdegang"),
        frozenset({"cv", "cvs", "resume", "resumes", "vita", "curriculum"}),
    ),
    (
        "COVER_LETTER",
        (
            "anschreiben", "coverletter", "motivationsschreiben", "motivationsbrief",
            "motivationletter", "motivationalletter", "letterofmotivation", "bewerbungsschreiben",
            "begleitschreiben", "letterofapplication", "applicationletter",
        ),
        frozenset({"cover", "motivation"}),
    ),
)  # fmt: skip
_VAGUE: t.Final = frozenset({
    "anhang", "anlage", "application", "attachment", "bewerbung", "datei", "document", "doc",
    "dokument", "file", "other", "pdf", "sonstige", "sonstiger", "sonstiges", "unbekannt",
    "unknown", "unterlagen", "upload",
})  # fmt: skip
"""Types that say nothing about the document."""

_UMLAUTS: t.Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WORD: t.Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _words(text: str) -> list[str]:
    """Split at everything but letters, and where a small letter meets a capital one."""
    plain = unicodedata.normalize("NFC", text).translate(_UMLAUTS).translate(_CAPITALS)
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return [word.lower() for word in _WORD.findall(letters)]


_CAPITALS: t.Final = str.maketrans({"Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
