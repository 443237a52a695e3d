"""What a document is, by its first bytes: one, or a page, an error message or JSON in its place.

Servers name the type of what they send wrongly in both directions (PHP says `text/html` of every
file that nobody has named), so nothing but the bytes decides.
"""

from __future__ import annotations

import json
import re
import typing as t
import zlib

RULE: t.Final = 2
"""Number of this rule: what is stored is judged anew when it changes."""

HEAD: t.Final = 64 * 1024
"""So many bytes are looked at."""

Kind = t.Literal["document", "text", "page", "login page", "error", "JSON", "empty"]
Listed = t.Literal["binary", "html", "json", "other"]


def kind_of(head: bytes) -> Kind:
    """Return what begins with these bytes: the first `HEAD`, no longer encoded."""
    for _ in range(_MOST_LAYERS + 1):
        if _PDF.search(head[:_PDF_WITHIN]):
            return "document"
        start = head.removeprefix(_BOM).lstrip(_BLANKS)
        if not start:
            return "empty"
        if _SIGNATURE.match(start):
            return "document"
        if not start.startswith(_GZIP):
            return _kind_of_text(_text(head), is_whole=len(head) < HEAD)
        inner = decoded(start[:HEAD])
        if inner is None:
            return "document"
        head = inner[:HEAD]
    return "document"  # packed again and again: whoever sends a page does not


def is_refused(
    kind: Kind, listed: Listed, *, size: int, told_size: int | None, header: str
) -> bool:
    """Whether bytes of a kind and size are no document, given what the list promised.

    `told_size` is what the list says, or None. `header` is the media type of the answer, which is
    asked where there is nothing else to ask.
    """
    if kind == "empty":
        return told_size not in {None, size} or header in _EMPTY_ANSWERS
    return kind in _REFUSED[listed]


def listed_as(file_name: str | None, content_type: str | None) -> Listed:
    """Return what a list promises: by the extension of the name, else by the type."""
    known = _BY_EXTENSION.get(_extension(file_name))
    if known is not None:
        return known
    media = media_type(content_type)
    if media.startswith("image/") and not media.endswith("+xml"):
        return "binary"
    return _BY_TYPE.get(media, "other")


def layers(head: bytes, file_name: str | None, content_type: str | None) -> int:
    """Return how many encodings were put around a document although nothing said so.

    Without a name and a type nobody knows what it should be: then none.
    """
    extension, media = _extension(file_name), media_type(content_type)
    if not extension and media in {"", "application/octet-stream"}:
        return 0
    is_packed = extension in _PACKED or media in _PACKED_TYPES
    count = 0
    while count < _MOST_LAYERS and head.startswith((_GZIP, *_ZLIB)):
        inner = decoded(head)
        if inner is None or (is_packed and not inner.startswith(_GZIP)):
            break
        head, count = inner, count + 1
    return count


def decoded(head: bytes) -> bytes | None:
    """Return the first bytes of something without one encoding; None when there is none."""
    try:
        return t.cast("bytes", decoder().decompress(head, 2 * HEAD))
    except zlib.error:
        return None


def decoder() -> t.Any:  # noqa: ANN401 - zlib does not name the type
    """Return a decoder of gzip and deflate."""
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)


def _kind_of_text(text: str, *, is_whole: bool) -> Kind:
    rest = text[_PROLOGUE.match(text).end() :]  # type: ignore[union-attr] # it matches nothing, too
    is_xml = "<?xml" in text[: len(text) - len(rest)].lower()
    if found := (_HTML if is_xml else _HTML_TAG).match(rest):
        if _PASSWORD.search(rest):
            return "login page"
        opening = rest[: rest.find(">", found.end()) + 1 or _LONGEST_TAG]
        has_office = _OFFICE.search(opening if opening.lower().startswith("<html") else rest[:2048])
        return "document" if has_office else "page"
    if (root := _ROOT.match(rest)) and (
        _ERROR.fullmatch(root[2]) or (root[2] == "Envelope" and _SOAP.search(rest[:2048]))
    ):
        return "error"
    if _JSON.match(rest) or (is_whole and _is_json(rest)):
        return "JSON"
    return "document" if _CONTROL.search(text) else "text"


