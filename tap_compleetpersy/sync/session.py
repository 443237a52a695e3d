"""From the SDK's streams to one pull and back: wiring, and nothing else."""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import queue
import sys
import typing as t
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.decode import decode_lightly
from tap_compleetpersy.api.pages import Page, read_pages
from tap_compleetpersy.api.prefetch import Ready
from tap_compleetpersy.errors import DeletionsRefusedError
from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.index import Index
from tap_compleetpersy.model.candidate import leaves_structure
from tap_compleetpersy.model.custom_fields import Typing
from tap_compleetpersy.model.fields import ATTACHMENTS, CHILD_STREAMS, CONTENT_FIELDS
from tap_compleetpersy.model.times import to_datetime
from tap_compleetpersy.sync.attachments import Attachments
from tap_compleetpersy.sync.candidates import Candidates
from tap_compleetpersy.sync.children import ChildLists, ChildRun, compile_list
from tap_compleetpersy.sync.emitter import Emitter, line_of, read_batch_config
from tap_compleetpersy.sync.extra import Endpoint, ExtraRecords, kind_of_stream
from tap_compleetpersy.sync.ledger import KnownLedgers
from tap_compleetpersy.sync.mapping import MappedPage, Mapper
from tap_compleetpersy.sync.output import PageWriter
from tap_compleetpersy.sync.plan import Bounds, Window, make_bounds, make_plan
from tap_compleetpersy.sync.reading import Read, compile_read_page, custom_properties, rules_of
from tap_compleetpersy.sync.records import RecordBuilder, make_builder
from tap_compleetpersy.sync.rendering import Keeps, Renderer, keeps_of
from tap_compleetpersy.sync.report import ExtraProgress, ExtraReport, Progress, Report
from tap_compleetpersy.sync.run import run_source
from tap_compleetpersy.sync.selection import (
    NAMES,
    SelectedPaths,
    compile_selection,
    field_names,
    selected_fields,
    selected_paths_of,
)
from tap_compleetpersy.sync.state import read_bookmarks, read_extra_bookmark, tenant_of
from tap_compleetpersy.sync.stream_maps import hash_of_maps, reads_field
from tap_compleetpersy.sync.stream_run import RUNS, StreamRun
from tap_compleetpersy.sync.tables import changed, shape_of
from tap_compleetpersy.sync.worker import Worker, is_worthwhile, mapped_pages

if t.TYPE_CHECKING:
    from singer_sdk import Stream, Tap

    from tap_compleetpersy.model.declaration import ChildStream
    from tap_compleetpersy.sdk import BatchConfig
    from tap_compleetpersy.settings import ExtraStream, Settings
    from tap_compleetpersy.sync.tables import StreamColumns

logger = logging.getLogger("tap-compleetpersy")

_FILE = "file_path"
_SWITCH_SECONDS = 0.001
_OBJECTS_TO_COLLECT = 50_000


