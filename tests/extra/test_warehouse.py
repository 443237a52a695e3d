"""Extra streams in a real warehouse, run after run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.extra.lists import Api
from tests.singer import discover, run_tap
from tests.warehouse.loading import DuckWarehouse

NOTES = {
    "name": "notes",
    "path": "/candidates/{candidate_id}/notes",
    "primary_keys": ["candidate_id", "Id"],
    "replication_key": "Changed",
}
JOINED = """
select c.last_name, n.id, n.text, n.author->>'Name', n.changed
from notes n join candidates c on c.id = n.candidate_id order by 1, 2
"""


def test_runs_follow_the_source(api: Api, tmp_path: Path) -> None:
    duck = DuckWarehouse(tmp_path)
    api.lists = {
        "/candidates": [{"Id": 7, "LastName": "Ada"}, {"Id": 8, "LastName": "Bob"}],
        "/candidates/7/notes": [
            {"Id": 1, "Changed": "02.11.2026 10:00", "Text": "a", "Author": {"Name": "Ö"}},
            {"Id": 2, "Changed": "2026-11-02T10:00:00Z", "Text": "b", "Author": None},
        ],
        "/candidates/8/notes": [{"Id": 1, "Changed": None, "Text": "c", "Author": []}],
    }
    config = api.config(NOTES)
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    duck.load(first.messages)
    nine, ten = (datetime(2026, 11, 2, hour, tzinfo=UTC).replace(tzinfo=None) for hour in (9, 10))
    assert duck.rows(JOINED) == [
        ("Ada", 1, "a", "Ö", nine),
        ("Ada", 2, "b", None, ten),
        ("Bob", 1, "c", None, None),
    ]
    (edited, _), eleven = api.lists["/candidates/7/notes"], ten.replace(hour=11)
    edited |= {"Text": "A", "Changed": "2026-11-02T11:00:00Z"}
    second = run_tap(config, tmp_path, catalog=catalog, state=first.state)
    duck.load(second.messages)
    assert duck.rows(JOINED) == [
        ("Ada", 1, "A", "Ö", eleven),
        ("Ada", 2, "b", None, ten),
        ("Bob", 1, "c", None, None),
    ]
