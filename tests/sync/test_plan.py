"""The plan: what is asked for, as a value that does not depend on a server."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime, timedelta

import pytest

from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.sync.plan import Plan, StreamPlan, Window, make_plan
from tap_compleetpersy.sync.state import Bookmark


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW = ms("2026-11-24T12:00:00")
HOUR = 3_600_000
FRESH = Bookmark()
SYNCED = Bookmark(
    position=ms("2026-11-24T08:00:00"),
    changed_at=ms("2026-11-24T09:00:00"),
    full_sync_at=ms("2026-11-24T09:00:00"),
)


def plan(
    config: dict[str, t.Any] | None = None,
    *,
    now: int = NOW,
    full_table: tuple[str, ...] = (),
    selected: tuple[str, ...] = (),
    **bookmarks: Bookmark,
) -> Plan:
    settings = read_settings({"time_zone": "UTC", **(config or {})})
    bookmarks = bookmarks or {"candidates": FRESH}
    return make_plan(settings, bookmarks, now, selected or tuple(bookmarks), full_table)


def test_the_first_run_reads_everything_and_is_a_complete_pass() -> None:
    first = plan()
    assert first.windows == (Window(None, None),)
    assert first.streams == {"candidates": StreamPlan(since=None, complete=True)}


def test_a_delta_starts_at_the_position_less_the_overlap() -> None:
    delta = plan(candidates=SYNCED)
    since = ms("2026-11-24T07:00:00")
    assert delta.windows == (Window(since, None),)
    assert delta.streams == {"candidates": StreamPlan(since=since, complete=False)}


def test_a_stream_selected_later_gets_its_history_while_others_stay_deltas() -> None:
    mixed = plan(candidates=SYNCED, jobs=FRESH)
    assert mixed.windows == (Window(None, None),)
    assert mixed.streams["candidates"].since == ms("2026-11-24T07:00:00")
    assert mixed.streams["candidates"].complete is False
    assert mixed.streams["jobs"] == StreamPlan(since=None, complete=True)


def test_start_date_bounds_the_first_sync_and_complete_passes() -> None:
    start = ms("2026-01-01T00:00:00")
    config = {"start_date": "2026-01-01"}
    assert plan(config).windows == (Window(start, None),)
    late = plan(config, now=NOW + 48 * HOUR, candidates=SYNCED)
    assert late.streams["candidates"] == StreamPlan(since=start, complete=True)


def test_a_start_date_after_the_position_opens_no_gap() -> None:
    later = plan({"start_date": "2026-11-24T11:00:00"}, candidates=SYNCED)
    assert later.streams["candidates"].since == ms("2026-11-24T07:00:00")


def test_the_overlap_does_not_reach_before_start_date() -> None:
    bounded = plan({"start_date": "2026-11-24T07:30:00"}, candidates=SYNCED)
    assert bounded.streams["candidates"].since == ms("2026-11-24T07:30:00")


@pytest.mark.parametrize(
    ("hours", "later", "complete"),
    [
        pytest.param(24, timedelta(hours=20), False, id="not-yet"),
        pytest.param(24, timedelta(hours=21), True, id="due"),
        pytest.param(0.5, timedelta(), True, id="decimals"),
        pytest.param(0, timedelta(days=400), False, id="never"),
        pytest.param(24, timedelta(hours=-9), True, id="clock-ran-backwards"),
    ],
)
def test_a_complete_pass_is_due_by_its_own_clock(
    hours: float, later: timedelta, complete: bool
) -> None:
    now = NOW + round(later.total_seconds() * 1000)
    due = plan({"full_sync_hours": hours}, now=now, candidates=SYNCED)
    assert due.streams["candidates"].complete is complete


def test_a_backfill_is_never_complete_and_ends_before_end_date() -> None:
    backfill = plan({"start_date": "2026-01-01", "end_date": "2026-02-01"})
    assert backfill.windows == (Window(ms("2026-01-01T00:00:00"), ms("2026-02-01T00:00:00")),)
    assert backfill.streams["candidates"].complete is False
    assert backfill.finds_deletions is False


def test_a_backfill_that_is_done_asks_for_nothing() -> None:
    assert plan({"end_date": "2026-02-01"}, candidates=SYNCED).windows == ()


def test_full_table_reads_everything_each_time() -> None:
    table = plan(full_table=("candidates",), candidates=SYNCED)
    assert table.streams["candidates"] == StreamPlan(since=None, complete=True)


def test_the_cutoff_bounds_every_pull() -> None:
    rolling = plan({"cutoff_days": 1})
    assert rolling.cutoff == NOW - 24 * HOUR
    assert rolling.windows == (Window(NOW - 24 * HOUR, None),)
    fixed = plan({"cutoff_date": "2026-11-24T07:59:00"}, candidates=SYNCED)
    assert fixed.streams["candidates"].since == ms("2026-11-24T07:59:00")


def test_windows_adjoin_and_the_last_is_open() -> None:
    config = {
        "start_date": "2026-11-04",
        "window_days": 10,
        "modified_until_param": "until",
    }
    assert plan(config).windows == (
        Window(ms("2026-11-04T00:00:00"), ms("2026-11-14T00:00:00")),
        Window(ms("2026-11-14T00:00:00"), ms("2026-11-24T00:00:00")),
        Window(ms("2026-11-24T00:00:00"), None),
    )


def test_changed_at_is_later_than_that_of_streams_that_are_not_selected() -> None:
    before = Bookmark(changed_at=NOW + 5)
    now = plan(selected=("jobs",), candidates=before, jobs=FRESH)
    assert now.changed_at == NOW + 6
    assert set(now.streams) == {"jobs"}


def test_a_position_in_the_future_does_not_stop_a_sync() -> None:
    ahead = Bookmark(position=NOW + 1000 * HOUR, full_sync_at=NOW)
    assert plan(candidates=ahead).windows == (Window(NOW - HOUR, None),)


def test_changed_at_is_the_start_but_always_later_than_the_last() -> None:
    assert plan(candidates=SYNCED).changed_at == NOW
    earlier = ms("2026-11-24T08:59:00")
    assert plan(now=earlier, candidates=SYNCED).changed_at == SYNCED.changed_at + 1  # type: ignore[operator]
