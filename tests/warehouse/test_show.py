"""`persy show`: the last run from the state and real warehouses."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest

from tap_compleetpersy.cli.show import command
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import Message, run_tap
from tests.warehouse.loading import DuckWarehouse, Warehouse

NAME = "Xaverine-Marker"
PEOPLE = 12


@pytest.fixture
def persy() -> Iterator[Sandbox]:
    with running(Options(candidates=PEOPLE, seed=5)) as sandbox:
        sandbox.store.edit("1003", first_name=NAME)
        yield sandbox


def show(settings: Message, folder: Path, *words: str) -> click.testing.Result:
    config = folder / "given.json"
    config.write_text(json.dumps(settings))
    return click.testing.CliRunner().invoke(command, ["--config", str(config), *words])


def test_the_last_run_and_the_next_one(
    persy: Sandbox, warehouse: Warehouse, tmp_path: Path
) -> None:
    settings = {"api_url": persy.url, "api_key": persy.api_key, "full_sync_hours": 0.0001}
    first = run_tap(settings, tmp_path)
    warehouse.load(first.messages)
    persy.store.delete("1004")
    run = run_tap(settings, tmp_path, state=first.state)
    warehouse.load(run.messages)
    state = tmp_path / "left.json"
    state.write_text(json.dumps(run.state))
    words = [*warehouse.words, "--state", str(state)]

    ran = show(settings, tmp_path, *words, "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    told = json.loads(ran.stdout)
    candidates = told["streams"]["candidates"]
    assert (candidates["live"], candidates["deleted"]) == (PEOPLE - 1, 1)
    assert (candidates["changed"], candidates["erased"]) == (PEOPLE - 1, 1)
    bookmark = run.state["bookmarks"]["candidates"]
    assert candidates["last_run"] == bookmark["changed_at"]
    assert candidates["position"] == bookmark["position"]
    assert candidates["next_run"] == "complete pass, all"
    assert {"candidates", "jobs", "applications"} <= told["streams"].keys()
    assert told["warnings"] == []

    hourly = show(settings | {"full_sync_hours": 24}, tmp_path, *words)
    assert "complete pass, all" not in hourly.stdout
    for form in ("table", "json", "html"):
        assert NAME not in show(settings, tmp_path, *words, "--format", form).stdout


def test_an_older_state_beside_a_newer_warehouse_is_a_warning(
    persy: Sandbox, duck: DuckWarehouse, tmp_path: Path
) -> None:
    settings = {"api_url": persy.url, "api_key": persy.api_key}
    first = run_tap(settings, tmp_path)
    duck.load(first.messages)
    duck.load(run_tap(settings, tmp_path, state=first.state).messages)
    state = tmp_path / "left.json"
    state.write_text(json.dumps(first.state))
    ran = show(settings, tmp_path, *duck.words, "--state", str(state))
    assert "warning: candidates: the warehouse is newer than the state" in ran.stdout


def test_the_state_alone_is_enough_and_nothing_is_not(persy: Sandbox, tmp_path: Path) -> None:
    settings = {"api_url": persy.url, "api_key": persy.api_key}
    state = tmp_path / "left.json"
    state.write_text(json.dumps(run_tap(settings, tmp_path).state))
    page = show(settings, tmp_path, "--state", str(state), "--format", "html")
    assert page.stdout.startswith("<!doctype html>")
    assert "candidates" in page.stdout
    none = show(settings, tmp_path)
    assert (none.exit_code, len(none.stderr.splitlines())) == (1, 1)
    foreign = show(settings | {"account": "other"}, tmp_path, "--state", str(state))
    assert "another account" in foreign.stderr
    assert foreign.exit_code == 1


def test_without_a_driver_the_line_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    settings = {"api_url": "http://127.0.0.1:9", "api_key": "any"}
    ran = show(settings, tmp_path, "--warehouse", str(tmp_path / "persy.duckdb"))
    assert ran.exit_code == 1
    assert ran.stderr.strip() == (
        "Error: --warehouse: needs duckdb: install the tap with its extra, "
        "as in: pip install '.[warehouse]'"
    )