@dataclass(kw_only=True)
class Pull:
    """One pull of candidates for the selected streams.

    Attributes:
        tap: Gives the streams, state and the writer.
        settings: The settings of the run.
        ledgers: Those of the state that were read already.
        columns: Those of the selected streams' tables.
    """

    tap: Tap
    settings: Settings
    ledgers: KnownLedgers
    columns: Mapping[str, StreamColumns]

    def __post_init__(self) -> None:
        """Decide everything that is known before the first request."""
        tap, settings = self.tap, self.settings
        streams = [tap.streams[name] for name in (*RUNS, *CHILD_STREAMS)]
        self._selected = {each.name: each for each in streams if each.selected}
        self._tenant = tenant_of(settings)
        self._bookmarks = read_bookmarks(tap.state, tap.streams, self._tenant, self.ledgers)
        whole = {n for n, s in self._selected.items() if s.replication_method == "FULL_TABLE"}
        if settings.end_date is None:  # only a complete pass empties the columns that left
            whole |= {name for name, known in self.columns.items() if known.is_due}
        now = tap.initialized_at
        self._plan = make_plan(settings, self._bookmarks, now, self._selected, whole)
        self._paths = _paths(tap, self._selected)
        self._maps = tap.config.get("stream_maps", {})
        self._index = self._open_index()
        self._renderers = {
            name: Renderer(stream, self.columns[name].nulled)
            for name, stream in self._selected.items()
        }
        # Selected or not, the stream of candidates types the custom fields.
        schema = tap.streams["candidates"].effective_schema
        self._known = custom_properties(schema)
        chosen = self._paths.candidates
        self._chosen = frozenset(
            name for name in self._known if chosen is None or f"custom_fields.{name}" in chosen
        )
        changed_at, is_direct = self._plan.changed_at, self._is_direct
        builder = make_builder(settings, changed_at, schema, self._paths, is_direct=is_direct)
        self._batch = read_batch_config(tap.config)
        is_allowlist = len(self._chosen) < len(self._known)
        self._report = Report(catalog=self._chosen, is_allowlist=is_allowlist)
        self._mapper = Mapper(
            read=self._read(),
            keeps=_keeps(tap, builder),
            cutoff=self._plan.cutoff,
            plans=self._plan.streams,
            builder=builder,
            renderers=self._renderers,
            line=line_of(self._batch),
        )

    def run(self) -> None:
        """Read, emit and claim.

        Raises:
            ApiError: When a page cannot be read.
            StoreError: When the content of attachments cannot be stored.
            DeletionsRefusedError: After the final STATE.
            LimitReachedError: In a dry run.
        """
        progress, settings = Progress(), self.settings
        with contextlib.ExitStack() as stack:
            stack.enter_context(_tuned_interpreter())
            client = stack.enter_context(Client(settings))
            stack.enter_context(self.tap.streams["candidates"].get_sync_timer())
            emitters = [
                _emitter(self.tap, stream, self._renderers[name], self._batch, stack)
                for name, stream in self._selected.items()
            ]
            worker = self._worker()
            if worker is not None:
                stack.enter_context(worker)
            stack.callback(self._report.log)
            stack.callback(progress.finish)
            lists = {
                name: stack.enter_context(self._lists(child, client))
                for name, child in CHILD_STREAMS.items()
                if name in self._selected
            }
            runs = [self._run_of(emitter, lists.get(emitter.name)) for emitter in emitters]
            _say_what_changed(runs)
            client_of_list = stack.enter_context(client.sibling(read=decode_lightly))
            found = Candidates(
                settings=settings,
                plan=self._plan,
                runs=runs,
                pages=functools.partial(self._pages, client_of_list, worker),
                report=self._report,
                ledgers=self.ledgers,
            )
            run_source(found, self.tap, progress)
            if found.objections:
                message = (
                    f"deletion_limit_percent: {'; '.join(found.objections)}. Nothing was deleted, "
                    "all records were emitted. If this is right, run once with "
                    "deletion_limit_percent: 100 and full_sync_hours: 0.001, which makes that run "
                    "a complete pass"
                )
                raise DeletionsRefusedError(message)
            for each in lists.values():
                each.require_an_answer()

    @property
    def _is_direct(self) -> bool:
        """Whether the parts of a candidate are only written: no map, and no selection by part."""
        selected, renderer = self._paths.candidates, self._renderers.get("candidates")
        is_flat = selected is None or not any(
            f"custom_fields.{key}" in selected and f"custom_fields.{key}.{part}" not in selected
            for key, schema in self._known.items()
            for part in field_names(schema, ())
        )
        return is_flat and renderer is not None and renderer.is_direct

    def _read(self) -> Read:
        """Read plain records the quick way, unless what makes rows of them is excluded."""
        rules, chosen = rules_of(self.settings), self._chosen
        if not leaves_structure(rules):
            return compile_read_page(rules, None)
        only = chosen if self._report.is_allowlist else None
        return compile_read_page(
            rules,
            Typing(self._known, self.settings.zone, only),
            selected=self._paths.candidates,
            keeps_raw=self.settings.include_remote_data,
        )

    def _worker(self) -> Worker | None:
        """Have a second processor map pages, where nothing but the page decides what comes out."""
        mapper, every = self._mapper, self._renderers.values()
        is_direct = mapper.keeps is None and all(renderer.is_direct for renderer in every)
        if not (self.settings.prefetch_pages and is_direct and is_worthwhile()):
            return None
        keeps_raw = mapper.builder.opening_data is not None

        def map_records(records: bytes, window: Window) -> MappedPage:
            page = mapper.page(records, window, datetime.now(tz=UTC))
            return page if keeps_raw else page.without_applications()

        return Worker(map_records)

    def _pages(
        self,
        client: Client,
        worker: Worker | None,
        window: Window,
        known: Collection[str],
    ) -> Generator[tuple[Page, MappedPage]]:
        """Yield the pages of a window, mapped, without those known."""
        settings = self.settings
        ready: Ready = queue.SimpleQueue()
        # With a worker, two pages are processed at a time, and both may end at once.
        read = read_pages(
            client,
            since=to_datetime(window.since),
            until=to_datetime(window.until),
            prefetch=settings.prefetch_pages,
            spare=0 if worker is None else 2,
            ready=ready,
        )

        def map_page(page: Page) -> MappedPage:
            return self._mapper.page(page.records, window, datetime.now(tz=UTC), known)

        with contextlib.closing(read):
            if worker is None or known:
                yield from ((page, map_page(page)) for page in read)
            else:
                yield from mapped_pages(
                    read, window, map_page, worker, is_next_ready=lambda: not ready.empty()
                )

    def _lists(self, child: ChildStream, client: Client) -> ChildLists:
        if not child.has_content:
            list_of = compile_list(child, self.settings)
            return ChildLists(child, client, self._report, lambda own, key, _: list_of(own, key))
        attachments = Attachments(self.settings, self._index)
        summary = None if self._index is None else attachments.summary
        return ChildLists(child, client, self._report, attachments.read, summary)

    def _open_index(self) -> Index | None:
        """Open the store, unless no row could say what is in it."""
        settings = self.settings
        if settings.attachments_dir is None:
            return None
        columns = self.columns.get(ATTACHMENTS.name)
        tables = () if columns is None else columns.present.values()
        is_named = any(_FILE in names for names in tables) or reads_field(self._maps, _FILE)
        if not (tables and is_named):
            logger.warning(
                "attachments_dir: nothing is downloaded, for no row of candidate_attachments could "
                "name a file. Select the stream and its file_path; if the catalog is older than "
                "the setting, refresh it (--discover; in Meltano, --refresh-catalog)"
            )
            return None
        store = open_store(
            settings.attachments_dir, settings.attachments_options, settings.request_timeout
        )
        return Index(store, self._tenant)

    def _run_of(self, emitter: Emitter, lists: ChildLists | None) -> StreamRun:
        name, settings, config = emitter.name, self.settings, self.tap.config
        stream, bookmark = self._selected[name], self._bookmarks[name]
        fields = selected_fields(stream.effective_schema, stream.mask, NAMES[name])
        look = shape_of(settings, config, fields)
        make: Callable[..., StreamRun]
        if lists is None:
            make = RUNS[name]
        else:
            largest = f"{settings.attachment_max_mb:g}"
            make = functools.partial(
                ChildRun,
                lists=lists,
                maps=hash_of_maps(config),
                folder=f"{look['attachments_dir']}/{largest}" if lists.has_content else "",
                filters_content=any(
                    reads_field(self._maps, field.name, filters=True) for field in CONTENT_FIELDS
                ),
            )
        keeps_ledger = self._plan.finds_deletions
        return make(
            plan=self._plan.streams[name],
            bookmark=bookmark,
            emitter=emitter,
            builder=self._mapper.builder,
            columns=self.columns[name],
            look=look,
            ledger=self.ledgers.changeable(bookmark.ledger) if keeps_ledger else None,
        )


