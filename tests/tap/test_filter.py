"""A `__filter__` of candidates keeps people out, and takes out those who are in."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.singer import Message, Run, run_tap

PUBLIC = "not confidential"
ALWAYS_COMPLETE = 0.000_001


@pytest.fixture
def sync(httpserver: HTTPServer, tmp_path: Path) -> t.Callable[..., Run]:
    def sync(confidential: str, **given: t.Any) -> Run:
        people = given.pop("people", [person(1, "0"), person(2, confidential)])
        httpserver.clear()
        httpserver.expect_request("/candidates").respond_with_json({"data": people, "total": 2})
        config = {
            "api_url": httpserver.url_for(""),
            "api_key": "k",
            "pagination": "none",
            "full_sync_hours": ALWAYS_COMPLETE,
            "stream_maps": {"candidates": {"__filter__": PUBLIC}},
        }
        state = given.pop("state", None)
        return run_tap(config | given, tmp_path, state=state)

    return sync


def person(number: int, confidential: str) -> Message:
    opening = {"Id": f"8{number}", "Title": "Koch"}
    return {
        "Id": number,
        "FirstName": f"Person {number}",
        "Confidential": confidential,
        "PositionOpening": [opening],
    }


def deleted(run: Run) -> dict[str, list[str]]:
    return {
        stream: [r["remote_id"] for r in run.records(stream) if r["remote_deleted_at"]]
        for stream in ("candidates", "jobs", "applications")
    }


def at_rest(run: Run) -> dict[str, set[str]]:
    """Return who lives after an upsert of all records."""
    rows = {s: {r["remote_id"]: r for r in run.records(s)} for s in ("candidates", "applications")}
    return {
        stream: {key for key, row in last.items() if row["remote_deleted_at"] is None}
        for stream, last in rows.items()
    }


def test_whom_the_filter_drops_nothing_is_written(sync: t.Callable[..., Run]) -> None:
    run = sync("1")
    assert [r["remote_id"] for r in run.records("candidates")] == ["1"]
    assert [r["remote_id"] for r in run.records("applications")] == ["1/81"]
    assert [r["remote_id"] for r in run.records("jobs")] == ["81"]


@pytest.mark.parametrize("hours", [ALWAYS_COMPLETE, 24], ids=["complete pass", "delta"])
def test_who_is_dropped_later_is_erased(sync: t.Callable[..., Run], hours: float) -> None:
    first = sync("0")
    second = sync("1", state=first.state, full_sync_hours=hours)
    assert deleted(second) == {"candidates": ["2"], "jobs": ["82"], "applications": ["2/82"]}
    assert "Person 2" not in json.dumps(second.messages)
    third = sync("1", state=second.state, full_sync_hours=hours)
    assert deleted(third) == {"candidates": [], "jobs": [], "applications": []}


def test_who_passes_the_filter_again_returns(sync: t.Callable[..., Run]) -> None:
    first = sync("0")
    second = sync("1", state=first.state)
    third = sync("0", state=second.state)
    assert {r["remote_id"] for r in third.records("candidates")} == {"1", "2"}
    assert deleted(third) == {"candidates": [], "jobs": [], "applications": []}


@pytest.mark.parametrize("hours", [ALWAYS_COMPLETE, 24], ids=["complete pass", "delta"])
def test_who_is_listed_twice_is_as_the_later_version_is(
    sync: t.Callable[..., Run], hours: float
) -> None:
    first = sync("0")
    versions = [person(1, "0"), person(2, "1"), person(2, "0")]
    passing = sync("0", people=versions, state=first.state, full_sync_hours=hours)
    assert at_rest(passing) == {"candidates": {"1", "2"}, "applications": {"1/81", "2/82"}}
    versions.reverse()
    failing = sync("0", people=versions, state=passing.state, full_sync_hours=hours)
    assert at_rest(failing) == {"candidates": {"1"}, "applications": {"1/81"}}
