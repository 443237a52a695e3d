"""The one way by which rows leave: RECORD lines, or files of them.

With BATCH rows go into files of JSON lines, and the target gets their addresses. The SDK fills
such files with records as they are before selection and stream maps (as of 0.54). Here the
emitter fills them, with what it would have written to stdout.
"""

from __future__ import annotations

import contextlib
import copy
import gzip
import io
import os
import typing as t
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tap_compleetpersy.sdk import BatchConfig, SDKBatchMessage, StorageTarget
from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.sync.output import (
    Buffer,
    Line,
    PageWriter,
    batch_line,
    encode_line,
    record_line,
)

if t.TYPE_CHECKING:
    from datetime import datetime

    from singer_sdk import metrics
    from singer_sdk.streams import Stream

    from tap_compleetpersy.sync.rendering import Renderer
    from tap_compleetpersy.sync.selection import Record


class Emitter:
    """Writes the rows of one selected stream."""

    def __init__(
        self,
        stream: Stream,
        renderer: Renderer,
        writer: PageWriter,
        counter: metrics.Counter,
        batch: BatchConfig | None = None,
    ) -> None:
        """Begin with nothing written; with `batch`, rows go there instead of into RECORD lines."""
        self.name = stream.name
        self.tables = renderer.tables
        self.filtered = renderer.filtered
        self.emitted = 0
        self._renderer = renderer
        self._writer = writer
        self._counter = counter
        self._extracted_at: datetime | None = None
        self._encoded = b""
        self._line = line_of(batch)
        self._limit = stream.ABORT_AT_RECORD_COUNT
        self._batches = (
            {}
            if batch is None
            else {
                name: BatchFiles(name=name, config=batch, writer=writer) for name in renderer.tables
            }
        )

    @property
    def is_limited(self) -> bool:
        """Whether this is a dry run, which ends somewhere on a page."""
        return self._limit is not None

    @property
    def limit_reached(self) -> bool:
        """Whether a dry run (``--test``, the SDK's tests) has all that it asked for."""
        return self._limit is not None and self.emitted >= self._limit

    def emit(
        self, record: Record, extracted_at: datetime, tables: Collection[str] | None = None
    ) -> frozenset[str]:
        """Write one record of a page read then (UTC), and return the tables that take it.

        Arguments are as of `Renderer.rows`; the page's end brings it there.
        """
        if extracted_at is not self._extracted_at:
            self._extracted_at, self._encoded = extracted_at, encode_line(extracted_at)
        rows = self._renderer.rows(record, tables)
        self.write([(table, self._line(table, row, self._encoded)) for table, row in rows], 1)
        return frozenset(table for table, _ in rows)

    def takes(self, record: Record) -> bool:
        """Whether some table takes a record."""
        return bool(self._renderer.rows(record))

    def write(self, lines: Iterable[tuple[str, Sequence[Buffer]]], records: int) -> None:
        """Write whole lines of tables, in pieces, that are so many records."""
        if self.limit_reached:
            return
        for table, pieces in lines:
            (self._batches.get(table) or self._writer).add(*pieces)
        self.emitted += records
        self._counter.increment(records)

    def seal(self) -> None:
        """Announce the batch files there are, so that a STATE may follow."""
        for files in self._batches.values():
            files.seal()


def line_of(batch: BatchConfig | None) -> Line:
    """Return what makes a line of a row."""
    return record_line if batch is None else batch_line


_COMPRESSIONS = ("gzip", "none", None)
_FAST = 1
"""Level of compression: a higher one gains little and costs the time that BATCH saves."""


