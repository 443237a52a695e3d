"""A run that breaks off claims nothing, and the next ones lose nothing."""

from __future__ import annotations

import json
import subprocess
import typing as t
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import SCRIPTS, Message, Run, discover, run_tap

COMPLETE = {"full_sync_hours": 0.0000001}


def tombstones(run: Run, stream: str) -> set[str]:
    return {r["remote_id"] for r in run.records(stream) if r["remote_deleted_at"]}


def last_carrier(sandbox: Sandbox) -> tuple[str, str]:
    """Make somebody on the first page the only one who carries an opening."""
    someone = sandbox.store.candidates()[0].remote_id
    sandbox.store.put_opening(someone, "9999", title="Einzelstück")
    return someone, "9999"


def test_tombstones_survive_a_page_that_cannot_be_read(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    carrier, opening = last_carrier(sandbox)
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    sandbox.store.remove_opening(carrier, opening)
    sandbox.faults.set(Fault("status", times=None, status=410, page="3"))
    broken = run_tap(config | COMPLETE, tmp_path, state=first.state, catalog=catalog)
    assert broken.exit_code == 1
    assert tombstones(broken, "jobs") == set()
    sandbox.faults.set()
    mended = run_tap(config | COMPLETE, tmp_path, state=broken.state, catalog=catalog)
    assert mended.exit_code == 0, mended.log
    assert tombstones(mended, "jobs") == {opening}
    assert f"{carrier}/{opening}" in tombstones(mended, "applications")


def test_a_complete_pass_that_broke_off_is_still_due(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    oldest = min(candidate.updated_at for candidate in sandbox.store.candidates())
    windows = {
        "start_date": oldest.isoformat(),
        "window_days": 200,
        "modified_until_param": "modified_until",
    }
    catalog = discover(config, tmp_path)
    first = run_tap(config | windows, tmp_path, catalog=catalog)
    assert first.exit_code == 0, first.log
    served = 0

    def fail_later(_request: t.Any) -> None:
        nonlocal served
        served += 1
        if served > 3:
            sandbox.faults.set(Fault("status", times=None, status=404))

    sandbox.before_answer.append(fail_later)
    broken = run_tap(config | windows | COMPLETE, tmp_path, state=first.state, catalog=catalog)
    assert broken.exit_code == 1
    for stream, bookmark in broken.state["bookmarks"].items():
        assert bookmark["full_sync_at"] == first.state["bookmarks"][stream]["full_sync_at"]


def test_a_first_sync_goes_on_where_its_last_window_ended(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    updates = sorted(candidate.updated_at for candidate in sandbox.store.candidates())
    windows = {
        "start_date": updates[0].isoformat(),
        "window_days": max((updates[-1] - updates[0]).days / 3, 1),
        "modified_until_param": "modified_until",
        "lookback_seconds": 0,
    }
    catalog = discover(config, tmp_path)
    sandbox.requests.clear()
    windows_asked_for: set[str] = set()

    def fail_in_the_second_window(request: t.Any) -> None:
        windows_asked_for.add(parse_qs(request.query)["modified_until"][0])
        if len(windows_asked_for) == 2:
            sandbox.faults.set(Fault("status", times=None, status=404))

    sandbox.before_answer.append(fail_in_the_second_window)
    broken = run_tap(config | windows, tmp_path, catalog=catalog)
    assert broken.exit_code == 1
    sandbox.before_answer.clear()
    sandbox.faults.set()
    rest = run_tap(config | windows, tmp_path, state=broken.state, catalog=catalog)
    assert rest.exit_code == 0, rest.log
    before, after = (run.rows("candidates").keys() for run in (broken, rest))
    assert before
    assert not before & after
    assert len(before | after) == 60


def test_a_living_candidate_without_a_time_is_not_deleted_by_a_smaller_scope(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    state: Message = run_tap(config, tmp_path, catalog=catalog).state
    middle = sorted(c.updated_at for c in sandbox.store.candidates())[30]
    smaller = config | COMPLETE | {"start_date": middle.isoformat()}
    narrowed = run_tap(smaller, tmp_path, state=state, catalog=catalog)
    assert narrowed.exit_code == 0, narrowed.log
    assert tombstones(narrowed, "candidates") == set()
    # Within the same scope, a deletion on the very day of the bound is seen.
    on_the_day = next(c for c in sandbox.store.candidates() if c.updated_at == middle)
    sandbox.store.delete(on_the_day.remote_id)
    again = run_tap(smaller, tmp_path, state=narrowed.state, catalog=catalog)
    assert tombstones(again, "candidates") == {on_the_day.remote_id}


@pytest.mark.parametrize("mode", [[], ["--discover"]], ids=["sync", "discovery"])
def test_a_full_disk_is_one_line(config: dict[str, t.Any], tmp_path: Path, mode: list[str]) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    words = [str(SCRIPTS / "tap-compleetpersy"), "--config", str(path), *mode]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        run = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 1
    assert "stdout cannot be written: No space left on device" in run.stderr.splitlines()[-1]
    assert "Unexpected" not in run.stderr


def test_a_closed_stdout_is_one_line_and_a_closed_stderr_ends_nothing(
    config: dict[str, t.Any], tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    tap = f"'{SCRIPTS / 'tap-compleetpersy'}' --config '{path}'"
    closed = subprocess.run(
        ["/bin/sh", "-c", f"{tap} >&-"], capture_output=True, text=True, check=False
    )
    assert closed.returncode == 1
    assert "stdout is closed" in closed.stderr.splitlines()[-1]
    assert "Unexpected" not in closed.stderr
    silent = subprocess.run(
        ["/bin/sh", "-c", f"{tap} 2>&-"], capture_output=True, text=True, check=False
    )
    assert silent.returncode == 0
    assert json.loads(silent.stdout.splitlines()[-1])["type"] == "STATE"
