"""Killed at random bytes and started again, a warehouse equals its source in the end."""

from __future__ import annotations

import array
import fcntl
import json
import random
import signal
import subprocess
import termios
import time
import typing as t
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.kills.edits import Life
from tests.kills.pipe import (
    SECONDS_TO_END,
    TAP,
    VICTIMS,
    Ended,
    Kill,
    Pipe,
    State,
    merged,
)
from tests.kills.truth import expect_nothing_lost, expect_the_source, query
from tests.singer import bare_environment, discover
from tests.thinning import thinned

OPTIONS = Options(
    candidates=120,
    seed=5,
    now=datetime(2025, 6, 1, 8, tzinfo=UTC),
    modified_until_param="modified_until",
)
SETTINGS = {
    "page_size": 20,
    "start_date": (t.cast("datetime", OPTIONS.now) - timedelta(days=1000)).isoformat(),
    "lookback_seconds": 30,
    "deletion_limit_percent": 100,
    "modified_until_param": "modified_until",
}
COMPLETE, DELTA = {"full_sync_hours": 0.0000001}, {"full_sync_hours": 100_000}
WINDOWS = {"window_days": 200}
HALF_A_PIPE = 1 << 15


def replaced(_old: State, new: State) -> State:
    """Keep the last STATE, as ``meltano run`` does."""
    return new


def expect_the_end(kill: Kill, ended: Ended) -> None:
    """A tap that may end does so in time, by its own, and says so with its exit code."""
    if kill.tap in {signal.SIGTERM, signal.SIGINT}:
        assert ended.tap == 128 + kill.tap, ended.log
        assert ended.target == 0, ended.log
    elif kill.tap is None:
        assert ended.tap in {0, 1}, ended.log
        assert "Traceback" not in ended.log, ended.log


def expect_success(ended: Ended) -> None:
    assert (ended.tap, ended.target) == (0, 0), ended.log


@pytest.fixture
def persy() -> Iterator[Sandbox]:
    with running(OPTIONS) as sandbox:
        yield sandbox


@pytest.fixture
def config(persy: Sandbox) -> dict[str, t.Any]:
    return SETTINGS | {"api_url": persy.url, "api_key": persy.api_key}


@pytest.mark.parametrize(
    "kills", [pytest.param(2, id="2"), pytest.param(50, id="50", marks=pytest.mark.full)]
)
def test_the_warehouse_equals_the_source_after_random_kills(
    persy: Sandbox,
    config: dict[str, t.Any],
    tmp_path: Path,
    kills: int,
    record_property: Callable[[str, object], None],
) -> None:
    draw = random.Random(kills)
    life = Life(persy.store, draw)
    pipe = Pipe(tmp_path, config, discover(config, tmp_path))
    state: State = {}
    victims, survived = sorted(VICTIMS), 0
    sizes = {True: 400_000, False: 40_000}  # bytes of a complete pass, of a delta
    while survived < kills:
        life.goes_on(state)
        complete = draw.random() < 0.5
        kill = Kill(draw.randrange(1, sizes[complete]), **VICTIMS[victims[survived % 5]])
        ended = pipe.run(
            state,
            (COMPLETE if complete else DELTA) | draw.choice([{}, WINDOWS]),
            kill=kill,
            target={"batch_size_rows": draw.choice([25, 100_000])},
            environment={"PYTHONUNBUFFERED": ["", "1"][survived % 2]},
        )
        keep = draw.choice([merged, replaced])
        for said in ended.states:
            state = keep(state, said)
        if ended.bytes < kill.after:
            expect_success(ended)
            expect_nothing_lost(pipe.warehouse, persy.store, life.gone)
            sizes[complete] = ended.bytes
        else:
            expect_the_end(kill, ended)
            survived += 1
    for last in (DELTA, COMPLETE, COMPLETE):
        ended = pipe.run(state, last)
        expect_success(ended)
        expect_nothing_lost(pipe.warehouse, persy.store, life.gone)
        state = ended.states[-1]
    expect_the_source(pipe.warehouse, persy.store, life.gone)
    record_property("kills survived", survived)


@pytest.mark.full
def test_a_target_that_writes_streams_one_by_one_loses_nothing_of_a_killed_first_run(
    persy: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    """It takes the first STATE that it reads for that of all streams (target-duckdb 0.8.0)."""
    catalog = discover(config, tmp_path)
    (tmp_path / "whole").mkdir()
    size = Pipe(tmp_path / "whole", config, catalog).run({}, WINDOWS).bytes
    pipe = Pipe(tmp_path, config, catalog)
    killed = pipe.run(
        {},
        WINDOWS,
        kill=Kill(size - 2000, **VICTIMS["both"]),
        target={"batch_size_rows": 60},  # candidates fill it, jobs never do
    )
    assert killed.states
    expect_success(pipe.run(killed.states[-1], DELTA))
    expect_nothing_lost(pipe.warehouse, persy.store, gone=())


@pytest.mark.full
def test_a_killed_full_refresh_starts_again_although_meltano_keeps_the_former_state(
    persy: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    pipe = Pipe(tmp_path, config, discover(config, tmp_path))
    first = pipe.run({})
    kill = Kill(first.bytes // 2, **VICTIMS["term"])
    refresh = pipe.run({}, kill=kill)
    expect_the_end(kill, refresh)
    state = merged(first.states[-1], refresh.states[-1])
    expect_success(pipe.run(state, DELTA))
    unseen = query(
        pipe.warehouse,
        "select remote_id from persy.candidates"
        " where changed_at < (select max(changed_at) from persy.candidates)",
    )
    assert unseen == []
    expect_nothing_lost(pipe.warehouse, persy.store, gone=())


def wait_until_full(descriptor: int) -> None:
    """Wait until a pipe holds what its writer could write; here a page is larger."""
    waiting = array.array("i", [0])
    deadline = time.monotonic() + 60
    while waiting[0] < HALF_A_PIPE:
        assert time.monotonic() < deadline
        fcntl.ioctl(descriptor, termios.FIONREAD, waiting)


@pytest.mark.parametrize("unbuffered", thinned(["", "1"]), ids=["buffered", "unbuffered"])
def test_a_target_that_does_not_read_cannot_hold_the_tap(
    config: dict[str, t.Any], tmp_path: Path, unbuffered: str
) -> None:
    catalog = discover(config, tmp_path)
    for name, content in (("config", config), ("catalog", catalog)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    with subprocess.Popen(
        [str(TAP), "--config", "config.json", "--catalog", "catalog.json"],
        cwd=tmp_path,
        env=bare_environment() | {"PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        output = t.cast("t.IO[bytes]", process.stdout)
        wait_until_full(output.fileno())
        process.terminate()
        assert process.wait(SECONDS_TO_END) == 128 + signal.SIGTERM
