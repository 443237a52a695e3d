"""The streams, as declarations; what they have in common is the pull."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Iterable

from tap_compleetpersy.errors import LimitReachedError
from tap_compleetpersy.model.fields import CHILD_STREAMS
from tap_compleetpersy.sdk import SdkStream
from tap_compleetpersy.sync.selection import AUTOMATIC
from tap_compleetpersy.sync.state import REPLICATION_KEYS, read_columns
from tap_compleetpersy.sync.tables import StreamColumns, kinds_of

if t.TYPE_CHECKING:
    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.singerlib import Catalog

    from tap_compleetpersy.settings import ExtraStream, Settings
    from tap_compleetpersy.sync.ledger import KnownLedgers


class PersyStream(SdkStream):
    """A stream of Persy: one bookmark, no partitions, records from the shared pull."""

    primary_keys: t.Sequence[str] = ("id",)
    automatic = AUTOMATIC

    def __init__(
        self, tap: Tap, schema: dict[str, t.Any], settings: Settings, ledgers: KnownLedgers
    ) -> None:
        """Take the schema as discovered, the settings as checked and the ledgers as read."""
        super().__init__(tap=tap, schema=schema)
        self.settings = settings
        self.ledgers = ledgers

    @functools.cached_property
    def columns(self) -> StreamColumns:
        """The columns of the stream's tables, as they are and as they ever were."""
        bookmarks = self.tap.state.get("bookmarks", {})
        return StreamColumns(
            present={each.stream: kinds_of(each.schema) for each in self.mapped_schemas()},
            remembered=read_columns(self.name, bookmarks.get(self.name) or {}),
            erases=self.settings.erase_deselected,
        )

    def written_schema(self, table: str, schema: dict[str, t.Any]) -> dict[str, t.Any]:
        """Return the schema of a table, with the columns that are to be emptied."""
        return self.columns.widened(table, schema)

    def get_records(self, context: Context | None) -> Iterable[Record]:  # noqa: ARG002 - the SDK's signature
        """Return nothing: the pull of the candidates writes every stream's records."""
        return ()

    def get_replication_key_signpost(self, context: Context | None = None) -> None:
        """Do nothing: the tap caps its positions itself, as instants."""

    @property
    def emit_activate_version_messages(self) -> bool:
        """Never: a run that ends early would make targets delete living rows."""
        return False


class CandidatesStream(PersyStream):
    """People who applied or were sourced; the only list that Persy offers."""

    name = "candidates"
    replication_key = REPLICATION_KEYS["candidates"]

    def run(self) -> None:
        """Run the pull in place of the SDK's loop over records.

        The children's SCHEMA messages come first, once each, so that a target has
        their tables even when there is no record.
        """
        # Imported late: `--version` and `--about` need none of what reads and maps.
        from tap_compleetpersy.sync.session import Pull  # noqa: PLC0415

        children = t.cast("list[PersyStream]", self.child_streams)
        streams: list[PersyStream] = [self, *children]
        for child in children:
            if child.selected:
                child.announce()
        try:
            Pull(
                tap=self.tap,
                settings=self.settings,
                ledgers=self.ledgers,
                columns={stream.name: stream.columns for stream in streams if stream.selected},
            ).run()
        except LimitReachedError:
            self.end_dry_run()


def _follower(name: str) -> type[PersyStream]:
    """Return a stream that follows from candidates: jobs, applications, or lists that each has.

    A list is one more request for each candidate who is new or was updated: only where selected.
    """
    own = {
        "name": name,
        "replication_key": REPLICATION_KEYS[name],
        "parent_stream_type": CandidatesStream,
        "selected_by_default": name not in CHILD_STREAMS,
    }
    return type(name, (PersyStream,), own)


class ExtraPersyStream(PersyStream):
    """Any other GET endpoint, as a definition of `extra_streams` says."""

    automatic = frozenset()  # the keys are so by the SDK

    def __init__(
        self,
        tap: Tap,
        schema: dict[str, t.Any],
        settings: Settings,
        ledgers: KnownLedgers,
        extra: ExtraStream,
    ) -> None:
        """Take the definition."""
        self.name = extra.name
        super().__init__(tap, schema, settings, ledgers)
        self.extra = extra
        self._take_keys()

    def apply_catalog(self, catalog: Catalog) -> None:
        """Take schema and selection of the catalog; the keys are those of the definition."""
        super().apply_catalog(catalog)
        self._take_keys()

    def _take_keys(self) -> None:
        self.primary_keys = self.extra.primary_keys
        self.replication_key = self.extra.replication_key

    def run(self) -> None:
        """Run the stream in place of the SDK's loop over records."""
        from tap_compleetpersy.sync.session import sync_extra_stream  # noqa: PLC0415

        try:
            sync_extra_stream(self.tap, self.settings, self.extra, self)
        except LimitReachedError:
            self.end_dry_run()


STREAMS: t.Mapping[str, type[PersyStream]] = {
    name: CandidatesStream if name == CandidatesStream.name else _follower(name)
    for name in REPLICATION_KEYS
}
