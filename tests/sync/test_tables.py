"""What tables hold is known exactly; columns that leave are remembered by name, and emptied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.fields import CANDIDATE_FIELDS
from tap_compleetpersy.sync.catalog import stream_schemas
from tap_compleetpersy.sync.tables import (
    Memory,
    StreamColumns,
    Tables,
    changed,
    decode_memory,
    encode_memory,
    kind_of,
    make_tables,
    property_of,
)

RECORDS = [str(number) for number in range(6)]
TABLES = ("people", "some", "others")

passes = st.lists(
    st.tuples(
        st.lists(st.sampled_from(TABLES[1:]), unique=True),  # tables that have a filter now
        st.dictionaries(  # records that a pass reads, and the filtered tables that they pass
            st.sampled_from(RECORDS), st.sets(st.sampled_from(TABLES[1:])), max_size=6
        ),
        st.booleans(),  # a complete pass
        st.booleans(),  # interrupted: the state is that of the middle of the run
        st.booleans(),  # and the target has what was written, or nothing of it
    ),
    max_size=6,
)


@given(passes)
def test_after_a_calm_complete_pass_each_table_holds_what_passes(
    runs: list[tuple[list[str], dict[str, set[str]], bool, bool, bool]],
) -> None:
    target: dict[str, set[str]] = {table: set() for table in TABLES}
    memory: Memory | None = {}
    ledger: set[str] = set()
    calm = (list(TABLES[1:]), {record: {"some"} for record in RECORDS[:3]}, True, False, True)
    for filtered, read, is_complete, is_interrupted, has_arrived in [*runs, calm]:
        before = {table: set(records) for table, records in target.items()}
        tables = make_tables(TABLES, filtered, memory, ledger)
        for record, wanted in read.items():
            passing = {table for table in TABLES if table not in filtered or table in wanted}
            for table in passing:
                target[table].add(record)
            bury(target, record, tables.see(record, passing, later=is_complete), tables)
        ledger |= read.keys()
        if is_interrupted:
            memory = tables.memory(memory, whole=True)
            target = target if has_arrived else before
            continue
        if is_complete:
            for table, failed in tables.failed.items():
                for record in sorted(failed):
                    bury(target, record, [table], tables)
            for record in sorted(ledger - read.keys()):
                for table in tables.leave(record):
                    target[table].discard(record)
            ledger = set(read)
        memory = tables.memory(memory, whole=False)
    assert target == {"people": set(RECORDS[:3]), "some": set(RECORDS[:3]), "others": set()}


def bury(target: dict[str, set[str]], record: str, where: list[str], tables: Tables) -> None:
    if where:
        for table in tables.leave(record, where):
            target[table].discard(record)


@given(st.dictionaries(st.text(), st.none() | st.frozensets(st.text(max_size=5))))
def test_what_is_written_is_read_back(memory: dict[str, frozenset[str] | None]) -> None:
    assert decode_memory(encode_memory(memory)) == memory


def test_of_the_state_of_an_older_release_everything_known_is_held_and_no_limit_counts() -> None:
    everyone = frozenset(map(str, range(20)))
    tables = make_tables(["people"], ["people"], None, everyone)
    assert [tables.see(each, (), later=True) for each in everyone] == [[]] * 20
    assert tables.failed == {"people": everyone}
    assert tables.objection(10) is None
    tables = make_tables(["people"], ["people"], {"people": everyone}, everyone)
    assert [tables.see(each, (), later=True) for each in everyone] == [[]] * 20
    assert tables.objection(10) == "20 of 20 records in people pass its __filter__ no more"


def test_a_table_that_is_new_holds_nothing() -> None:
    tables = make_tables(["people", "copy"], ["copy"], {"people": None}, ["1"])
    assert tables.see("1", ["people"], later=False) == []
    assert tables.leave("1") == ["people"]


@pytest.mark.parametrize("whole", [True, False])
def test_until_the_run_ends_what_has_left_may_still_be_there(whole: bool) -> None:
    tables = make_tables(["people"], ["people"], {"people": frozenset("12")}, ["1", "2"])
    tables.leave("1", ["people"])
    expected = frozenset("12" if whole else "2")
    assert tables.memory(None, whole=whole) == {"people": expected}


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
    assert changed("applications", None, {"outcomes": "a"}) == set()
    now = {"outcomes": "a", "new": "c"}
    assert changed("applications", {"outcomes": "b"}, now) == {"outcomes"}
    assert changed("candidates", {"outcomes": "b"}, now) == set()
