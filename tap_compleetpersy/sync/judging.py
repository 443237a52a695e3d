"""Content on its way to a store: encodings that nobody told of are undone, and it is judged."""

from __future__ import annotations

import typing as t
import zlib
from collections.abc import Iterator, Sequence

from tap_compleetpersy.api.downloads import DownloadRefusedError, too_large
from tap_compleetpersy.model.documents import (
    HEAD,
    decoder,
    is_refused,
    kind_of,
    layers,
    listed_as,
)

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.downloads import Sink
    from tap_compleetpersy.model.attachments import Attachment

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
        """Tell what the content is where it is no document, None where it is one.

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
    """Tell what bytes are where they are not what a list promises, else None.

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
