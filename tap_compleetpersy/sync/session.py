"""From the SDK's streams to one pull and back: wiring, and nothing else."""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import queue
import sys
import typing as t
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.decode import decode_lightly
from tap_compleetpersy.api.envelope import records
from tap_compleetpersy.api.messages import Answer
from tap_compleetpersy.api.pages import CircleGuard, Page, read_pages
from tap_compleetpersy.api.prefetch import Ready
from tap_compleetpersy.api.unfolding import unfolded
from tap_compleetpersy.errors import DeletionsRefusedError
from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.index import Index
from tap_compleetpersy.model.candidate import ReadCandidate, leaves_structure
from tap_compleetpersy.model.custom_fields import Typing
from tap_compleetpersy.model.fields import ATTACHMENTS, CHILD_STREAMS, CONTENT_FIELDS
from tap_compleetpersy.sync.attachments import Attachments
from tap_compleetpersy.sync.candidates import Candidates
from tap_compleetpersy.sync.children import ChildLists, ChildRun, compile_read_list
from tap_compleetpersy.sync.clock import to_datetime
from tap_compleetpersy.sync.emitter import Emitter, read_batch_config
from tap_compleetpersy.sync.extra import Endpoint, ExtraRecords, RecordMapper, kind_of_stream
from tap_compleetpersy.sync.ledger import KnownLedgers
from tap_compleetpersy.sync.mapping import MappedPage, Mapper
from tap_compleetpersy.sync.output import PageWriter
from tap_compleetpersy.sync.plan import Bounds, Plan, Window, make_bounds, make_plan
from tap_compleetpersy.sync.reading import Read, compile_read_page, custom_properties, rules_of
from tap_compleetpersy.sync.records import RecordBuilder, make_builder
from tap_compleetpersy.sync.rendering import Keeps, Renderer, keeps_of
from tap_compleetpersy.sync.report import ExtraProgress, ExtraReport, Progress, Report
from tap_compleetpersy.sync.run import Output, run_source
from tap_compleetpersy.sync.selection import (
    NAMES,
    Fields,
    SelectedPaths,
    compile_selection,
    field_names,
    selected_fields,
    selected_paths_of,
)
from tap_compleetpersy.sync.state import (
    Bookmark,
    read_bookmarks,
    read_extra_bookmark,
    tenant_of,
)
from tap_compleetpersy.sync.stream_maps import hash_of_maps, reads_field
from tap_compleetpersy.sync.stream_run import RUNS, StreamRun
from tap_compleetpersy.sync.tables import changed, shape_of
from tap_compleetpersy.sync.worker import Worker, is_worthwhile, mapped_pages

if t.TYPE_CHECKING:
    from singer_sdk import Stream, Tap

    from tap_compleetpersy.model.declaration import ChildStream
    from tap_compleetpersy.settings import ExtraStream, Settings
    from tap_compleetpersy.sync.tables import StreamColumns

logger = logging.getLogger("tap-compleetpersy")


