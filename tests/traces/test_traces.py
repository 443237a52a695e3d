"""What a run leaves of people and of the key outside the tables: docs/traces.md, byte for byte."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import typing as t
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.meltano import ROOT, Project, make_project
from tests.singer import bare_environment
from tests.tenants.platform import platform
from tests.traces.search import KEY, WORD, add, populate, search
from tests.warehouse.loading import DuckWarehouse, in_duckdb
from tests.warehouse.postgres import Files, Postgres, postgres_files, serving

pytestmark = pytest.mark.full

PAGE = ROOT / "docs" / "traces.md"
DUCKDB = ("run", "tap-compleetpersy", "target-duckdb")
POSTGRES = ("run", "tap-compleetpersy", "target-postgres")
REFUSED = f"{WORD}-refused"
COMPLETE = {"TAP_COMPLEETPERSY_FULL_SYNC_HOURS": "0.0001"}


class Place(t.NamedTuple):
    """A tenant of marker people, and one folder for all that a run can write.

    Attributes:
        persy: The tenant; its key is a marker, too.
        project: Its Meltano project, between a home and a folder of temporary files.
        server: Of PostgreSQL.
        files: What it writes.
    """

    persy: Sandbox
    project: Project
    server: Postgres
    files: Files

    @property
    def folder(self) -> Path:
        """The folder that is searched."""
        return self.project.folder.parent

    def run(self, *words: str, **settings: str) -> int:
        """Run Meltano, keep what it prints, and return its exit code."""
        done = self.project.attempt(*words, **settings)
        with (self.folder / "console").open("a") as console:
            console.write(done.stdout + done.stderr)
        return done.returncode

    def found(self) -> dict[str, list[str]]:
        """Search the folder, and the log of PostgreSQL."""
        log = self.folder / "PostgreSQL's log"
        shutil.copyfile(self.files.folder / "log", log)
        log.chmod((self.files.folder / "log").stat().st_mode)
        return search(self.folder)

    def is_killed(self, **settings: str) -> None:
        """Run Meltano, and end all its processes with SIGKILL in the middle of the list."""
        self.persy.faults.set(Fault("delay", times=3), Fault("stall", times=None))
        with self.started(*DUCKDB, settings=settings) as run:
            while len(self.persy.requests) < 4:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    run.wait(0.05)
                assert run.poll() is None
            os.killpg(run.pid, signal.SIGKILL)

    def started(
        self, *words: str, umask: int = 0o022, settings: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start Meltano with a umask."""
        return subprocess.Popen(
            [ROOT / ".venv-meltano" / "bin" / "meltano", *words],
            cwd=self.project.folder,
            env=bare_environment() | dict(self.project.environment) | dict(settings or {}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            umask=umask,
        )


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    for name in ("project", "home", "tmp"):
        (tmp_path / name).mkdir()
    with (
        running(Options(candidates=0, api_key=KEY)) as persy,
        postgres_files() as files,
        serving(files) as server,
    ):
        populate(persy.store)
        variables = {
            "HOME": tmp_path / "home",
            "TMPDIR": tmp_path / "tmp",
            "TAP_COMPLEETPERSY_API_URL": persy.url,
            "TAP_COMPLEETPERSY_API_KEY": persy.api_key,
            "TAP_COMPLEETPERSY_PAGE_SIZE": 10,
            "TAP_COMPLEETPERSY_REQUEST_TIMEOUT": 5,
            "TARGET_DUCKDB_FILEPATH": tmp_path / "persy.duckdb",
            **server.variables,
        }
        yield Place(persy, make_project(tmp_path / "project", variables), server, files)


def it_succeeds(place: Place) -> None:
    """Into both warehouses, twice, with an edit and a deletion."""
    for last in (False, True):
        assert place.run(*DUCKDB, "dbt-duckdb:build", **COMPLETE) == 0
        assert place.run(*POSTGRES, "dbt-postgres:build", **COMPLETE) == 0
        if not last:
            edited, deleted, *_ = place.persy.store.candidates()
            place.persy.store.edit(edited.remote_id, last_name=f"{WORD}-edited")
            place.persy.store.delete(deleted.remote_id)


def the_tap_fails(place: Place) -> None:
    """By each kind of answer, and by a wrong key, at info."""
    for fault in (Fault("status", status=500), Fault("html"), Fault("truncate"), Fault("reset")):
        place.persy.faults.set(Fault("delay", times=2), *[fault] * 3)
        assert place.run(*DUCKDB, TAP_COMPLEETPERSY_MAX_RETRIES="1") == 1
        place.persy.faults.set()
    assert place.run(*DUCKDB, TAP_COMPLEETPERSY_API_KEY=f"{KEY}-wrong") == 1


def it_logs_debug(place: Place) -> None:
    assert place.run("--log-level", "debug", *DUCKDB) == 0
    assert place.run("--log-level", "debug", *POSTGRES) == 0


def postgres_refuses_a_row(place: Place) -> None:
    assert place.run(*POSTGRES) == 0
    refuse(place.persy, place.server)
    assert place.run(*POSTGRES) == 1


def refuse(persy: Sandbox, server: Postgres) -> None:
    """Let PostgreSQL refuse somebody, and let there be somebody like that."""
    with server.connect() as connection:
        connection.execute(
            f"alter table persy.candidates"
            f" add constraint not_wanted check (last_name <> '{REFUSED}')"
        )
    add(persy.store, 99, last_name=REFUSED)


def duckdb_refuses_a_row(place: Place) -> None:
    duck = DuckWarehouse(place.folder)
    checked = f"last_name varchar check (last_name <> '{REFUSED}')"
    in_duckdb(duck, "create schema persy.persy")
    columns = f"id varchar primary key, remote_id varchar, {checked}"
    in_duckdb(duck, f"create table persy.persy.candidates ({columns})")
    add(place.persy.store, 99, last_name=REFUSED)
    assert place.run(*DUCKDB) == 1
    assert "CHECK constraint failed" in (place.folder / "console").read_text()


def it_is_killed(place: Place) -> None:
    place.is_killed()


def it_is_killed_with_a_key_in_a_file(place: Place) -> None:
    file = place.files.folder / "key"
    file.write_text(KEY)
    file.chmod(0o600)
    names = ("TAP_COMPLEETPERSY_API_KEY", "TAP_COMPLEETPERSY_API_KEY_FILE")
    place.is_killed(**dict(zip(names, ("", str(file)), strict=True)))


def dbt_shows_rows(place: Place) -> None:
    assert place.run(*DUCKDB, "dbt-duckdb:build") == 0
    assert place.run("invoke", "dbt-duckdb", "show", "--select", "stg_persy__people") == 0


def dbt_shows_rows_without_its_log(place: Place) -> None:
    assert place.run(*DUCKDB, "dbt-duckdb:build") == 0
    words = ("--log-level-file", "none", "show", "--select", "stg_persy__people")
    assert place.run("invoke", "dbt-duckdb", *words) == 0


RUNS: dict[str, Callable[[Place], None]] = {
    "two that succeed, with `dbt build`": it_succeeds,
    "the tap fails: status, login page, broken answer, broken connection, wrong key": the_tap_fails,
    "`--log-level debug`": it_logs_debug,
    "PostgreSQL refuses a row": postgres_refuses_a_row,
    "DuckDB refuses a row": duckdb_refuses_a_row,
    "killed with SIGKILL": it_is_killed,
    "the same, with `api_key_file`": it_is_killed_with_a_key_in_a_file,
    "`dbt show`": dbt_shows_rows,
    "`dbt --log-level-file none show`": dbt_shows_rows_without_its_log,
}


def row(name: str, found: Mapping[str, list[str]]) -> str:
    """Write a row of the page's table."""
    cells = (", ".join(places) or "–" for places in found.values())
    return f"| {' | '.join([name, *cells])} |"


@pytest.mark.parametrize("name", RUNS)
def test_a_run_leaves_what_the_page_says(place: Place, name: str) -> None:
    RUNS[name](place)
    assert row(name, place.found()) in PAGE.read_text(encoding="utf-8").splitlines()


def test_with_umask_077_nobody_else_can_read_it(place: Place) -> None:
    """What is left of a load that DuckDB refuses."""
    duckdb_refuses_a_row(place)
    for folder in ("home", "project/.meltano/run"):
        shutil.rmtree(place.folder / folder)
    (place.folder / "home").mkdir()
    (place.folder / "console").unlink()
    assert place.started(*DUCKDB, umask=0o077).wait() == 1
    people = place.found()["people"]
    assert len(people) == 2
    assert [where for where in people if not where.endswith("(0600)")] == []


def test_on_dagster_nothing_is_left(tmp_path: Path) -> None:
    """Of a run that succeeds and one whose rows are refused, told to log at debug."""
    with platform(tmp_path, {"acme": Options(candidates=0, api_key=KEY)}) as dagster:
        for name in ("user", "tmp"):
            (tmp_path / name).mkdir()
        dagster.environment.update(
            HOME=str(tmp_path / "user"),
            TMPDIR=str(tmp_path / "tmp"),
            MELTANO_CLI_LOG_LEVEL="debug",
        )
        dagster.write_tenants(["acme"], retries=0)
        persy = dagster.tenants["acme"]
        populate(persy.store)
        assert dagster.materialize("acme").returncode == 0
        refuse(persy, dagster.server)
        failed = dagster.materialize("acme")
        assert "CheckViolation" in failed.stderr
        (tmp_path / "console").write_text(failed.stdout + failed.stderr)
        assert search(tmp_path) == {"people": [], "key": []}
