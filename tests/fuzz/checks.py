"""What must hold for every payload, whatever it is."""

from __future__ import annotations

import math
import typing as t
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import jsonschema
import msgspec

from tap_compleetpersy.model.candidate import (
    Candidate,
    Opening,
    ReadCandidate,
    Rules,
    UnreadableRecord,
    compile_quick_reader,
    compile_reader,
    leaves_structure,
)
from tap_compleetpersy.model.custom_fields import Typing, compile_typed
from tap_compleetpersy.model.custom_types import Sample
from tap_compleetpersy.model.fields import FIELDS, record_schema
from tap_compleetpersy.model.ids import compile_ids
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.model.quick import Plain
from tap_compleetpersy.model.remote_data import (
    compile_opening_data,
    compile_remote_data,
    compile_strip,
)
from tap_compleetpersy.sync.output import encode_line
from tap_compleetpersy.sync.records import RecordBuilder
from tests.fuzz.pages import pages_of
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
    check_quick = _compile_quick_check(rules, shape) if leaves_structure(rules) else None

    def check(payload: Payload) -> bool:
        try:
            candidate = read(payload.record)
        except UnreadableRecord:
            _must(not payload.openings and not payload.without_id, "a record with an id is read")
            if check_quick is not None:
                check_quick(payload.record)
            return False
        _check_openings(payload, candidate)
        _check_sample(candidate)
        _check_rows(shape, candidate, payload.record)
        if not rules.field_paths:
            _check_listing(shape, candidate, payload.record)
        for function in narrow:
            _storable(function(payload.record))
        if check_quick is not None:
            check_quick(payload.record)
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


def _compile_quick_check(rules: Rules, shape: RecordBuilder) -> Callable[[t.Any], None]:
    """Compare the quick way with the general one; layouts learn from all payloads before."""
    typing = Typing(OLD_CATALOG, BERLIN)
    read, general = compile_quick_reader(rules, typing, math.inf), compile_reader(rules)
    read_narrow = compile_quick_reader(rules, typing, math.inf, selected=SELECTED)
    list_narrow = compile_integration_fields(rules, SELECTED)
    strip = compile_strip(rules.exclude_fields)

    def check(record: t.Any) -> None:
        for page in pages_of(record):
            found = read(page)
            items = msgspec.json.decode(page, type=list[msgspec.Raw])
            _must(len(found) == len(items), "quick: an answer for each record")
            for one, item in zip(found, items, strict=True):
                if one is not None:
                    _compare(shape, one, general(msgspec.json.decode(item)), bytes(item), strip)
            for one, item in zip(read_narrow(page), items, strict=True):
                if one is not None:
                    listed = encode_line(list_narrow(msgspec.json.decode(item)))
                    _must(one[1].listed == listed, "quick: the same selected fields")

    return check


def _compare(
    shape: RecordBuilder,
    one: tuple[Candidate, Plain],
    expected: Candidate,
    item: bytes,
    strip: Callable[[t.Any], t.Any],
) -> None:
    """Compare what both ways give for a record: every field, and the row byte for byte."""
    candidate, plain = one
    item.decode()
    record = msgspec.json.decode(item)
    for name in ("remote_id", "updated_at", "created_at", "values", "doubts"):
        equal = getattr(candidate, name) == getattr(expected, name)
        _must(equal, f"quick: {name} as in the general way")
    openings = [_shown(shape, opening, _decoded(opening.raw[0])) for opening in candidate.openings]
    wanted = [_shown(shape, opening, opening.raw) for opening in expected.openings]
    _must(openings == wanted, "quick: openings as in the general way")
    _must(list(plain.custom) == list(expected.custom), "quick: the same custom fields")
    _must(strip(_decoded(plain.record)) == strip(record), "quick: nothing of the record is lost")
    quick, drift = shape.candidate(ReadCandidate(candidate, record, plain))
    row, expected_drift = shape.candidate(ReadCandidate(expected, record))
    _must(encode_line(quick) == encode_line(row), "quick: the same row, byte for byte")
    _must(drift == expected_drift, "quick: the same drift")


def _shown(shape: RecordBuilder, opening: Opening, raw: t.Any) -> Opening:
    """Return an opening with what of it may leave, in the place of what was received."""
    data = None if shape.opening_data is None else shape.opening_data(raw)
    return msgspec.structs.replace(opening, raw=data)


def _decoded(structure: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(structure))


def _check_openings(payload: Payload, candidate: Candidate) -> None:
    read = [opening.remote_id for opening in candidate.openings]
    _must(len(read) == len(set(read)), "an opening appears once")
    _must(payload.openings <= set(read), "no opening is lost")
    missing = candidate.doubts.count("opening without id")
    _must(missing >= payload.without_id, "an opening without an id is counted")
    for doubt in candidate.doubts:
        _must(doubt == "opening without id" or ": " in doubt, "a doubt is a kind")


def _check_sample(candidate: Candidate) -> None:
    """The types that a sample shows hold for the sample itself, and lose no value."""
    sample = Sample()
    sample.add(candidate.custom, candidate.labels)
    properties = sample.properties()
    values, drift = compile_typed(properties, BERLIN)(candidate.custom)
    _must(drift == (), "a sampled type fits what was sampled")
    _must(values.keys() >= candidate.custom.keys(), "no custom field is lost")
    schema = {"type": "object", "properties": properties}
    _must(jsonschema.Draft202012Validator(schema).is_valid(values), "a value has its type")
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
    _must(set(listed) == set(candidate.custom), "the listing has the custom fields that there are")


def _conform(stream: str, row: Mapping[str, t.Any]) -> None:
    _must(list(row) == [field.name for field in FIELDS[stream]], f"{stream}: all fields, in order")
    _must(SCHEMAS[stream].is_valid(row), f"{stream}: a row validates against its schema")
    _must(bool(row["remote_id"]), f"{stream}: a row has an id")
    _storable(row)


def _is_time(text: str | None) -> None:
    if text is not None:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        _must(len(text) == len("2026-11-24T03:00:00.000Z"), "times have milliseconds")
        _must(moment.timestamp() * 1000 % 1 == 0, "times are whole milliseconds")


def _storable(value: object) -> None:
    """Every encoder and database takes it: UTF-8, no NUL, integers of 64 bits."""
    text = msgspec.json.encode(value)
    _must(b"\\u0000" not in text, "no NUL is written")
    msgspec.json.decode(text)


def _must(holds: bool, law: str) -> None:
    if not holds:
        raise BrokenLawError(law)
