"""What must hold for every payload, whatever it is."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import jsonschema
import msgspec

from tap_compleetpersy.model.candidate import (
    Candidate,
    ReadCandidate,
    Rules,
    UnreadableRecord,
    compile_reader,
)
from tap_compleetpersy.model.custom_fields import compile_typed
from tap_compleetpersy.model.custom_types import Sample
from tap_compleetpersy.model.fields import FIELDS, record_schema
from tap_compleetpersy.model.ids import compile_ids
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.model.remote_data import compile_opening_data, compile_remote_data
from tap_compleetpersy.sync.records import RecordBuilder
from tests.fuzz.payloads import Payload

BERLIN = ZoneInfo("Europe/Berlin")
RULES = (
    Rules(),
    Rules(
        account="Werk Süd",
        field_paths={
            "source": ["UserArea.A.b", "x"],
            "jobs.name": "y",
            "phone_numbers": ["t.n"],
            "location": {"city": "A"},
        },
        outcomes={"z": {" B": "HIRED"}, "neu": "DECLINED"},
        exclude_fields=frozenset({"Use", "Key", "PersonalData.PersonName", "A"}),
    ),
    Rules(
        field_paths={
            "source": ["UserArea.A", "x"],
            "company": "UserArea.Firma.Name",
            "phone_numbers": ["t.n", "UserArea.y"],
            "remote_id": "A",
        },
    ),
)
SELECTED = {
    "id", "remote_id", "phone_numbers", "location.city", "custom_fields.A",
    "custom_fields.Kuendigungsfrist", "custom_fields.Kuendigungsfrist.Anzahl",
}  # fmt: skip
# A catalog of another day: every type under names that payloads have.
OLD_CATALOG: dict[str, dict[str, t.Any]] = {
    "A": {"type": ["integer", "null"]},
    "Größe": {"type": ["number", "null"]},
    "a": {"type": ["boolean", "null"]},
    "Gehaltswunsch": {"type": ["string", "null"], "format": "date"},
    "Eintrittsdatum": {"type": ["string", "null"], "format": "date-time"},
    "Sprachen": {"type": ["array", "null"], "items": {"type": ["integer", "null"]}},
    "Kuendigungsfrist": {
        "type": ["object", "null"],
        "properties": {"Anzahl": {"type": ["boolean", "null"]}},
    },
    "Fuehrerschein": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
}
SCHEMAS = {
    stream: jsonschema.Draft202012Validator(
        record_schema(fields, OLD_CATALOG if stream == "candidates" else None)
    )
    for stream, fields in FIELDS.items()
}


class BrokenLawError(AssertionError):
    """A law does not hold; the message names it."""


def compile_checks() -> Callable[[Payload], int]:
    """Prepare the check of a payload, which answers how many of the readings gave a candidate.

    Raises (the check):
        BrokenLawError: A law does not hold.
        Exception: Whatever the code under test raised beside ``UnreadableRecord``.
    """
    checks = [_compile_check(rules) for rules in RULES]
    return lambda payload: sum(check(payload) for check in checks)


def _compile_check(rules: Rules) -> Callable[[Payload], bool]:
    read = compile_reader(rules)
    narrow = (
        compile_integration_fields(rules, SELECTED),
        compile_remote_data(rules, SELECTED),
        compile_opening_data(rules, {"name"}),
    )
    shape = _shape(rules)

    def check(payload: Payload) -> bool:
        try:
            candidate = read(payload.record)
        except UnreadableRecord:
            must(not payload.openings and not payload.without_id, "a record with an id is read")
            return False
        _check_openings(payload, candidate)
        _check_sample(candidate)
        _check_rows(shape, candidate, payload.record)
        if not rules.field_paths:
            _check_listing(shape, candidate, payload.record)
        for function in narrow:
            _storable(function(payload.record))
        return True

    return check


def _shape(rules: Rules) -> RecordBuilder:
    return RecordBuilder(
        ids={name: compile_ids(rules.account, name) for name in FIELDS},
        changed_at="2026-11-24T03:00:00.000Z",
        typed=compile_typed(OLD_CATALOG, BERLIN),
        location=None,
        integration_fields=compile_integration_fields(rules),
        candidate_data=compile_remote_data(rules),
        opening_data=compile_opening_data(rules),
    )


def _check_openings(payload: Payload, candidate: Candidate) -> None:
    read = [opening.remote_id for opening in candidate.openings]
    must(len(read) == len(set(read)), "an opening appears once")
    must(payload.openings <= set(read), "no opening is lost")
    missing = candidate.doubts.count("opening without id")
    must(missing >= payload.without_id, "an opening without an id is counted")
    for doubt in candidate.doubts:
        must(doubt == "opening without id" or ": " in doubt, "a doubt is a kind")


def _check_sample(candidate: Candidate) -> None:
    """The types that a sample shows hold for the sample itself, and lose no value."""
    sample = Sample()
    sample.add(candidate.custom, candidate.labels)
    properties = sample.properties()
    values, drift = compile_typed(properties, BERLIN)(candidate.custom)
    must(drift == (), "a sampled type fits what was sampled")
    must(values.keys() >= candidate.custom.keys(), "no custom field is lost")
    schema = {"type": "object", "properties": properties}
    must(jsonschema.Draft202012Validator(schema).is_valid(values), "a value has its type")
    _storable(values)


def _check_rows(shape: RecordBuilder, candidate: Candidate, record: Mapping[str, t.Any]) -> None:
    row, _ = shape.candidate(ReadCandidate(candidate, record))
    _conform("candidates", row)
    for name in ("remote_created_at", "remote_updated_at"):
        _is_time(row[name])
    for opening in candidate.openings:
        _conform("jobs", shape.job(opening))
        application = shape.application(candidate.remote_id, opening)
        _conform("applications", application)
        _is_time(application["remote_created_at"])


def _check_listing(shape: RecordBuilder, candidate: Candidate, record: Mapping[str, t.Any]) -> None:
    """What is listed as a custom field is one, and the other way round."""
    fields: t.Any = shape.integration_fields(record)
    listed = [field["key"] for field in fields if field["type"] == "CUSTOM"]
    must(set(listed) == set(candidate.custom), "the listing has the custom fields that there are")


def _conform(stream: str, row: Mapping[str, t.Any]) -> None:
    must(list(row) == [field.name for field in FIELDS[stream]], f"{stream}: all fields, in order")
    must(SCHEMAS[stream].is_valid(row), f"{stream}: a row validates against its schema")
    must(bool(row["remote_id"]), f"{stream}: a row has an id")
    _storable(row)


def _is_time(text: str | None) -> None:
    if text is not None:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        must(len(text) == len("2026-11-24T03:00:00.000Z"), "times have milliseconds")
        must(moment.timestamp() * 1000 % 1 == 0, "times are whole milliseconds")


def _storable(value: object) -> None:
    """Every encoder and database takes it: UTF-8, no NUL, integers of 64 bits."""
    text = msgspec.json.encode(value)
    must(b"\\u0000" not in text, "no NUL is written")
    msgspec.json.decode(text)


def must(holds: bool, law: str) -> None:
    """Raise when a law does not hold."""
    if not holds:
        raise BrokenLawError(law)
