"""The catalog: fixed fields, and the custom fields that a sample shows."""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
import typing as t
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.pages import read_pages
from tap_compleetpersy.api.profile import profile_of
from tap_compleetpersy.model.candidate import UnreadableRecord, compile_reader
from tap_compleetpersy.model.custom_fields import Sample
from tap_compleetpersy.model.fields import record_schema
from tap_compleetpersy.sync.plan import cutoff_of
from tap_compleetpersy.sync.reading import is_older, rules_of
from tap_compleetpersy.sync.records import FIELDS

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.candidate import Candidate
    from tap_compleetpersy.settings import Settings

logger = logging.getLogger("tap-compleetpersy")

Schema = dict[str, t.Any]


def stream_schemas(custom_fields: Mapping[str, Schema]) -> dict[str, Schema]:
    """Answer the schema of each stream, with the custom fields of candidates."""
    return {
        stream: record_schema(fields, custom_fields if stream == "candidates" else None)
        for stream, fields in FIELDS.items()
    }


def sample_custom_fields(settings: Settings) -> dict[str, Schema]:
    """Read candidates and answer their custom fields, typed, by remote key.

    Reads ``discovery_sample_size`` candidates, none of them older than the cutoff.

    Raises:
        ApiError: When the server cannot be read: a catalog without custom fields
            would be kept by Meltano, so there is none.
    """
    sample = Sample()
    with Client(settings) as client:
        candidates = _candidates(client, settings)
        for candidate in itertools.islice(candidates, settings.discovery_sample_size):
            sample.add(candidate.custom, candidate.labels)
    return sample.properties()


def _candidates(client: Client, settings: Settings) -> Iterator[Candidate]:
    read = compile_reader(rules_of(settings))
    cutoff = cutoff_of(settings, time.time_ns() // 1_000_000)
    since = None if cutoff is None else datetime.fromtimestamp(cutoff / 1000, tz=UTC)
    for page in read_pages(client, profile_of(settings), since=since):
        for record in page.records:
            with contextlib.suppress(UnreadableRecord):  # the sync counts them
                candidate = read(record)
                if cutoff is None or not is_older(candidate, cutoff):
                    yield candidate