def _say_what_changed(runs: Iterable[StreamRun]) -> None:
    """Warn of columns that left, and of settings that a complete pass brings to all rows."""
    different: dict[str, set[str]] = {}
    for run in runs:
        for line in run.columns.warnings():
            logger.warning(line)
        names = changed(run.name, run.bookmark.shape, run.look)
        if names and not run.plan.complete:
            different[run.name] = names
    if different:
        logger.warning(
            "Rows of %s change at the next complete pass, those that are not updated before: "
            "%s changed since the last one",
            ", ".join(different),
            ", ".join(sorted(set().union(*different.values()))),
        )


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
    own, tenant = settings.of_extra_stream(extra), tenant_of(settings)
    bookmark = read_extra_bookmark(tap.state, extra, tenant)
    kind = kind_of_stream(extra, stream.effective_schema, bookmark)
    bounds = Bounds()
    people = None
    if extra.is_child:
        people = f"{hash_of_maps(tap.config)} {settings.cutoff_date} {settings.cutoff_days}"
    if extra.replication_key is not None:
        # Nothing was read so far of candidates that another filter or cutoff lets in.
        are_others = bookmark.people is not None and bookmark.people != people
        is_full = stream.replication_method == "FULL_TABLE" or are_others
        bounds = make_bounds(own, bookmark, kind, tap.initialized_at, full_table=is_full)
    report = ExtraReport(stream=extra.name, is_allowlist=not all(stream.mask.values()))
    progress = ExtraProgress(extra.name)
    with contextlib.ExitStack() as stack:
        stack.enter_context(stream.get_sync_timer())
        batch = read_batch_config(tap.config)
        emitter = _emitter(tap, stream, Renderer(stream), batch, stack)
        stack.callback(report.log)
        keeps = _keeps_of_children(tap, settings) if extra.is_child else None
        now = tap.initialized_at
        endpoint = Endpoint(settings=settings, extra=extra, report=report, now=now, keeps=keeps)
        stack.callback(endpoint.close)
        records = ExtraRecords(
            extra=extra,
            settings=own,
            schema=stream.effective_schema,
            kind=bounds.kind,
            bookmark=bookmark,
            pages=endpoint.pages(bounds, settings.prefetch_pages),
            emitter=emitter,
            report=report,
            ceiling=tap.initialized_at,
            tenant=tenant,
            people=people,
        )
        run_source(records, tap, progress)
        progress.log()


