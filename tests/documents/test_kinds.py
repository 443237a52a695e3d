"""What a document is, is judged by its bytes: whatever the list and the header say."""

from __future__ import annotations

import http.server
import itertools
import threading
import typing as t
import zlib
from collections.abc import Iterator
from dataclasses import replace
from gzip import compress
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.api.belongings import Downloader, NotStoredError
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.model.children import Child
from tap_compleetpersy.model.documents import HEAD, kind_of, layers, listed_as
from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.sync.content import Document, fetch_content
from tests.documents.samples import Kind, Listed, Sample, encoded, samples

SAMPLES = list(samples())
HEADERS: t.Final = (
    *("right", "application/octet-stream", None),
    *("text/html; charset=UTF-8", "application/json", "application/pdf"),
)
LISTINGS = ("right", "none", "PDF")

KEPT: dict[Kind, set[Listed]] = {
    "document": {"binary", "html", "json", "other"},
    "text": {"html", "json", "other"},
    "page": {"html"},
    "login page": set(),
    "error": set(),
    "JSON": {"json"},
}


class Served(t.NamedTuple):
    """A server that sends a sample with any header, and what fetches from it."""

    url: str
    fetch: t.Callable[[Document, int], bytes]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: else the second waits for an acknowledgement

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            content = BODIES[int(asked["body"][0])]
            self.send_response(int(asked.get("status", ["200"])[0]))
            for name in asked.get("disposition", []):
                self.send_header("Content-Disposition", name)
            if "type" in asked:
                self.send_header("Content-Type", asked["type"][0])
            if "encoding" in asked:
                self.send_header("Content-Encoding", asked["encoding"][0])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        settings = read_settings({"api_url": url, "api_key": "x", "max_retries": 0})
        with Client(settings) as client:
            downloader = Downloader(client)

            def fetch(document: Document, largest: int) -> bytes:
                sink = Sink()
                fetch_content(downloader, document, lambda: None, sink, largest)
                return bytes(sink.content)

            yield Served(url, fetch)
        server.shutdown()


BODIES: list[bytes] = []
"""What the server has, by number."""


def serve(content: bytes) -> int:
    """Put a body on the server, and return its number."""
    BODIES.append(content)
    return len(BODIES) - 1


class Sink:
    """Keeps what it gets."""

    def __init__(self) -> None:
        self.content = bytearray()

    def restart(self) -> None:
        self.content.clear()

    def write(self, piece: bytes, /) -> None:
        self.content += piece


def document(  # noqa: PLR0913 - all that a list and an answer say
    url: str,
    body: int,
    header: str | None,
    *,
    name: str | None,
    content_type: str | None,
    encoding: str | None = None,
    size: str | None = None,
) -> Document:
    address = f"{url}/?body={body}"
    address += "" if header is None else f"&type={header.replace(' ', '%20')}"
    address += "" if encoding is None else f"&encoding={encoding}"
    values = {"data_url": address, "file_name": name, "content_type": content_type}
    facts = {} if size is None else {"size": (0, size)}
    return Document("1001", Child("9", values, facts), (address,))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_eighteen_ways(served: Served, sample: Sample) -> None:
    number = serve(sample.content)
    for listing, header in itertools.product(LISTINGS, HEADERS):
        name, content_type = {
            "right": (sample.name, sample.content_type),
            "none": (None, None),
            "PDF": ("Lebenslauf.pdf", "application/pdf"),
        }[listing]
        sent = sample.content_type if header == "right" else header
        asked = document(served.url, number, sent, name=name, content_type=content_type)
        promised: Listed = {"right": sample.listed, "none": "other", "PDF": "binary"}[listing]
        if not is_kept(sample, promised, sent):
            with pytest.raises(NotStoredError, match="and no file"):
                served.fetch(asked, 10**6)
            continue
        unpacked = listing == "PDF" and sample.name.endswith((".gz", ".tgz"))
        expected = zlib.decompress(sample.content, 31) if unpacked else sample.content
        assert served.fetch(asked, 10**6) == expected, (listing, header)


def is_kept(sample: Sample, promised: Listed, header: str | None) -> bool:
    if sample.kind == "empty":
        return header is None or not header.startswith(("text/html", "application/json"))
    return promised in KEPT[sample.kind]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_an_encoding_that_nobody_told_of_is_undone(served: Served, sample: Sample) -> None:
    if sample.listed not in KEPT.get(sample.kind, set()):
        for content in encoded(sample.content).values():
            assert kind_of(content) in {sample.kind, "document"}
        return
    for content in encoded(sample.content).values():
        asked = document(
            served.url,
            serve(content),
            "application/octet-stream",
            name=sample.name,
            content_type=sample.content_type,
        )
        assert served.fetch(asked, 10**6) == sample.content


def test_one_that_was_done_twice_and_told_of_once(served: Served) -> None:
    content = b"%PDF-1.7 " * 50_000
    asked = document(
        *(served.url, serve(compress(compress(content))), "application/pdf"),
        name="Lebenslauf.pdf",
        content_type=None,
        encoding="gzip",
    )
    assert served.fetch(asked, 10**6) == content


