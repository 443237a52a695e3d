"""One run of one extra stream: wiring, and nothing else."""

from __future__ import annotations

import contextlib
import logging
import typing as t
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tap_compleetpersy.model.positions import Kind, Position, kind_of_type
from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.sync.emitter import Emitter, read_batch_config
from tap_compleetpersy.sync.errors import LimitReachedError, TargetGoneError
from tap_compleetpersy.sync.extra.bookmarks import (
    ExtraBookmark,
    read_extra_bookmark,
    write_extra_bookmark,
)
from tap_compleetpersy.sync.extra.mapping import RecordMapper
from tap_compleetpersy.sync.extra.plan import Bounds, make_bounds
from tap_compleetpersy.sync.extra.reading import Endpoint, ExtraPage
from tap_compleetpersy.sync.extra.report import ExtraReport
from tap_compleetpersy.sync.output import PageWriter
from tap_compleetpersy.sync.people import keeps_of_children
from tap_compleetpersy.sync.pull import skew_seconds
from tap_compleetpersy.sync.rendering import Renderer
from tap_compleetpersy.sync.report import REFRESH
from tap_compleetpersy.sync.state import WAY_OUT, StateError, tenant_of

if t.TYPE_CHECKING:
    from singer_sdk import Stream, Tap

    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import ExtraStream, Settings

logger = logging.getLogger("tap-compleetpersy")

_PAGES_A_LINE = 100


def sync_extra_stream(tap: Tap, settings: Settings, extra: ExtraStream, stream: Stream) -> None:
    """Run one selected extra stream.

    Args:
        tap: Gives state and the writer.
        settings: The tap's.
        extra: The definition.
        stream: Its schema, selection and stream maps.

    Raises:
        ApiError: When a page cannot be read; nothing is claimed.
        ExtraStreamError: When a record is not as the definition says.
        LimitReachedError: In a dry run.
    """
    own = settings.of_extra_stream(extra)
    bookmark = read_extra_bookmark(tap.state, extra, tenant_of(settings))
    kind = _kind(extra, stream.effective_schema, bookmark)
    bounds = Bounds()
    if extra.replication_key is not None:
        is_full = stream.replication_method == "FULL_TABLE"
        bounds = make_bounds(own, bookmark, kind, tap.initialized_at, full_table=is_full)
    report = ExtraReport(extra.name)
    is_allowlist = not all(stream.mask.values())
    writer = t.cast("PageWriter", tap.message_writer)
    with contextlib.ExitStack() as stack:
        stack.enter_context(stream.get_sync_timer())
        counter = stack.enter_context(stream.get_record_counter())
        stack.callback(lambda: report.log(allowlist=is_allowlist))
        keeps = keeps_of_children(tap, settings, tap.initialized_at) if extra.is_child else None
        endpoint = Endpoint(settings, extra, report, now=tap.initialized_at, keeps=keeps)
        pages = stack.enter_context(
            contextlib.closing(endpoint.pages(bounds, settings.prefetch_pages))
        )
        mapper = RecordMapper(
            extra=extra,
            settings=own,
            schema=stream.effective_schema,
            kind=bounds.kind,
            is_allowlist=is_allowlist,
            report=report,
        )
        emitter = Emitter(stream, Renderer(stream), writer, counter, read_batch_config(tap.config))
        _Run(tap, settings, extra, bookmark, pages, mapper, emitter, writer).run()


@dataclass
class _Run:
    """The moving parts of one run.

    Attributes:
        ceiling: No position moves past it: the start of the run, by the server's clock once
            it is known.
        newest: Newest position emitted, future-dated ones aside.
    """

    tap: Tap
    settings: Settings
    extra: ExtraStream
    bookmark: ExtraBookmark
    pages: Iterable[ExtraPage]
    mapper: RecordMapper
    emitter: Emitter
    writer: PageWriter
    ceiling: Instant | None = field(default=None, init=False)
    newest: Position | None = field(default=None, init=False)
    _pages: int = field(default=0, init=False)
    _records: int = field(default=0, init=False)

    def run(self) -> None:
        """Emit page by page, and move the bookmark when all is read."""
        try:
            for page in self.pages:
                self._take(page)
        except BaseException:
            self.writer.abandon()
            if self.emitter.emitted:
                with self.writer.termination.deferred(), contextlib.suppress(TargetGoneError):
                    self._commit(self.bookmark)
            raise
        self._log()
        with self.writer.termination.deferred():
            self._commit(self._bookmark_at_end())

    def _take(self, page: ExtraPage) -> None:
        if self.ceiling is None:
            skew = skew_seconds(page.page.server_time)
            self.ceiling = self.tap.initialized_at + skew * 1000
        at = datetime.now(tz=UTC)
        for received in page.page.records:
            found = self.mapper.read(received, page.bounds, page.candidate_id)
            if found is not None:
                record, position = found
                self.emitter.emit(record, at)
                self._note(position)
        self.writer.flush()
        self._pages += 1
        self._records += len(page.page.records)
        if self._pages % _PAGES_A_LINE == 0:
            self._log()
        if self.emitter.limit_reached:
            raise LimitReachedError

    def _note(self, position: Position | None) -> None:
        is_future = self.mapper.kind == "time" and (position or 0) > (self.ceiling or 0)
        if position is not None and not is_future:
            self.newest = position if self.newest is None else max(self.newest, position)

    def _log(self) -> None:
        logger.info(
            "%s: %d pages, %d records read, %d emitted",
            self.extra.name,
            self._pages,
            self._records,
            self.emitter.emitted,
        )

    def _bookmark_at_end(self) -> ExtraBookmark:
        known = [each for each in (self.bookmark.position, self.newest) if each is not None]
        return ExtraBookmark(max(known, default=None), self.mapper.kind)

    def _commit(self, bookmark: ExtraBookmark) -> None:
        self.emitter.seal()
        written = write_extra_bookmark(self.extra, bookmark, tenant_of(self.settings))
        self.tap.state.setdefault("bookmarks", {})[self.extra.name] = written
        self.tap.state_writer.write_state(self.tap.state)


def _kind(
    extra: ExtraStream, schema: t.Mapping[str, t.Any], bookmark: ExtraBookmark
) -> Kind | None:
    """Answer what the catalog says of the replication key.

    Raises:
        SettingsError: When the catalog does not know a key that is defined.
        StateError: When the bookmark is something else.
    """
    properties = schema.get("properties", {})
    for setting, keys in (
        ("primary_keys", extra.primary_keys),
        ("replication_key", [extra.replication_key] if extra.replication_key else []),
    ):
        if not all(key in properties for key in keys):
            problem = f"{extra.place}.{setting}: not in the catalog of {extra.name}. {REFRESH}"
            raise SettingsError([problem])
    if extra.replication_key is None:
        return None
    kind = kind_of_type(properties[extra.replication_key])
    if kind and bookmark.kind and kind != bookmark.kind:
        message = (
            f"state: replication_key_value of {extra.name} is no {kind}, as its catalog says. "
            f"{WAY_OUT}"
        )
        raise StateError(message)
    return kind
