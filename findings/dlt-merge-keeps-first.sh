#!/usr/bin/env bash
# dlt keeps the first version of a row that is told twice in one load, and Delta refuses both
#
# One would guess: with `primary_key` and `merge`, the last version of a row wins, as it does
#   between two loads, and as Singer's targets have it.
# What happens: into DuckDB the first of a load wins. Into Delta (`upsert`) such a load fails as
#   soon as another stands in the table; the first load of all writes both, a key that is there twice.
# Versions: dlt 1.31.0, duckdb 2.0.1, deltalake 1.6.6, Python 3.11; 2026-11-29.
# Why it matters: whoever reads a change log, or a tap whose list moves while it is read, tells a row
#   again when it changed. The warehouse then has the older name until the row changes again, without
#   a word. A column to sort by (`columns={"at": {"dedup_sort": "desc"}}`) keeps the last in DuckDB;
#   for Delta, only the last may be given.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check "dlt[duckdb,deltalake]==1.31.0" duckdb==2.0.1 deltalake==1.6.6 || exit 2

cat >load.py <<'PYTHON'
import os
import pathlib

import dlt
import duckdb
from deltalake import DeltaTable

JOB = [{"id": "9", "at": 1, "name": "Koch"}, {"id": "9", "at": 2, "name": "Chefkoch"}]
FOLDER = pathlib.Path.cwd()


def load(name, destination, *loads, **more):
    pipeline = dlt.pipeline(
        name, destination=destination, dataset_name="hr", pipelines_dir=str(FOLDER / "work")
    )
    for rows in loads:
        jobs = dlt.resource(rows, name="jobs", primary_key="id", **more)
        try:
            pipeline.run(jobs).raise_on_failed_jobs()
        except Exception as error:
            return "refused" if "multiple source rows" in str(error) else str(error)


def duck(name, **more):
    load(name, dlt.destinations.duckdb(f"{name}.duckdb"), JOB, write_disposition="merge", **more)
    with duckdb.connect(f"{name}.duckdb") as base:
        return [row[0] for row in base.execute("select name from hr.jobs").fetchall()]


def delta(name, *loads):
    upsert = {"disposition": "merge", "strategy": "upsert"}
    lake = dlt.destinations.filesystem(f"file://{FOLDER}/{name}")
    said = load(name, lake, *loads, write_disposition=upsert, table_format="delta")
    table = DeltaTable(FOLDER / name / "hr" / "jobs").to_pyarrow_table()
    return said or "taken", sorted(table.column("name").to_pylist())


print("DuckDB", duck("plain"), end=". ")
print("sorted", duck("sorted", columns={"at": {"dedup_sort": "desc"}}), end=". ")
print("Delta, first load", *delta("first", JOB), end=". ")
print("Delta, later", *delta("later", JOB[:1], JOB), end=".", flush=True)
os._exit(0)  # what has been seen does not depend on how the engines' threads end
PYTHON

expected="DuckDB ['Koch']. sorted ['Chefkoch']. Delta, first load taken ['Chefkoch', 'Koch']. Delta, later refused ['Koch']."
export RUNTIME__DLTHUB_TELEMETRY=false DLT_DATA_DIR=$work/data
seen=$(venv/bin/python load.py 2>log)
echo "dlt 1.31.0, one job told twice in a load: its names afterwards"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
