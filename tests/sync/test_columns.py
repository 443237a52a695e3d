"""Columns that leave: remembered by name and kind, warned of, and emptied."""

from __future__ import annotations

import pytest

from tap_compleetpersy.model.fields import CANDIDATE_FIELDS
from tap_compleetpersy.sync.catalog import stream_schemas
from tap_compleetpersy.sync.look import changed
from tap_compleetpersy.sync.tables import StreamColumns, kind_of, property_of

OLD = {"people": {"id": "string", "mail": "string", "old": "integer emptied"}}


def columns(*names: str, erases: bool = False) -> StreamColumns:
    return StreamColumns({"people": dict.fromkeys(names, "string")}, OLD, erases)


def test_every_field_of_a_candidate_has_a_kind_that_gives_back_its_type() -> None:
    properties = stream_schemas({}, with_content=False)["candidates"]["properties"]
    assert len(properties) >= len(CANDIDATE_FIELDS)
    for definition in properties.values():
        assert kind_of(property_of(kind_of(definition))) == kind_of(definition)


@pytest.mark.parametrize(
    "kind", ["string", "string:date-time", "array/object", "array/string:date"]
)
def test_a_kind_survives(kind: str) -> None:
    assert kind_of(property_of(kind)) == kind


def test_what_left_is_named_until_it_was_emptied() -> None:
    (line,) = columns("id").warnings()
    assert line.startswith("people: mail left, and the target keeps the values")
    assert "erase_deselected" in line
    assert list(columns("id", "mail").warnings()) == []


def test_without_the_setting_nothing_is_nulled_and_nothing_is_due() -> None:
    plain = columns("id")
    assert (plain.nulled, plain.is_due) == ({}, False)
    assert plain.after(emptied=True) == OLD


def test_only_a_complete_pass_empties_and_what_it_emptied_stays_null_for_later_deletions() -> None:
    erasing = columns("id", erases=True)
    assert erasing.nulled == {"people": ("mail", "old")}
    assert erasing.is_due
    assert erasing.after(emptied=False) == OLD
    after = erasing.after(emptied=True)
    assert after == {"people": OLD["people"] | {"mail": "string emptied"}}
    again = StreamColumns({"people": {"id": "string"}}, after, erases=True)
    assert again.nulled == erasing.nulled
    assert not again.is_due
    assert list(again.warnings()) == []


def test_a_column_that_returns_is_no_longer_emptied() -> None:
    assert columns("id", "mail", "old").after(emptied=True) == {
        "people": {"id": "string", "mail": "string", "old": "string"}
    }


def test_a_table_that_is_written_no_more_is_named() -> None:
    gone = StreamColumns({"others": {"id": "string"}}, OLD, erases=True)
    assert "people: is not written any more" in "".join(gone.warnings())
    assert gone.after(emptied=True)["people"] == OLD["people"]


def test_a_shape_that_is_not_known_has_not_changed() -> None:
    assert changed(None, {"outcomes": "a"}) == set()
    assert changed({"outcomes": "b"}, {"outcomes": "a", "new": "c"}) == {"outcomes"}
