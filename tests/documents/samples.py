"""Documents that real tools make, and what servers send in their place."""

from __future__ import annotations

import functools
import io
import typing as t
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from gzip import compress

from tests.documents.rarer import PACKED, TEXTS

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
        make: Makes the bytes; most tools are slow to import.
    """

    name: str
    content_type: str
    listed: Listed
    kind: Kind
    make: Callable[[], bytes]

    @functools.cached_property
    def content(self) -> bytes:
        """The bytes."""
        return self.make()


def samples() -> Iterator[Sample]:
    """Yield all of them, not yet made."""
    for name, pdf in _PDFS.items():
        yield Sample(f"{name}.pdf", "application/pdf", "binary", "document", pdf)
    for extension, make in _OFFICE.items():
        listed: Listed = "other" if extension == "xls" else "binary"
        yield Sample(f"Zeugnis.{extension}", f"application/x-{extension}", listed, "document", make)
    for extension, form in _FORMS.items():
        make = functools.partial(_image, form)
        yield Sample(f"Foto.{extension}", f"image/{extension}", "binary", "document", make)
    for name, (content_type, make) in PACKED.items():
        is_binary = name.endswith(("zip", "tgz"))
        yield Sample(name, content_type, "binary" if is_binary else "other", "document", make)
    for name, (content_type, make) in TEXTS.items():
        yield Sample(name, content_type, "other", "text", make)
    yield from _texts()
    yield from _signed()
    yield from _in_their_place()


@functools.cache
def _plain_pdf() -> bytes:
    import fpdf  # noqa: PLC0415 - slow to import, as are the others

    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica")
    pdf.cell(text="Lebenslauf")
    return bytes(pdf.output())


def _rewritten_pdf(form: t.Literal["encrypted", "appended", "compressed"]) -> bytes:
    import pypdf  # noqa: PLC0415

    writer = pypdf.PdfWriter(io.BytesIO(_plain_pdf()), incremental=form == "appended")
    if form == "encrypted":
        writer.encrypt("geheim")
    if form == "compressed":
        writer.compress_identical_objects()
    buffer = io.BytesIO()
    writer.add_metadata({"/Title": form})
    writer.write(buffer)
    return buffer.getvalue()


_WARNING = b"<br />\n<b>Warning</b>:  fopen(): denied in <b>/x.php</b> on line <b>3</b><br />\n"
_PDFS: Mapping[str, Callable[[], bytes]] = {
    "plain": _plain_pdf,
    "old": lambda: _plain_pdf().replace(b"%PDF-1.3", b"%PDF-1.0", 1),
    "encrypted": lambda: _rewritten_pdf("encrypted"),
    "appended": lambda: _rewritten_pdf("appended"),
    "compressed": lambda: _rewritten_pdf("compressed"),
    "with a mark": lambda: b"\xef\xbb\xbf" + _plain_pdf(),
    "after blank lines": lambda: b"\r\n\r\n  \n" + _plain_pdf(),
    "after warnings": lambda: _WARNING * 3 + _plain_pdf(),
    "after a warning without a line's end": lambda: b"<b>Notice</b>: x<br />" + _plain_pdf(),
    "cut short": lambda: _plain_pdf()[: len(_plain_pdf()) // 2],
}


def _saved(document: t.Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _docx() -> bytes:
    import docx  # noqa: PLC0415

    return _saved(docx.Document())


def _xlsx() -> bytes:
    import openpyxl  # noqa: PLC0415

    return _saved(openpyxl.Workbook())


def _pptx() -> bytes:
    import pptx  # noqa: PLC0415

    return _saved(pptx.Presentation())


def _xls() -> bytes:
    import xlwt  # noqa: PLC0415

    book = xlwt.Workbook()
    book.add_sheet("Zeugnis").write(0, 0, "gut")
    return _saved(book)


def _open_document(kind: str) -> bytes:
    import odf.opendocument  # noqa: PLC0415

    return _saved(getattr(odf.opendocument, f"OpenDocument{kind}")())


def _locked(make: Callable[[], bytes]) -> bytes:
    import msoffcrypto.format.ooxml  # noqa: PLC0415

    buffer = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(make())).encrypt("geheim", buffer)
    return buffer.getvalue()


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Zeugnis.txt", "gut")
    return buffer.getvalue()


_OFFICE: Mapping[str, Callable[[], bytes]] = {
    "docx": _docx,
    "xlsx": _xlsx,
    "pptx": _pptx,
    "xls": _xls,
    "odt": lambda: _open_document("Text"),
    "ods": lambda: _open_document("Spreadsheet"),
    "odp": lambda: _open_document("Presentation"),
    "odg": lambda: _open_document("Drawing"),
    "docm": lambda: _locked(_docx),
    "xlsm": lambda: _locked(_xlsx),
    "pptm": lambda: _locked(_pptx),
    "zip": _zip,
}

_FORMS = {
    "jpg": "JPEG",
    "png": "PNG",
    "gif": "GIF",
    "tif": "TIFF",
    "webp": "WEBP",
    "bmp": "BMP",
    "heic": "HEIF",
    "jp2": "JPEG2000",
    "avif": "AVIF",
    "ico": "ICO",
    "pcx": "PCX",
    "tga": "TGA",
}


def _image(form: str) -> bytes:
    import pillow_heif  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(buffer, form)
    return buffer.getvalue()


def _plain(name: str, content_type: str, listed: Listed, kind: Kind, content: bytes) -> Sample:
    """Return a sample that no tool has to make."""
    return Sample(name, content_type, listed, kind, lambda: content)


def _texts() -> Iterator[Sample]:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Bewerbung", "anna@example.org"
    mail.set_content("Guten Tag")
    yield _plain("Bewerbung.eml", "message/rfc822", "other", "text", mail.as_bytes())
    mail.add_alternative("<html><body>Guten Tag</body></html>", subtype="html")
    yield _plain("Mit HTML.eml", "message/rfc822", "other", "text", mail.as_bytes())
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jürgen Groß\r\nEND:VCARD\r\n"
    yield _plain("Karte.vcf", "text/vcard", "other", "text", card.encode())
    for name, encoding in (("utf-8", "utf-8"), ("windows", "cp1252"), ("utf-16", "utf-16")):
        content = "Sehr geehrte Damen und Herren, größte Freude".encode(encoding)
        yield _plain(f"{name}.txt", "text/plain", "other", "text", content)
    europass = '<?xml version="1.0"?>\n<!-- Europass -->\n<SkillsPassport>\n</SkillsPassport>'
    yield _plain("europass.xml", "application/xml", "other", "text", europass.encode())
    yield _plain("Notizen.doc", "application/msword", "other", "text", b"Als Text gespeichert")
    rtf = rb"{\rtf1\ansi Lebenslauf\par}"
    yield _plain("Brief.rtf", "application/rtf", "other", "document", rtf)
    yield _plain("RTF als.doc", "application/msword", "other", "document", rtf)
    word = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"\n'
        'xmlns:w="urn:schemas-microsoft-com:office:word"><body>Lebenslauf</body></html>'
    )
    yield _plain("Word als.doc", "application/msword", "other", "document", word.encode())
    resume = b"<!DOCTYPE html><html><body><h1>Lebenslauf</h1></body></html>"
    yield _plain("Lebenslauf.html", "text/html", "html", "page", resume)
    yield _plain("Daten.json", "application/json", "json", "JSON", b'{"name": "Anna"}')


@functools.cache
def _signatures() -> Mapping[str, bytes]:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12  # noqa: PLC0415
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
    locked = serialization.BestAvailableEncryption(b"geheim")
    encodings = {"DER": serialization.Encoding.DER, "PEM": serialization.Encoding.PEM}
    detached = [pkcs7.PKCS7Options.DetachedSignature]
    return {
        **{
            f"{name}.p7b": pkcs7.serialize_certificates([certificate], encoding)
            for name, encoding in encodings.items()
        },
        "p12": pkcs12.serialize_key_and_certificates(b"Anna", key, certificate, None, locked),
        "eml": builder.sign(serialization.Encoding.SMIME, detached),
        "p7m": builder.sign(serialization.Encoding.DER, []),
        "p7s": builder.sign(serialization.Encoding.PEM, []),
    }


def _signed() -> Iterator[Sample]:
    for extension, subtype, kind in _SIGNATURES:
        make = functools.partial(lambda name: _signatures()[name], extension)
        yield Sample(f"Zeugnis.{extension}", f"application/{subtype}", "other", kind, make)
    packed = compress(b"%PDF-1.7 Zeugnis")
    yield _plain("Zeugnis.pdf.gz", "application/gzip", "binary", "document", packed)


_SIGNATURES: tuple[tuple[str, str, Kind], ...] = (
    ("p7m", "pkcs7-mime", "document"),
    ("p7s", "pkcs7-signature", "document"),
    ("DER.p7b", "x-pkcs7-certificates", "document"),
    ("PEM.p7b", "x-pkcs7-certificates", "document"),
    ("p12", "x-pkcs12", "document"),
    ("eml", "x-mail", "text"),
)


def _in_their_place() -> Iterator[Sample]:
    for number, (kind, content) in enumerate(_REPLACEMENTS):
        name = f"{number}.pdf"
        yield _plain(name, "application/pdf", "binary", kind, content)


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
