"""Lines to the target: encoded at once, written a page at a time, never cut."""

from __future__ import annotations

import functools
import os
import select
import sys
import typing as t
from collections.abc import Callable
from datetime import datetime

import msgspec
from singer_sdk.singerlib.encoding.base import GenericSingerWriter
from singer_sdk.singerlib.encoding.simple import Message, RecordMessage, StateMessage

from tap_compleetpersy.errors import TargetGoneError
from tap_compleetpersy.sync.state import check_size
from tap_compleetpersy.sync.termination import Termination

Buffer: t.TypeAlias = "bytes | memoryview"
FLUSH_BYTES = 1 << 20
"""Buffered output that is written without waiting for the end of the page."""


def _encode_other(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_encode = msgspec.json.Encoder(enc_hook=_encode_other, decimal_format="number").encode


class PageWriter(GenericSingerWriter[bytes, Message]):
    """The tap's message writer: RECORDs wait for the end of their page.

    All other messages are written at once, after the records before them, so
    that a STATE is never ahead of what it covers.
    """

    def __init__(self) -> None:
        """Start with an empty page."""
        super().__init__()
        self.termination = Termination()
        self.bytes_since_state = 0
        self.state_bytes = 0
        self._page: list[Buffer] = []
        self._page_bytes = 0

    def serialize_message(self, message: Message) -> bytes:
        """Encode a message; lone surrogates, which no target reads, become U+FFFD."""
        return encode_line(message.to_dict())

    def write_message(self, message: Message) -> None:
        """Write a message, or keep a RECORD for its page; raise for a STATE that is too long."""
        line = self.format_message(message)
        if isinstance(message, RecordMessage):
            self.add(line, b"\n")
            return
        if isinstance(message, StateMessage):
            check_size(len(line), os.environ)
        self.flush()
        with self.termination.deferred():
            _write(memoryview(line))  # no copy of it: a state may be large
            _write(memoryview(b"\n"))
        self.bytes_since_state += len(line)
        if isinstance(message, StateMessage):
            self.state_bytes, self.bytes_since_state = len(line), 0

    def add(self, *pieces: Buffer) -> None:
        """Keep whole lines, in pieces, for the page."""
        self._page += pieces
        self._page_bytes += sum(map(len, pieces))
        if self._page_bytes > FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write all that was kept, whole, even if a signal arrives meanwhile."""
        if self._page:
            with self.termination.deferred():
                page = b"".join(self._page)
                self.abandon()
                _write(memoryview(page))
                self.bytes_since_state += len(page)

    def abandon(self) -> None:
        """Forget the page in flight."""
        self._page, self._page_bytes = [], 0


def record_line(table: str, row: bytes, extracted_at: bytes) -> tuple[bytes, ...]:
    """Return the RECORD line of an encoded row in pieces; rows are long, and copies take time."""
    return _beginning(table), row, b',"time_extracted":', extracted_at, b"}\n"


def batch_line(_table: str, row: bytes, _extracted_at: bytes) -> tuple[bytes, ...]:
    """Return the line of an encoded row in a file of a BATCH."""
    return row, b"\n"


Line = Callable[[str, bytes, bytes], tuple[bytes, ...]]
"""One of these two."""


@functools.cache
def _beginning(table: str) -> bytes:
    return b'{"type":"RECORD","stream":%b,"record":' % encode_line(table)


def encode_line(message: object) -> bytes:
    """Encode a message, or a part of one, as a line of JSON without its end."""
    try:
        return _encode(message)
    except UnicodeEncodeError:
        return _encode(_without_surrogates(message))


def _without_surrogates(value: t.Any) -> t.Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value


def _write(page: memoryview) -> None:
    """Write every byte to stdout; raise `TargetGoneError` when nobody takes it, or a disk is full.

    A raw or non-blocking stdout may take a part only (measured with PYTHONUNBUFFERED=1).
    """
    sys.stdout.flush()
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError):  # replaced by a test with a buffer
        sys.stdout.buffer.write(page)
        return
    while page:
        try:
            page = page[os.write(descriptor, page) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
        except BrokenPipeError:
            message = "The target has closed its input; it says why. The next run goes on"
            raise TargetGoneError(message) from None
        except OSError as error:
            message = f"stdout cannot be written: {error.strerror}. The next run goes on"
            raise TargetGoneError(message) from None