def test_nothing_grows_beyond_the_limit_and_no_half_of_an_encoding_is_stored(
    served: Served,
) -> None:
    packed = compress(b"%PDF-1.7 " + bytes(5_000_000))
    for content, reason in (
        (packed, "it is larger than attachment_max_mb"),
        (compress(b"%PDF-1.7 " + bytes(500_000))[:-9], "its encoding is broken"),
    ):
        asked = document(served.url, serve(content), None, name="a.pdf", content_type=None)
        with pytest.raises(NotStoredError, match=reason):
            served.fetch(asked, 2**20)


@pytest.mark.parametrize(
    ("told", "header", "is_stored"),
    [
        (None, "application/pdf", True),
        ("0", None, True),
        ("0", "text/html", False),
        (None, "application/json; charset=utf-8", False),
        ("4711", "application/pdf", False),
    ],
)
def test_an_empty_file_is_one_where_nothing_speaks_against_it(
    served: Served, told: str | None, header: str | None, is_stored: bool
) -> None:
    asked = document(served.url, serve(b""), header, name="a.pdf", content_type=None, size=told)
    if is_stored:
        assert served.fetch(asked, 10) == b""
    else:
        with pytest.raises(NotStoredError, match="the answer is empty and no file"):
            served.fetch(asked, 10)


@pytest.mark.parametrize(
    ("name", "content_type", "listed"),
    [
        ("CV.PDF", "text/html", "binary"),
        ("CV 2.0", "application/pdf", "binary"),
        ("Foto", "image/heic", "binary"),
        ("Logo", "image/svg+xml", "other"),
        ("CV.htm", None, "html"),
        (None, "application/json; charset=utf-8", "json"),
        ("CV.doc", "application/pdf", "other"),
        (None, None, "other"),
    ],
)
def test_the_extension_promises_and_else_the_type(
    name: str | None, content_type: str | None, listed: Listed
) -> None:
    assert listed_as(name, content_type) == listed


@given(st.binary(max_size=300))
def test_any_bytes_are_something(content: bytes) -> None:
    assert kind_of(content) in {*KEPT, "empty"}
    assert layers(content, "a.pdf", None) <= 3


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_prose_is_text_in_every_encoding(text: str) -> None:
    prose = f"Sehr geehrte Damen und Herren, {text}"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert kind_of(prose.encode(encoding)) == "text"


@given(st.sampled_from([s for s in SAMPLES if s.kind == "document"]), st.binary(max_size=50))
def test_what_follows_the_beginning_changes_nothing(sample: Sample, more: bytes) -> None:
    if not sample.name.endswith((".gz", ".tgz", ".doc")):
        assert kind_of((sample.content + more)[:HEAD]) == "document"


PDF = b"%PDF-1.7 Lebenslauf"


@pytest.mark.parametrize(
    "disposition",
    [
        'attachment; filename="../../../etc/passwd"',
        "attachment; filename*=UTF-8''%2e%2e%2f%00x.exe",
        "attachment; filename=" + "x" * 60_000,
        "inline; filename=\xff\xfe",
        ";;;=",
    ],
    ids=["path", "percent", "long", "bytes", "broken"],
)
def test_what_an_answer_calls_a_file_changes_nothing(served: Served, disposition: str) -> None:
    asked = document(served.url, serve(PDF), "application/pdf", name="a.pdf", content_type=None)
    (url,) = asked.urls
    odd = replace(asked, urls=(f"{url}&{urlencode({'disposition': disposition})}",))
    assert served.fetch(odd, 100) == PDF


@pytest.mark.parametrize(("status", "reason"), [(202, "not got it yet"), (206, "only a part")])
def test_a_part_and_a_promise_are_no_documents(served: Served, status: int, reason: str) -> None:
    asked = document(served.url, serve(PDF), "application/pdf", name="a.pdf", content_type=None)
    (url,) = asked.urls
    with pytest.raises(NotStoredError, match=reason):
        served.fetch(replace(asked, urls=(f"{url}&status={status}",)), 100)


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, br", "quatsch"])
def test_bytes_that_nobody_can_decode_are_not_stored(served: Served, encoding: str) -> None:
    asked = document(
        *(served.url, serve(b"\x1b\x00\xf8\x25"), "application/pdf"),
        name="a.pdf",
        content_type=None,
        encoding=encoding.replace(" ", "%20"),
    )
    with pytest.raises(NotStoredError, match="its encoding is none"):
        served.fetch(asked, 100)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", "deflate", "identity"])
def test_bytes_in_an_encoding_that_is_told_are_decoded(served: Served, encoding: str) -> None:
    packed = {"identity": PDF, "deflate": zlib.compress(PDF)}.get(encoding, compress(PDF))
    asked = document(
        *(served.url, serve(packed), "application/pdf"),
        name="a.pdf",
        content_type=None,
        encoding=encoding,
    )
    assert served.fetch(asked, 100) == PDF


def test_what_is_packed_again_and_again_is_unpacked_a_few_times_only() -> None:
    content = b"<html>"
    for _ in range(10):
        content = compress(content)
    assert kind_of(content) == "document"
    assert layers(content, "a.pdf", None) == 3


def test_a_password_is_looked_for_within_one_tag() -> None:
    tags = b"<input name=a>" * 4_000
    assert kind_of(b"<html>" + tags) == "page"
    assert kind_of(b"<html>" + tags + b"<input class=x type=password>") == "login page"
    assert kind_of(b"<html><input name=a <b type=password>") == "page"
