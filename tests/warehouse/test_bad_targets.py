"""A warehouse that fails: the run fails with its reason, and the next one completes it.

Meltano, the targets and the server are real; docs/warehouses.md has the table.
"""

from __future__ import annotations

import json
import subprocess
import typing as t
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.meltano import ROOT, Project, make_project
from tests.profiles.comparison import SHOWN, expected_facts, expected_rows
from tests.warehouse.loading import (
    DuckWarehouse,
    ParquetWarehouse,
    PostgresWarehouse,
    Warehouse,
    in_duckdb,
    programs,
)
from tests.warehouse.postgres import SEGMENT, limited, postgres_files, serving

DOCUMENT = (ROOT / "docs" / "warehouses.md").read_text(encoding="utf-8")
REFUSED = "Abgelehnt"
OPTIONS = Options(candidates=400, seed=11, modified_until_param="modified_until")
SETTINGS = {
    "MODIFIED_UNTIL_PARAM": "modified_until",
    "PAGE_SIZE": 20,
    "REQUEST_TIMEOUT": 2,
    "START_DATE": "2020-01-01",
    "WINDOW_DAYS": 200,  # each commits its position
}
REQUESTS = 45
"""Of the discovery of custom fields, and of the first windows."""

PLUGIN = programs("target-duckdb")


@dataclass(frozen=True, slots=True)
class Load:
    """A project between a local Persy and a warehouse."""

    persy: Sandbox
    project: Project

    def run(self, warehouse: Warehouse, **given: str) -> subprocess.CompletedProcess[str]:
        """Run Meltano in small batches, whether it succeeds or not."""
        size = f"{warehouse.target}_batch_size_rows".replace("-", "_").upper()
        variables = {name: str(value) for name, value in warehouse.variables.items()}
        words = ("run", "tap-compleetpersy", *warehouse.blocks)
        return self.project.attempt(*words, **{size: "50", **variables, **given})

    def fails(self, warehouse: Warehouse, reason: str, **given: str) -> None:
        """Run, and see that it fails, says why in the target's words, and that we document it."""
        self.has_failed(self.run(warehouse, **given), reason)

    def has_failed(self, done: subprocess.CompletedProcess[str], reason: str) -> None:
        """See that a run has failed and told the reason; what the tap says shows nobody."""
        assert done.returncode == 1
        assert reason in done.stdout + done.stderr
        assert f"`…{reason}…`" in DOCUMENT
        said = [line for line in done.stderr.splitlines() if "] tap-compleetpersy" in line]
        names = [person.last_name for person in self.persy.store.candidates()]
        assert not [line for line in said for name in names if f" {name}" in line]

    def claims_nothing_that_is_not_there(self, warehouse: Warehouse) -> None:
        """See that everybody before the position of Meltano's state is in the warehouse."""
        state = self.project.meltano("state", "get", f"dev:tap-compleetpersy-to-{warehouse.target}")
        kept = json.loads(state[state.index("{") : state.rindex("}") + 1])
        bookmarks = kept.get("singer_state", {}).get("bookmarks", {})
        position = bookmarks.get("candidates", {}).get("replication_key_value") or ""
        people = expected_rows(self.persy.store.candidates(), OPTIONS.shape)["candidates"]
        claimed = {
            row["remote_id"] for row in people.values() if row["remote_updated_at"] < position
        }
        assert claimed <= self.rows(warehouse, "candidates").keys()

    def completes(self, warehouse: Warehouse) -> None:
        """Run, and see that the warehouse equals its source."""
        done = self.run(warehouse)
        assert done.returncode == 0, done.stderr
        expected = expected_facts(self.persy.store.candidates(), OPTIONS.shape)
        for stream, facts in expected.items():
            assert self.rows(warehouse, stream) == facts

    def rows(self, warehouse: Warehouse, stream: str) -> dict[str, t.Any]:
        """Return who is in the warehouse, and what of them is compared."""
        columns, alive = f"remote_id, {SHOWN[stream]}", "where remote_deleted_at is null"
        return dict(warehouse.rows(f"select {columns} from {stream} {alive}"))  # noqa: S608


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    with running(OPTIONS) as persy:
        settings = SETTINGS | {"API_URL": persy.url, "API_KEY": persy.api_key}
        variables = {f"TAP_COMPLEETPERSY_{name}": value for name, value in settings.items()}
        yield Load(persy, make_project(tmp_path, variables))


