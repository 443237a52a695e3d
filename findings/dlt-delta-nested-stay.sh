#!/usr/bin/env bash
# dlt's upsert into Delta leaves the nested rows of who was emptied; into DuckDB it removes them
#
# One would guess: when a candidate is upserted without telephone numbers, their rows in
#   `candidates__phones` go, as they do when the destination is DuckDB. The strategy has one
#   name and one page.
# What happens: in Delta the candidate's row is updated and the nested rows stay, keyed to it.
#   (With a `hard_delete` hint dlt refuses a Delta table that has nested ones; without one,
#   nothing is said.)
# Versions: dlt 1.31.0, deltalake 1.6.6, duckdb 2.0.1, Python 3.11; 2026-11-29.
# Why it matters: an erased person is a record of nulls. The candidates' table then looks
#   erased, and the telephone numbers are still in the table beside it. `max_table_nesting=0`
#   keeps the lists in the candidate's own row, where the upsert does empty them.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    "dlt[deltalake,duckdb]==1.31.0" deltalake==1.6.6 duckdb==2.0.1 || exit 2

cat >erase.py <<'PYTHON'
import pathlib
import sys

import dlt
import duckdb
from deltalake import DeltaTable

HERE = pathlib.Path.cwd()
PLACES = {
    "duckdb": dlt.destinations.duckdb("one.duckdb"),
    "delta": dlt.destinations.filesystem(f"file://{HERE}/lake"),
}
FULL = [
    {"id": "1", "last_name": "Muster", "phones": [{"number": "0170 1"}]},
    {"id": "2", "last_name": "Beispiel", "phones": [{"number": "0170 2"}]},
]
ERASED = [{"id": "1", "last_name": None, "phones": None}]


def load(name, rows):
    resource = dlt.resource(
        rows,
        name="candidates",
        primary_key="id",
        write_disposition={"disposition": "merge", "strategy": "upsert"},
        table_format="delta" if name == "delta" else None,
    )
    pipeline = dlt.pipeline(
        name, destination=PLACES[name], dataset_name="hr", pipelines_dir=str(HERE / "work")
    )
    pipeline.run(resource)


def column(name, table, field):
    if name == "delta":
        rows = DeltaTable(f"lake/hr/{table}").to_pyarrow_table().to_pylist()
        return sorted(str(row[field]) for row in rows)
    with duckdb.connect("one.duckdb") as database:
        rows = database.execute(f"select {field} from hr.{table}").fetchall()
        return sorted(str(row[0]) for row in rows)


for name in PLACES:
    load(name, FULL)
    load(name, ERASED)
    names, numbers = column(name, "candidates", "last_name"), column(name, "candidates__phones", "number")
    print(f"{name}: names {', '.join(names)}; numbers {', '.join(numbers)}", end=". ")
PYTHON

expected="duckdb: names Beispiel, None; numbers 0170 2. delta: names Beispiel, None; numbers 0170 1, 0170 2. "
export RUNTIME__DLTHUB_TELEMETRY=false DLT_DATA_DIR=$work/data
seen=$(venv/bin/python erase.py 2>log)
echo "dlt 1.31.0, merge by upsert, two candidates, then the first one without any value"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