def _text(head: bytes) -> str:
    """Return bytes as text in whatever encoding: what matters is ASCII."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, errors="ignore")
    start = head[:_UTF16_WITHIN]
    if len(start) > 1 and b"\0" in start:
        even, odd = start[::2], start[1::2]
        for bytes_, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
            if bytes_.count(0) >= 0.8 * len(bytes_) and others.count(0) == 0:
                return head.decode(encoding, errors="ignore")
    return head.decode("latin-1")


def _is_json(text: str) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return value is None or isinstance(value, (dict, list, bool, str))


def _extension(file_name: str | None) -> str:
    return (file_name or "").strip().rpartition(".")[2].lower() if "." in (file_name or "") else ""


def media_type(text: str | None) -> str:
    """Return the type that a header `Content-Type` says, without parameters, in small letters."""
    return (text or "").partition(";")[0].strip().lower()


_PDF_WITHIN: t.Final = 1024
_PDF: t.Final = re.compile(rb"(?:\A|[\x00-\x1f>]|\xef\xbb\xbf)[ \t]*%PDF-")
_BOM: t.Final = b"\xef\xbb\xbf"
_BLANKS: t.Final = b" \t\r\n\f\v"
_GZIP: t.Final = b"\x1f\x8b\x08"
_ZLIB: t.Final = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_MOST_LAYERS: t.Final = 3
_UTF16_WITHIN: t.Final = 64
_LONGEST_TAG: t.Final = 4096
_MARKS: t.Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SIGNATURE: t.Final = re.compile(
    rb"PK(?:\x03\x04|\x05\x06|\x07\x08)"  # zip: docx, xlsx, odt, …
    rb"|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE 2: doc, xls, msg, locked Office
    rb"|\xff\xd8\xff|\x89PNG|GIF8[79]a|II\*\x00|MM\x00\*|RIFF....WEBP|BM.{4}\x00\x00\x00\x00"
    rb"|....ftyp|\x00\x00\x00\x0cjP  |8BPS"  # HEIC, AVIF; JPEG 2000; Photoshop
    rb"|\{\\rtf|%!PS|%FDF-|\xffWPC|\xc5\xd0\xd3\xc6"
    rb"|\x30(?:\x80|[\x81-\x84].{1,4}?)\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"  # PKCS #7
    rb"|-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----"
    rb"|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|BZh[1-9]|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|AT&TFORM",
    re.DOTALL,
)

_PROLOGUE: t.Final = re.compile(
    r"(?:\s|\ufeff|<!--.*?-->|<\?.*?\?>|<!DOCTYPE(?!\s+html)[^>\[]*(?:\[.*?\]\s*)?>)*",
    re.DOTALL | re.IGNORECASE,
)
_HTML: t.Final = re.compile(r"<!doctype\s+html|<html[\s>/]", re.IGNORECASE)
_HTML_TAG: t.Final = re.compile(
    r"<(?:!doctype\s+html|/?(?:html|head|body|title|meta|base|link|script|style|noscript|div|span|p"
    r"|br|hr|b|i|u|em|strong|small|font|center|h[1-6]|a|img|table|tbody|thead|tr|td|th|form|input"
    r"|button|label|select|textarea|ul|ol|li|dl|dt|dd|pre|code|iframe|frameset|section|article"
    r"|header|footer|main|nav|blockquote)(?=[\s>/]))",
    re.IGNORECASE,
)
_PASSWORD: t.Final = re.compile(r"<input\b[^<>]*\btype\s*=\s*[\"']?password", re.IGNORECASE)
_OFFICE: t.Final = re.compile(r"urn:schemas-microsoft-com:office:(?:word|excel|powerpoint)")
_ROOT: t.Final = re.compile(r"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)")
_ERROR: t.Final = re.compile(
    r"(?:\w*(?:error|exception)s?|fault|problem)(?:response|report|message|details?)?",
    re.IGNORECASE,
)
_SOAP: t.Final = re.compile(r"schemas\.xmlsoap\.org/soap/envelope|w3\.org/2003/05/soap-envelope")
_JSON: t.Final = re.compile(
    r"\{\s*\"|\{\s*\}|\[\s*\{|\[\s*\]\s*\Z|(?:null|true|false)\s*\Z",
)
_CONTROL: t.Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_EMPTY_ANSWERS: t.Final = frozenset({"text/html", "application/xhtml+xml", "application/json"})
_REFUSED: t.Final[dict[Listed, frozenset[Kind]]] = {
    "binary": frozenset({"text", "page", "login page", "error", "JSON"}),
    "html": frozenset({"login page", "error", "JSON"}),
    "json": frozenset({"page", "login page", "error"}),
    "other": frozenset({"page", "login page", "error", "JSON"}),
}

_EXTENSIONS: t.Final[dict[Listed, str]] = {
    "binary": (
        "pdf docx docm dotx xlsx xlsm xltx pptx pptm potx ppsx odt ott ods odp odg pages key "
        "numbers jpg jpeg jpe jfif png gif tif tiff bmp webp heic heif avif jp2 psd zip 7z rar gz "
        "tgz"
    ),
    "html": "html htm xhtml",
    "json": "json",
    "other": (
        "txt csv eml msg mht mhtml xml svg doc dot xls ppt pps rtf md vcf ics p7m p7s p7b asc sig "
        "ps eps wpd log tex"
    ),
}
"""Old Office is `other`: under `.doc` and `.xls` come RTF, HTML and text."""
_BY_EXTENSION: t.Final[dict[str, Listed]] = {
    extension: listed for listed, every in _EXTENSIONS.items() for extension in every.split()
}
_OFFICE_TYPES: t.Final = "application/vnd.openxmlformats-officedocument."
_OPEN_TYPES: t.Final = "application/vnd.oasis.opendocument."
_BY_TYPE: t.Final[dict[str, Listed]] = {
    **dict.fromkeys(
        (
            "application/pdf", "application/x-pdf", "application/zip",
            "application/x-zip-compressed", "application/gzip",
            f"{_OFFICE_TYPES}wordprocessingml.document",
            f"{_OFFICE_TYPES}wordprocessingml.template", f"{_OFFICE_TYPES}spreadsheetml.sheet",
            f"{_OFFICE_TYPES}presentationml.presentation", f"{_OPEN_TYPES}text",
            f"{_OPEN_TYPES}spreadsheet", f"{_OPEN_TYPES}presentation",
        ),
        "binary",
    ),
    "text/html": "html", "application/xhtml+xml": "html", "application/json": "json",
}  # fmt: skip
_PACKED: t.Final = frozenset({"gz", "tgz", "gzip", "svgz", "emz", "wmz"})
_PACKED_TYPES: t.Final = frozenset({"application/gzip", "application/x-gzip"})
