"""The source of an extra stream: any other GET endpoint of the API, as its definition says.

Its pages are those of one list, or of one list for each candidate. A record as received becomes
a record as emitted; what does not is counted.
"""

from __future__ import annotations

import contextlib
import itertools
import typing as t
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import msgspec
from typing_extensions import override

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.pages import CircleGuard, Page, read_pages
from tap_compleetpersy.api.paginators import paginator_of
from tap_compleetpersy.api.prefetch import read_ahead
from tap_compleetpersy.api.retry import Allowance
from tap_compleetpersy.api.urls import shown
from tap_compleetpersy.errors import ApiError, ExtraStreamError
from tap_compleetpersy.model.custom_fields import compile_typed
from tap_compleetpersy.model.ids import compile_ids
from tap_compleetpersy.model.positions import (
    Kind,
    NotAPosition,
    Position,
    kind_of_position,
    kind_of_type,
    read_position,
    write_position,
)
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.times import latest, to_datetime
from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.settings.extra_streams import CANDIDATE_ID, stays_below
from tap_compleetpersy.sync.plan import Bounds, cutoff_of
from tap_compleetpersy.sync.reading import compile_read, is_within, require_times, rules_of
from tap_compleetpersy.sync.report import REFRESH
from tap_compleetpersy.sync.run import Source, Written
from tap_compleetpersy.sync.state import WAY_OUT, ExtraBookmark, StateError, write_extra_bookmark

if t.TYPE_CHECKING:
    from datetime import datetime

    from tap_compleetpersy.model.candidate import Candidate
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import ExtraStream, Settings
    from tap_compleetpersy.sync.emitter import Emitter
    from tap_compleetpersy.sync.rendering import Keeps
    from tap_compleetpersy.sync.report import ExtraReport
    from tap_compleetpersy.sync.selection import Record

