"""ClickHouse's SQL in docs/warehouses.md erases, shows who lives, finds orphans: run in chdb."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.meltano import ROOT
from tests.targets.environments import run_with

RELEASE = "chdb==4.4.0"
MADE = """
create database persy;
create table persy.candidates (id String, last_name Nullable(String), changed_at DateTime,
  remote_deleted_at Nullable(DateTime)) engine = ReplacingMergeTree(changed_at) order by id;
create table persy.applications (id String, candidate_id String, changed_at DateTime)
  engine = ReplacingMergeTree(changed_at) order by id;
insert into persy.candidates values
  ('1', 'Erased', '2026-01-01 00:00:00', null), ('2', 'Kept', '2026-01-01 00:00:00', null);
insert into persy.candidates values
  ('1', null, '2026-02-01 00:00:00', '2026-02-01 00:00:00');
insert into persy.applications values
  ('a', '1', '2026-01-01 00:00:00'), ('b', '9', '2026-01-01 00:00:00')
"""
VERSIONS = "select count() from persy.candidates where last_name = 'Erased'"
PROGRAM = """
import json, sys
from chdb.session import Session
session = Session(sys.argv[1])
print(json.dumps([str(session.query(each)).strip() for each in json.load(sys.stdin)]))
"""


def answers(folder: Path, *statements: str) -> list[str]:
    """Return what a fresh ClickHouse answers to each statement, as CSV."""
    words = ("python", "-c", PROGRAM, str(folder / "base"))
    said = run_with(RELEASE, *words, folder=folder, given=json.dumps(statements))
    found: list[str] = json.loads(said.splitlines()[-1])
    return found


@pytest.mark.full
def test_the_statements_of_the_page(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "warehouses.md").read_text(encoding="utf-8")
    section = page.partition("### ClickHouse: erasure and orphans")[2]
    optimize, living, orphans = (
        each.strip() for each in section.split("```")[1].removeprefix("sql").split(";")[:3]
    )
    asked = VERSIONS, optimize, VERSIONS, living, orphans
    found = answers(tmp_path, *MADE.split(";"), *asked)
    assert found[-len(asked) :] == ["1", "", "0", '"2"', '"b"']