def sync_streams(  # noqa: PLR0913 - one keyword for each thing that the tap knows
    tap: Tap,
    settings: Settings,
    selected: Mapping[str, Stream],
    *,
    candidates: Stream,
    ledgers: KnownLedgers,
    columns: Mapping[str, StreamColumns],
) -> None:
    """Run one pull for the selected streams.

    Args:
        tap: Gives state and the writer.
        settings: The settings of the run.
        selected: The selected streams by name.
        candidates: The stream of candidates, selected or not: its schema types the
            custom fields, and its stream map decides which candidates count.
        ledgers: Those of the state that were read already.
        columns: Those of the selected streams' tables.

    Raises:
        ApiError: When a page cannot be read.
        StoreError: When the content of attachments cannot be stored.
        DeletionsRefusedError: After the final STATE.
        LimitReachedError: In a dry run.
    """
    tenant = tenant_of(settings)
    bookmarks = read_bookmarks(tap.state, tap.streams, tenant, ledgers.decode)
    plan = make_plan(
        settings,
        bookmarks,
        tap.initialized_at,
        selected,
        {n for n, s in selected.items() if s.replication_method == "FULL_TABLE"}
        | _columns_to_empty(settings, columns),
    )
    report, progress = Report(), Progress()
    paths = _paths(tap, selected)
    writer = t.cast("PageWriter", tap.message_writer)
    batch = read_batch_config(tap.config)
    order = [name for name in (*RUNS, *CHILD_STREAMS) if name in selected]
    maps = tap.config.get("stream_maps", {})
    index = _index(settings, tenant, columns.get(ATTACHMENTS.name), maps)
    renderers = {name: Renderer(selected[name], columns[name].nulled) for name in order}
    is_direct = _is_direct(renderers.get("candidates"), candidates, paths)
    schema = candidates.effective_schema
    shape = make_builder(settings, plan.changed_at, schema, paths, is_direct=is_direct)
    looks = {name: shape_of(settings, tap.config, _selection(selected[name])) for name in order}
    _say_what_changed(columns, plan, bookmarks, looks)
    keeps = _keeps(tap, shape)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_rare_collections())
        stack.enter_context(_quick_switches())
        client = stack.enter_context(Client(settings))
        stack.enter_context(candidates.get_sync_timer())
        emitters = [
            Emitter(
                selected[name],
                renderers[name],
                writer,
                stack.enter_context(selected[name].get_record_counter()),
                batch,
            )
            for name in order
        ]
        mapper = Mapper(
            read=_read(settings, paths, candidates),
            keeps=keeps or _everybody,
            cutoff=plan.cutoff,
            plans={name: plan.streams[name] for name in order},
            shape=shape,
            renderers=renderers,
        )
        worker = _worker(settings, mapper)
        if worker is not None:
            stack.enter_context(worker)
        known, chosen = _custom_fields(candidates, paths)
        stack.callback(lambda: report.log(chosen, allowlist=chosen != known))
        stack.callback(progress.finish)
        lists = {
            name: stack.enter_context(_lists(child, client, settings, index, report))
            for name, child in CHILD_STREAMS.items()
            if name in selected
        }
        make_child = functools.partial(ChildRun, maps=hash_of_maps(tap.config))
        makers: dict[str, Callable[..., StreamRun]] = {
            **RUNS,
            **{
                name: functools.partial(
                    make_child,
                    lists=each,
                    folder=f"{looks[name]['attachments_dir']}/{settings.attachment_max_mb:g}"
                    if each.has_content
                    else "",
                    filters_content=any(
                        reads_field(maps, field.name, filters=True) for field in CONTENT_FIELDS
                    ),
                )
                for name, each in lists.items()
            },
        }
        client_of_list = stack.enter_context(client.sibling(read=decode_lightly))
        found = Candidates(
            plan=plan,
            runs=_runs(
                emitters,
                plan,
                bookmarks,
                shape=shape,
                makers=makers,
                columns=columns,
                looks=looks,
                ledgers=ledgers,
            ),
            pages=_pages(client_of_list, settings, mapper, worker),
            guard=functools.partial(CircleGuard, settings),
            report=report,
            list_can_shift=bool(settings.paging_settings),
            deletion_limit_percent=settings.deletion_limit_percent,
            tenant=tenant,
            ledgers=ledgers,
        )
        run_source(found, Output(writer, tap.state, tap.state_writer), progress)
        if found.objections:
            message = (
                f"deletion_limit_percent: {'; '.join(found.objections)}. Nothing was deleted, "
                "all records were emitted. If this is right, run once with "
                "deletion_limit_percent: 100 and full_sync_hours: 0.001, which makes that run a "
                "complete pass"
            )
            raise DeletionsRefusedError(message)
        for each in lists.values():
            each.require_an_answer()


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
        # Of whom a filter or cutoff let in now, nothing was read so far.
        are_others = bookmark.people is not None and bookmark.people != people
        is_full = stream.replication_method == "FULL_TABLE" or are_others
        bounds = make_bounds(own, bookmark, kind, tap.initialized_at, full_table=is_full)
    report, progress = ExtraReport(stream=extra.name), ExtraProgress(extra.name)
    is_allowlist = not all(stream.mask.values())
    writer = t.cast("PageWriter", tap.message_writer)
    with contextlib.ExitStack() as stack:
        stack.enter_context(stream.get_sync_timer())
        counter = stack.enter_context(stream.get_record_counter())
        stack.callback(lambda: report.log(allowlist=is_allowlist))
        keeps = _keeps_of_children(tap, settings) if extra.is_child else None
        now = tap.initialized_at
        endpoint = Endpoint(settings=settings, extra=extra, report=report, now=now, keeps=keeps)
        stack.callback(endpoint.close)
        records = ExtraRecords(
            extra=extra,
            bookmark=bookmark,
            pages=endpoint.pages(bounds, settings.prefetch_pages),
            mapper=RecordMapper(
                extra=extra,
                settings=own,
                schema=stream.effective_schema,
                kind=bounds.kind,
                is_allowlist=is_allowlist,
                report=report,
            ),
            emitter=Emitter(
                stream, Renderer(stream), writer, counter, read_batch_config(tap.config)
            ),
            report=report,
            ceiling=tap.initialized_at,
            tenant=tenant,
            people=people,
        )
        run_source(records, Output(writer, tap.state, tap.state_writer), progress)
        progress.log()


