"""The one door through which rows leave: RECORD lines, or files of them."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterable

from tap_compleetpersy.sync.batches import BatchFiles
from tap_compleetpersy.sync.output import PageWriter, encode_line, record_line

if t.TYPE_CHECKING:
    from datetime import datetime

    from singer_sdk import metrics
    from singer_sdk.helpers._batch import BatchConfig
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
        """Begin with nothing written.

        Args:
            stream: Whose rows they are.
            renderer: Makes rows of records that are not rows yet.
            writer: Takes the lines.
            counter: Of the SDK's metrics.
            batch: Where rows go instead of into RECORD lines.
        """
        self.name = stream.name
        self.tables = renderer.tables
        self.filtered = renderer.filtered
        self.emitted = 0
        self._renderer = renderer
        self._writer = writer
        self._counter = counter
        self._extracted_at: datetime | None = None
        self._encoded = b""
        self._limit = stream.ABORT_AT_RECORD_COUNT
        self._batches = (
            {}
            if batch is None
            else {
                name: BatchFiles(name=name, config=batch, writer=writer) for name in renderer.tables
            }
        )

    @property
    def limit_reached(self) -> bool:
        """Whether a dry run (``--test``, the SDK's tests) has all that it asked for."""
        return self._limit is not None and self.emitted >= self._limit

    def emit(
        self, record: Record, extracted_at: datetime, tables: Collection[str] | None = None
    ) -> frozenset[str]:
        """Write one record and return the tables that take it; the page's end brings it there.

        Args:
            record: A record with every field of the stream. It belongs to the
                emitter from here on.
            extracted_at: When the page was read, UTC.
            tables: Where it may have rows; None for everywhere.
        """
        rows = self._renderer.rows(record, tables)
        self.write(rows, 1, extracted_at)
        return frozenset(table for table, _ in rows)

    def write(
        self, rows: Iterable[tuple[str, bytes]], records: int, extracted_at: datetime
    ) -> None:
        """Write the rows of some records.

        Args:
            rows: As of `Renderer.rows`.
            records: How many they are of.
            extracted_at: When the page was read, UTC.
        """
        if self.limit_reached:
            return
        if self._batches:
            for table, row in rows:
                self._batches[table].add(row)
        else:
            if extracted_at is not self._extracted_at:
                self._extracted_at, self._encoded = extracted_at, encode_line(extracted_at)
            for table, row in rows:
                self._writer.add(record_line(table, row, self._encoded))
        self.emitted += records
        self._counter.increment(records)

    def seal(self) -> None:
        """Announce the batch files there are, so that a STATE may follow."""
        for files in self._batches.values():
            files.seal()
