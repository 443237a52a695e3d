"""The catalog: fixed fields, and the custom fields that a sample of the candidates shows.

Half of a sample are the candidates updated last, where the server filters by time: new
custom fields are on them. The rest is spread over the list, and over at least ten pages of
it. No one in it is older than the cutoff.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import sys
import time
import typing as t
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import click
import msgspec

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.pages import CircleGuard, Spread, read_pages
from tap_compleetpersy.errors import ExtraStreamError
from tap_compleetpersy.model.candidate import ReadCandidate
from tap_compleetpersy.model.custom_types import (
    JsonEvidence,
    Sample,
    collisions,
    column_map,
    is_scalar,
    required,
)
from tap_compleetpersy.model.fields import ATTACHMENT_FIELDS, FIELDS, record_schema
from tap_compleetpersy.model.positions import Kind, NotAPosition, PositionSample, position_type
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.times import DAY, to_datetime
from tap_compleetpersy.sync.extra import CANDIDATE_FIELDS, NEITHER, Endpoint
from tap_compleetpersy.sync.plan import cutoff_of
from tap_compleetpersy.sync.reading import compile_read, is_within, require_times, rules_of
from tap_compleetpersy.sync.report import ExtraReport

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.pages import Page
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import ExtraStream, Settings
    from tap_compleetpersy.sync.rendering import Keeps


Schema = dict[str, t.Any]


def stream_schemas(
    custom_fields: Mapping[str, Schema], *, with_content: bool = False
) -> dict[str, Schema]:
    """Return the schema of each stream; `with_content`: that of attachments is stored."""
    fields = FIELDS if with_content else {**FIELDS, "candidate_attachments": ATTACHMENT_FIELDS}
    return {
        stream: record_schema(those, custom_fields if stream == "candidates" else None)
        for stream, those in fields.items()
    }


def sample_custom_fields(settings: Settings) -> dict[str, Schema]:
    """Return the custom fields of ``discovery_sample_size`` candidates, typed, by remote key.

    Raises:
        ApiError: When the server cannot be read: a catalog without custom fields
            would be kept by Meltano, so there is none.
    """
    sample = Sample()
    wanted = settings.discovery_sample_size
    with Client(settings) as client, shown(read_sample(client, settings, wanted), wanted) as people:
        for seen in people:
            sample.add(seen.candidate.custom, seen.candidate.labels)
    return sample.properties()


def shown(
    people: Iterator[ReadCandidate], wanted: int | None
) -> t.ContextManager[Iterator[ReadCandidate]]:
    """Return a sample that says on a terminal how far it is; anywhere else it says nothing."""
    return click.progressbar(
        people,
        label="Candidates" if wanted is None else f"Candidates ({wanted:,} at most)",
        show_pos=True,
        update_min_steps=20,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    )


def collision_notes(types: Mapping[str, str]) -> list[str]:
    """Return a line on custom fields that would become one column, with the map that parts them.

    The types are names, by remote key.
    """
    groups = collisions(types)
    if not groups:
        return []
    names = "; ".join(" and ".join(map(repr, group)) for group in groups)
    columns = column_map(types, [field.name for field in FIELDS["candidates"]])
    maps = json.dumps({"stream_maps": {"candidates": columns}}, ensure_ascii=False)
    told = f"As columns of their own, custom fields become one where a target folds names: {names}."
    return [f"{told} Nested in custom_fields they stay apart. Columns that stay apart: {maps}"]


logger = logging.getLogger("tap-compleetpersy")

_CANDIDATE_ID: t.Final = {"type": ["string"], "description": "`id` of the candidate."}


def schema_of_definition(extra: ExtraStream) -> Schema:
    """Return what is known of a stream's records without reading any."""
    return _schema(extra, {}, None)


def sample_schema(settings: Settings, extra: ExtraStream, keeps: Keeps | None = None) -> Schema:
    """Return the schema of a sample of an extra stream's records.

    It has ``discovery_sample_size`` records at most; of a child, the first pages of 50 candidates
    that the filter (`keeps`) lets pass.

    Raises:
        ApiError: When the endpoint cannot be read: a catalog without it would be kept.
        ExtraStreamError: When the records are not as the definition says.
    """
    sample = Sample(JsonEvidence)
    positions = PositionSample(settings.of_extra_stream(extra).zone)
    strip = compile_strip(frozenset(settings.exclude_fields))
    wanted = settings.discovery_sample_size
    report = ExtraReport(stream=extra.name)
    now = time.time_ns() // 1_000_000
    endpoint = Endpoint(settings=settings, extra=extra, report=report, now=now, keeps=keeps)
    with contextlib.closing(endpoint):
        pages = endpoint.first_pages() if wanted else ()
        records = itertools.chain.from_iterable(page.records for page in pages)
        objects = (record for record in records if isinstance(record, dict))
        for record in itertools.islice(objects, wanted):
            sample.add(strip(record))
            if extra.replication_key is not None:
                positions.add(record.get(extra.replication_key))
    _require_endpoint(extra, report)
    if wanted and not sample.size:
        logger.warning(
            "%s: there is no record to take a schema from. Run --discover again when there is",
            extra.name,
        )
    properties = sample.types()
    _require_fields(extra, properties, sample.size)
    return _schema(extra, properties, _kind(extra, positions))


def _require_endpoint(extra: ExtraStream, report: ExtraReport) -> None:
    if report.asked and report.asked == report.absent:
        message = (
            f"{extra.place}.path: the endpoint of {extra.name}, {extra.path}, is there for none "
            f"of {report.asked} candidates (status 404 or 410). If that may be, discover it "
            "with discovery_sample_size: 0"
        )
        raise ExtraStreamError(message)