def _paths(tap: Tap, selected: Mapping[str, Stream]) -> SelectedPaths:
    """Return what may leave where records repeat each other."""
    return selected_paths_of(
        {name: stream.effective_schema for name, stream in tap.streams.items() if name in NAMES},
        {name: stream.mask for name, stream in selected.items()},
    )


def _keeps(tap: Tap, builder: RecordBuilder) -> Keeps | None:
    """Return whether the maps of candidates keep one, as the catalog selects what they read."""
    candidates = tap.streams["candidates"]
    schema, mask = candidates.effective_schema, candidates.mask
    select = compile_selection(schema, mask, NAMES["candidates"]) if candidates.selected else None
    return keeps_of(tap.mapper.stream_maps["candidates"], builder, select)


def _keeps_of_children(tap: Tap, settings: Settings) -> Keeps | None:
    candidates = tap.streams["candidates"]
    paths = _paths(tap, {"candidates": candidates} if candidates.selected else {})
    schema = candidates.effective_schema
    return _keeps(tap, make_builder(settings, tap.initialized_at, schema, paths))


def _columns_to_empty(settings: Settings, columns: Mapping[str, StreamColumns]) -> set[str]:
    """Name the streams that need a complete pass now, for a column left that is to be empty."""
    if settings.end_date is not None:
        return set()
    return {name for name, known in columns.items() if known.is_due}


def _selection(stream: Stream) -> Fields:
    return selected_fields(stream.effective_schema, stream.mask, NAMES[stream.name])


def _say_what_changed(
    columns: Mapping[str, StreamColumns],
    plan: Plan,
    bookmarks: Mapping[str, Bookmark],
    looks: Mapping[str, Mapping[str, str]],
) -> None:
    """Warn of columns that left, and of settings that only a complete pass brings to all rows."""
    different: dict[str, set[str]] = {}
    for name, look in looks.items():
        for line in columns[name].warnings():
            logger.warning(line)
        if not plan.streams[name].complete and (
            names := changed(name, bookmarks[name].shape, look)
        ):
            different[name] = names
    if different:
        logger.warning(
            "Rows of %s change at the next complete pass, those that are not updated before: %s "
            "changed since the last one",
            ", ".join(different),
            ", ".join(sorted(set().union(*different.values()))),
        )


def _is_direct(renderer: Renderer | None, candidates: Stream, paths: SelectedPaths) -> bool:
    """Whether nobody looks into the parts of a candidate: no map, and no selection by part."""
    selected = paths.candidates
    is_flat = selected is None or not any(
        f"custom_fields.{key}" in selected and f"custom_fields.{key}.{part}" not in selected
        for key, schema in custom_properties(candidates.effective_schema).items()
        for part in field_names(schema, ())
    )
    return is_flat and renderer is not None and renderer.is_direct


def _read(settings: Settings, paths: SelectedPaths, candidates: Stream) -> Read:
    """Read plain records the quick way, unless what makes rows of them is excluded."""
    rules = rules_of(settings)
    if not leaves_structure(rules):
        return compile_read_page(rules, None)
    known, chosen = _custom_fields(candidates, paths)
    properties = custom_properties(candidates.effective_schema)
    typing = Typing(properties, settings.zone, None if chosen == known else chosen)
    return compile_read_page(
        rules, typing, selected=paths.candidates, keeps_raw=settings.include_remote_data
    )


