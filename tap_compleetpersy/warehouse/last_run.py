"""The last run, from the state and the warehouse: counts and times, and nothing of a person."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tap_compleetpersy.model.times import Instant, format_time, to_instant
from tap_compleetpersy.sync.plan import make_plan
from tap_compleetpersy.sync.state import REPLICATION_KEYS, Bookmark
from tap_compleetpersy.warehouse.database import Database

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings import Settings

_COUNTS: t.Final = """
with newest as (select max(changed_at) as last_run from {0})
select count(*) filter (where remote_deleted_at is null) as live,
       count(*) filter (where remote_deleted_at is not null) as deleted,
       max(changed_at) as last_run,
       count(*) filter (where remote_deleted_at is null and changed_at = last_run) as changed,
       count(*) filter (where remote_deleted_at = changed_at and changed_at = last_run) as erased
from {0} left join newest on true
"""


@dataclass(frozen=True, slots=True)
class StreamRun:
    """What is known of one stream; None: neither the state nor the warehouse tells it.

    Attributes:
        live: Rows of the warehouse that are not deleted.
        deleted: Tombstones.
        last_run: `changed_at` of the last run that wrote a row, UTC.
        changed: Live rows that it wrote.
        erased: Tombstones that it wrote for the first time.
        position: Update time up to which the stream is complete, UTC.
        complete_pass: When the last complete pass was tried, UTC.
        next_run: What the next run does.
    """

    live: int | None = None
    deleted: int | None = None
    last_run: str | None = None
    changed: int | None = None
    erased: int | None = None
    position: str | None = None
    complete_pass: str | None = None
    next_run: str | None = None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of all streams.

    Attributes:
        streams: Stream to what is known of it.
        warnings: What does not fit, one line each.
    """

    streams: Mapping[str, StreamRun]
    warnings: tuple[str, ...]


def last_run(
    settings: Settings,
    bookmarks: Mapping[str, Bookmark] | None,
    database: Database | None,
    now: Instant,
) -> LastRun:
    """Return what the state and the warehouse tell, where given; the next run starts now."""
    tables = {} if database is None else database.tables()
    known = bookmarks or {}
    counted = {
        name: database.rows(_COUNTS.format(database.name(name)))[0]
        for name in REPLICATION_KEYS
        if database is not None and {"changed_at", "remote_deleted_at"} <= {*tables.get(name, ())}
    }
    synced = [name for name, bookmark in known.items() if bookmark.changed_at is not None]
    coming = _coming(settings, known, synced, now)
    streams = {}
    for name in REPLICATION_KEYS:
        if name in counted or name in synced:
            bookmark, row = known.get(name, Bookmark()), counted.get(name, {})
            streams[name] = StreamRun(
                live=row.get("live"),
                deleted=row.get("deleted"),
                last_run=_text(row["last_run"]) if row else _time(bookmark.changed_at),
                changed=row.get("changed"),
                erased=row.get("erased"),
                position=_time(bookmark.position),
                complete_pass=_time(bookmark.full_sync_at),
                next_run=coming.get(name),
            )
    return LastRun(streams, tuple(_warnings(streams, known, tables)))


def _coming(
    settings: Settings, known: Mapping[str, Bookmark], synced: list[str], now: Instant
) -> dict[str, str]:
    plan = make_plan(settings, known, now, synced)
    told = {}
    for name, stream in plan.streams.items():
        since = "all" if stream.since is None else f"from {format_time(stream.since)}"
        told[name] = f"complete pass, {since}" if stream.complete else since
    return told


def _warnings(
    streams: Mapping[str, StreamRun],
    known: Mapping[str, Bookmark],
    tables: Mapping[str, Mapping[str, str]],
) -> Iterator[str]:
    for name, bookmark in known.items():
        if bookmark.unreadable:
            yield f"{name}: {bookmark.unreadable} records of the last complete pass were not read"
        if bookmark.short:
            yield f"{name}: the list was {bookmark.short} shorter than the API told"
        if bookmark.owed:
            yield f"{name}: the lists of {len(bookmark.owed)} candidates are still owed"
        if name in streams and name in tables:
            yield from _drift(name, bookmark, streams[name], tables[name])
    if known and tables:
        yield from (f"{name}: no such table" for name in streams if name not in tables)


def _drift(
    name: str, bookmark: Bookmark, stream: StreamRun, columns: Mapping[str, str]
) -> Iterator[str]:
    """Yield where the state and the warehouse tell different stories."""
    last, told = stream.last_run, _time(bookmark.changed_at)
    if last is not None and told is not None and last > told:
        yield f"{name}: the warehouse is newer than the state: was another run's state given?"
    there = {column.casefold() for column in columns}
    emitted = bookmark.columns.get(name, {})
    missing = [column for column in emitted if "." not in column and column.casefold() not in there]
    if missing:
        yield f"{name}: emitted, and no column of the warehouse: {', '.join(sorted(missing))}"


def _time(instant: Instant | None) -> str | None:
    return None if instant is None else format_time(instant)


def _text(value: object) -> str | None:
    """Return a time of the database as the tap writes it; target-duckdb may have it as text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return format_time(to_instant(aware))