def read_batch_config(config: Mapping[str, t.Any]) -> BatchConfig | None:
    """Return the SDK's setting ``batch_config``, if it is given; raise when it cannot be used."""
    given = config.get("batch_config")
    if not given:
        return None
    try:
        given["storage"]  # SDK 0.55 takes a folder of its own where there is none
        batch = BatchConfig.from_dict(copy.deepcopy(given))
        root: t.Any = batch.storage.root
        prefix: t.Any = batch.storage.prefix or ""
        size: t.Any = batch.batch_size
    except (AttributeError, KeyError, TypeError):
        problem = "batch_config: must be an object with encoding and storage, as the SDK has it"
        raise SettingsError([problem]) from None
    if batch.encoding.format != "jsonl" or batch.encoding.compression not in _COMPRESSIONS:
        raise SettingsError(["batch_config: encoding must be jsonl, with gzip or none"])
    if not isinstance(root, str) or not isinstance(size, int) or size < 1:
        raise SettingsError(["batch_config: needs a storage root and a batch_size above 0"])
    if not isinstance(prefix, str) or not isinstance(batch.storage.params, dict):
        raise SettingsError(["batch_config: a storage prefix is text, params are an object"])
    # A prefix may lead into a folder, which the SDK does not make.
    *folders, batch.storage.prefix = prefix.split("/")
    if folders:
        batch.storage.root = "/".join([root.rstrip("/"), *folders])
    _check_folder(batch.storage)
    return batch


def _check_folder(storage: StorageTarget) -> None:
    """Raise when a folder of this machine cannot be made or written, or no driver takes it."""
    try:
        url = urlsplit(storage.get_url("rows"))
        can_be_made = url.scheme != "file" or _can_be_made(Path(url2pathname(url.path)))
    except Exception as error:  # noqa: BLE001 - a driver raises what it likes
        problem = f"batch_config: storage.root cannot be used ({type(error).__name__})"
        raise SettingsError([problem]) from None
    if not can_be_made:
        raise SettingsError(["batch_config: the folder storage.root cannot be made or written"])


def _can_be_made(file: Path) -> bool:
    nearest = next(each for each in file.parents if each.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


@dataclass(kw_only=True)
class BatchFiles:
    """The files of the table of that name, as the config has it; the writer takes the messages."""

    name: str
    config: BatchConfig
    writer: PageWriter
    _rows: int = field(default=0, init=False)
    _content: io.BytesIO = field(default_factory=io.BytesIO, init=False)
    _file: gzip.GzipFile | io.BytesIO | None = field(default=None, init=False)

    def add(self, *pieces: Buffer) -> None:
        """Add whole lines, in pieces; a file that is full is announced."""
        for line in b"".join(pieces).splitlines(keepends=True):
            self._add(line)

    def _add(self, line: bytes) -> None:
        if self._file is None:
            self._content = io.BytesIO()
            self._file = (
                gzip.GzipFile(fileobj=self._content, mode="wb", compresslevel=_FAST, mtime=0)
                if self._is_compressed
                else self._content
            )
        self._file.write(line)
        self._rows += 1
        self.writer.bytes_since_state += len(line)
        if self._rows >= self.config.batch_size:
            self.seal()

    def seal(self) -> None:
        """Store the rows there are and announce them: a STATE may follow."""
        if self._file is None:
            return
        if self._file is not self._content:
            self._file.close()
        self._file, self._rows = None, 0
        storage = self.config.storage
        ending = "jsonl.gz" if self._is_compressed else "jsonl"
        name = f"{storage.prefix or ''}{self.name}-{uuid.uuid4().hex}.{ending}"
        try:
            with _private(), storage.open(name, "wb") as file:
                file.write(self._content.getvalue())
            url = storage.get_url(name)
        except Exception as error:  # noqa: BLE001 - a driver raises what it likes
            problem = f"batch_config: a file cannot be stored ({type(error).__name__})"
            raise SettingsError([f"{problem}; no STATE claims what it held"]) from None
        self.writer.write_message(
            SDKBatchMessage(stream=self.name, encoding=self.config.encoding, manifest=[url])
        )

    @property
    def _is_compressed(self) -> bool:
        return self.config.encoding.compression == "gzip"


@contextlib.contextmanager
def _private() -> t.Iterator[None]:
    """Let only the user read what is made here, folders included: the rows are people."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
