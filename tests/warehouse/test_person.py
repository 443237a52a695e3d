"""`persy person`: what is held on somebody, and the erasure, in real warehouses."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from pathlib import Path

import click.testing
import duckdb
import pytest

from tap_compleetpersy.cli.person import command
from tap_compleetpersy.model.ids import generated_id
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tap_compleetpersy.sync.ledger import Ledger
from tap_compleetpersy.sync.ledger_columns import Entry
from tap_compleetpersy.sync.state import Bookmark
from tap_compleetpersy.warehouse.person import known_of
from tests.singer import Message, Run, discover, run_tap
from tests.warehouse.loading import Warehouse

NAME = "Xaverine-Marker"
MINE = "1003"
STREAMS = ("candidates", "jobs", "applications", "candidate_attachments")


@pytest.fixture
def persy() -> Iterator[Sandbox]:
    with running(Options(candidates=12, seed=5)) as sandbox:
        sandbox.store.edit(MINE, first_name=NAME)
        sandbox.store.put_attachment(MINE, "9", file_name="cv.pdf", content=b"%PDF-1 mine")
        sandbox.store.put_attachment("1004", "10", file_name="cv.pdf", content=b"%PDF-1 other")
        yield sandbox


@pytest.fixture
def settings(persy: Sandbox, tmp_path: Path) -> Message:
    return {
        "api_url": persy.url,
        "api_key": persy.api_key,
        "attachments_dir": str(tmp_path / "files"),
    }


def sync(settings: Message, folder: Path, state: Message | None = None) -> Run:
    """Run the tap with attachments selected."""
    catalog = discover(settings, folder)
    for entry in catalog["streams"]:
        for item in entry["metadata"]:
            if item["breadcrumb"] == [] and entry["tap_stream_id"] in STREAMS:
                item["metadata"]["selected"] = True
    run = run_tap(settings, folder, state=state, catalog=catalog)
    assert run.exit_code == 0, run.log
    return run


class Ran(t.NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


def person(settings: Message, folder: Path, *words: str) -> Ran:
    config = folder / "given.json"
    config.write_text(json.dumps(settings))
    result = click.testing.CliRunner().invoke(command, ["--config", str(config), *words])
    return Ran(result.exit_code, result.stdout, result.stderr)


def stored(folder: Path) -> set[bytes]:
    """Return the contents of all stored documents."""
    index = folder / "files" / "index"
    return {
        path.read_bytes()
        for path in (folder / "files").rglob("*")
        if path.is_file() and not path.is_relative_to(index)
    }


def everything(warehouse: Warehouse) -> dict[str, list[tuple[t.Any, ...]]]:
    tables = ("candidates", "applications", "candidate_attachments")
    return {name: sorted(warehouse.rows(f"select * from {name}"), key=str) for name in tables}  # noqa: S608


def test_all_that_is_held_is_shown_and_erased_and_stays_out(
    persy: Sandbox, settings: Message, warehouse: Warehouse, tmp_path: Path
) -> None:
    run = sync(settings, tmp_path)
    warehouse.load(run.messages)
    state = tmp_path / "left.json"
    state.write_text(json.dumps(run.state))
    before = everything(warehouse)
    documents = {one.remote_id for one in persy.store.candidate(MINE).attachments}
    contents = stored(tmp_path)

    shown = person(settings, tmp_path, *warehouse.words, "--state", str(state), MINE)
    assert shown.exit_code == 0, shown.stderr
    assert NAME not in shown.stdout
    assert "candidates: 1 row\n" in shown.stdout
    assert f"attachments_dir: {len(documents)} files\n" in shown.stdout
    assert "state: candidates" in shown.stdout

    whole = person(settings, tmp_path, *warehouse.words, "--format", "json", MINE)
    told = json.loads(whole.stdout)
    assert told["warehouse"]["candidates"][0]["first_name"] == NAME
    openings = {o.remote_id for o in persy.store.candidate(MINE).openings if o.remote_id}
    assert len(told["warehouse"]["applications"]) == len(openings)
    assert {file["attachment"] for file in told["files"]} == documents

    dry = person(settings, tmp_path, *warehouse.words, "--erase", MINE)
    assert "nothing was changed" in dry.stdout
    assert everything(warehouse) == before
    assert stored(tmp_path) == contents

    done = person(
        settings, tmp_path, *warehouse.words, "--erase", "--write", "--format", "json", MINE
    )
    certificate = json.loads(done.stdout)
    assert certificate["written"] is True
    assert (certificate["rows"]["candidates"], certificate["files"]) == (1, len(documents))
    assert certificate["index_entries"] == len(documents)
    assert certificate["rows"]["applications"] == len(openings)
    assert NAME not in done.stdout + done.stderr
    after = everything(warehouse)
    assert NAME not in str(after)
    [row] = warehouse.rows(
        "select remote_deleted_at is null, last_name, changed_at >= remote_deleted_at "
        "from candidates where remote_id = '1003'"
    )
    assert row == (False, None, True)
    untouched = {name: [r for r in rows if r in before[name]] for name, rows in after.items()}
    assert len(untouched["candidates"]) == len(before["candidates"]) - 1
    left = stored(tmp_path)
    assert left < contents
    assert b"%PDF-1 other" in left
    assert b"%PDF-1 mine" not in left

    # A complete pass would load the person again; what the command says keeps them out.
    kept_out = settings | json.loads(done.stderr.splitlines()[1]) | {"full_sync_hours": 0.0001}
    again = sync(kept_out, tmp_path, run.state)
    warehouse.load(again.messages)
    assert NAME not in str(everything(warehouse))
    persy.store.edit(MINE, source="Messe")
    returned = sync(kept_out, tmp_path, again.state)
    warehouse.load(returned.messages)
    assert NAME in str(everything(warehouse)["candidates"])


def test_nobody_another_account_and_no_warehouse_are_one_line_each(
    settings: Message, warehouse: Warehouse, tmp_path: Path
) -> None:
    warehouse.load(sync(settings, tmp_path).messages)
    before = everything(warehouse)
    where = warehouse.words
    cases = {
        "nothing is held": (settings, [*where, "--erase", "--write", "nobody' or 'a'='a"]),
        "another account": (settings | {"account": "x"}, [*where, "--erase", "--write", MINE]),
        "--warehouse": (settings, [MINE]),
        "no such file": (settings, ["--warehouse", str(tmp_path / "none.duckdb"), MINE]),
        "no table of candidates": (settings, [*where, "--schema", "elsewhere", MINE]),
    }
    for said, (given, words) in cases.items():
        ran = person(given, tmp_path, *words)
        assert (ran.exit_code, ran.stdout) == (1, ""), said
        assert said in ran.stderr
        assert len(ran.stderr.splitlines()) == 1
    assert everything(warehouse) == before


def test_candidates_without_ids_are_refused_and_nobody_is_half_erased(tmp_path: Path) -> None:
    place = tmp_path / "odd.duckdb"
    with duckdb.connect(place) as connection:
        connection.execute("create schema persy")
        connection.execute("create table persy.candidates as select '1003' as remote_id")
        connection.execute(
            "create table persy.applications as select '1003/5' as remote_id, ? as candidate_id, "
            "'a' as id",
            [generated_id("", "candidates", MINE)],
        )
    ran = person({}, tmp_path, "--warehouse", str(place), "--erase", "--write", MINE)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "no table of candidates" in ran.stderr


def test_the_state_knows_a_person_by_the_id_or_by_its_hash() -> None:
    uuid = "0f0d6c1e-7a1b-4a52-9c7f-3f5d0e8b1234"
    ledger = Ledger({uuid: Entry(20_000, ("81",)), "4711": Entry(20_001, ())})
    bookmarks = {
        "candidates": Bookmark(),
        "jobs": Bookmark(ledger=ledger.hashed()),
        "applications": Bookmark(ledger=ledger),
    }
    for_each = {"day": 20_000, "openings": ["81"]}
    assert known_of(bookmarks, uuid) == {"jobs": for_each, "applications": for_each}
    assert known_of(bookmarks, "4712") == {}