def _require_fields(extra: ExtraStream, properties: t.Mapping[str, Schema], size: int) -> None:
    """Notice a misspelt key: its records would all be left out."""
    if not size:
        return
    generated = CANDIDATE_FIELDS if extra.is_child else ()
    named = [("primary_keys", key) for key in extra.primary_keys if key not in generated]
    if extra.replication_key is not None:
        named.append(("replication_key", extra.replication_key))
    for setting, key in named:
        if key not in properties:
            message = (
                f"{extra.place}.{setting}: none of {size} records of {extra.name} has that "
                "field. Names are exact, in upper and lower case too"
            )
            raise ExtraStreamError(message)
        if setting == "primary_keys" and not is_scalar(properties[key]):
            message = f"{extra.place}.{setting}: a key of {extra.name} is an object or a list"
            raise ExtraStreamError(message)


def _kind(extra: ExtraStream, positions: PositionSample) -> Kind | None:
    try:
        return positions.kind()
    except NotAPosition:
        message = f"{extra.place}.replication_key: {NEITHER}; that of {extra.name} does not"
        raise ExtraStreamError(message) from None


def _schema(extra: ExtraStream, properties: t.Mapping[str, Schema], kind: Kind | None) -> Schema:
    fields = dict(properties)
    if extra.is_child:
        usual, other = CANDIDATE_FIELDS
        is_taken = any(key.casefold() == usual for key in fields)
        fields = {other if is_taken else usual: dict(_CANDIDATE_ID), **fields}
    if extra.replication_key is not None:
        fields[extra.replication_key] = position_type(kind)
    for key in extra.primary_keys:
        fields[key] = required(fields.get(key, {"type": ["string"]}))
    return {"type": "object", "properties": fields, "additionalProperties": True}


LAST_DAYS = (28, 448)
"""How far back the newest are asked for, until there are enough."""

_PAGES = 10
"""A sample comes from so many pages or more, if the list has them."""


def read_sample(client: Client, settings: Settings, wanted: int | None) -> Iterator[ReadCandidate]:
    """Yield different candidates within the cutoff; the sync counts those that are unreadable.

    At most `wanted` are read; None stands for everyone, in the order of the server.

    Raises:
        ApiError: When a page cannot be read: half a sample would be half a catalog.
        SettingsError: When there is a cutoff, and no update time can be read.
    """
    now = time.time_ns() // 1_000_000
    cutoff = cutoff_of(settings, now)
    since = to_datetime(cutoff)
    sample = _Sample(client, settings, cutoff)
    if wanted is None:
        yield from sample.new(sample.walk(since, settings.prefetch_pages), None)
        return

    left: list[object] = []

    def share(pages: Iterable[Page]) -> Iterator[object]:
        for page in pages:
            size = -(-wanted // _PAGES)
            step = -(-len(page.records) // size) or 1
            left.extend(r for number, r in enumerate(page.records) if number % step)
            yield from page.records[::step]

    spread = Spread(client, since=since, identify=sample.identify)
    sample.check_times(spread.first)
    yield from sample.new(share([spread.first]), wanted)
    if len(sample.known) >= wanted:
        return
    for days in _last_days(settings, spread, wanted):
        newer = to_datetime(max(now - days * DAY, cutoff or 0))
        yield from sample.new(sample.walk(newer), wanted // 2)
    yield from sample.new(share(itertools.islice(spread, 1, None)), wanted)
    yield from sample.new(left, wanted)


class _Sample:
    """The candidates chosen so far, and the reading of others.

    Attributes:
        known: Remote ids of those chosen.
    """

    def __init__(self, client: Client, settings: Settings, cutoff: Instant | None) -> None:
        self._settings = settings
        self.known: set[str] = set()
        self._client, self._cutoff = client, cutoff
        self._read = compile_read(rules_of(settings))

    def new(self, records: Iterable[object], most: int | None) -> Iterator[ReadCandidate]:
        """Yield new candidates within the cutoff, until there are enough."""
        fresh = (
            seen
            for seen in self.read(records)
            if seen.candidate.remote_id not in self.known
            and is_within(seen.candidate.updated_at, self._cutoff)
        )
        room = None if most is None else max(most - len(self.known), 0)
        for seen in itertools.islice(fresh, room):
            self.known.add(seen.candidate.remote_id)
            yield seen

    def read(self, records: Iterable[object]) -> Iterator[ReadCandidate]:
        """Return the candidates among records."""
        return filter(None, map(self._read, records))

    def identify(self, record: object) -> Hashable:
        """Return what tells a record from others: the id of a candidate, else all of it."""
        seen = next(self.read([record]), None)
        return msgspec.json.encode(record) if seen is None else seen.candidate.remote_id

    def walk(self, since: datetime | None, prefetch: int = 0) -> Iterator[object]:
        """Yield the records of the list, in the order of the server."""
        guard = CircleGuard(self._settings, self.identify)
        for page in read_pages(self._client, since=since, prefetch=prefetch):
            if page.number == 1:
                self.check_times(page)
            yield from guard.take(page).records

    def check_times(self, first: Page) -> None:
        """Raise when a cutoff cannot be kept: a first page without any readable update time."""
        if self._cutoff is not None:
            updated = [seen.candidate.updated_at for seen in self.read(first.records)]
            require_times(updated, self._cutoff)


def _last_days(settings: Settings, spread: Spread, wanted: int) -> Sequence[int]:
    """Return how far back to ask for the newest: not at all where everyone is wanted.

    Walks may overlap, so a list of unknown length gets one only: a sample sends at most twice as
    many requests as the list has pages, and twenty.
    """
    if not settings.modified_since_param or spread.pages == 0:
        return ()
    if spread.pages is None:
        return LAST_DAYS[:1]
    is_more = (spread.pages - 1) * len(spread.first.records) >= wanted
    return LAST_DAYS if is_more else ()
