"""Rarer documents: packed files, mails, images and texts in all forms, Office's text formats."""

from __future__ import annotations

import bz2
import functools
import io
import lzma
import mailbox
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from gzip import compress
from pathlib import Path


def empty_zip() -> bytes:
    """Return an archive of nothing."""
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    return buffer.getvalue()


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("Zeugnis.txt"), io.BytesIO())
    return buffer.getvalue()


def _mail(*, attachment: bool = False) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Bewerbung", "anna@example.org"
    mail.set_content("Guten Tag")
    if attachment:
        mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="CV.pdf")
    return mail


def _mailbox() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "box"
        box = mailbox.mbox(path)
        box.add(_mail())
        box.close()
        return path.read_bytes()


def _web_archive() -> bytes:
    mail = _mail()
    mail.add_related("<html><body>Lebenslauf</body></html>", subtype="html")
    return mail.as_bytes()


def _flat_open_document() -> bytes:
    import odf.opendocument  # noqa: PLC0415 - slow to import

    return bytes(odf.opendocument.OpenDocumentText().xml())


def _postscript() -> bytes:
    from PIL import Image  # noqa: PLC0415

    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "EPS")
    return buffer.getvalue()


def _text(encoding: str) -> bytes:
    return "Sehr geehrte Damen und Herren, größte Freude".encode(encoding)


PACKED: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "Leer.zip": ("application/zip", empty_zip),
    "Zeugnis.tar": ("application/x-tar", _tar),
    "Zeugnis.tgz": ("application/gzip", lambda: compress(_tar())),
    "Zeugnis.tar.bz2": ("application/x-bzip2", lambda: bz2.compress(_tar())),
    "Zeugnis.tar.xz": ("application/x-xz", lambda: lzma.compress(_tar())),
    "Logo.eps": ("application/postscript", _postscript),
    "Tabelle als.xls": (
        "application/vnd.ms-excel",
        lambda: b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>1</table>',
    ),
}
"""Documents by name: the type as listed, and what makes the bytes."""

TEXTS: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "Mit Anhang.eml": ("message/rfc822", lambda: _mail(attachment=True).as_bytes()),
    "Postfach.mbox": ("application/mbox", _mailbox),
    "Seite.mht": ("multipart/related", _web_archive),
    "Lebenslauf.fodt": ("application/x-fodt", _flat_open_document),
    "Word 2003.doc": (
        "application/msword",
        lambda: (
            b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>\n'
            b'<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>'
        ),
    ),
    "Logo.svg": ("image/svg+xml", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
    "Termin.ics": ("text/calendar", lambda: b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    "Noten.csv": ("text/csv", lambda: "Name;Note\r\nGroß;1,3\r\n".encode("utf-8-sig")),
    "Noten.md": ("text/markdown", lambda: b"# Noten\n\n| Fach | Note |\n"),
    "Brief.asc": (
        "text/plain",
        lambda: b"-----BEGIN PGP MESSAGE-----\n\nTm9pY2U=\n-----END PGP MESSAGE-----\n",
    ),
    **{
        f"{encoding}.txt": ("text/plain", functools.partial(_text, encoding))
        for encoding in ("utf-8-sig", "mac-roman", "utf-16-be", "utf-16-le")
    },
}
"""Texts by name, in the same way."""
