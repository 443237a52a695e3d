"""The content of an attachment: fetched and judged.

On its way to the sink, undeclared encodings are undone, and what is no document is refused.
"""

from __future__ import annotations

import itertools
import typing as t
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tap_compleetpersy.api.belongings import NotStoredError, too_large
from tap_compleetpersy.api.urls import printable
from tap_compleetpersy.errors import ApiError, ClientClosed
from tap_compleetpersy.model.documents import (
    HEAD,
    decoder,
    is_refused,
    kind_of,
    layers,
    listed_as,
    media_type,
)
from tap_compleetpersy.model.reader import value_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.belongings import Downloader, Sink
    from tap_compleetpersy.api.messages import Answer
    from tap_compleetpersy.model.children import Child
    from tap_compleetpersy.sync.children import ChildList

_NOT_FOUND = 404
_EXPIRED = frozenset({400, 401, 403, 404, 410})
_LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class Document:
    """One attachment, as it was listed.

    Attributes:
        candidate_id: Remote id.
        attachment: As it was read; its `data_url` is the first of the `urls`.
        urls: What its link may mean, absolute, the likeliest first.
    """

    candidate_id: str
    attachment: Child
    urls: tuple[str, ...] = field(repr=False)

    @property
    def remote_id(self) -> str:
        """Remote id of the attachment."""
        return self.attachment.remote_id

    @property
    def promise(self) -> tuple[str | None, str | None]:
        """Its file name and its content type, as the list says."""
        return self.attachment.values["file_name"], self.attachment.values["content_type"]

    @property
    def label(self) -> str:
        """What it is called in logs: by its ids, for a file name can name a person."""
        ids = (self.remote_id, self.candidate_id)
        attachment, candidate = (printable(each)[:_LONGEST_ID] for each in ids)
        return f"attachment {attachment} of candidate {candidate}"


Renew = Callable[[], "ChildList[Document] | None"]
"""Asks for the list of a document again, since links expire."""


def fetch_content(
    downloader: Downloader, document: Document, renew: Renew, sink: Sink, largest: int
) -> None:
    """Fetch the content of a document, `largest` bytes at most.

    Where its link has expired, ask for another one, once.

    Raises:
        NotStoredError: When it is missing, refused or too large.
        ClientClosed: When the run ends meanwhile.
    """
    judged = Judged(sink, document, largest)
    try:
        answer = _first_of(downloader, document, document.urls, judged, largest)
    except NotStoredError as failure:
        if failure.status not in _EXPIRED:
            raise
        renewed = renew()
        every = () if renewed is None else renewed.rows
        fresh = next((e.urls for e in every if e.remote_id == document.remote_id), ())
        if not set(fresh).difference(document.urls):
            raise
        answer = _first_of(downloader, document, fresh, judged, largest)
    reason = judged.finish(media_type(answer.headers.get("Content-Type")))
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
        except NotStoredError as refused:
            failure = refused
        except ClientClosed:
            raise
        except ApiError as error:
            failure = NotStoredError(error.what, error.status)
        if failure.status != _NOT_FOUND:
            break
    raise failure


_PIECE = 2**16


class Judged:
    """A sink before a sink, which decodes what passes and remembers how it begins."""

    def __init__(self, sink: Sink, document: Document, largest: int) -> None:
        """Begin with nothing; the sink gets the content decoded, `largest` bytes at most."""
        self._sink, self._document, self._largest = sink, document, largest
        self.restart()

    def restart(self) -> None:
        """Forget what was written."""
        self._sink.restart()
        self._waiting, self._head, self._size = bytearray(), bytearray(), 0
        self._layers: Sequence[_Layer] | None = None

    def write(self, piece: bytes, /) -> None:
        """Take the next bytes; raise when they are too many, or their encoding is broken."""
        if self._layers is not None:
            self._pass(piece)
            return
        self._waiting += piece
        if len(self._waiting) >= HEAD:
            self._begin()

    def finish(self, header: str) -> str | None:
        """Return what the content is where it is no document, else None; raise as `write` does."""
        if self._layers is None:
            self._begin()
        if not all(layer.is_whole for layer in self._layers or ()):
            raise NotStoredError(_BROKEN)
        return objection(self._document, bytes(self._head), self._size, header)

    def _begin(self) -> None:
        """See from the first bytes how often the content was encoded, and pass them on."""
        first, self._waiting = bytes(self._waiting), bytearray()
        count = layers(first[:HEAD], *self._document.promise)
        self._layers = [_Layer() for _ in range(count)]
        self._pass(first)

    def _pass(self, piece: bytes) -> None:
        parts: Iterable[bytes] = (piece,)
        for layer in self._layers or ():
            parts = itertools.chain.from_iterable(map(layer.decode, parts))
        for part in parts:
            self._size += len(part)
            if self._size > self._largest:
                raise NotStoredError(too_large(self._largest))
            self._head += part[: HEAD - len(self._head)]
            self._sink.write(part)


def objection(document: Document, head: bytes, size: int, header: str = "") -> str | None:
    """Return what bytes are where they are not what a list promises, else None.

    The head is the first `HEAD` of them, the header the media type of the answer.
    """
    kind = kind_of(head)
    told = value_of(document.attachment.facts, "size")
    told_size = int(told) if told is not None and told.isdecimal() and len(told) < 20 else None  # noqa: PLR2004
    listed = listed_as(*document.promise)
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
                raise NotStoredError(_BROKEN) from None
            piece = self._decoder.unconsumed_tail or self._decoder.unused_data