@contextlib.contextmanager
def _rare_collections() -> Iterator[None]:
    """Have the garbage collector look rarely.

    A page is freed by counting references, for records have no cycles. Looking through
    each page that was just decoded takes a tenth of a run and more.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _lists(
    child: ChildStream, client: Client, settings: Settings, index: Index | None, report: Report
) -> ChildLists:
    if not child.has_content:
        return ChildLists(child, client, report, compile_read_list(child, settings))
    attachments = Attachments(settings, index)
    summary = None if index is None else attachments.summary
    return ChildLists(child, client, report, attachments.read, summary)


def _index(
    settings: Settings, tenant: str, columns: StreamColumns | None, maps: Mapping[str, t.Any]
) -> Index | None:
    """Open the store, unless no row could say what is in it.

    Args:
        settings: Of the run.
        tenant: As in the state.
        columns: Of the attachments' tables; None when they are not selected.
        maps: The setting `stream_maps`.
    """
    if settings.attachments_dir is None:
        return None
    tables = () if columns is None else columns.present.values()
    if not tables or not (any(_FILE in names for names in tables) or reads_field(maps, _FILE)):
        logger.warning(
            "attachments_dir: nothing is downloaded, for no row of candidate_attachments could "
            "name a file. Select the stream and its file_path; if the catalog is older than the "
            "setting, refresh it (--discover; in Meltano, --refresh-catalog)"
        )
        return None
    store = open_store(
        settings.attachments_dir, settings.attachments_options, settings.request_timeout
    )
    return Index(store, tenant)


@contextlib.contextmanager
def _quick_switches() -> Iterator[None]:
    """Have the thread that reads ahead wait less for the interpreter while a page is mapped.

    Between an answer and the next request it gives the interpreter away some times, and
    each time waits so long to have it back, while the server has nothing to do.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


_SWITCH_SECONDS = 0.001
_FILE = "file_path"


def _runs(  # noqa: PLR0913 - what all runs share
    emitters: Sequence[Emitter],
    plan: Plan,
    bookmarks: Mapping[str, Bookmark],
    *,
    shape: RecordBuilder,
    makers: Mapping[str, Callable[..., StreamRun]],
    columns: Mapping[str, StreamColumns],
    looks: Mapping[str, Mapping[str, str]],
    ledgers: KnownLedgers,
) -> list[StreamRun]:
    return [
        makers[emitter.name](
            plan=plan.streams[emitter.name],
            bookmark=bookmarks[emitter.name],
            emitter=emitter,
            shape=shape,
            columns=columns[emitter.name],
            look=looks[emitter.name],
            ledger=ledgers.changeable(bookmarks[emitter.name].ledger)
            if plan.finds_deletions
            else None,
        )
        for emitter in emitters
    ]


def _pages(
    client: Client, settings: Settings, mapper: Mapper, worker: Worker | None
) -> Callable[[Window, Collection[str]], Generator[tuple[Page, MappedPage]]]:
    def pages(window: Window, known: Collection[str]) -> Generator[tuple[Page, MappedPage]]:
        ready: Ready = queue.SimpleQueue()
        # With a worker, two pages are processed at a time, hence one to spare.
        read = read_pages(
            client,
            settings,
            since=to_datetime(window.since),
            until=to_datetime(window.until),
            prefetch=settings.prefetch_pages,
            spare=worker is not None,
            ready=ready,
        )

        def map_page(page: Page) -> MappedPage:
            return mapper.page(page.records, window, known)

        with contextlib.closing(read):
            if worker is None or known:
                yield from ((page, map_page(page)) for page in read)
            else:
                yield from mapped_pages(
                    read, window, map_page, worker, is_next_ready=lambda: not ready.empty()
                )

    return pages


def _worker(settings: Settings, mapper: Mapper) -> Worker | None:
    """Have a second processor map pages, where nothing but the page decides what comes out."""
    every = mapper.renderers.values()
    is_direct = mapper.keeps is _everybody and all(renderer.is_direct for renderer in every)
    if not (settings.prefetch_pages and is_direct and is_worthwhile()):
        return None
    keeps_raw = mapper.shape.opening_data is not None

    def map_body(body: bytes, window: Window) -> MappedPage:
        found = records(decode_lightly(Answer(200, {}, body)), settings.records_path)
        page = mapper.page(unfolded(found, settings), window)
        return page if keeps_raw else page.without_raw()

    return Worker(map_body)


def _everybody(_seen: ReadCandidate) -> bool:
    return True


def _custom_fields(
    candidates: Stream, paths: SelectedPaths
) -> tuple[frozenset[str], frozenset[str]]:
    """Name the custom fields of the catalog, and those of them that are selected."""
    known = frozenset(custom_properties(candidates.effective_schema))
    selected = paths.candidates
    if selected is None:
        return known, known
    return known, frozenset(name for name in known if f"custom_fields.{name}" in selected)
