"""A run against a local Persy: messages, joins, deltas and deletions."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.catalog import select
from tests.singer import Message, Run, discover, run_tap

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


def test_a_withdrawn_opening_is_deleted_at_once(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    carrier = next(c for c in sandbox.store.candidates() if c.openings)
    opening_id = t.cast("str", carrier.openings[0].remote_id)
    sandbox.store.remove_opening(carrier.remote_id, opening_id)
    second = run_tap(config, tmp_path, state=first.state, catalog=catalog)
    (tombstone,) = [r for r in second.records("applications") if r["remote_deleted_at"]]
    assert tombstone["remote_id"] == f"{carrier.remote_id}/{opening_id}"
    living = {"id", "remote_id", "changed_at", "remote_deleted_at"}
    assert all(value is None for key, value in tombstone.items() if key not in living)


def complete_pass(
    config: dict[str, t.Any], folder: Path, state: Message, catalog: Message, **settings: t.Any
) -> Run:
    return run_tap(
        config | {"full_sync_hours": 0.0000001} | settings, folder, state=state, catalog=catalog
    )


def test_a_complete_pass_finds_deletions(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    gone = next(c for c in sandbox.store.candidates() if c.openings)
    sandbox.store.delete(gone.remote_id)
    second = complete_pass(config, tmp_path, first.state, catalog)
    assert second.exit_code == 0, second.log
    tombstones = [r for r in second.records("candidates") if r["remote_deleted_at"]]
    assert [r["remote_id"] for r in tombstones] == [gone.remote_id]
    assert tombstones[0]["first_name"] is None
    assert tombstones[0]["remote_updated_at"] is None
    buried = {r["remote_id"] for r in second.records("applications") if r["remote_deleted_at"]}
    assert buried == {f"{gone.remote_id}/{o.remote_id}" for o in gone.openings}
    carried = {o.remote_id for c in sandbox.store.candidates() for o in c.openings}
    lost = {r["remote_id"] for r in second.records("jobs") if r["remote_deleted_at"]}
    assert lost == {o.remote_id for o in gone.openings} - carried
    third = complete_pass(config, tmp_path, second.state, catalog)
    assert not any(r["remote_deleted_at"] for s in STREAMS for r in third.records(s))


def test_a_record_that_returns_lives_again(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    gone = sandbox.store.candidates()[5]
    sandbox.store.delete(gone.remote_id)
    second = complete_pass(config, tmp_path, first.state, catalog)
    sandbox.store.add(remote_id=gone.remote_id, first_name="Wieder")
    third = run_tap(config, tmp_path, state=second.state, catalog=catalog)
    (row,) = [r for r in third.records("candidates") if r["remote_id"] == gone.remote_id]
    assert (row["first_name"], row["remote_deleted_at"]) == ("Wieder", None)


@pytest.mark.parametrize("stay", [30, 0], ids=["half-is-gone", "an-empty-answer"])
def test_too_many_deletions_are_refused_until_they_are_approved(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path, stay: int
) -> None:
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    for candidate in sandbox.store.candidates()[stay:]:
        sandbox.store.delete(candidate.remote_id)
    refused = complete_pass(config, tmp_path, first.state, catalog)
    assert refused.exit_code == 1
    assert "deletion_limit_percent" in refused.log
    assert "Traceback" not in refused.log
    assert not any(r["remote_deleted_at"] for s in STREAMS for r in refused.records(s))
    before, after = (r.state["bookmarks"]["candidates"] for r in (first, refused))
    assert after["ledger"] == before["ledger"]
    approved = complete_pass(config, tmp_path, refused.state, catalog, deletion_limit_percent=100)
    assert approved.exit_code == 0
    tombstones = [r for r in approved.records("candidates") if r["remote_deleted_at"]]
    assert len(tombstones) == 60 - stay


def test_expired_is_not_deleted(sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path) -> None:
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    ages = sorted(candidate.updated_at for candidate in sandbox.store.candidates())
    cutoff = ages[30]
    second = complete_pass(config, tmp_path, first.state, catalog, cutoff_date=cutoff.isoformat())
    assert second.exit_code == 0, second.log
    assert not any(r["remote_deleted_at"] for s in STREAMS for r in second.records(s))
    living = {c.remote_id for c in sandbox.store.candidates() if c.updated_at >= cutoff}
    assert {r["remote_id"] for r in second.records("candidates")} == living


def test_an_edit_between_two_pages_deletes_nothing_that_lives(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    victims = [candidate.remote_id for candidate in sandbox.store.candidates()[:2]]

    def delete_behind_the_reader(request: t.Any) -> None:
        if "page=3" in request.query and victims:
            sandbox.store.delete(victims.pop())

    sandbox.before_answer.append(delete_behind_the_reader)
    second = complete_pass(config, tmp_path, first.state, catalog)
    alive = {candidate.remote_id for candidate in sandbox.store.candidates()}
    tombstones = {r["remote_id"] for r in second.records("candidates") if r["remote_deleted_at"]}
    assert not tombstones & alive


def test_windows_commit_as_they_finish(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    oldest = min(candidate.updated_at for candidate in sandbox.store.candidates())
    settings = {
        "start_date": oldest.isoformat(),
        "window_days": 120,
        "modified_until_param": "modified_until",
    }
    run = run_tap(config | settings, tmp_path)
    expect_everything(run, sandbox)
    assert len(run.records("candidates")) == 60
    assert len({request.query.split("modified_until")[-1] for request in sandbox.requests}) > 2


def test_a_server_without_a_filter_is_filtered_here(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    settings = config | {"modified_since_param": ""}
    catalog = discover(settings, tmp_path)
    first = run_tap(settings, tmp_path, catalog=catalog)
    sandbox.requests.clear()
    second = run_tap(settings, tmp_path, state=first.state, catalog=catalog)
    assert not any("modified" in request.query for request in sandbox.requests)
    assert len(second.records("candidates")) < 10


def test_a_position_follows_the_clock_of_the_server(tmp_path: Path) -> None:
    """Who was updated an hour from now, by ours, is no future when its clock is two ahead."""
    now = datetime.now(UTC) + timedelta(hours=2)
    last = now - timedelta(hours=1)
    with running(Options(candidates=0, now=now)) as sandbox:
        sandbox.store.add(updated_at=last)
        run = run_tap({"api_url": sandbox.url, "api_key": sandbox.api_key}, tmp_path)
    assert run.exit_code == 0
    assert "The server's clock differs by 7" in run.log
    assert run.state["bookmarks"]["candidates"]["position"] == f"{last:%Y-%m-%dT%H:%M:%S}.000Z"


OLDER = {"Id": 1, "LastName": "Alt", "UpdatedAt": "2026-11-20", "PositionOpening": [{"Id": "88"}]}
NEWER = OLDER | {"LastName": "Neu", "UpdatedAt": "2026-11-21", "PositionOpening": [{"Id": "99"}]}


@pytest.mark.parametrize(
    "pages",
    [
        [[NEWER, OLDER]],
        [[OLDER, NEWER]],
        [[NEWER, {"Id": 2}], [OLDER]],
        [[OLDER, {"Id": 2}], [NEWER]],
    ],
)
def test_who_is_listed_twice_is_as_updated_last(
    httpserver: HTTPServer, tmp_path: Path, pages: list[list[Message]]
) -> None:
    for number, page in enumerate(pages, start=1):
        query = {"page": str(number), "per_page": "2"}
        httpserver.expect_request("/candidates", query_string=query).respond_with_json(page)
    httpserver.expect_request("/candidates").respond_with_json([])
    run = run_tap({"api_url": httpserver.url_for(""), "api_key": "k", "page_size": 2}, tmp_path)
    assert run.exit_code == 0, run.log
    person = next(row for row in run.rows("candidates").values() if row["remote_id"] == "1")
    assert person["last_name"] == "Neu"
    rows = run.rows("applications").values()
    assert {r["remote_id"] for r in rows if not r["remote_deleted_at"]} == {"1/99"}
