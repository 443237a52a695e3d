"""The content of an attachment: fetched once, judged, stored under its own hash.

On its way to the store, encodings that nobody told of are undone, and what is no document is
refused.
"""

from __future__ import annotations

import logging
import threading
import typing as t
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from tap_compleetpersy.api.downloads import DownloadRefusedError, too_large
from tap_compleetpersy.api.errors import ApiError, ClientClosed
from tap_compleetpersy.api.messages import header
from tap_compleetpersy.files.index import Entry, Found, content_path, described, extension_of
from tap_compleetpersy.model.children import Attachment
from tap_compleetpersy.model.documents import (
    HEAD,
    RULE,
    decoder,
    is_refused,
    kind_of,
    layers,
    listed_as,
)
from tap_compleetpersy.model.ids import compile_ids

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.downloads import Downloader, Sink
    from tap_compleetpersy.api.messages import Answer
    from tap_compleetpersy.files.index import Index
    from tap_compleetpersy.model.children import Attachment
    from tap_compleetpersy.settings import Settings


logger = logging.getLogger("tap-compleetpersy")

_NOT_FOUND = 404
_EXPIRED = frozenset({400, 401, 403, 404, 410})
_LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class Document:
    """One attachment, as it was listed.

    Attributes:
        candidate_id: Remote id.
        attachment: As it was read.
        urls: What its link may mean, absolute, the likeliest first.
    """

    candidate_id: str
    attachment: Attachment
    urls: tuple[str, ...] = field(repr=False)

    @property
    def label(self) -> str:
        """What it is called in logs: by its ids, for a name can be somebody's."""
        attachment, candidate = map(_shown, (self.attachment.remote_id, self.candidate_id))
        return f"attachment {attachment} of candidate {candidate}"


Renew = Callable[[], "Document | None"]
"""Asks for a document again, since links expire."""


