"""The catalog: fixed fields, and the custom fields that a sample shows."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.model.columns import collisions, column_map
from tap_compleetpersy.model.custom_fields import Sample
from tap_compleetpersy.model.fields import ATTACHMENT_FIELDS, FIELDS, record_schema
from tap_compleetpersy.sync.sampling import read_sample

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings import Settings

Schema = dict[str, t.Any]


def stream_schemas(
    custom_fields: Mapping[str, Schema], *, with_content: bool = False
) -> dict[str, Schema]:
    """Answer the schema of each stream.

    Args:
        custom_fields: Of candidates, by remote key.
        with_content: Whether the content of attachments is stored.
    """
    fields = FIELDS if with_content else {**FIELDS, "candidate_attachments": ATTACHMENT_FIELDS}
    return {
        stream: record_schema(those, custom_fields if stream == "candidates" else None)
        for stream, those in fields.items()
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


def collision_notes(types: Mapping[str, str]) -> list[str]:
    """Tell which custom fields would become one column, and the stream map that parts them.

    Args:
        types: Names of the types of all custom fields, by remote key.
    """
    groups = collisions(types)
    if not groups:
        return []
    names = "; ".join(" and ".join(map(repr, group)) for group in groups)
    columns = column_map(types, [field.name for field in FIELDS["candidates"]])
    maps = json.dumps({"stream_maps": {"candidates": columns}}, ensure_ascii=False)
    told = f"As columns of their own, custom fields become one where a target folds names: {names}."
    return [f"{told} Nested in custom_fields they stay apart. Columns that stay apart: {maps}"]
