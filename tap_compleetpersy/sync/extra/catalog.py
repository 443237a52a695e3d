"""Schemas of extra streams: what their definitions say, and what a sample shows."""

from __future__ import annotations

import logging
import time
import typing as t

from tap_compleetpersy.model.positions import Kind, NotAPosition, PositionSample, position_type
from tap_compleetpersy.model.record_sample import RecordSample, is_scalar, required
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.sync.errors import ExtraStreamError
from tap_compleetpersy.sync.extra.mapping import CANDIDATE_FIELDS, NEITHER
from tap_compleetpersy.sync.extra.plan import Bounds
from tap_compleetpersy.sync.extra.reading import Endpoint
from tap_compleetpersy.sync.extra.report import ExtraReport

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.custom_types import Schema
    from tap_compleetpersy.settings import ExtraStream, Settings
    from tap_compleetpersy.sync.people import Keeps

logger = logging.getLogger("tap-compleetpersy")

_CANDIDATE_ID: t.Final = {"type": ["string"], "description": "`id` of the candidate."}


def schema_of_definition(extra: ExtraStream) -> Schema:
    """Answer what is known of a stream's records without reading any."""
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
