#!/usr/bin/env bash
# After a merge by dlt, everybody of the last load is in a second schema, too, and stays there
#
# One would guess: what dlt stages for a merge is gone once the load has succeeded.
# What happens: `hr_staging` keeps the rows of the last load of each table, whole. A `delete` in
#   `hr` does not reach them, nor do later loads that have no row of that table.
#   `LOAD__TRUNCATE_STAGING_DATASET=true` empties it after each load.
# Versions: dlt 1.31.0, duckdb 2.0.1, Python 3.11; 2026-11-29.
# Why it matters: the last load may have been the first one, with everybody in it. Who erases a
#   person by hand, or grants analysts the whole database, has to know of the second schema.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check "dlt[duckdb]==1.31.0" duckdb==2.0.1 || exit 2

cat >erase.py <<'PYTHON'
import pathlib
import sys

import dlt
import duckdb

NAME = sys.argv[1]


def load(table, row):
    resource = dlt.resource(
        [row], name=table, primary_key="id", write_disposition="merge"
    )
    pipeline = dlt.pipeline(
        NAME,
        destination=dlt.destinations.duckdb(f"{NAME}.duckdb"),
        dataset_name="hr",
        pipelines_dir=str(pathlib.Path.cwd() / "work"),
    )
    pipeline.run(resource).raise_on_failed_jobs()


load("candidates", {"id": "1", "last_name": "Muster"})
with duckdb.connect(f"{NAME}.duckdb") as database:
    database.execute("delete from hr.candidates where id = '1'")
load("jobs", {"id": "7", "name": "Schlosser"})
with duckdb.connect(f"{NAME}.duckdb") as database:
    for schema in ("hr", "hr_staging"):
        rows = database.execute(f"select last_name from {schema}.candidates").fetchall()
        print(f"{schema} {[name for name, in rows]}", end=", ")
PYTHON

expected="hr [], hr_staging ['Muster'], truncated: hr [], hr_staging [], "
export RUNTIME__DLTHUB_TELEMETRY=false DLT_DATA_DIR=$work/data
seen="$(venv/bin/python erase.py plain 2>log)truncated: $(LOAD__TRUNCATE_STAGING_DATASET=true venv/bin/python erase.py truncated 2>log)"
echo "dlt 1.31.0, a candidate loaded, deleted by hand, then a job loaded: the names by schema"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
