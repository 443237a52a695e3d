"""A catalog edited by hand works, or one line says why it does not."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import Message, discover, run_tap
from tests.thinning import thinned

OWN = ("id", "remote_id", "changed_at", "remote_deleted_at")
Edit = Callable[[Message], object]


@pytest.fixture
def catalog(config: dict[str, t.Any], tmp_path: Path) -> Message:
    return discover(config | {"discovery_sample_size": 0}, tmp_path)


def edited(catalog: Message, edit: Edit, *streams: str) -> Message:
    catalog = copy.deepcopy(catalog)
    for entry in catalog["streams"]:
        if entry["tap_stream_id"] in (streams or ("candidates", "jobs", "applications")):
            edit(entry)
    return catalog


@pytest.mark.parametrize("field", thinned(OWN, 2))
def test_what_a_deletion_needs_is_put_back(
    config: dict[str, t.Any], sandbox: Sandbox, tmp_path: Path, catalog: Message, field: str
) -> None:
    without = edited(catalog, lambda entry: entry["schema"]["properties"].pop(field))
    first = run_tap(config, tmp_path, catalog=without)
    assert first.exit_code == 0, first.log
    assert f"{field} of candidates put back" in first.log.partition("Meltano SDK v")[0]
    sandbox.store.delete(first.records("candidates")[0]["remote_id"])
    given = config | {"full_sync_hours": 0.000_001}
    second = run_tap(given, tmp_path, catalog=without, state=first.state)
    for stream in ("candidates", "applications"):
        assert all(set(OWN) <= row.keys() for row in second.records(stream))
        assert any(row["remote_deleted_at"] for row in second.records(stream))
        assert field in second.of("SCHEMA", stream)[0]["schema"]["properties"]


def _deselect_own(entry: Message) -> None:
    for item in entry["metadata"]:
        if item["breadcrumb"][-1:] and item["breadcrumb"][-1] in OWN:
            item["metadata"] = {"inclusion": "available", "selected": False}


@pytest.mark.parametrize(
    "edit",
    thinned(
        [
            _deselect_own,
            lambda entry: entry.pop("metadata"),
            lambda entry: entry.update(metadata=[]),
            lambda entry: entry.pop("key_properties"),
            lambda entry: entry.update(key_properties=[]),
            lambda entry: entry.pop("replication_key"),
            lambda entry: entry.pop("stream"),
            lambda entry: entry["schema"].pop("properties"),
            lambda entry: entry.update(schema={}),
        ],
        3,
    ),
    ids=[
        "deselected",
        "no metadata",
        "empty metadata",
        "no keys",
        "empty keys",
        "no replication key",
        "no name",
        "no properties",
        "no schema",
    ],
)
def test_what_is_missing_is_as_it_was(
    config: dict[str, t.Any], tmp_path: Path, catalog: Message, edit: Edit
) -> None:
    run = run_tap(config, tmp_path, catalog=edited(catalog, edit))
    assert run.exit_code == 0, run.log
    for stream in ("candidates", "jobs", "applications"):
        (schema,) = run.of("SCHEMA", stream)
        assert schema["key_properties"] == ["id"]
        assert run.records(stream)
        assert all(set(OWN) <= row.keys() for row in run.records(stream))
    assert run.state["bookmarks"]["candidates"]["replication_key"] == "remote_updated_at"


def test_a_stream_of_another_tap_is_named_and_left_alone(
    config: dict[str, t.Any], tmp_path: Path, catalog: Message
) -> None:
    catalog["streams"].append({"tap_stream_id": "orders", "schema": {"properties": {}}})
    run = run_tap(config, tmp_path, catalog=catalog)
    assert run.exit_code == 0, run.log
    assert "--catalog: orders is no stream of this tap" in run.log
    assert run.of("SCHEMA", "orders") == []


def _older(entry: Message) -> None:
    """Select as taps did before there was metadata."""
    entry["metadata"] = []
    entry["selected"] = entry["tap_stream_id"] == "candidates"
    properties = entry["schema"]["properties"]
    if entry["selected"]:
        properties["last_name"]["selected"] = False
        properties["location"]["properties"]["city"]["selected"] = False


def _as_text(entry: Message) -> None:
    for item in entry["metadata"]:
        deselected = (["properties", "last_name"], ["properties", "location", "properties", "city"])
        if item["breadcrumb"] == []:
            item["metadata"]["selected"] = str(entry["tap_stream_id"] == "candidates")
        elif item["breadcrumb"] in deselected:
            item["metadata"]["selected"] = "false"


@pytest.mark.parametrize("edit", [_older, _as_text])
def test_nothing_leaves_that_a_catalog_deselects_in_another_form(
    config: dict[str, t.Any], tmp_path: Path, catalog: Message, edit: Edit
) -> None:
    run = run_tap(config, tmp_path, catalog=edited(catalog, edit))
    assert run.exit_code == 0, run.log
    assert {message["stream"] for message in run.of("SCHEMA")} == {"candidates"}
    rows = run.records("candidates")
    assert all("last_name" not in row for row in rows)
    assert all("city" not in (row["location"] or {}) for row in rows)
    assert any(row["first_name"] for row in rows)


def _narrow(entry: Message) -> None:
    properties = entry["schema"]["properties"]
    properties["id"] = {"type": "integer"}
    properties["remote_deleted_at"]["type"] = "string"
    if "last_name" in properties:
        properties["last_name"] = {"type": "string", "maxLength": 40}


def test_types_hold_what_is_written_and_null_in_a_deletion(
    config: dict[str, t.Any], tmp_path: Path, catalog: Message
) -> None:
    run = run_tap(config, tmp_path, catalog=edited(catalog, _narrow))
    for stream in ("candidates", "jobs", "applications"):
        properties = run.of("SCHEMA", stream)[0]["schema"]["properties"]
        assert properties["id"]["type"] in ("string", ["string"])
        assert set(properties["remote_deleted_at"]["type"]) == {"string", "null"}
    last_name = run.of("SCHEMA", "candidates")[0]["schema"]["properties"]["last_name"]
    assert set(last_name.pop("type")) == {"string", "null"}
    assert last_name == {"maxLength": 40}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda entry: entry.update(stream="people"), "is called people there"),
        (lambda entry: entry.update(key_properties=["title"]), "must be id or remote_id"),
        (lambda entry: entry.update(schema={"properties": []}), "is not a Singer catalog"),
        (lambda entry: entry.update(schema={"properties": {"id": 1}}), "is not a Singer catalog"),
        (lambda entry: entry.update(metadata=[1]), "is not a Singer catalog"),
        (lambda entry: entry.update(metadata=[{"breadcrumb": []}]), "is not a Singer catalog"),
        (lambda entry: entry.update(tap_stream_id=["x"]), "is not a Singer catalog"),
        (
            lambda entry: entry["metadata"][1]["metadata"].update(selected="perhaps"),
            "selected must be true or false",
        ),
    ],
    ids=["renamed", "another key", "list", "field", "metadata", "breadcrumb", "id", "selected"],
)
def test_what_nobody_can_understand_is_one_line(
    config: dict[str, t.Any], tmp_path: Path, catalog: Message, edit: Edit, expected: str
) -> None:
    run = run_tap(config, tmp_path, catalog=edited(catalog, edit, "candidates"))
    assert run.exit_code == 1
    assert run.messages == ()
    (line,) = run.log.splitlines()
    assert "--catalog: " in line
    assert expected in line
