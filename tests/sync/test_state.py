"""State: flat bookmarks, read exactly, and never a silent full sync."""

from __future__ import annotations

import time
import typing as t

import pytest

from benchmarks.ledger import scattered, state_of
from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.sync.ledger import KnownLedgers, Ledger
from tap_compleetpersy.sync.ledger_columns import Entry
from tap_compleetpersy.sync.output import encode_line
from tap_compleetpersy.sync.state import (
    Bookmark,
    StateError,
    check_size,
    read_bookmarks,
    tenant_of,
    write_bookmark,
)

TENANT = tenant_of(read_settings({}))
STREAMS = ("candidates", "jobs", "applications")
BOOKMARK = Bookmark(
    position=1_790_000_000_123,
    changed_at=1_790_000_100_000,
    full_sync_at=1_790_000_100_000,
    scope_since=1_767_225_600_000,
    unreadable=2,
    short=3,
    ledger=Ledger({"4711": Entry(20_000, ("88",))}),
    maps="0123",
    tables={"jobs": None, "cooks": frozenset({"88", "4/11"})},
    columns={"candidates": {"id": "string", "company": "string emptied"}},
    shape={"outcomes": "0a1b2c3d"},
)


def read(bookmark: dict[str, t.Any], stream: str = "candidates") -> Bookmark:
    return read_bookmarks({"bookmarks": {stream: bookmark}}, STREAMS, TENANT, KnownLedgers())[
        stream
    ]


def test_a_bookmark_survives_writing_and_reading() -> None:
    for stream in STREAMS:
        assert read(write_bookmark(stream, BOOKMARK, TENANT, KnownLedgers()), stream) == BOOKMARK


def test_a_bookmark_has_the_standard_keys_and_no_partitions() -> None:
    written = write_bookmark("jobs", BOOKMARK, TENANT, KnownLedgers())
    assert written == {
        "replication_key": "changed_at",
        "replication_key_value": "2026-09-21T14:15:00.000Z",
        "position": "2026-09-21T14:13:20.123Z",
        "changed_at": "2026-09-21T14:15:00.000Z",
        "full_sync_at": "2026-09-21T14:15:00.000Z",
        "scope_since": "2026-01-01T00:00:00.000Z",
        "unreadable": 2,
        "short": 3,
        "ledger": written["ledger"],
        "maps": "0123",
        "tables": {"jobs": None, "cooks": written["tables"]["cooks"]},
        "columns": {"candidates": {"id": "string", "company": "string emptied"}},
        "shape": {"outcomes": "0a1b2c3d"},
        "version": 1,
        "tenant": TENANT,
    }


@pytest.mark.parametrize("state", [{}, {"bookmarks": {}}, {"bookmarks": {"jobs": {}}}])
def test_an_empty_state_is_a_fresh_start(state: dict[str, t.Any]) -> None:
    found = read_bookmarks(state, STREAMS, TENANT, KnownLedgers())
    assert found == dict.fromkeys(STREAMS, Bookmark())


def test_times_compare_as_times_whatever_their_offset() -> None:
    positions = {
        read({"position": text, "version": 1, "tenant": TENANT}).position
        for text in (
            "2026-09-21T14:13:20.123Z",
            "2026-09-21T16:13:20.123+02:00",
            "2026-09-21T14:13:20.123000",
        )
    }
    assert positions == {1_790_000_000_123}


def test_a_time_without_an_offset_is_utc_wherever_the_tap_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        position = read(OURS | {"position": "2026-09-21T14:13:20.123"}).position
    finally:
        monkeypatch.undo()
        time.tzset()
    assert position == 1_790_000_000_123


def test_a_plain_sdk_bookmark_of_candidates_is_a_position() -> None:
    plain = {
        "replication_key": "remote_updated_at",
        "replication_key_value": "2026-09-21T14:13:20.123Z",
    }
    assert read(plain).position == 1_790_000_000_123


def test_a_bookmark_of_a_child_without_position_means_its_whole_history() -> None:
    plain = {
        "replication_key": "changed_at",
        "replication_key_value": "2026-09-21T14:13:20.123Z",
    }
    assert read(plain, "jobs").position is None


OURS = {"version": 1, "tenant": TENANT}


