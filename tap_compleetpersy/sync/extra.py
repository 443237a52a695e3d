"""The source of an extra stream: any other GET endpoint of the API, as its definition says.

A record as received becomes a record as emitted; what does not is counted.
"""

from __future__ import annotations

import typing as t
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from tap_compleetpersy.errors import ExtraStreamError
from tap_compleetpersy.model.custom_fields import compile_typed
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
from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.sync.endpoint import Scope, ScopedPage
from tap_compleetpersy.sync.plan import Bounds
from tap_compleetpersy.sync.report import REFRESH
from tap_compleetpersy.sync.run import Source, Walk
from tap_compleetpersy.sync.state import WAY_OUT, ExtraBookmark, StateError

if t.TYPE_CHECKING:
    from datetime import datetime

    from tap_compleetpersy.api.pages import Page
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import ExtraStream, Settings
    from tap_compleetpersy.sync.emitter import Emitter
    from tap_compleetpersy.sync.report import ExtraReport
    from tap_compleetpersy.sync.selection import Record

CANDIDATE_FIELDS = ("candidate_id", "_candidate_id")
"""Where a child has the id of its candidate: the second, if its records have the first."""

NEITHER = "must name a field whose values are all times, or all integers"


def candidate_field(properties: Mapping[str, t.Any]) -> str:
    """Name the field for the candidate's id, as discovery has chosen it."""
    usual, other = CANDIDATE_FIELDS
    return other if other in properties else usual


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


class RecordMapper:
    """Maps the records of one run of one stream.

    Attributes:
        kind: What the replication key is, as soon as it is known.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each fact
        self,
        *,
        extra: ExtraStream,
        settings: Settings,
        schema: Mapping[str, t.Any],
        kind: Kind | None,
        is_allowlist: bool,
        report: ExtraReport,
    ) -> None:
        """Prepare the mapping.

        Args:
            extra: The definition.
            settings: Those that hold for the stream.
            schema: Of the stream, as the catalog has it.
            kind: What the replication key is, if that is known.
            is_allowlist: Leave out what the schema does not know, at any depth.
            report: Gets what is left out.
        """
        properties = schema.get("properties", {})
        self.kind = kind
        self._extra = extra
        self._zone = settings.zone
        self._schema = schema
        self._is_allowlist = is_allowlist
        self._report = report
        self._candidate_field = candidate_field(properties)
        self._strip = compile_strip(frozenset(settings.exclude_fields))
        others = {key: each for key, each in properties.items() if key != extra.replication_key}
        self._typed = compile_typed(others, settings.zone)

    def read(
        self, received: object, bounds: Bounds, candidate_id: str | None = None
    ) -> tuple[Record, Position | None] | None:
        """Map one record.

        Args:
            received: As decoded.
            bounds: What is emitted.
            candidate_id: `id` of the candidate whose record it is.

        Returns:
            The record and its position; None when it is left out.

        Raises:
            ExtraStreamError: When the replication key or a key is not what it was.
        """
        if not isinstance(received, dict):
            self._report.no_objects += 1
            return None
        record = self._strip(received)
        position = self._take_position(record)
        if position is not None and not self._lies_within(position, bounds):
            return None
        if candidate_id is not None:
            self._report.shadowed += self._candidate_field in record
            record[self._candidate_field] = candidate_id
        if not self._has_keys(record, position):
            self._report.keyless += 1
            return None
        if self._extra.replication_key is not None and position is None:
            self._report.undated += 1
        return self._emitted(record, position), position

    def _take_position(self, record: Record) -> Position | None:
        key = self._extra.replication_key
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
                f"{self._extra.place}.replication_key: {NEITHER}; a record of "
                f"{self._extra.name} has another value there. Nothing is claimed"
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
            if key == self._extra.replication_key
            else record.get(key) not in (None, "", [], {})
            for key in self._extra.primary_keys
        )

    def _emitted(self, record: Record, position: Position | None) -> Record:
        typed, drift = self._typed(record)
        if drift:
            self._report.drift(drift)
            keys = self._extra.primary_keys
            if any(kind == "misfit" and key in keys for kind, key in drift):
                message = (
                    f"{self._extra.place}.primary_keys: a key of {self._extra.name} does not fit "
                    f"its type in the catalog. {REFRESH}"
                )
                raise ExtraStreamError(message)
        if self._is_allowlist:
            typed = _known(typed, self._schema)
        if self._extra.replication_key is not None:
            known = position is not None and self.kind is not None
            typed[self._extra.replication_key] = (
                write_position(t.cast("int", position), t.cast("Kind", self.kind))
                if known
                else None
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


@dataclass(kw_only=True)
class ExtraRecords(Source[Scope, ExtraBookmark]):
    """Reads one endpoint, and moves the bookmark when all is read.

    Attributes:
        extra: The definition.
        bookmark: What the last run left.
        pages: Of the endpoint.
        mapper: Makes records of what is received.
        emitter: Of the stream.
        report: What was left out.
        newest: Newest position emitted, future-dated ones aside.
    """

    extra: ExtraStream
    bookmark: ExtraBookmark
    pages: Generator[ScopedPage]
    mapper: RecordMapper
    emitter: Emitter
    report: ExtraReport
    ceiling: Instant
    newest: Position | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Have one emitter."""
        self.emitters = [self.emitter]

    @override
    def walks(self) -> Iterator[Walk[Scope]]:
        yield Walk(self.pages)

    @override
    def take(self, page: Page, rows: Scope, at: datetime) -> None:
        for received in page.records:
            found = self.mapper.read(received, rows.bounds, rows.candidate_id)
            if found is not None:
                record, position = found
                self.emitter.emit(record, at)
                self._note(position)

    @override
    def bookmarks_so_far(self) -> Mapping[str, ExtraBookmark]:
        return {self.extra.name: self.bookmark}

    @override
    def bookmarks_at_end(self) -> Mapping[str, ExtraBookmark]:
        newest = None if self.report.refused else self.newest
        known = [each for each in (self.bookmark.position, newest) if each is not None]
        return {self.extra.name: ExtraBookmark(max(known, default=None), self.mapper.kind)}

    def _note(self, position: Position | None) -> None:
        is_future = self.mapper.kind == "time" and (position or 0) > self.ceiling
        if position is not None and not is_future:
            self.newest = position if self.newest is None else max(self.newest, position)
