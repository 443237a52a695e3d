"""States as they were written before: each is read, and means what it meant."""

from __future__ import annotations

import typing as t

import pytest

from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.sync.ledger import KnownLedgers, Ledger
from tap_compleetpersy.sync.ledger_columns import Entry
from tap_compleetpersy.sync.state import (
    REPLICATION_KEYS,
    Bookmark,
    ExtraBookmark,
    read_bookmarks,
    read_extra_bookmark,
    tenant_of,
    write_bookmark,
    write_extra_bookmark,
)
from tests.ledgers import encode

EXTRA = {"name": "users", "path": "/users", "primary_keys": ["Id"], "replication_key": "Changed"}
SETTINGS = read_settings(
    {"api_key": "k", "api_url": "https://persy.example/api/v1", "extra_streams": [EXTRA]}
)
TENANT = tenant_of(SETTINGS)
MARCH = 1_774_703_111_000  # 2026-03-28T13:05:11Z
MARCH_TEXT = "2026-03-28T13:05:11.000Z"

PLAIN = {"replication_key": "remote_updated_at", "replication_key_value": MARCH_TEXT}
"""Of a release without positions."""

WITHOUT_MEMORY = {
    "replication_key": "changed_at",
    "replication_key_value": MARCH_TEXT,
    "position": MARCH_TEXT,
    "changed_at": MARCH_TEXT,
    "full_sync_at": MARCH_TEXT,
    "scope_since": None,
    "unreadable": 2,
    "ledger": encode(Ledger()),
    "version": 1,
    "tenant": TENANT,
}
"""Of a release that knew neither tables nor columns."""

OF_TODAY = {
    **WITHOUT_MEMORY,
    "short": 3,
    "maps": "0011223344556677",
    "tables": {"candidate_attachments": None},
    "columns": {"candidate_attachments": {"id": "string", "file_name": "string emptied"}},
    "shape": {"outcomes": "a1b2c3d4"},
    "asked": "2026-03-29T00:00:00.000Z",
    "owed": ["1001", "ä/2"],
    "content": "e5f6a7b8",
}


UUID = "0f0d6c1e-7a1b-4a52-9c7f-3f5d0e8b12"

WITH_UUIDS = {
    **WITHOUT_MEMORY,
    "ledger": (
        "2:eF5jYAADpucqEAYDe7RSgK6lUiyUyxiIEDcwMIeLcy2cw8iwaA7jzimMUBEWJgZGOJuBkYEJylbg5+flzcmRk6uq"
        "kpb28goKmjOnvt7ePjaWj6+7W0hIyASqToCfN0euStoraE69fSxft9BMAEy/FlE="
    ),
}
"""Of a release that kept UUIDs as ids of candidates in each ledger, that of jobs included."""


def read(stream: str, bookmark: dict[str, t.Any]) -> Bookmark:
    state = {"bookmarks": {stream: bookmark}}
    return read_bookmarks(state, [*REPLICATION_KEYS], TENANT, KnownLedgers())[stream]


def test_a_plain_bookmark_is_a_position() -> None:
    assert read("candidates", PLAIN) == Bookmark(position=MARCH)


def test_what_an_older_release_did_not_remember_is_not_known() -> None:
    bookmark = read("jobs", WITHOUT_MEMORY)
    assert bookmark == Bookmark(
        position=MARCH,
        changed_at=MARCH,
        full_sync_at=MARCH,
        unreadable=2,
        ledger=Ledger(),
    )


@pytest.mark.parametrize("stream", ["candidates", "jobs", "applications"])
def test_uuids_are_read_whatever_the_stream(stream: str) -> None:
    known = {
        "4711": Entry(20_000, ("81", "007")),
        f"{UUID}34": Entry(20_001, ("81",)),
        f"{UUID}12": Entry(-1, ()),
        "P-9": Entry(19_000, (f"{UUID}99",)),
    }
    bookmark = read(stream, WITH_UUIDS)
    assert bookmark.ledger == known
    written = write_bookmark(stream, bookmark, TENANT, KnownLedgers())
    assert read(stream, written).ledger == known


def test_a_child_stream_remembers_whom_it_owes() -> None:
    bookmark = read("candidate_attachments", OF_TODAY)
    assert bookmark.asked == 1_774_742_400_000
    assert bookmark.owed == ("1001", "ä/2")
    assert (bookmark.content, bookmark.maps, bookmark.short) == ("e5f6a7b8", "0011223344556677", 3)


def test_a_bookmark_of_today_is_written_as_it_was_read() -> None:
    bookmark = read("candidate_attachments", OF_TODAY)
    assert write_bookmark("candidate_attachments", bookmark, TENANT, KnownLedgers()) == OF_TODAY


def test_a_state_from_before_a_stream_has_its_whole_history_still_to_come() -> None:
    state = {"bookmarks": {"candidates": PLAIN}}
    bookmarks = read_bookmarks(state, [*REPLICATION_KEYS], TENANT, KnownLedgers())
    assert bookmarks["candidate_notes"] == Bookmark()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(MARCH_TEXT, ExtraBookmark(MARCH, "time"), id="time"),
        pytest.param(4711, ExtraBookmark(4711, "integer"), id="integer"),
        pytest.param(None, ExtraBookmark(), id="nothing yet"),
    ],
)
def test_a_bookmark_of_an_extra_stream_is_written_as_it_was_read(
    value: object, expected: ExtraBookmark
) -> None:
    (extra,) = SETTINGS.extra_streams
    written = {
        "replication_key": "Changed",
        "replication_key_value": value,
        "version": 1,
        "tenant": TENANT,
    }
    read = read_extra_bookmark({"bookmarks": {"users": written}}, extra, TENANT)
    assert read == expected
    assert write_extra_bookmark(extra, read, TENANT) == written
