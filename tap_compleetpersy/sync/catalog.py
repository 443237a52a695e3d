"""The catalog: fixed fields, and the custom fields that a sample shows."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.model.custom_fields import Sample
from tap_compleetpersy.model.fields import record_schema
from tap_compleetpersy.sync.records import FIELDS
from tap_compleetpersy.sync.sampling import read_sample

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings import Settings

Schema = dict[str, t.Any]


def stream_schemas(custom_fields: Mapping[str, Schema]) -> dict[str, Schema]:
    """Answer the schema of each stream, with the custom fields of candidates."""
    return {
        stream: record_schema(fields, custom_fields if stream == "candidates" else None)
        for stream, fields in FIELDS.items()
    }


def sample_custom_fields(settings: Settings) -> dict[str, Schema]:
    """Read candidates and answer their custom fields, typed, by remote key.

    Reads ``discovery_sample_size`` candidates.

    Raises:
        ApiError: When the server cannot be read: a catalog without custom fields
            would be kept by Meltano, so there is none.
    """
    sample = Sample()
    with Client(settings) as client:
        for seen in read_sample(client, settings, settings.discovery_sample_size):
            sample.add(seen.candidate.custom, seen.candidate.labels)
    return sample.properties()