class NotStoredError(Exception):
    """A content that cannot be had; the message says why.

    Attributes:
        status: HTTP status, where there was an answer.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        """Keep the reason and the status."""
        super().__init__(reason)
        self.status = status


def largest_of(settings: Settings) -> int:
    """Return ``attachment_max_mb`` in bytes."""
    return round(settings.attachment_max_mb * 2**20)


def fetch_content(
    downloader: Downloader, document: Document, renew: Renew, sink: Sink, largest: int
) -> None:
    """Fetch the content of a document; where its link has expired, ask for another one, once.

    Args:
        downloader: Of this thread.
        document: Whose content.
        renew: Asks for the document again.
        sink: Gets the content.
        largest: Most bytes.

    Raises:
        NotStoredError: When it is missing, refused or too large.
        ClientClosed: When the run ends meanwhile.
    """
    judged = Judged(sink, document.attachment, largest)
    try:
        answer = _first_of(downloader, document, document.urls, judged, largest)
    except NotStoredError as failure:
        if failure.status not in _EXPIRED:
            raise
        renewed = renew()
        fresh = () if renewed is None else renewed.urls
        if not set(fresh).difference(document.urls):
            raise
        answer = _first_of(downloader, document, fresh, judged, largest)
    try:
        reason = judged.finish(_media_type(header(answer.headers, "Content-Type")))
    except DownloadRefusedError as refused:
        raise NotStoredError(str(refused)) from None
    if reason is not None:
        message = f"the answer is {reason} and no file"
        raise NotStoredError(message)


def _first_of(
    downloader: Downloader, document: Document, urls: tuple[str, ...], sink: Sink, largest: int
) -> Answer:
    """Try what a relative link may mean, until one of them is there."""
    failure = NotStoredError("it has no link")
    for url in urls:
        try:
            return downloader.fetch(url, sink, largest, label=document.label)
        except DownloadRefusedError as refused:
            failure = NotStoredError(str(refused))
        except ClientClosed:
            raise
        except ApiError as error:
            failure = NotStoredError(error.what, error.status)
        if failure.status != _NOT_FOUND:
            break
    raise failure


class Contents:
    """Stores the content of attachments; may be used by several threads."""

    def __init__(self, index: Index, settings: Settings) -> None:
        """Count from zero.

        Args:
            index: Knows what is stored already.
            settings: Of the run.
        """
        self._index = index
        self._largest = largest_of(settings)
        account = settings.account or ""
        self._id = compile_ids(account, "candidate_attachments")
        self._candidate = compile_ids(account, "candidates")
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def of(
        self,
        downloader: Downloader,
        candidate_id: str,
        documents: Sequence[Document],
        renewing: Callable[[Document], Renew],
    ) -> dict[str, Mapping[str, object]]:
        """Return `file_path`, `sha256` and `size_bytes` by remote id, storing what is new.

        What the list says of an attachment tells whether its content is new. A content that
        cannot be had is a warning with the ids, and has no fields.

        Args:
            downloader: Of this thread.
            candidate_id: Remote id.
            documents: Those of the candidate's that are wanted.
            renewing: Makes what asks for a document again.

        Raises:
            StoreError: When it cannot be stored.
            ClientClosed: When the run ends meanwhile.
        """
        own = self._candidate(candidate_id)
        ids = [document.attachment.remote_id for document in documents]
        found = self._index.find(own, {remote_id: self._id(remote_id) for remote_id in ids})
        entries = dict(found.entries)
        try:
            for remote_id, document in zip(ids, documents, strict=True):
                known = entries.pop(remote_id, None)
                entry = self._entry(downloader, document, renewing(document), known)
                if entry is not None:
                    entries[remote_id] = entry
        except ApiError:  # the list cannot be read again: what is stored is not fetched twice
            self._remember(own, found, entries)
            raise
        self._remember(own, found, entries)
        return {remote_id: self._fields(entry) for remote_id, entry in entries.items()}

    def _remember(self, own: str, found: Found, entries: Mapping[str, Entry]) -> None:
        if entries != found.entries:
            self._index.put(own, list(entries.values()), found.singles)

    def _entry(
        self, downloader: Downloader, document: Document, renew: Renew, known: Entry | None
    ) -> Entry | None:
        entry = self._still_right(document.attachment, known)
        if entry is not None:
            self._count("unchanged")
            return entry
        try:
            entry = self._stored(downloader, document, renew)
        except NotStoredError as reason:
            logger.warning("The %s was not stored: %s", document.label, reason)
            self._count("not stored")
            return None
        self._count("stored")
        return entry

    def _fields(self, entry: Entry) -> Mapping[str, object]:
        return {
            "file_path": self._index.store.location(entry.path),
            "sha256": entry.sha256,
            "size_bytes": entry.size,
        }

    def _still_right(self, attachment: Attachment, entry: Entry | None) -> Entry | None:
        """Return the entry of a content that is stored and still right, else None.

        A content that another rule has judged is judged anew. What is refused now has no entry any
        more, so that nobody is told of it, and pruning removes it.
        """
        now = _described(attachment)
        if entry is None or entry.described == now:
            return entry
        if entry.described.rpartition(":")[2] != now.rpartition(":")[2]:
            return None
        # Of none nobody knows how they came.
        head = self._index.store.read(entry.path, HEAD) if entry.size else None
        if head is None or not _is_right(attachment, head, entry.size):
            return None
        return msgspec.structs.replace(entry, described=now)

    def summary(self) -> str:
        """Return what became of the content."""
        return ", ".join(f"{self._counts[kind]} {kind}" for kind in _KINDS)

    def _stored(self, downloader: Downloader, document: Document, renew: Renew) -> Entry:
        attachment, store = document.attachment, self._index.store
        with store.receiving() as incoming:
            fetch_content(downloader, document, renew, incoming, self._largest)
            extension = extension_of(attachment.file_name, attachment.content_type)
            # To ask whether the same content is there costs more than to store it again.
            path = content_path(incoming.sha256, extension)
            incoming.keep(path)
            return Entry(
                candidate=document.candidate_id,
                attachment=attachment.remote_id,
                described=_described(attachment),
                path=path,
                sha256=incoming.sha256,
                size=incoming.size,
            )

    def _count(self, kind: str) -> None:
        with self._lock:
            self._counts[kind] += 1


_KINDS = ("stored", "unchanged", "not stored")


def _is_right(attachment: Attachment, head: bytes, size: int) -> bool:
    """Whether a content that is stored so begins and is what the list promises."""
    if layers(head, attachment.file_name, attachment.content_type):
        return False
    return objection(attachment, head, size) is None


def _described(attachment: Attachment) -> str:
    return described(
        RULE,
        attachment.file_name,
        attachment.content_type,
        attachment.size,
        attachment.created_at,
        attachment.updated_at,
    )


def _media_type(text: str | None) -> str:
    return (text or "").partition(";")[0].strip().lower()


def _shown(remote_id: str) -> str:
    """Return an id for logs: it came from outside."""
    text = "".join(char if char.isprintable() else "?" for char in remote_id)
    return text[:_LONGEST_ID]


_PIECE = 2**16


class Judged:
    """A sink before a sink, which decodes what passes and remembers how it begins."""

    def __init__(self, sink: Sink, attachment: Attachment, largest: int) -> None:
        """Begin with nothing.

        Args:
            sink: Gets the content, decoded.
            attachment: What the list says of it.
            largest: Most bytes, decoded.
        """
        self._sink, self._attachment, self._largest = sink, attachment, largest
        self._forget()

    def restart(self) -> None:
        """Forget what was written."""
        self._sink.restart()
        self._forget()

    def write(self, piece: bytes, /) -> None:
        """Take the next bytes.

        Raises:
            DownloadRefusedError: When they are too many, or their encoding is broken.
        """
        if self._layers is not None:
            self._pass(piece, self._layers)
            return
        self._waiting += piece
        if len(self._waiting) >= HEAD:
            self._begin()

    def finish(self, header: str) -> str | None:
        """Return what the content is where it is no document, None where it is one.

        Args:
            header: Media type of the answer.

        Raises:
            DownloadRefusedError: As of `write`.
        """
        if self._layers is None:
            self._begin()
        if not all(layer.is_whole for layer in self._layers or ()):
            raise DownloadRefusedError(_BROKEN)
        return objection(self._attachment, bytes(self._head), self._size, header)

    def _forget(self) -> None:
        self._waiting, self._head, self._size = bytearray(), bytearray(), 0
        self._layers: Sequence[_Layer] | None = None

    def _begin(self) -> None:
        """See from the first bytes how often the content was encoded, and pass them on."""
        first, self._waiting = bytes(self._waiting), bytearray()
        attachment = self._attachment
        count = layers(first[:HEAD], attachment.file_name, attachment.content_type)
        self._layers = [_Layer() for _ in range(count)]
        self._pass(first, self._layers)

    def _pass(self, piece: bytes, through: Sequence[_Layer]) -> None:
        for part in _decoded(piece, through):
            self._size += len(part)
            if self._size > self._largest:
                raise DownloadRefusedError(too_large(self._largest))
            self._head += part[: HEAD - len(self._head)]
            self._sink.write(part)


def objection(attachment: Attachment, head: bytes, size: int, header: str = "") -> str | None:
    """Return what bytes are where they are not what a list promises, else None.

    Args:
        attachment: What the list says.
        head: The first `HEAD` bytes.
        size: Of all bytes.
        header: Media type of the answer.
    """
    kind = kind_of(head)
    told = attachment.size
    told_size = int(told) if told is not None and told.isdecimal() and len(told) < 20 else None  # noqa: PLR2004
    listed = listed_as(attachment.file_name, attachment.content_type)
    if not is_refused(kind, listed, size=size, told_size=told_size, header=header):
        return None
    return _NAMES[kind]


_NAMES: t.Final = {
    "text": "plain text",
    "page": "a page",
    "login page": "a login page",
    "error": "an error message",
    "JSON": "JSON",
    "empty": "empty",
}
_BROKEN: t.Final = "its encoding is broken"


class _Layer:
    """Undoes one encoding; there may be several members, one after the other."""

    def __init__(self) -> None:
        self._decoder = decoder()

    @property
    def is_whole(self) -> bool:
        """Whether the end was there."""
        return bool(self._decoder.eof)

    def decode(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece holds, in pieces that never are large."""
        while piece:
            if self._decoder.eof:
                if not piece.startswith(b"\x1f"):
                    return  # what pads a file
                self._decoder = decoder()
            try:
                yield self._decoder.decompress(piece, _PIECE)
            except zlib.error:
                raise DownloadRefusedError(_BROKEN) from None
            piece = self._decoder.unconsumed_tail or self._decoder.unused_data


def _decoded(piece: bytes, through: Sequence[_Layer]) -> Iterator[bytes]:
    if not through:
        yield piece
        return
    for part in through[0].decode(piece):
        yield from _decoded(part, through[1:])
