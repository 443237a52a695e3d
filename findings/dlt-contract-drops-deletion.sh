#!/usr/bin/env bash
# Under dlt's `columns: discard_row`, the first deletion is discarded without an error
#
# One would guess: a field that was in every record from the first load on is no new column
#   later; a schema contract against new columns lets it through.
# What happens: dlt makes no column for a field that was null so far. The first record in
#   which it has a value brings a new column, and the contract drops that whole record;
#   `run` succeeds. A type hint (`columns={"deleted_at": {"data_type": "text"}}`) saves it.
# Versions: dlt 1.31.0, duckdb 2.0.1, Python 3.11; 2026-11-29.
# Why it matters: `deleted_at` is null in everybody's record until the first person is erased.
#   The contract that protects a warehouse from new fields then drops exactly the record that
#   says so, and the person stays, name and all.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check "dlt[duckdb]==1.31.0" duckdb==2.0.1 || exit 2

cat >erase.py <<'PYTHON'
import pathlib

import dlt
import duckdb

HERE = pathlib.Path.cwd()


def load(name, rows, hints):
    resource = dlt.resource(
        rows,
        name="candidates",
        primary_key="id",
        write_disposition="merge",
        columns=hints,
        schema_contract={"columns": "discard_row"},
    )
    pipeline = dlt.pipeline(
        name,
        destination=dlt.destinations.duckdb(f"{name}.duckdb"),
        dataset_name="hr",
        pipelines_dir=str(HERE / "work"),
    )
    pipeline.run(resource).raise_on_failed_jobs()


for name, hints in (("plain", {}), ("hinted", {"deleted_at": {"data_type": "text"}})):
    load(name, [{"id": "1", "last_name": "Muster", "deleted_at": None}], hints)
    load(name, [{"id": "1", "last_name": None, "deleted_at": "2026-11-01"}], hints)
    with duckdb.connect(f"{name}.duckdb") as database:
        ((last_name,),) = database.execute("select last_name from hr.candidates").fetchall()
    print(f"{name}: {last_name}", end=". ")
PYTHON

expected="plain: Muster. hinted: None. "
export RUNTIME__DLTHUB_TELEMETRY=false DLT_DATA_DIR=$work/data
seen=$(venv/bin/python erase.py 2>log)
echo "dlt 1.31.0, columns: discard_row; a candidate, then her deletion: the name in the table"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
