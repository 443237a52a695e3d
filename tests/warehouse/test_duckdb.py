"""``meltano run`` into DuckDB: the warehouse equals the source, checked in SQL."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.meltano import Project, make_project

Rows = list[tuple[t.Any, ...]]


@pytest.fixture(scope="module")
def persy() -> Iterator[Sandbox]:
    with running(Options(candidates=250, seed=11)) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def project(persy: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("duckdb")
    return make_project(
        folder,
        {
            "TAP_COMPLEETPERSY_API_URL": persy.url,
            "TAP_COMPLEETPERSY_API_KEY": persy.api_key,
            "TARGET_DUCKDB_FILEPATH": folder / "warehouse.duckdb",
            "TARGET_DUCKDB_DEFAULT_TARGET_SCHEMA": "persy",
        },
    )


def query(folder: Path, sql: str) -> Rows:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


COUNTS = """
select (select count(*) from persy.candidates where remote_deleted_at is null),
       (select count(*) from persy.jobs where remote_deleted_at is null),
       (select count(*) from persy.applications where remote_deleted_at is null)
"""
UNRESOLVED = """
select count(*) from persy.applications a
left join persy.candidates c on c.id = a.candidate_id
left join persy.jobs j on j.id = a.job_id
where a.remote_deleted_at is null and (c.id is null or j.id is null)
"""


def facts(persy: Sandbox) -> tuple[int, int, int]:
    candidates = persy.store.candidates()
    jobs = {opening.remote_id for c in candidates for opening in c.openings}
    return len(candidates), len(jobs), sum(len(c.openings) for c in candidates)


def expect_the_source(project: Project, persy: Sandbox) -> None:
    assert query(project.folder, COUNTS) == [facts(persy)]
    assert query(project.folder, UNRESOLVED) == [(0,)]


@pytest.mark.full
def test_runs_follow_the_source(project: Project, persy: Sandbox) -> None:
    project.meltano("run", "tap-compleetpersy", "target-duckdb")
    expect_the_source(project, persy)
    names = query(project.folder, "select remote_id, first_name, last_name from persy.candidates")
    assert sorted(names) == sorted(
        (c.remote_id, c.first_name, c.last_name) for c in persy.store.candidates()
    )
    titles = {o.remote_id: o.title for c in persy.store.candidates() for o in c.openings}
    assert dict(query(project.folder, "select remote_id, name from persy.jobs")) == titles

    # A second run with an edit, an addition, a withdrawal and no other change.
    edited = persy.store.candidates()[10].remote_id
    persy.store.edit(edited, last_name="Schäfer-Groß")
    persy.store.add(first_name="Neu", last_name="Dazu")
    withdrawn = next(c for c in persy.store.candidates() if len(c.openings) > 1)
    persy.store.remove_opening(withdrawn.remote_id, str(withdrawn.openings[0].remote_id))
    persy.requests.clear()
    project.meltano("run", "tap-compleetpersy", "target-duckdb")
    expect_the_source(project, persy)
    assert len(persy.requests) <= 2
    changed = query(
        project.folder,
        "select last_name from persy.candidates"
        " where changed_at = (select max(changed_at) from persy.candidates)",
    )
    assert {("Schäfer-Groß",), ("Dazu",)} <= set(changed)
    assert len(changed) < 20
    tombstones = query(
        project.folder,
        "select candidate_id, outcome from persy.applications where remote_deleted_at is not null",
    )
    assert tombstones == [(None, None)]


@pytest.mark.full
def test_a_deselected_field_has_no_column(project: Project, persy: Sandbox, tmp_path: Path) -> None:
    narrow = make_project(
        tmp_path,
        {
            **project.environment,
            "TARGET_DUCKDB_FILEPATH": tmp_path / "warehouse.duckdb",
            "TAP_COMPLEETPERSY__SELECT": '["*.*", "!candidates.phone_numbers"]',
        },
    )
    narrow.meltano("run", "tap-compleetpersy", "target-duckdb")
    columns = query(
        tmp_path,
        "select column_name from information_schema.columns where table_name = 'candidates'",
    )
    assert ("last_name",) in columns
    assert ("phone_numbers",) not in columns
    leaked = query(
        tmp_path,
        "select count(*) from persy.candidates"
        " where integration_fields::text like '%FormattedNumber%'",
    )
    assert leaked == [(0,)]
    expect_the_source(narrow, persy)


def test_a_refused_key_fails_the_run_with_one_line(project: Project, tmp_path: Path) -> None:
    refused = make_project(
        tmp_path, {**project.environment, "TARGET_DUCKDB_FILEPATH": tmp_path / "warehouse.duckdb"}
    )
    done = refused.attempt(
        "run", "tap-compleetpersy", "target-duckdb", TAP_COMPLEETPERSY_API_KEY="marked-wrong-key"
    )
    output = done.stdout + done.stderr
    assert done.returncode != 0
    assert "api_key" in output
    assert "marked-wrong-key" not in output
