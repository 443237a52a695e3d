"""Documents that real tools make, and what servers send in their place."""

from __future__ import annotations

import io
import typing as t
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from gzip import compress

Kind = t.Literal["document", "text", "page", "login page", "error", "JSON", "empty"]
Listed = t.Literal["binary", "html", "json", "other"]


@dataclass(frozen=True)
class Sample:
    """Bytes, and what they are.

    Attributes:
        name: As the list calls them.
        content_type: As the list says when it is right.
        listed: What such a name promises.
        kind: What they are.
        content: The bytes.
    """

    name: str
    content_type: str
    listed: Listed
    kind: Kind
    content: bytes


def samples() -> Iterator[Sample]:
    """Make all of them."""
    for name, content in _pdfs().items():
        yield Sample(f"{name}.pdf", "application/pdf", "binary", "document", content)
    for extension, content in _office().items():
        listed: Listed = "other" if extension == "xls" else "binary"
        yield Sample(
            f"Zeugnis.{extension}", f"application/x-{extension}", listed, "document", content
        )
    for extension, content in _images().items():
        yield Sample(f"Foto.{extension}", f"image/{extension}", "binary", "document", content)
    yield from _texts()
    yield from _signed()
    yield from _in_their_place()


def _pdfs() -> dict[str, bytes]:
    import fpdf  # noqa: PLC0415 - slow to import, as are the others
    import pypdf  # noqa: PLC0415

    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica")
    pdf.cell(text="Lebenslauf")
    plain = bytes(pdf.output())
    forms = {"plain": plain, "old": plain.replace(b"%PDF-1.3", b"%PDF-1.0", 1)}
    for name in ("encrypted", "appended", "compressed"):
        writer = pypdf.PdfWriter(io.BytesIO(plain), incremental=name == "appended")
        if name == "encrypted":
            writer.encrypt("geheim")
        if name == "compressed":
            writer.compress_identical_objects()
        buffer = io.BytesIO()
        writer.add_metadata({"/Title": name})
        writer.write(buffer)
        forms[name] = buffer.getvalue()
    warning = b"<br />\n<b>Warning</b>:  fopen(): denied in <b>/x.php</b> on line <b>3</b><br />\n"
    return forms | {
        "with a mark": b"\xef\xbb\xbf" + plain,
        "after blank lines": b"\r\n\r\n  \n" + plain,
        "after warnings": warning * 3 + plain,
        "after a warning without a line's end": b"<b>Notice</b>: x<br />" + plain,
        "cut short": plain[: len(plain) // 2],
    }


def _office() -> dict[str, bytes]:
    import docx  # noqa: PLC0415
    import msoffcrypto.format.ooxml  # noqa: PLC0415
    import odf.opendocument  # noqa: PLC0415
    import openpyxl  # noqa: PLC0415
    import pptx  # noqa: PLC0415
    import xlwt  # noqa: PLC0415

    def saved(document: t.Any) -> bytes:
        buffer = io.BytesIO()
        document.save(buffer)
        return buffer.getvalue()

    old = xlwt.Workbook()
    old.add_sheet("Zeugnis").write(0, 0, "gut")
    made = {
        "docx": saved(docx.Document()),
        "xlsx": saved(openpyxl.Workbook()),
        "pptx": saved(pptx.Presentation()),
        "xls": saved(old),
        "odt": saved(odf.opendocument.OpenDocumentText()),
        "ods": saved(odf.opendocument.OpenDocumentSpreadsheet()),
        "odp": saved(odf.opendocument.OpenDocumentPresentation()),
    }
    locked = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(made["docx"])).encrypt("geheim", locked)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Zeugnis.txt", "gut")
    return made | {"docm": locked.getvalue(), "zip": buffer.getvalue()}


def _images() -> dict[str, bytes]:
    import pillow_heif  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    pillow_heif.register_heif_opener()
    image = Image.new("RGB", (64, 64), "white")
    made: dict[str, bytes] = {}
    for extension, form in _FORMS.items():
        buffer = io.BytesIO()
        image.save(buffer, form)
        made[extension] = buffer.getvalue()
    return made


_FORMS = {
    "jpg": "JPEG",
    "png": "PNG",
    "gif": "GIF",
    "tif": "TIFF",
    "webp": "WEBP",
    "bmp": "BMP",
    "heic": "HEIF",
    "jp2": "JPEG2000",
}