@pytest.mark.parametrize(
    ("bookmark", "problem"),
    [
        pytest.param(
            OURS | {"position": "gestern"}, "position of candidates is no time", id="no-time"
        ),
        pytest.param(OURS | {"position": 5}, "position of candidates is no time", id="number"),
        pytest.param(
            OURS | {"position": "0001-01-01T00:00:00Z"}, "is no time", id="before-all-times"
        ),
        pytest.param(
            OURS | {"changed_at": "9999-12-31T23:59:59.999Z"}, "is no time", id="after-all-times"
        ),
        pytest.param(
            OURS | {"scope_since": "x"}, "scope_since of candidates is no time", id="scope"
        ),
        pytest.param(
            OURS | {"replication_key_value": "x"}, "replication_key_value", id="edited-by-hand"
        ),
        pytest.param({"version": 2, "tenant": TENANT}, "newer release", id="newer"),
        pytest.param({"version": 0, "tenant": TENANT}, "newer release", id="no-release"),
        pytest.param({"version": "1", "tenant": TENANT}, "newer release", id="text"),
        pytest.param(OURS | {"tenant": "0" * 16}, "another account or api_url", id="tenant"),
        pytest.param({"version": 1}, "another account or api_url", id="no-tenant"),
        pytest.param({"partitions": []}, "not of this tap", id="partitions"),
        pytest.param(
            {"replication_key": "updated_at", "replication_key_value": "2026-01-01"},
            "not of this tap",
            id="another-tap-with-our-stream-names",
        ),
        pytest.param(
            {"replication_key": "remote_updated_at"}, "not of this tap", id="without-its-value"
        ),
        pytest.param(
            OURS | {"tables": {"x": "AAAA"}}, "tables of candidates is damaged", id="tables"
        ),
        pytest.param(OURS | {"tables": [1]}, "tables of candidates is damaged", id="no tables"),
        pytest.param(OURS | {"ledger": "1:AAAA"}, "ledger of candidates is damaged", id="ledger"),
        pytest.param(
            OURS | {"unreadable": "x"}, "unreadable of candidates is no count", id="count"
        ),
        pytest.param(OURS | {"columns": ["id"]}, "columns of candidates is damaged", id="columns"),
        pytest.param(OURS | {"shape": 7}, "shape of candidates is damaged", id="shape"),
        pytest.param(OURS | {"short": -1}, "short of candidates is no count", id="another count"),
    ],
)
def test_a_damaged_bookmark_is_an_error_with_a_way_out(
    bookmark: dict[str, t.Any], problem: str
) -> None:
    with pytest.raises(StateError, match=problem) as raised:
        read(bookmark)
    assert "--full-refresh" in str(raised.value)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"bookmarks": {"issues": {"position": "x"}}}, id="another-tap"),
        pytest.param({"singer_state": {"bookmarks": {}}}, id="wrapped"),
        pytest.param({"bookmarks": []}, id="list"),
        pytest.param({"bookmarks": {"candidates": "x"}}, id="text"),
        pytest.param([], id="no-object"),
    ],
)
def test_a_state_of_another_shape_is_refused(state: t.Any) -> None:
    with pytest.raises(StateError):
        read_bookmarks(state, STREAMS, TENANT, KnownLedgers())


def test_another_account_or_url_is_another_tenant() -> None:
    tenants = {
        tenant_of(read_settings(config))
        for config in ({}, {"account": "a"}, {"api_url": "https://b.example.org"})
    }
    assert len(tenants) == 3
    assert tenant_of(read_settings({"api_url": "https://b.example.org/"})) in tenants


MELTANO = {"MELTANO_ELT_BUFFER_SIZE": "104857600"}


@pytest.mark.parametrize(("size", "environment"), [(41_000_000, MELTANO), (99_000_000, {})])
def test_a_state_that_comes_back_is_not_talked_about(
    size: int, environment: dict[str, str]
) -> None:
    assert check_size(size, environment) is None


def test_a_state_above_four_fifths_of_what_meltano_takes_is_a_warning() -> None:
    assert check_size(42_000_000, MELTANO) == (
        "state: a STATE of 42,000,000 bytes, where Meltano takes 52,428,800. "
        "Set MELTANO_ELT_BUFFER_SIZE (elt.buffer_size) to 168,000,000 or more"
    )


def test_a_state_that_a_target_could_not_give_back_is_an_error() -> None:
    with pytest.raises(StateError, match="Set MELTANO_ELT_BUFFER_SIZE"):
        check_size(52_428_700, MELTANO)


@pytest.mark.full
def test_a_million_candidates_with_uuids_come_back_through_meltano() -> None:
    state = state_of(1_000_000, scattered)
    warning = check_size(len(encode_line(state)), MELTANO)
    assert warning is not None  # and no error
