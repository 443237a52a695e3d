"""What is remembered between two runs: one flat bookmark for each stream.

A bookmark holds the standard keys of the SDK (``replication_key`` and
``replication_key_value``) and the tap's own beside them, because targets and
the SDK drop everything outside ``bookmarks``. Each bookmark stands alone: a
target may flush one stream and keep an older bookmark of another.
"""

from __future__ import annotations

import hashlib
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from tap_compleetpersy.errors import PersyError
from tap_compleetpersy.model.fields import CHILD_STREAMS
from tap_compleetpersy.model.positions import (
    Kind,
    NotAPosition,
    Position,
    kind_of_position,
    read_position,
    write_position,
)
from tap_compleetpersy.model.times import Instant, format_time, to_instant
from tap_compleetpersy.settings.declaration import EARLIEST_YEAR, LATEST_YEAR
from tap_compleetpersy.sync.ledger import KnownLedgers, Ledger
from tap_compleetpersy.sync.ledger_numbers import DamagedLedgerError
from tap_compleetpersy.sync.tables import Columns, Memory, decode_memory, encode_memory

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings import ExtraStream, Settings

VERSION = 1
REPLICATION_KEYS: t.Mapping[str, str] = {
    "candidates": "remote_updated_at",
    "jobs": "changed_at",
    "applications": "changed_at",
    **dict.fromkeys(CHILD_STREAMS, "changed_at"),
}

BUFFER_SIZE = "MELTANO_ELT_BUFFER_SIZE"
"""Meltano gives it to every plugin, wherever it was set; a line may take half of it."""

_T = t.TypeVar("_T")
_Count = t.Annotated[int, msgspec.Meta(ge=0)]
_NEAR = 0.8
_OF_TARGETS = 1 << 16
"""More than a target adds: blanks after commas and colons, names of columns escaped."""

WAY_OUT = "Run once with --full-refresh (or without --state) to start over"


