"""What kind of document an attachment is."""

from __future__ import annotations

import re
import typing as t
import unicodedata

ATTACHMENT_TYPES: t.Final = ("CV", "COVER_LETTER", "OTHER")


def attachment_type(remote_type: str | None, file_name: str | None) -> str:
    """Return what a document is: by its remote type, and if that says nothing by its file name."""
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

_UMLAUTS: t.Final = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue",
})  # fmt: skip
_WORD: t.Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _words(text: str) -> list[str]:
    """Return words: they end at all but letters, and where a small letter meets a capital."""
    plain = unicodedata.normalize("NFC", text).translate(_UMLAUTS)
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return [word.lower() for word in _WORD.findall(letters)]
