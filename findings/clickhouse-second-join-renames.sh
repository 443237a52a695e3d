#!/usr/bin/env bash
# ClickHouse calls a view's column `id` with one join, and `a.id` with two
#
# One would guess: `select a.id, … from a join b …` has a column `id`, however many tables follow.
# What happens: where a further table is joined, a column whose name two tables have is called
#   by its whole name: `a.id`. The view is made without a word; only `select id` from it says that
#   there is no such column. `a.id as id` is called `id` in both.
# Versions: chdb 4.4.0 (ClickHouse 26.9), Python 3.11; 2026-11-29.
# Why it matters: models that ran in other warehouses join people and openings to applications,
#   all with ids. Whoever adds the second join renames what dashboards read; dbt's own tests of
#   the model fail, but the model is built.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check chdb==4.4.0 || exit 2

cat >names.py <<'PYTHON'
from chdb.session import Session

session = Session("base")
session.query("create database hr")
for table, columns in (
    ("applications", "id String, job_id String"),
    ("people", "id String, source String"),
    ("jobs", "id String, name String"),
):
    session.query(f"create table hr.{table} ({columns}) engine = MergeTree order by id")
ONE = "from hr.applications as a join hr.people as p on a.id = p.id"
TWO = f"{ONE} join hr.jobs as j on j.id = a.job_id"
for number, select in enumerate((f"a.id, source {ONE}", f"a.id, source {TWO}", f"a.id as id, source {TWO}")):
    session.query(f"create view hr.v{number} as select {select}")
    asked = f"select name from system.columns where database = 'hr' and table = 'v{number}'"
    print(*str(session.query(asked)).split(), sep=" ", end=". ")
PYTHON

expected='"id" "source". "a.id" "source". "id" "source". '
seen="$(venv/bin/python names.py 2>log; echo .)"
seen=${seen%.}
echo "ClickHouse 26.9: the columns of a view with one join, with two, and with a name for the id"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
