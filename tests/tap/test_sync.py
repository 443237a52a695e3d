"""A run against a local Persy: messages, joins, deltas and deletions."""

from __future__ import annotations

import typing as t
from datetime import timedelta
from pathlib import Path

from tap_compleetpersy.sandbox.state import Sandbox
from tests.catalog import select
from tests.singer import Run, discover, run_tap

STREAMS = ("candidates", "jobs", "applications")


def openings(sandbox: Sandbox) -> set[str]:
    return {
        f"{candidate.remote_id}/{opening.remote_id}"
        for candidate in sandbox.store.candidates()
        for opening in candidate.openings
    }


def expect_everything(run: Run, sandbox: Sandbox) -> None:
    """The rows of a first run are the facts of the local Persy, and all joins resolve."""
    candidates, jobs, applications = (run.rows(stream) for stream in STREAMS)
    facts = sandbox.store.candidates()
    assert sorted(r["remote_id"] for r in candidates.values()) == sorted(
        fact.remote_id for fact in facts
    )
    assert {r["remote_id"] for r in applications.values()} == openings(sandbox)
    titles = {o.remote_id: o.title for fact in facts for o in fact.openings}
    assert {r["remote_id"]: r["name"] for r in jobs.values()} == titles
    for application in applications.values():
        assert application["candidate_id"] in candidates
        assert application["job_id"] in jobs


def test_a_first_run_writes_everything_once(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    run = run_tap(config, tmp_path)
    assert run.exit_code == 0, run.log
    expect_everything(run, sandbox)
    assert len(run.records("candidates")) == 60
    for stream in STREAMS:
        (schema,) = run.of("SCHEMA", stream)
        assert schema["key_properties"] == ["id"]
    assert run.messages[-1]["type"] == "STATE"


def test_messages_and_log_lines_are_bounded(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    sandbox.requests.clear()
    run = run_tap(config, tmp_path, catalog=catalog)
    pages = len(sandbox.requests)
    assert pages == 4  # 25 + 25 + 10, and the empty page that ends them
    assert len(run.of("SCHEMA")) == 3
    assert len(run.of("STATE")) <= pages + 2
    assert len(run.log.splitlines()) <= pages + 25


def test_state_is_flat_and_stands_alone_for_each_stream(
    config: dict[str, t.Any], tmp_path: Path
) -> None:
    state = run_tap(config, tmp_path).state
    assert set(state) == {"bookmarks"}
    assert set(state["bookmarks"]) == set(STREAMS)
    for bookmark in state["bookmarks"].values():
        assert "partitions" not in bookmark
        assert {"replication_key", "replication_key_value", "position"} <= set(bookmark)
    keys = {name: b["replication_key"] for name, b in state["bookmarks"].items()}
    assert keys == {
        "candidates": "remote_updated_at",
        "jobs": "changed_at",
        "applications": "changed_at",
    }


def test_a_delta_without_change_is_two_requests_and_keeps_the_position(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    sandbox.requests.clear()
    second = run_tap(config, tmp_path, state=first.state, catalog=catalog)
    assert second.exit_code == 0
    assert len(sandbox.requests) <= 2
    for stream in STREAMS:
        before, after = (run.state["bookmarks"][stream] for run in (first, second))
        assert after["position"] == before["position"]
        assert after["ledger"] == before["ledger"]


def test_a_delta_brings_what_was_edited_and_added(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    edited = sandbox.store.candidates()[3].remote_id
    sandbox.store.edit(edited, last_name="Neu-Nachname")
    added = sandbox.store.add(first_name="Neu").remote_id
    second = run_tap(config, tmp_path, state=first.state, catalog=catalog)
    rows = {row["remote_id"]: row for row in second.records("candidates")}
    assert rows[edited]["last_name"] == "Neu-Nachname"
    assert rows[added]["first_name"] == "Neu"
    assert len(rows) < 10
    assert all(
        row["changed_at"] > first.records("candidates")[0]["changed_at"] for row in rows.values()
    )


def test_positions_never_pass_the_start_of_the_run(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    now = sandbox.store.clock.now()
    someone = sandbox.store.candidates()[0].remote_id
    sandbox.store.edit(someone, updated_at=now + timedelta(days=400))
    run = run_tap(config, tmp_path)
    assert someone in {row["remote_id"] for row in run.records("candidates")}
    changed_at = run.records("candidates")[0]["changed_at"]
    for bookmark in run.state["bookmarks"].values():
        assert bookmark["position"] <= changed_at


def test_a_stream_selected_later_gets_its_history(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=select(catalog, "candidates"))
    assert set(first.state["bookmarks"]) == {"candidates"}
    assert {m["stream"] for m in first.of("SCHEMA")} == {"candidates"}
    second = run_tap(config, tmp_path, state=first.state, catalog=catalog)
    assert {r["remote_id"] for r in second.records("applications")} == openings(sandbox)
    assert len(second.records("candidates")) < 10


def test_children_are_written_without_their_parent(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = select(discover(config, tmp_path), "jobs", "applications")
    run = run_tap(config, tmp_path, catalog=catalog)
    assert {m["stream"] for m in run.of("SCHEMA")} == {"jobs", "applications"}
    assert run.records("candidates") == []
    assert {r["remote_id"] for r in run.records("applications")} == openings(sandbox)
    assert set(run.state["bookmarks"]) == {"jobs", "applications"}