_ABSENT = frozenset({404, 410})
_REFUSED = 403
_SAMPLED_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a page is emitted.

    Attributes:
        bounds: Of the positions.
        candidate_id: `id` of the candidate whose records they are, if any.
    """

    bounds: Bounds
    candidate_id: str | None = None


ScopedPage = tuple[Page, Scope]


@dataclass(kw_only=True)
class Endpoint:
    """Reads what an extra stream is made of, once; :meth:`close` ends it from any thread.

    Attributes:
        settings: The tap's.
        extra: The definition.
        report: Gets who was asked for and what was not there.
        now: Start of the run: the cutoff of the candidates counts from it.
        keeps: Whether the filter of candidates keeps one; None: it keeps everybody.
    """

    settings: Settings
    extra: ExtraStream
    report: ExtraReport
    now: Instant
    keeps: Keeps | None = None

    def __post_init__(self) -> None:
        """Prepare, without any request."""
        own = self._own = self.settings.of_extra_stream(self.extra)
        # The path of a child holds the id of a person: no log shows it.
        self._label = shown(f"{urlsplit(own.api_url).path}{self.extra.path}")
        most = max(own.max_retries, self.settings.max_retries)
        allowance = Allowance(most, self.settings.requests_per_second)
        self._client = Client(own, allowance=allowance, label=self._label)
        self._list = Client(self.settings, allowance=allowance)
        self._own_keys = [key for key in self.extra.primary_keys if key not in CANDIDATE_FIELDS]
        self._refusal: ApiError | None = None

    def close(self) -> None:
        """End waits, the request in flight and the connections, for good."""
        self._client.close()
        self._list.close()

    def pages(self, bounds: Bounds, prefetch: int) -> Generator[ScopedPage]:
        """Yield everything within bounds, in the order of the server; a thread reads ahead.

        Bounds are sent as filters where the server has them.
        """
        walk = self._children(bounds) if self.extra.is_child else self._own_list(bounds)
        if not bounds.is_empty:
            yield from read_ahead(walk, prefetch, self.close) if prefetch else walk

    def first_pages(self) -> Iterator[Page]:
        """Yield a sample: the list from its start, or the first page of each candidate."""
        if not self.extra.is_child:
            yield from self._read(self.extra.path, Bounds())
            return
        for candidate in itertools.islice(self._candidates(set()), _SAMPLED_CANDIDATES):
            if (path := self._path_of(candidate)) is not None:
                with contextlib.closing(self._of_candidate(path, Bounds())) as pages:
                    yield from itertools.islice(pages, 1)
        self._require_an_answer()

    def _own_list(self, bounds: Bounds) -> Iterator[ScopedPage]:
        return ((page, Scope(bounds)) for page in self._read(self.extra.path, bounds))

    def _children(self, bounds: Bounds) -> Iterator[ScopedPage]:
        name = compile_ids(self.settings.account or "", "candidates")
        asked: set[str] = set()
        # An edit or a deletion behind the reader shifts a numbered list, and can hide a candidate.
        # The next run would take the hidden candidate's new records for old ones: so look twice.
        can_shift = paginator_of(self.settings).is_numbered
        has_memory = self.extra.replication_key is not None
        for _ in range(2 if can_shift and has_memory else 1):
            for candidate in self._candidates(asked):
                path = self._path_of(candidate)
                if path is not None:
                    own = bounds.of_candidate(candidate.updated_at)
                    candidate_id = name(candidate.remote_id)
                    for page in self._of_candidate(path, own):
                        yield page, Scope(own, candidate_id)
        self._require_an_answer()

    def _candidates(self, asked: set[str]) -> Iterator[Candidate]:
        """Yield the candidates within the cutoff that the filter keeps, each once."""
        read = compile_read(rules_of(self.settings))
        cutoff = cutoff_of(self.settings, self.now)
        is_again = bool(asked)
        guard = CircleGuard(self.settings)
        for page in read_pages(self._list, since=to_datetime(cutoff)):
            found = [seen for record in page.records if (seen := read(record)) is not None]
            if not is_again:
                self.report.unasked += len(page.records) - len(found)
            if page.number == 1:
                require_times([seen.candidate.updated_at for seen in found], cutoff)
            guard.count(seen.candidate.remote_id for seen in found)
            for seen in found:
                candidate = seen.candidate
                is_new = candidate.remote_id not in asked
                is_due = is_new and is_within(candidate.updated_at, cutoff)
                if is_due and (self.keeps is None or self.keeps(seen)):
                    asked.add(candidate.remote_id)
                    yield candidate

    def _path_of(self, candidate: Candidate) -> str | None:
        """Return the path of a candidate's records; None for an id that would lead elsewhere."""
        path = self.extra.path.replace(CANDIDATE_ID, quote(candidate.remote_id, safe=""))
        if stays_below(path):
            return path
        self.report.unasked += 1
        return None

    def _of_candidate(self, path: str, bounds: Bounds) -> Generator[Page]:
        """Yield the pages of one candidate; a path that is not there has none.

        One that is refused is counted: everything else is read, and the position stays.
        """
        self.report.asked += 1
        is_first = True
        try:
            for page in self._read(path, bounds):
                is_first = False
                yield page
        except ApiError as error:
            if is_first and error.status in _ABSENT:
                self.report.absent += 1
            elif is_first and error.status == _REFUSED:
                self.report.refused += 1
                self._refusal = error
            else:
                raise

    def _require_an_answer(self) -> None:
        """Raise the last refusal when it kept everybody's records from being read."""
        answered = self.report.asked - self.report.absent - self.report.refused
        if self._refusal is not None and not answered:
            raise self._refusal

    def _read(self, path: str, bounds: Bounds) -> Iterator[Page]:
        params = dict(self.extra.params)
        since, until = bounds.since, bounds.until
        if bounds.kind == "integer":
            if since is not None and self._own.modified_since_param:
                params[self._own.modified_since_param] = str(since)
            since = until = None
        try:
            pages = read_pages(
                self._client,
                since=to_datetime(since),
                until=to_datetime(until),
                path=path,
                params=params,
            )
            yield from map(CircleGuard(self._own, self._identify).take, pages)
        except ApiError as error:  # it says which stream it is of, and names its own settings
            place = self.extra.place
            advice = error.advice.replace("candidates_path", f"{place}.path")
            error.path = self._label
            error.advice = f"{advice} It is the stream {self.extra.name}, defined by {place}."
            raise

    def _identify(self, record: object) -> bytes:
        """Return the keys of a record, whose other fields may be new in each answer (a link)."""
        given = record if isinstance(record, dict) else {}
        keys = [given.get(name) for name in self._own_keys]
        is_told = keys and None not in keys
        return msgspec.json.encode(
            (keys, given.get(self.extra.replication_key)) if is_told else record
        )


CANDIDATE_FIELDS = ("candidate_id", "_candidate_id")
"""Where a child has the id of its candidate: the second, where discovery finds the first in its
records."""

NEITHER = "must name a field whose values are all times, or all integers"


