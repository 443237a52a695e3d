"""One run of the tap, compared with what the facts must become."""

from __future__ import annotations

import json
import typing as t
from collections import Counter
from collections.abc import Iterator, Sequence

from tap_compleetpersy.sandbox.facts import Candidate
from tap_compleetpersy.sandbox.shapes import SHAPES
from tests.profiles.expected import (
    FAMILIES,
    Record,
    expected_applications,
    expected_candidates,
    expected_integration_fields,
    expected_jobs,
    in_order,
    values_in,
)
from tests.singer import Run

Rows: t.TypeAlias = dict[str, Record]
STREAMS = ("candidates", "jobs", "applications")
SHOWN = {"candidates": "last_name", "jobs": "name", "applications": "outcome"}
"""Stream to the field that stands for a record, beside `remote_id`."""


def expected_rows(people: Sequence[Candidate], shape: str) -> dict[str, Rows]:
    """Return what a run that reads these people writes, by stream and `id`."""
    return {
        "candidates": expected_candidates(people, shape),
        "jobs": expected_jobs(people),
        "applications": expected_applications(people, shape),
    }


def expected_facts(people: Sequence[Candidate], shape: str) -> dict[str, dict[str, t.Any]]:
    """Return the same by `remote_id`, with nothing but the field of `SHOWN`."""
    return {
        stream: {row["remote_id"]: row[SHOWN[stream]] for row in rows.values()}
        for stream, rows in expected_rows(people, shape).items()
    }


def written_rows(run: Run, shape: str) -> dict[str, Rows]:
    """Return what a run wrote, upserted: without what depends on its time or on the wire.

    Custom fields without a value are left out, since all people together decide which exist.
    """
    return {
        stream: {
            key: _comparable(record, FAMILIES[shape]) for key, record in run.rows(stream).items()
        }
        for stream in STREAMS
    }


def _comparable(record: Record, family: str) -> Record:
    kept = {k: v for k, v in record.items() if k not in {"changed_at", "integration_fields"}}
    if kept.get("custom_fields") is not None:
        kept["custom_fields"] = {k: v for k, v in kept["custom_fields"].items() if v is not None}
    for name in ("phone_numbers", "email_addresses"):
        if kept.get(name):
            kept[name] = in_order(kept[name], family)
    return kept


def check_integration_fields(run: Run, people: Sequence[Candidate], shape: str) -> None:
    """Assert that custom fields are as the people have them, and that no value is lost."""
    written = {r["remote_id"]: r["integration_fields"] for r in run.records("candidates")}
    for person in people:
        fields = written[person.remote_id]
        custom = {field["key"]: field for field in fields if field["type"] == "CUSTOM"}
        assert custom == expected_integration_fields(person)
        assert Counter(values_of(fields)) == Counter(values_in(SHAPES[shape](person)))


def values_of(fields: Sequence[Record]) -> Iterator[str]:
    """Name every value in integration fields, as text; lists and objects are JSON there."""
    for field in fields:
        value = field["value"] or ""
        yield from values_in(json.loads(value) if value.startswith(("[", "{")) else value)


class Difference(t.NamedTuple):
    """A field that is not as the facts want it; a record that is missing has no fields."""

    stream: str
    record: str
    field: str
    found: t.Any
    wanted: t.Any


def differences(found: dict[str, Rows], wanted: dict[str, Rows]) -> list[Difference]:
    """Name each field that is wrong in some record."""
    return [
        Difference(stream, str(one.get("remote_id") or other.get("remote_id")), name, *values)
        for stream in STREAMS
        for key in found[stream].keys() | wanted[stream].keys()
        for one, other in [(found[stream].get(key, {}), wanted[stream].get(key, {}))]
        for name in one.keys() | other.keys()
        for values in [(one.get(name, "no such field"), other.get(name, "no such field"))]
        if values[0] != values[1]
    ]


class Score(t.NamedTuple):
    """How many fields of all records are right; a record too many counts as wrong."""

    right: int
    fields: int

    def __str__(self) -> str:
        """Return it as a person would say it."""
        return f"{self.right:,} of {self.fields:,}"


def score(found: dict[str, Rows], wanted: dict[str, Rows]) -> Score:
    """Count the fields of all records, wanted or found, and those that are right."""
    together = [
        found[stream].get(key, {}).keys() | wanted[stream].get(key, {}).keys()
        for stream in STREAMS
        for key in found[stream].keys() | wanted[stream].keys()
    ]
    fields = sum(map(len, together))
    return Score(fields - len(differences(found, wanted)), fields)
