"""What `fields` declares is what is read: nothing else has to be done for a field.

Each record here is made of a declaration alone: a value at one of its paths.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from tap_compleetpersy.model.candidate import Rules, compile_reader
from tap_compleetpersy.model.children import compile_child
from tap_compleetpersy.model.declaration import Fact, Field
from tap_compleetpersy.model.fields import ATTACHMENT_FIELDS, FIELDS

Json = dict[str, t.Any]

BY_READER = {"time": "2026-11-02T09:13:54Z", "boolean": "true", "id": "7"}
BY_FACT = {
    "phone_numbers": "089 1234567",
    "email_addresses": "a.berg@example.org",
    "outcome": "Absage",
    "type": "Lebenslauf",
    "whole_name": "Anna Berg",
    "name_prefix": "von",
}
BESIDE = {"building_number": {"Straße": "Am Tor"}, "name_prefix": {"Familienname": "Berg"}}
"""What a fact needs that says nothing alone."""
QUALIFIERS = {"use", "at", "current"}
"""Facts that only tell how to take others."""

Case = tuple[Field, Fact, str]
CANDIDATES = compile_reader(Rules(field_paths={"remote_id": "Kennung"}))
WITH_OPENINGS = compile_reader(Rules(field_paths={"jobs.remote_id": "Kennung"}))
ATTACHMENTS = compile_child(
    "candidate_attachments", Rules(field_paths={"candidate_attachments.remote_id": "Kennung"})
)


def cases(stream: str) -> Iterator[Case]:
    """Yield each path to each fact of each field that is read from a record."""
    for field in FIELDS[stream]:
        for fact in () if field.derived else field.all_facts:
            for path in () if fact.name in QUALIFIERS else fact.paths:
                yield field, fact, path


def said(fact: Fact, path: str) -> Json:
    """Return a record that says a fact at a path, and what the fact needs beside it."""
    value: t.Any = BY_READER.get(fact.read) or BY_FACT.get(fact.name, "Berg")
    for key in reversed(path.split(".")):
        value = {key: value}
    return {**value, **BESIDE.get(fact.name, {})}


def candidate_value(field: Field, fact: Fact, path: str) -> object:
    """Read a field of a candidate."""
    record = said(fact, path)
    if field.name == "remote_id":
        return compile_reader(Rules())(record).remote_id
    return CANDIDATES(record | {"Kennung": "1"}).values[field.name]


def opening_value(field: Field, fact: Fact, path: str) -> object:
    """Read a field of a job or an application."""
    element = said(fact, path)
    if field.name != "remote_id":
        element |= {"Kennung": "5"}
    (opening,) = WITH_OPENINGS({"Id": "1", "Bewerbungen": [element]}).openings
    values = {"remote_id": opening.remote_id, **opening.job, **opening.application}
    return values[field.name]


def attachment_value(field: Field, fact: Fact, path: str) -> object:
    """Read a field of an attachment."""
    record = said(fact, path)
    if field.name == "remote_id":
        attachment, _ = compile_child("candidate_attachments", Rules())(record)
        return None if attachment is None else attachment.remote_id
    attachment, _ = ATTACHMENTS(record | {"Kennung": "1"})
    return None if attachment is None else attachment.values[field.name]


READ = {
    "candidates": candidate_value,
    "jobs": opening_value,
    "applications": opening_value,
    "candidate_attachments": attachment_value,
}


def test_every_field_is_fed_by_each_of_its_paths() -> None:
    silent = [
        f"{stream}.{field.name}: {fact.name} at {path}"
        for stream, value in READ.items()
        for field, fact, path in cases(stream)
        if value(field, fact, path) in (None, [])
    ]
    assert silent == []


def test_every_field_is_read_from_somewhere_or_derived() -> None:
    assert [
        f"{stream}.{field.name}"
        for stream, fields in FIELDS.items()
        for field in fields
        if not (field.derived or field.all_facts)
    ] == []


def test_a_derived_field_is_one_that_the_run_knows() -> None:
    derived = {field.name for fields in FIELDS.values() for field in fields if field.derived}
    assert derived == {
        "id", "remote_id", "changed_at", "remote_deleted_at", "custom_fields",
        "integration_fields", "remote_data", "job_id", "candidate_id", "file_path", "sha256",
        "size_bytes",
    }  # fmt: skip
    assert not any(field.derived for field in ATTACHMENT_FIELDS if field.name == "remote_id")