class StateError(PersyError):
    """The state cannot be used; the message is one line with the way out."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """What one stream remembers.

    Attributes:
        position: Candidate update time up to which the stream is complete.
        changed_at: The ``changed_at`` of the stream's last run.
        full_sync_at: When a complete pass was last tried.
        scope_since: Lower bound of the last complete pass; None: it had none.
        unreadable: Records that this complete pass could not read.
        short: By how many candidates the list was shorter than the API told, in the last complete
            pass that proved something; None: never compared.
        ledger: What the warehouse may hold alive; None before the first run.
        maps: Hash of the stream maps that made all rows of a child stream; None: there were none.
        tables: What of it each table holds; None: as an older release left it.
        columns: Columns ever emitted, by table, each with its kind (`columns.kind_of`).
        shape: Hashes of the settings that decide how rows look, as of the last complete pass;
            None: not known, as of an older release.
        asked: Only of child streams: candidates updated up to then were asked for their list. The
            position may lie before it, so that those of `owed` are read again.
        owed: Remote ids of candidates whose list could not be read.
        content: Only of attachments: hash of the folder that has all content, or behind a blank the
            remote id up to which it has; "" when none was wanted; None: not known.
    """

    position: Instant | None = None
    changed_at: Instant | None = None
    full_sync_at: Instant | None = None
    scope_since: Instant | None = None
    unreadable: int = 0
    short: int | None = None
    ledger: Ledger | None = field(default=None, repr=False)
    maps: str | None = None
    tables: Memory | None = field(default=None, repr=False)
    columns: Columns = field(default_factory=dict)
    shape: Mapping[str, str] | None = None
    asked: Instant | None = None
    owed: tuple[str, ...] = ()
    content: str | None = None


def tenant_of(settings: Settings) -> str:
    """Return a hash of the tenant whose state this is."""
    text = f"{settings.account or ''}\n{settings.api_url.rstrip('/').lower()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_bookmarks(
    state: Mapping[str, t.Any],
    streams: t.Collection[str],
    tenant: str,
    ledgers: KnownLedgers,
) -> dict[str, Bookmark]:
    """Return the bookmark of each stream that derives from candidates, empty where there is none.

    Args:
        state: The value of a STATE message, or empty.
        streams: Names of this tap's streams.
        tenant: As of :func:`tenant_of`.
        ledgers: Reads those of the bookmarks.

    Raises:
        StateError: When the state is of another tap, another tenant or a newer
            version, or was damaged.
    """
    check_shape(state)
    bookmarks = state.get("bookmarks", {})
    if bookmarks and not any(name in bookmarks for name in streams):
        message = f"state: has no bookmark of a stream of this tap. {WAY_OUT}"
        raise StateError(message)
    return {
        name: _read_bookmark(name, bookmarks.get(name) or {}, tenant, ledgers)
        for name in streams
        if name in REPLICATION_KEYS
    }


def check_shape(state: object) -> None:
    """Refuse a state that is not ``{"bookmarks": {stream: {…}}}``.

    Raises:
        StateError: For any other shape; an empty object is a fresh start.
    """
    if isinstance(state, Mapping) and not state:
        return
    bookmarks = state.get("bookmarks") if isinstance(state, Mapping) else None
    if not isinstance(bookmarks, Mapping) or not all(
        isinstance(bookmark, Mapping) for bookmark in bookmarks.values()
    ):
        message = f"state: is not a Singer state with bookmarks. {WAY_OUT}"
        raise StateError(message)


def check_size(size: int, environment: Mapping[str, str]) -> str | None:
    """Return a warning for a STATE of so many bytes that nears what Meltano takes in a line.

    Raises:
        StateError: When the line, or what a target makes of it, is too long: the one ends the
            run, the other is lost without a word.
    """
    buffer = environment.get(BUFFER_SIZE, "")
    limit = int(buffer) // 2 if buffer.isdecimal() else 0
    if not limit or size <= limit * _NEAR:
        return None
    message = (
        f"state: a STATE of {size:,} bytes, where Meltano takes {limit:,}. "
        f"Set {BUFFER_SIZE} (elt.buffer_size) to {4 * size:,} or more"
    )
    if size > limit - _OF_TARGETS:
        raise StateError(message)
    return message


def write_bookmark(
    stream: str, bookmark: Bookmark, tenant: str, ledgers: KnownLedgers
) -> dict[str, t.Any]:
    """Return the keys of a bookmark as STATE carries them.

    Every key is written, null included: Meltano merges the state of a
    ``--full-refresh`` into the former one, and what is left out would live on.
    """
    value = bookmark.position if stream == "candidates" else bookmark.changed_at
    written: dict[str, t.Any] = {
        "replication_key": REPLICATION_KEYS[stream],
        "replication_key_value": _text(value),
        "position": _text(bookmark.position),
        "changed_at": _text(bookmark.changed_at),
        "full_sync_at": _text(bookmark.full_sync_at),
        "scope_since": _text(bookmark.scope_since),
        "unreadable": bookmark.unreadable,
        "short": bookmark.short,
        "ledger": None if bookmark.ledger is None else ledgers.encode(bookmark.ledger),
        "maps": bookmark.maps,
        "tables": None if bookmark.tables is None else encode_memory(bookmark.tables),
        "columns": bookmark.columns,
        "shape": bookmark.shape,
        "version": VERSION,
        "tenant": tenant,
    }
    if stream in CHILD_STREAMS:
        written["asked"] = _text(bookmark.asked)
        written["owed"] = list(bookmark.owed)
        written["content"] = bookmark.content
    return written


def write_bookmarks(
    bookmarks: Mapping[str, Bookmark], tenant: str, ledgers: KnownLedgers
) -> dict[str, dict[str, t.Any]]:
    """Return the keys of some bookmarks, by stream; equal ledgers are written once."""
    known = ledgers.copy()
    return {name: write_bookmark(name, each, tenant, known) for name, each in bookmarks.items()}


def _text(instant: Instant | None) -> str | None:
    return None if instant is None else format_time(instant)


def _read_bookmark(
    stream: str, bookmark: Mapping[str, t.Any], tenant: str, ledgers: KnownLedgers
) -> Bookmark:
    if not bookmark:
        return Bookmark()
    check_origin(stream, bookmark, tenant)
    value = _read_instant(stream, "replication_key_value", bookmark.get("replication_key_value"))
    position = _read_instant(stream, "position", bookmark.get("position"))
    if stream == "candidates" and value != position:
        if "version" in bookmark and value is not None:
            message = (
                "state: position and replication_key_value of candidates differ, so one of them "
                f"was edited. Change both, or neither. {WAY_OUT}"
            )
            raise StateError(message)
        if "version" not in bookmark:
            position = value  # written before there were positions
    return Bookmark(
        position=position,
        changed_at=_read_instant(stream, "changed_at", bookmark.get("changed_at")),
        full_sync_at=_read_instant(stream, "full_sync_at", bookmark.get("full_sync_at")),
        scope_since=_read_instant(stream, "scope_since", bookmark.get("scope_since")),
        unreadable=_typed(stream, "unreadable", bookmark.get("unreadable", 0), _Count, "no count"),
        short=_typed(stream, "short", bookmark.get("short"), _Count | None, "no count"),
        ledger=_decoded(stream, "ledger", bookmark.get("ledger"), ledgers.decode),
        maps=bookmark.get("maps"),
        tables=_decoded(stream, "tables", bookmark.get("tables"), decode_memory),
        columns=read_columns(stream, bookmark),
        shape=_typed(stream, "shape", bookmark.get("shape"), dict[str, str] | None),
        asked=_read_instant(stream, "asked", bookmark.get("asked")),
        owed=_typed(stream, "owed", bookmark.get("owed", []), tuple[str, ...]),
        content=_typed(stream, "content", bookmark.get("content"), str | None),
    )


def read_columns(stream: str, bookmark: Mapping[str, t.Any]) -> dict[str, dict[str, str]]:
    """Return the columns that a bookmark remembers; none before there was a memory.

    Raises:
        StateError: When they are no names by table.
    """
    found = bookmark.get("columns") or {}
    columns: dict[str, dict[str, str]] = _typed(stream, "columns", found, dict[str, dict[str, str]])
    return columns


def check_origin(stream: str, bookmark: Mapping[str, t.Any], tenant: str) -> None:
    """Refuse what this tap, this release or this tenant did not write.

    Raises:
        StateError: With the way out.
    """
    version = bookmark.get("version")
    if version is None:
        # The SDK's plain form, as a release without positions left it.
        if (
            stream not in REPLICATION_KEYS
            or bookmark.get("replication_key") != REPLICATION_KEYS[stream]
            or bookmark.get("replication_key_value") is None
            or "partitions" in bookmark
        ):
            message = f"state: bookmark of {stream} is not of this tap. {WAY_OUT}"
            raise StateError(message)
        return
    if type(version) is not int or not 0 < version <= VERSION:
        message = (
            f"state: bookmark of {stream} was written by a newer release. "
            "Install that release, or run once with --full-refresh"
        )
        raise StateError(message)
    if bookmark.get("tenant") != tenant:
        message = (
            f"state: bookmark of {stream} belongs to another account or api_url. "
            "Use another state id for another tenant, or run once with --full-refresh"
        )
        raise StateError(message)


def _read_instant(stream: str, key: str, value: object) -> Instant | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(t.cast("str", value))
    except (TypeError, ValueError):
        moment = None
    if moment is None or not EARLIEST_YEAR < moment.year < LATEST_YEAR:
        raise _damaged(stream, key, "no time")
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return to_instant(aware)


def _typed(
    stream: str,
    key: str,
    value: object,
    kind: t.Any,  # noqa: ANN401 - any type
    what: str = "damaged",
) -> t.Any:  # noqa: ANN401 - of that type
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        raise _damaged(stream, key, what) from None


def _decoded(stream: str, key: str, value: object, decode: Callable[[object], _T]) -> _T | None:
    if value is None:
        return None
    try:
        return decode(value)
    except DamagedLedgerError:
        raise _damaged(stream, key) from None


def _damaged(stream: str, key: str, what: str = "damaged") -> StateError:
    return StateError(f"state: {key} of {stream} is {what}. {WAY_OUT}")


@dataclass(frozen=True, slots=True)
class ExtraBookmark:
    """What an extra stream remembers.

    Attributes:
        position: The newest that was emitted; None before the first complete run, and
            without a replication key.
        kind: What the position is.
        people: Of a child of candidates: what decides whose records are read; None: not known.
    """

    position: Position | None = None
    kind: Kind | None = None
    people: str | None = None


def read_extra_bookmark(
    state: Mapping[str, t.Any], extra: ExtraStream, tenant: str
) -> ExtraBookmark:
    """Return the bookmark of a stream, an empty one where the state has none.

    Raises:
        StateError: When it is of another tenant, another replication key or a newer
            release, or was damaged.
    """
    check_shape(state)
    found = state.get("bookmarks", {}).get(extra.name)
    if not found:
        return ExtraBookmark()
    check_origin(extra.name, found, tenant)
    key, value = found.get("replication_key"), found.get("replication_key_value")
    if extra.replication_key is None or key is None:
        return ExtraBookmark()
    if key != extra.replication_key:
        message = (
            f"state: bookmark of {extra.name} is of another replication key than "
            f"{extra.place}.replication_key. Give the stream another name. Or: {WAY_OUT.lower()}"
        )
        raise StateError(message)
    try:
        kind = kind_of_position(value)
        position = None if kind is None else read_position(value, kind, ZoneInfo("UTC"))
    except NotAPosition:
        message = f"state: replication_key_value of {extra.name} cannot be read. {WAY_OUT}"
        raise StateError(message) from None
    people = _typed(extra.name, "people", found.get("people"), str | None)
    return ExtraBookmark(position, None if position is None else kind, people)


def write_extra_bookmark(
    extra: ExtraStream, bookmark: ExtraBookmark, tenant: str
) -> dict[str, t.Any]:
    """Return the keys of a bookmark as STATE carries them, null included."""
    value = None
    if bookmark.position is not None and bookmark.kind is not None:
        value = write_position(bookmark.position, bookmark.kind)
    return {
        "replication_key": extra.replication_key,
        "replication_key_value": value,
        **({"people": bookmark.people} if extra.is_child else {}),
        "version": VERSION,
        "tenant": tenant,
    }
