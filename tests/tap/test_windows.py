"""Windows of update time: they join exactly, commit as they finish, and may run side by side."""

from __future__ import annotations

import json
import subprocess
import threading
import typing as t
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.server import Reply, Request, Server, reply
from tests.singer import SCRIPTS, Message, Run, bare_environment, discover, run_tap

START = datetime.fromisoformat("2026-03-01T00:00:00.500Z")
DAYS = 6
END = START + timedelta(days=DAYS)
AROUND_AN_EDGE = [
    timedelta(milliseconds=offset) for offset in (-1500, -501, -500, -1, 0, 1, 499, 500, 1500)
]
PEOPLE = {
    f"{day}-{number}": START + timedelta(days=day) + offset
    for day in range(DAYS + 1)
    for number, offset in enumerate(AROUND_AN_EDGE)
}
IN_RANGE = sorted(name for name, updated in PEOPLE.items() if START <= updated < END)


def text_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Persy:
    """Serves people by update time, in pages, as strictly as the settings ask for."""

    def __init__(self, *, until_is_inclusive: bool) -> None:
        self.until_is_inclusive = until_is_inclusive
        self.asked: list[tuple[str, str]] = []
        self.before_answer: t.Callable[[], object] = lambda: None

    def __call__(self, request: Request) -> Reply:
        since, until = request.query.get("modified_since"), request.query.get("modified_until")
        self.asked.append((since or "", until or ""))
        self.before_answer()
        people = [
            {"Id": name, "Modified": text_of(updated), "Kommentar": "x" * 3000}
            for name, updated in PEOPLE.items()
            if (since is None or updated >= datetime.fromisoformat(since))
            and (until is None or self._is_before(updated, datetime.fromisoformat(until)))
        ]
        size = int(request.query["per_page"])
        first = (int(request.query["page"]) - 1) * size
        return reply({"data": people[first : first + size]})

    def _is_before(self, updated: datetime, until: datetime) -> bool:
        return updated <= until if self.until_is_inclusive else updated < until


@pytest.fixture(params=[False, True], ids=["until-is-exclusive", "until-is-inclusive"])
def persy(request: pytest.FixtureRequest) -> Persy:
    return Persy(until_is_inclusive=request.param)


@pytest.fixture
def config(persy: Persy) -> Iterator[Message]:
    server = Server()
    server.answering = persy
    yield {
        "api_url": server.url,
        "api_key": "key",
        "page_size": 5,
        "modified_until_param": "modified_until",
        "lookback_seconds": 0,
        "full_sync_hours": 0,
    }
    server.stop()


def window(start: datetime, end: datetime) -> Message:
    return {"start_date": text_of(start), "end_date": text_of(end)}


def names(run: Run) -> list[str]:
    """Everybody whom a run emitted, as often as it did."""
    assert run.exit_code == 0, run.log
    return sorted(record["remote_id"] for record in run.records("candidates"))


def position(state: Message) -> datetime:
    (position,) = {bookmark["position"] for bookmark in state["bookmarks"].values()}
    return datetime.fromisoformat(position)


def test_the_windows_of_a_run_join_without_gap_or_overlap(config: Message, tmp_path: Path) -> None:
    run = run_tap(config | window(START, END) | {"window_days": 1}, tmp_path)
    assert names(run) == IN_RANGE
    assert position(run.state) < END


def test_adjacent_windows_in_two_processes_at_once_give_the_whole(
    config: Message, tmp_path: Path
) -> None:
    middle = START + timedelta(days=3)
    catalog = discover(config, tmp_path)

    def backfill(start: datetime, end: datetime) -> Run:
        folder = tmp_path / f"{start:%d}"
        folder.mkdir()
        return run_tap(config | window(start, end), folder, catalog=catalog)

    with ThreadPoolExecutor() as processes:
        runs = list(processes.map(backfill, [START, middle], [middle, END]))
    assert sorted(names(runs[0]) + names(runs[1])) == IN_RANGE
    for run, end in zip(runs, (middle, END), strict=True):
        assert position(run.state) < end
        assert all(bookmark["ledger"] is None for bookmark in run.state["bookmarks"].values())


def test_the_next_window_of_a_state_repeats_no_more_than_the_overlap(
    config: Message, tmp_path: Path
) -> None:
    middle = START + timedelta(days=3)
    catalog = discover(config, tmp_path)
    first = run_tap(config | window(START, middle), tmp_path, catalog=catalog)
    second = run_tap(
        config | window(START, END) | {"lookback_seconds": 1},
        tmp_path,
        state=first.state,
        catalog=catalog,
    )
    assert sorted({*names(first), *names(second)}) == IN_RANGE
    repeated = {PEOPLE[name] for name in {*names(first)} & {*names(second)}}
    assert min(repeated) >= position(first.state) - timedelta(seconds=1)


def test_a_process_killed_in_a_later_window_does_not_start_over(
    persy: Persy, config: Message, tmp_path: Path
) -> None:
    settings = config | window(START, END) | {"window_days": 1, "prefetch_pages": 0}
    catalog = discover(settings, tmp_path)
    persy.asked.clear()
    reached, killed = threading.Event(), threading.Event()

    def hold_the_fourth_window() -> None:
        if len({until for _, until in persy.asked}) == 4:
            reached.set()
            killed.wait(120)

    persy.before_answer = hold_the_fourth_window
    for name, content in (("config", settings), ("catalog", catalog)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    with (
        (tmp_path / "messages.jsonl").open("wb") as written,
        subprocess.Popen(
            [
                str(SCRIPTS / "tap-compleetpersy"),
                *("--config", "config.json", "--catalog", "catalog.json"),
            ],
            cwd=tmp_path,
            env=bare_environment(),
            stdout=written,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        assert reached.wait(120)
        process.kill()
    killed.set()
    persy.before_answer = lambda: None
    lines = (tmp_path / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    before = Run(tuple(map(json.loads, lines)), "", 0)
    committed = position(before.state)
    assert committed == START + timedelta(days=3)
    persy.asked.clear()
    rest = run_tap(settings, tmp_path, state=before.state, catalog=catalog)
    assert names(before) + names(rest) == IN_RANGE
    assert min(datetime.fromisoformat(since) for since, _ in persy.asked) >= START + timedelta(
        days=3, milliseconds=-500
    )
