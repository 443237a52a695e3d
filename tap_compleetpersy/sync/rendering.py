"""Records become rows of JSON: selection, stream maps, flattening, encoding."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Iterator, Sequence

from singer_sdk.mapper import SameRecordTransform

from tap_compleetpersy.errors import StreamMapFailedError
from tap_compleetpersy.model.candidate import ReadCandidate
from tap_compleetpersy.sdk import filter_of
from tap_compleetpersy.sync.output import encode_line
from tap_compleetpersy.sync.selection import NAMES, Record, compile_selection
from tap_compleetpersy.sync.stream_maps import compile_map, filters_of

if t.TYPE_CHECKING:
    from singer_sdk.mapper import StreamMap
    from singer_sdk.streams import Stream

    from tap_compleetpersy.sync.records import RecordBuilder

_T = t.TypeVar("_T")

Keeps = Callable[[ReadCandidate], bool]
"""Whether what follows from a candidate is written; it raises `StreamMapFailedError`."""


def applied(function: Callable[[Record], _T], record: Record, stream: str) -> _T:
    """Apply what a user wrote to a record; raise `StreamMapFailedError`, whatever it raises."""
    try:
        return function(record)
    except Exception as error:  # noqa: BLE001 - any expression, any error
        message = (
            f"stream_maps: an expression of {stream} fails on a record "
            f"({type(error).__name__}). Check that it works when a field is null, as all "
            "are in a tombstone"
        )
        raise StreamMapFailedError(message) from None


class Renderer:
    """Makes rows of the records of one selected stream.

    A stream without stream maps and flattening takes the direct way: its records
    are right by construction and are encoded as they are. Any other goes through
    the SDK's maps, and is flattened by the tap.

    Attributes:
        tables: Names of the tables that rows may be of.
        filtered: Those of them that a `__filter__` keeps records out of.
        is_direct: Rows are the records' selected fields.
        is_whole: Rows are the records.
    """

    def __init__(
        self, stream: Stream, nulled: t.Mapping[str, t.Collection[str]] | None = None
    ) -> None:
        """Compile what the catalog selects, and the maps; raise when one fails on a deletion.

        Each row names with null the columns that left (`nulled`, by table).
        """
        self._name = stream.name
        names = NAMES.get(stream.name, ())  # an extra stream has none of its own
        self._select = compile_selection(stream)
        self.is_direct = all(
            type(stream_map) is SameRecordTransform and not stream_map.flattening_enabled
            for stream_map in stream.stream_maps
        )
        self._nulls = {table: dict.fromkeys(left) for table, left in (nulled or {}).items()}
        self.is_whole = self.is_direct and self._select is None and not self._nulls
        self._maps = (
            []
            if self.is_direct
            else [(each.stream_alias, compile_map(each)) for each in stream.stream_maps]
        )
        self.tables = [alias for alias, _ in self._maps] or [self._name]
        self.filtered = [each.stream_alias for each in stream.stream_maps if filter_of(each)]
        if names:
            self._try_a_deletion(names)

    def rows(
        self, record: Record, tables: Collection[str] | None = None
    ) -> list[tuple[str, bytes]]:
        """Return the rows of a record in all or some tables, each with the name of its table.

        The record has every field of the stream, and belongs to the renderer from here on.
        """
        if self.is_whole:
            return [(self._name, encode_line(record))]
        if self._select is not None:
            record = self._select(record)
        mapped = [(self._name, record)] if self.is_direct else self._mapped(record, tables)
        return [(table, encode_line(self._with_nulls(table, row))) for table, row in mapped]

    def _with_nulls(self, table: str, row: Record) -> Record:
        nulls = self._nulls.get(table)
        return row if nulls is None else row | nulls

    def _mapped(
        self, record: Record, tables: Collection[str] | None = None
    ) -> Iterator[tuple[str, Record]]:
        for alias, transform in self._maps:
            if tables is None or alias in tables:
                mapped = applied(transform, record, self._name)
                if mapped is not None:
                    yield alias, mapped

    def _try_a_deletion(self, names: Collection[str]) -> None:
        """Have maps that fail on a deletion fail now, not on the day of the first one."""
        moment = "2000-01-01T00:00:00.000Z"
        own = {"id": "", "remote_id": "", "changed_at": moment, "remote_deleted_at": moment}
        tombstone = dict.fromkeys(names) | own
        for _ in self._mapped(tombstone if self._select is None else self._select(tombstone)):
            pass


def keeps_of(
    maps: Sequence[StreamMap],
    builder: RecordBuilder,
    select: Callable[[Record], Record] | None = None,
) -> Keeps | None:
    """Return whether the maps of candidates keep one; None: they keep everybody.

    They are asked about the record that the builder makes, less what `select` takes out of it.
    """
    filters = filters_of(maps)

    def keeps(record: Record) -> bool:
        return any(each(record) for each in filters)

    def keeps_seen(seen: ReadCandidate) -> bool:
        record, _ = builder.candidate(seen)
        return applied(keeps, record if select is None else select(record), "candidates")

    return keeps_seen if filters else None
