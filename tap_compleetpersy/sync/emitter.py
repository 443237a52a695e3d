"""The one door through which records leave: selection, stream maps, RECORD lines or files."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable, Iterator

from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib.encoding.simple import RecordMessage

from tap_compleetpersy.sync.batches import BatchFiles
from tap_compleetpersy.sync.output import PageWriter, encode_line
from tap_compleetpersy.sync.records import FIELDS
from tap_compleetpersy.sync.selection import Record, compile_selection
from tap_compleetpersy.sync.stream_maps import compile_map

_T = t.TypeVar("_T")

if t.TYPE_CHECKING:
    from datetime import datetime

    from singer_sdk import metrics
    from singer_sdk.helpers._batch import BatchConfig
    from singer_sdk.streams import Stream


class StreamMapFailedError(Exception):
    """An expression of a stream map fails on a record; the message has no value."""


def applied(function: Callable[[Record], _T], record: Record, stream: str) -> _T:
    """Apply what a user wrote to a record.

    Raises:
        StreamMapFailedError: When it fails, whatever it raises.
    """
    try:
        return function(record)
    except Exception as error:  # noqa: BLE001 - any expression, any error
        message = (
            f"stream_maps: an expression of {stream} fails on a record "
            f"({type(error).__name__}). Check that it works when a field is null, as all "
            "are in a tombstone"
        )
        raise StreamMapFailedError(message) from None


class Emitter:
    """Writes the records of one selected stream.

    A stream without stream maps and flattening takes the direct way: its records
    are right by construction and are encoded as they are. Any other goes through
    the SDK's maps, and is flattened by the tap.
    """

    def __init__(
        self,
        stream: Stream,
        writer: PageWriter,
        counter: metrics.Counter,
        batch: BatchConfig | None = None,
    ) -> None:
        """Compile what the catalog selects of the stream, and its maps.

        Args:
            stream: Gives schema, selection and maps.
            writer: Takes the lines.
            counter: Of the SDK's metrics.
            batch: Where rows go instead of into RECORD lines.

        Raises:
            StreamMapFailedError: When a map fails on a deletion.
        """
        self.name = stream.name
        self.emitted = 0
        self._writer = writer
        self._counter = counter
        self._limit = stream.ABORT_AT_RECORD_COUNT
        names = [field.name for field in FIELDS[stream.name]]
        self._select = compile_selection(stream.effective_schema, stream.mask, names)
        self._maps = (
            None
            if all(
                type(stream_map) is SameRecordTransform and not stream_map.flattening_enabled
                for stream_map in stream.stream_maps
            )
            else [(each.stream_alias, compile_map(each)) for each in stream.stream_maps]
        )
        aliases = [self.name] if self._maps is None else [alias for alias, _ in self._maps]
        self._batches = (
            {}
            if batch is None
            else {name: BatchFiles(name=name, config=batch, writer=writer) for name in aliases}
        )
        self._try_a_deletion(names)

    @property
    def limit_reached(self) -> bool:
        """Whether a dry run (``--test``, the SDK's tests) has all that it asked for."""
        return self._limit is not None and self.emitted >= self._limit

    def emit(self, record: Record, extracted_at: datetime) -> None:
        """Write one record; the page's end brings it to the target.

        Args:
            record: A record with every field of the stream. It belongs to the
                emitter from here on.
            extracted_at: When the page was read, UTC.
        """
        if self.limit_reached:
            return
        if self._select is not None:
            record = self._select(record)
        if self._maps is None:
            self._write(self.name, record, extracted_at)
        else:
            for alias, mapped in self._mapped(record):
                self._write(alias, mapped, extracted_at)
        self.emitted += 1
        self._counter.increment()

    def _mapped(self, record: Record) -> Iterator[tuple[str, Record]]:
        for alias, transform in self._maps or ():
            mapped = applied(transform, record, self.name)
            if mapped is not None:
                yield alias, mapped

    def _try_a_deletion(self, names: Iterable[str]) -> None:
        """Have maps that fail on a deletion fail now, not on the day of the first one."""
        moment = "2000-01-01T00:00:00.000Z"
        own = {"id": "", "remote_id": "", "changed_at": moment, "remote_deleted_at": moment}
        tombstone = dict.fromkeys(names) | own
        for _ in self._mapped(tombstone if self._select is None else self._select(tombstone)):
            pass

    def seal(self) -> None:
        """Announce the batch files there are, so that a STATE may follow."""
        for files in self._batches.values():
            files.seal()

    def _write(self, name: str, record: Record, extracted_at: datetime) -> None:
        if self._batches:
            self._batches[name].add(record)
            return
        message = RecordMessage(name, record, time_extracted=extracted_at)
        self._writer.add(encode_line(message.to_dict()))
