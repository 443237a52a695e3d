"""A column that was emitted once and is no longer: told, and emptied where that is wanted."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.source import TOMBSTONE, Source, columns, deletion
from tests.thinning import thinned

SELDOM = {"full_sync_hours": 1000}
ERASE = SELDOM | {"erase_deselected": True}
FLAT = {"flattening_enabled": True, "flattening_max_depth": 1}
MAP = {
    "stream_maps": {
        "candidates": {"email_addresses": "__NULL__"},
    }
}


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    with running(Options(candidates=4, seed=3)) as persy:
        source = Source(persy, tmp_path)
        source.catalog = source.discover()
        yield source


@pytest.mark.parametrize(
    ("field", "name", "settings"),
    thinned(
        [
            pytest.param("email_addresses", "email_addresses", {}, id="deselected"),
            pytest.param("location.city", "location__city", FLAT, id="flattened"),
            pytest.param(None, "email_addresses", MAP, id="mapped-away"),
        ]
    ),
)
def test_a_column_that_left_is_emptied_at_once_and_in_every_later_deletion(
    source: Source, field: str | None, name: str, settings: dict[str, t.Any]
) -> None:
    before = {k: v for k, v in settings.items() if k != "stream_maps"}
    kind = columns(source.sync(**SELDOM, **before))[name]["type"]
    if field is not None:
        source.catalog = source.discover(field)
    told = source.sync(**SELDOM, **settings)
    assert f"candidates: {name} left, and the target keeps the values" in told.log
    assert name not in columns(told)
    emptied = source.sync(**ERASE, **settings)
    assert sorted(columns(emptied)[name]["type"]) == sorted(kind)
    assert [row[name] for row in emptied.records("candidates")] == [None] * 4
    calm = source.sync(**ERASE, **settings)
    assert f"{name} left" not in calm.log
    source.persy.store.delete("1001")
    source.state = calm.state
    late = source.sync(**settings, erase_deselected=True)
    assert deletion(late)[name] is None
    assert deletion(late).keys() == columns(late).keys()
    assert {key for key, value in deletion(late).items() if value is not None} == TOMBSTONE


def test_a_state_that_is_told_that_a_column_is_gone_names_it_no_more(source: Source) -> None:
    source.sync(**SELDOM)
    source.catalog = source.discover("company")
    assert "candidates: company left" in source.sync(**SELDOM).log
    assert source.state is not None
    del source.state["bookmarks"]["candidates"]["columns"]["candidates"]["company"]
    assert "company left" not in source.sync(**SELDOM).log


def test_a_setting_that_changes_rows_is_told_until_a_complete_pass(source: Source) -> None:
    source.sync(**SELDOM)
    words = {"outcomes": {"Sonderfall": "HIRED"}}
    for _ in range(2):
        log = source.sync(**SELDOM, **words).log
        assert "Rows of applications change" in log
        assert (
            "change at the next complete pass, those that are not updated before: outcomes" in log
        )
    source.sync(**words)
    assert "change at the next complete pass" not in source.sync(**SELDOM, **words).log
    log = source.sync(**SELDOM, **words, include_remote_data=True).log
    assert "Rows of candidates, jobs, applications, candidate_attachments" in log


def test_a_state_of_an_older_release_knows_of_no_change(source: Source) -> None:
    source.sync(**SELDOM)
    assert source.state is not None
    for bookmark in source.state["bookmarks"].values():
        del bookmark["columns"], bookmark["shape"]
    source.catalog = source.discover("company")
    run = source.sync(**SELDOM)
    assert "left" not in run.log
    assert "Rows change" not in run.log