def _texts() -> Iterator[Sample]:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Bewerbung", "anna@example.org"
    mail.set_content("Guten Tag")
    yield Sample("Bewerbung.eml", "message/rfc822", "other", "text", mail.as_bytes())
    mail.add_alternative("<html><body>Guten Tag</body></html>", subtype="html")
    yield Sample("Mit HTML.eml", "message/rfc822", "other", "text", mail.as_bytes())
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jürgen Groß\r\nEND:VCARD\r\n"
    yield Sample("Karte.vcf", "text/vcard", "other", "text", card.encode())
    for name, encoding in (("utf-8", "utf-8"), ("windows", "cp1252"), ("utf-16", "utf-16")):
        content = "Sehr geehrte Damen und Herren, größte Freude".encode(encoding)
        yield Sample(f"{name}.txt", "text/plain", "other", "text", content)
    europass = '<?xml version="1.0"?>\n<!-- Europass -->\n<SkillsPassport>\n</SkillsPassport>'
    yield Sample("europass.xml", "application/xml", "other", "text", europass.encode())
    yield Sample("Notizen.doc", "application/msword", "other", "text", b"Als Text gespeichert")
    rtf = rb"{\rtf1\ansi Lebenslauf\par}"
    yield Sample("Brief.rtf", "application/rtf", "other", "document", rtf)
    yield Sample("RTF als.doc", "application/msword", "other", "document", rtf)
    word = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"\n'
        'xmlns:w="urn:schemas-microsoft-com:office:word"><body>Lebenslauf</body></html>'
    )
    yield Sample("Word als.doc", "application/msword", "other", "document", word.encode())
    resume = b"<!DOCTYPE html><html><body><h1>Lebenslauf</h1></body></html>"
    yield Sample("Lebenslauf.html", "text/html", "html", "page", resume)
    yield Sample("Daten.json", "application/json", "json", "JSON", b'{"name": "Anna"}')


def _signed() -> Iterator[Sample]:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import pkcs7  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Anna")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=9))
    ).sign(key, hashes.SHA256())
    builder = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(b"Zeugnis")
        .add_signer(certificate, key, hashes.SHA256())
    )
    der = builder.sign(serialization.Encoding.DER, [])
    yield Sample("Zeugnis.p7m", "application/pkcs7-mime", "other", "document", der)
    pem = builder.sign(serialization.Encoding.PEM, [])
    yield Sample("Zeugnis.p7s", "application/pkcs7-signature", "other", "document", pem)
    packed = compress(b"%PDF-1.7 Zeugnis")
    yield Sample("Zeugnis.pdf.gz", "application/gzip", "binary", "document", packed)


def _in_their_place() -> Iterator[Sample]:
    for number, (kind, content) in enumerate(_REPLACEMENTS):
        name = f"{number}.pdf"
        yield Sample(name, "application/pdf", "binary", kind, content)


_LOGIN = b"<html><body><form><input name=user><input type='password' name=pw></form></body></html>"
_FAULT = (
    b'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b"<s:Fault/></s:Body></s:Envelope>"
)
_REPLACEMENTS: tuple[tuple[Kind, bytes], ...] = (
    ("login page", b"<!DOCTYPE html>\n" + _LOGIN),
    ("login page", b"\xef\xbb\xbf\n<!-- proxy -->" + _LOGIN),
    ("login page", ("<!DOCTYPE html>" + _LOGIN.decode()).encode("utf-16")),
    ("login page", ("<!DOCTYPE html>" + _LOGIN.decode()).encode("utf-16-le")),
    ("page", b"<html><head><title>404 Not Found</title></head></html>"),
    ("page", b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x" "y">\n<html></html>'),
    ("page", b"<br />\n<b>Fatal error</b>:  Uncaught Error in <b>/x.php</b><br />"),
    ("page", b"<h1>Wartung</h1>"),
    ("page", b"<script>location='/login'</script>"),
    ("error", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
    ("error", b"<Exception>no such file</Exception>"),
    ("error", _FAULT),
    ("error", b"<soap:Fault xmlns:soap='x'/>"),
    ("JSON", b'{"error": "no %PDF- header"}'),
    ("JSON", b'\n{\n  "message": "Unauthorized"\n}'),
    ("JSON", b"{}"),
    ("JSON", b'[{"error":1}]'),
    ("JSON", b"null"),
    ("text", b"File not found."),
    ("text", "Zugriff verweigert für diese Datei".encode("cp1252")),
    ("empty", b""),
    ("empty", b"\r\n"),
)


def encoded(content: bytes) -> dict[str, bytes]:
    """Return a content in the encodings that servers put around it without a word."""
    return {
        "gzip": compress(content),
        "gzip twice": compress(compress(content)),
        "deflate": zlib.compress(content),
    }
