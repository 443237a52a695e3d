"""The catalog: fixed fields, and the custom fields that a sample shows."""

from __future__ import annotations

import json
import logging
import time
import typing as t
from collections.abc import Mapping

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.errors import ExtraStreamError
from tap_compleetpersy.model.column_names import collisions, column_map
from tap_compleetpersy.model.custom_fields import Sample
from tap_compleetpersy.model.custom_types import RecordSample, is_scalar, required
from tap_compleetpersy.model.fields import ATTACHMENT_FIELDS, FIELDS, record_schema
from tap_compleetpersy.model.positions import Kind, NotAPosition, PositionSample, position_type
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.sync.endpoint import Endpoint
from tap_compleetpersy.sync.extra import CANDIDATE_FIELDS, NEITHER
from tap_compleetpersy.sync.plan import Bounds
from tap_compleetpersy.sync.report import ExtraReport
from tap_compleetpersy.sync.sampling import read_sample

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings import ExtraStream, Settings
    from tap_compleetpersy.sync.people import Keeps


Schema = dict[str, t.Any]


def stream_schemas(
    custom_fields: Mapping[str, Schema], *, with_content: bool = False
) -> dict[str, Schema]:
    """Return the schema of each stream.

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
    """Return which custom fields would become one column, and the stream map that parts them.

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


logger = logging.getLogger("tap-compleetpersy")

_CANDIDATE_ID: t.Final = {"type": ["string"], "description": "`id` of the candidate."}


def schema_of_definition(extra: ExtraStream) -> Schema:
    """Return what is known of a stream's records without reading any."""
    return _schema(extra, {}, None)


def sample_schema(settings: Settings, extra: ExtraStream, keeps: Keeps | None = None) -> Schema:
    """Read some records and answer the schema of them all.

    Reads ``discovery_sample_size`` records at most; of a child, the first page of 50
    candidates at most.

    Args:
        settings: The tap's.
        extra: The definition.
        keeps: Whether the filter of candidates keeps one, whose records are asked for.

    Raises:
        ApiError: When the endpoint cannot be read: a catalog without it would be kept.
        ExtraStreamError: When the records are not as the definition says.
    """
    sample = RecordSample()
    positions = PositionSample(settings.of_extra_stream(extra).zone)
    strip = compile_strip(frozenset(settings.exclude_fields))
    wanted = settings.discovery_sample_size
    report = ExtraReport(extra.name)
    endpoint = Endpoint(settings, extra, report, now=time.time_ns() // 1_000_000, keeps=keeps)
    try:
        for page in endpoint.first_pages(Bounds()) if wanted else ():
            for record in page.records[: wanted - sample.size]:
                if isinstance(record, dict):
                    sample.add(strip(record))
                    if extra.replication_key is not None:
                        positions.add(record.get(extra.replication_key))
            if sample.size >= wanted:
                break
    finally:
        endpoint.close()
    _require_endpoint(extra, report)
    if wanted and not sample.size:
        logger.warning(
            "%s: there is no record to take a schema from. Run --discover again when there is",
            extra.name,
        )
    properties = sample.properties()
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
