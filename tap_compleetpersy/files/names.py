"""Names of files that came from strangers, made safe for every file system."""

from __future__ import annotations

import re
import typing as t
import unicodedata

if t.TYPE_CHECKING:
    from collections.abc import Collection

_LONGEST = 150
_NAMELESS: t.Final = "attachment"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"}
)
_ANY_EXTENSION = re.compile(r"[A-Za-z0-9]{1,12}")
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})")
_EXTENSIONS: t.Final = {
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/zip": "zip",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
    "text/plain": "txt",
}


def safe_name(name: str | None, taken: Collection[str] = ()) -> str:
    """Make a name of one file out of a name that anybody may have chosen.

    It is NFC, holds no separator, control, format or surrogate character, is no name of a device
    on any system, does not begin or end with a dot or a space, and has at most 150 bytes. Its
    extension stays.

    Args:
        name: As received.
        taken: Names in the same folder, casefolded: a number tells another file apart.
    """
    text = unicodedata.normalize("NFC", name or "")
    text = "".join(char for char in text if unicodedata.category(char)[0] != "C")
    text = _FORBIDDEN.sub("_", text)
    text = " ".join(text.split()).strip(". ") or _NAMELESS
    if text.partition(".")[0].strip().casefold() in _DEVICES:
        text = f"_{text}"
    stem, dot, extension = text.rpartition(".")
    if not stem or not _ANY_EXTENSION.fullmatch(extension):
        stem, dot, extension = text, "", ""
    number = 1
    while True:
        mark = f" ({number})" if number > 1 else ""
        room = _LONGEST - len(f"{mark}{dot}{extension}".encode())
        cut = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
        chosen = f"{cut}{mark}{dot}{extension}"
        if chosen.casefold() not in taken:
            return chosen
        number += 1


def extension_of(file_name: str | None, content_type: str | None) -> str:
    """Answer a short extension with its dot, in lower case, or nothing.

    Args:
        file_name: As received; its extension wins.
        content_type: As received.
    """
    _, dot, last = (file_name or "").strip().rpartition(".")
    if _EXTENSION.fullmatch(f"{dot}{last}"):
        return f".{last.lower()}"
    media_type = (content_type or "").partition(";")[0].strip().lower()
    known = _EXTENSIONS.get(media_type)
    return f".{known}" if known else ""