def kind_of_stream(
    extra: ExtraStream, schema: t.Mapping[str, t.Any], bookmark: ExtraBookmark
) -> Kind | None:
    """Return what the catalog says of the replication key.

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


@dataclass(kw_only=True)
class ExtraRecords(Source[Scope]):
    """Reads one endpoint, and moves the bookmark when all is read.

    Attributes:
        settings: Those that hold for the stream.
        schema: Of the stream, as the catalog has it.
        kind: What the replication key is, as soon as it is known.
        bookmark: What the last run left.
        report: What was left out.
        tenant: Whose bookmark is written.
        people: As of the bookmark, now.
        newest: Newest position emitted, future-dated ones aside.
    """

    extra: ExtraStream
    settings: Settings
    schema: Mapping[str, t.Any]
    kind: Kind | None
    bookmark: ExtraBookmark
    pages: Generator[ScopedPage]
    emitter: Emitter
    report: ExtraReport
    ceiling: Instant
    tenant: str
    people: str | None = None
    newest: Position | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Compile what a record needs."""
        self.emitters = [self.emitter]
        properties, self._zone = self.schema.get("properties", {}), self.settings.zone
        usual, other = CANDIDATE_FIELDS
        self._candidate_field = other if other in properties else usual
        self._strip = compile_strip(frozenset(self.settings.exclude_fields))
        key = self.extra.replication_key
        self._typed = compile_typed({k: v for k, v in properties.items() if k != key}, self._zone)

    @override
    def walks(self) -> Iterator[Generator[ScopedPage]]:
        yield self.pages

    @override
    def take(self, page: Page, rows: Scope, at: datetime) -> None:
        for received in page.records:
            found = self._record(received, rows)
            if found is not None:
                record, position = found
                self.emitter.emit(record, at)
                is_future = self.kind == "time" and (position or 0) > self.ceiling
                if position is not None and not is_future:
                    self.newest = position if self.newest is None else max(self.newest, position)

    @override
    def bookmarks_so_far(self) -> Written:
        return self._written(self.bookmark)

    @override
    def bookmarks_at_end(self) -> Written:
        if self.report.refused:
            position, people = self.bookmark.position, self.bookmark.people
        else:
            position, people = latest(self.bookmark.position, self.newest), self.people
        return self._written(ExtraBookmark(position, self.kind, people))

    def _written(self, bookmark: ExtraBookmark) -> Written:
        return {self.extra.name: write_extra_bookmark(self.extra, bookmark, self.tenant)}

    def _record(self, received: object, scope: Scope) -> tuple[Record, Position | None] | None:
        """Return a record as emitted and its position; None when it is left out."""
        if not isinstance(received, dict):
            self.report.no_objects += 1
            return None
        record = self._strip(received)
        position = self._take_position(record)
        if position is not None and not self._lies_within(position, scope.bounds):
            return None
        if scope.candidate_id is not None:
            self.report.shadowed += self._candidate_field in record
            record[self._candidate_field] = scope.candidate_id
        if not self._has_keys(record, position):
            self.report.keyless += 1
            return None
        if self.extra.replication_key is not None and position is None:
            self.report.undated += 1
        return self._emitted(record, position), position

    def _take_position(self, record: Record) -> Position | None:
        key = self.extra.replication_key
        if key is None:
            return None
        value = record.pop(key, None)
        self.kind = self.kind or kind_of_position(value)
        if self.kind is None:
            return None
        try:
            return read_position(value, self.kind, self._zone)
        except NotAPosition:
            message = (
                f"{self.extra.place}.replication_key: {NEITHER}; a record of "
                f"{self.extra.name} has another value there. Nothing is claimed"
            )
            raise ExtraStreamError(message) from None

    def _lies_within(self, position: Position, bounds: Bounds) -> bool:
        if self.kind != bounds.kind and self.kind == "integer":
            return True  # bounds of time say nothing about integers
        is_old = bounds.since is not None and position < bounds.since
        return not is_old and (bounds.until is None or position < bounds.until)

    def _has_keys(self, record: Record, position: Position | None) -> bool:
        return all(
            position is not None
            if key == self.extra.replication_key
            else record.get(key) not in (None, "", [], {})
            for key in self.extra.primary_keys
        )

    def _emitted(self, record: Record, position: Position | None) -> Record:
        typed, drift = self._typed(record)
        if drift:
            self.report.count(drift)
            keys = self.extra.primary_keys
            if any(kind == "misfit" and key in keys for kind, key in drift):
                message = (
                    f"{self.extra.place}.primary_keys: a key of {self.extra.name} does not fit "
                    f"its type in the catalog. {REFRESH}"
                )
                raise ExtraStreamError(message)
        if self.report.is_allowlist:
            typed = _known(typed, self.schema)
        if self.extra.replication_key is not None:
            typed[self.extra.replication_key] = (
                None
                if position is None or self.kind is None
                else write_position(position, self.kind)
            )
        return typed


def _known(value: t.Any, schema: Mapping[str, t.Any]) -> t.Any:  # noqa: ANN401 - any JSON value
    """Leave out what a schema does not know, at any depth."""
    if isinstance(value, list):
        items = schema.get("items", {})
        return [_known(item, items) for item in value]
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    properties = schema["properties"]
    return {key: _known(item, properties[key]) for key, item in value.items() if key in properties}