@pytest.mark.full
def test_postgres_refuses_a_row(load: Load, postgres: PostgresWarehouse) -> None:
    load.completes(postgres)
    with postgres.server.connect() as connection:
        connection.execute(
            f'alter table "{postgres.schema}".candidates'
            f" add constraint not_wanted check (last_name <> '{REFUSED}')"
        )
    load.persy.store.add(last_name=REFUSED)
    load.fails(postgres, 'violates check constraint "not_wanted"')
    load.claims_nothing_that_is_not_there(postgres)
    with postgres.server.connect() as connection:
        connection.execute(f'alter table "{postgres.schema}".candidates drop constraint not_wanted')
    load.completes(postgres)


@pytest.mark.full
def test_duckdb_refuses_a_row(load: Load, duck: DuckWarehouse) -> None:
    checked = f"last_name varchar check (last_name <> '{REFUSED}')"
    columns = f"id varchar primary key, remote_id varchar, {checked}"
    in_duckdb(duck, "create schema persy.persy")
    in_duckdb(duck, f"create table persy.persy.candidates ({columns})")
    refused = load.persy.store.add(last_name=REFUSED)
    load.fails(duck, "CHECK constraint failed on table candidates")
    load.claims_nothing_that_is_not_there(duck)
    load.persy.store.edit(refused.remote_id, last_name="Angenommen")
    load.completes(duck)


@pytest.mark.full
def test_the_disk_of_postgres_is_full(load: Load, tmp_path: Path) -> None:
    with postgres_files() as files:
        with serving(files, largest_file=SEGMENT) as server:
            load.fails(PostgresWarehouse(tmp_path, server, "persy"), "could not extend file")
        with serving(files) as server:
            postgres = PostgresWarehouse(tmp_path, server, "persy")
            load.claims_nothing_that_is_not_there(postgres)
            load.completes(postgres)


@pytest.mark.full
def test_the_disk_of_duckdb_is_full(load: Load, duck: DuckWarehouse) -> None:
    meltano = load.project.folder / "meltano.yml"
    usual = meltano.read_text(encoding="utf-8")
    narrow = load.project.folder / "narrow"
    words = " ".join(f"'{word}'" for word in limited(SEGMENT))
    narrow.write_text(f'#!/bin/sh\nexec {words} {PLUGIN / "target-duckdb"} "$@"\n')
    narrow.chmod(0o755)
    given = "executable: target-duckdb"
    assert given in usual
    meltano.write_text(usual.replace(given, f"executable: {narrow}"), encoding="utf-8")
    load.fails(duck, "File too large")
    meltano.write_text(usual, encoding="utf-8")
    load.claims_nothing_that_is_not_there(duck)
    load.completes(duck)


@pytest.mark.full
def test_postgres_goes_away_in_the_middle(load: Load, tmp_path: Path) -> None:
    with postgres_files() as files, futures.ThreadPoolExecutor() as pool:
        with serving(files) as server:
            postgres = PostgresWarehouse(tmp_path, server, "persy")
            # After so many requests nothing is answered: the run waits in the middle.
            load.persy.faults.set(Fault("delay", times=REQUESTS), Fault("stall", times=None))
            run = pool.submit(load.run, postgres)
            until(lambda: has_rows(postgres), run)
        load.persy.faults.set()
        load.has_failed(run.result(), "connection")  # terminated, lost or refused
        with serving(files) as server:
            postgres = PostgresWarehouse(tmp_path, server, "persy")
            assert 0 < len(load.rows(postgres, "candidates")) < OPTIONS.candidates
            load.claims_nothing_that_is_not_there(postgres)
            load.completes(postgres)


def has_rows(postgres: PostgresWarehouse) -> bool:
    is_there = postgres.columns("candidates") != {}
    return is_there and postgres.rows("select count(*) from candidates") != [(0,)]


def until(happens: Callable[[], bool], run: futures.Future[t.Any]) -> None:
    """Wait for something that a run brings about."""
    while not happens():
        futures.wait([run], timeout=0.05)
        assert not run.done(), run.result().stderr


@pytest.mark.full
def test_another_process_writes_duckdb(load: Load, duck: DuckWarehouse) -> None:
    program = "import duckdb, sys; _ = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen(
        [PLUGIN / "python", "-c", program, duck.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        t.cast("t.IO[bytes]", other.stdout).readline()
        load.fails(duck, "Could not set lock on file")
        other.kill()
    load.completes(duck)


@pytest.mark.full
def test_the_parquet_files_cannot_be_written(load: Load, tmp_path: Path) -> None:
    """The rows are in DuckDB by then: the next run has nothing to load and writes the files."""
    parquet = ParquetWarehouse(tmp_path)
    load.fails(parquet, "No such file or directory", PARQUET_FOLDER=str(tmp_path / "nowhere"))
    load.completes(parquet)