def _emitter(
    tap: Tap,
    stream: Stream,
    renderer: Renderer,
    batch: BatchConfig | None,
    stack: contextlib.ExitStack,
) -> Emitter:
    counter = stack.enter_context(stream.get_record_counter())
    writer = t.cast("PageWriter", tap.message_writer)
    return Emitter(stream, renderer, writer, counter, batch)


def _paths(tap: Tap, selected: Mapping[str, Stream]) -> SelectedPaths:
    """Return what may leave where records repeat each other."""
    return selected_paths_of(
        {name: stream.effective_schema for name, stream in tap.streams.items() if name in NAMES},
        {name: stream.mask for name, stream in selected.items()},
    )


def _keeps(tap: Tap, builder: RecordBuilder) -> Keeps | None:
    """Return whether the maps of candidates keep one, as the catalog selects what they read."""
    candidates = tap.streams["candidates"]
    select = compile_selection(candidates) if candidates.selected else None
    return keeps_of(tap.mapper.stream_maps["candidates"], builder, select)


def _keeps_of_children(tap: Tap, settings: Settings) -> Keeps | None:
    candidates = tap.streams["candidates"]
    paths = _paths(tap, {"candidates": candidates} if candidates.selected else {})
    schema = candidates.effective_schema
    return _keeps(tap, make_builder(settings, tap.initialized_at, schema, paths))


@contextlib.contextmanager
def _tuned_interpreter() -> Iterator[None]:
    """Have the garbage collector look rarely, and threads wait less for the interpreter.

    A page is freed by counting references, for records have no cycles: looking through each one
    takes a tenth of a run and more. The thread that reads ahead gives the interpreter away between
    an answer and the next request; as long as it waits for it, the server has nothing to do.
    """
    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(_OBJECTS_TO_COLLECT, *threshold[1:])
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        sys.setswitchinterval(interval)
