"""Stream maps lose no deletion, and those that would fail on one fail at once."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.facts import Address, Opening
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.singer import run_tap
from tests.source import Source, deletions


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    with running(Options(candidates=0)) as persy:
        for city in ("Köln", "Bonn"):
            persy.store.add(
                address=Address(city=city), confidential=False, openings=(Opening("88", "Koch"),)
            )
        yield Source(persy, tmp_path)


@pytest.mark.parametrize(
    "keeps",
    [
        "confidential == False",
        "(location or {}).get('city') in ('Köln', 'Bonn')",
    ],
)
def test_a_filter_does_not_keep_who_was_deleted(source: Source, keeps: str) -> None:
    maps = {"candidates": {"__filter__": keeps}}
    first = source.sync(stream_maps=maps)
    assert len(first.records("candidates")) == 2
    source.persy.store.delete("1001")
    second = source.sync(stream_maps=maps)
    assert [row["remote_id"] for row in deletions(second)] == ["1001"]
    assert [row["remote_id"] for row in deletions(second, "applications")] == ["1001/88"]


def test_a_filter_that_asks_for_deletions_is_taken_at_its_word(source: Source) -> None:
    maps = {"candidates": {"__filter__": "remote_deleted_at is None"}}
    source.sync(stream_maps=maps)
    source.persy.store.delete("1001")
    second = source.sync(stream_maps=maps)
    assert [row["remote_id"] for row in second.records("candidates")] == ["1002"]


@pytest.mark.parametrize(
    ("stream", "definition"),
    [
        ("candidates", {"city": "location['city']"}),
        ("candidates", {"__filter__": "location['city'] != 'Bonn'"}),
        ("jobs", {"name": "name.upper()"}),
        ("addresses", {"__source__": "candidates", "city": "location['city']"}),
    ],
)
def test_a_map_that_fails_on_a_deletion_fails_before_the_first_record(
    source: Source, stream: str, definition: dict[str, t.Any]
) -> None:
    config = source.config | {"stream_maps": {stream: definition}}
    run = run_tap(config, source.folder)
    assert run.exit_code == 1
    assert run.of("RECORD") == []
    assert "as all are in a tombstone" in run.log
    assert "Traceback" not in run.log
