"""Flat rows name every column, so that a deletion erases all of them in any target."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.facts import Address
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.singer import run_tap
from tests.source import TOMBSTONE, Source, columns, deletion

CUSTOM = {
    "Größe": "M",
    "Sprachen": ["Türkisch", "Deutsch"],
    "Kuendigungsfrist": {"Anzahl": 2, "Einheit": "Wochen"},
}
FLAT: dict[str, t.Any] = {"flattening_enabled": True, "flattening_max_depth": 1}
DEEP = FLAT | {"flattening_max_depth": 2}


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    """Somebody with custom fields, and somebody without, who has no address either."""
    with running(Options(candidates=0)) as persy:
        persy.store.add(custom_fields=CUSTOM, address=Address(city="Köln"))
        persy.store.add(custom_fields={}, address=None)
        yield Source(persy, tmp_path)


@pytest.mark.parametrize("settings", [FLAT, DEEP], ids=["depth-1", "depth-2"])
def test_a_deletion_names_every_column(source: Source, settings: dict[str, t.Any]) -> None:
    # Without a catalog each run samples anew, and would not know the fields of who is gone.
    source.catalog = source.discover()
    first = source.sync(**settings)
    source.persy.store.delete("1001")
    second = source.sync(**settings)
    assert deletion(second).keys() == columns(first).keys() == columns(second).keys()
    assert {name for name, value in deletion(second).items() if value is not None} == TOMBSTONE


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(
            FLAT,
            {
                "custom_fields__Größe": "M",
                "custom_fields__Sprachen": '["Türkisch","Deutsch"]',
                "custom_fields__Kuendigungsfrist": '{"Anzahl":2,"Einheit":"Wochen"}',
            },
            id="depth-1",
        ),
        pytest.param(
            DEEP,
            {
                "custom_fields__Größe": "M",
                "custom_fields__Sprachen": '["Türkisch","Deutsch"]',
                "custom_fields__Kuendigungsfrist__Anzahl": 2,
                "custom_fields__Kuendigungsfrist__Einheit": "Wochen",
            },
            id="depth-2",
        ),
    ],
)
def test_what_is_null_is_null_in_every_column(
    source: Source, settings: dict[str, t.Any], expected: dict[str, t.Any]
) -> None:
    run = source.sync(**settings)
    somebody, nobody = run.records("candidates")
    assert {name: somebody[name] for name in somebody if name.startswith("custom")} == expected
    assert {name: nobody[name] for name in nobody if name.startswith("custom")} == dict.fromkeys(
        expected
    )
    assert somebody["location__city"] == "Köln"
    assert {nobody[name] for name in nobody if name.startswith("location")} == {None}
    assert somebody.keys() == nobody.keys() == columns(run).keys()


def test_a_stream_map_and_flattening_together(source: Source) -> None:
    maps = {"candidates": {"city": "(location or {}).get('city')", "location": "__NULL__"}}
    first = source.sync(stream_maps=maps, **FLAT)
    source.persy.store.delete("1001")
    second = source.sync(stream_maps=maps, **FLAT)
    assert [row["city"] for row in first.records("candidates")] == ["Köln", None]
    assert not [name for name in columns(second) if name.startswith("location")]
    assert deletion(second).keys() == columns(second).keys()
    assert {name for name, value in deletion(second).items() if value is not None} == TOMBSTONE


def test_a_field_that_is_new_since_the_catalog_is_no_column_but_is_listed(source: Source) -> None:
    source.catalog = source.discover()
    source.persy.store.set_custom_field("1001", "Neu", "007")
    run = source.sync(**FLAT)
    row = run.records("candidates")[0]
    assert row.keys() == columns(run).keys()
    assert "007" in [each["value"] for each in json.loads(row["integration_fields"])]


def test_a_deselected_field_is_no_column(source: Source) -> None:
    source.catalog = source.discover("custom_fields.Größe", "phone_numbers", "location.city")
    first = source.sync(**FLAT)
    source.persy.store.delete("1002")
    second = source.sync(**FLAT)
    unwanted = {"custom_fields__Größe", "phone_numbers", "location__city"}
    for run in (first, second):
        for names in (columns(run), *run.records("candidates")):
            assert not unwanted & set(names)
            assert "custom_fields__Sprachen" in names
    said = json.dumps(first.messages, ensure_ascii=False)
    assert "Größe" not in said
    assert "FormattedNumber" not in said
    assert "Köln" not in said


def test_two_fields_of_one_column_are_one_clear_line(source: Source) -> None:
    source.persy.store.add(custom_fields={"a": {"b": "1"}, "a__b": "x"})
    run = run_tap(source.config | DEEP, source.folder)
    assert run.exit_code == 1
    assert run.messages == ()
    assert "flattening_enabled: two fields become one column" in run.log.splitlines()[-1]
