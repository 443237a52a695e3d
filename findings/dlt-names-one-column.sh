#!/usr/bin/env bash
# dlt makes one column of two German field names, and drops the value of the first
#
# One would guess: two fields of one record are two columns, or there is an error that names both.
# What happens: names are made ASCII in lower case, each other letter an underscore. `Größe` and
#   `Grüße` are both `gr_e`, `Wohnort` and `WOHNORT` both `wohnort`. The last one in the record
#   wins, and `run` succeeds.
# Versions: dlt 1.31.0, duckdb 2.0.1, Python 3.11; 2026-11-29.
# Why it matters: questions of application forms are written by people and become field names.
#   Which of two answers arrives depends on the order in the JSON. Fields that users name belong
#   into one column of JSON (`max_table_nesting=0`), whose keys dlt does not touch.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check "dlt[duckdb]==1.31.0" duckdb==2.0.1 || exit 2

cat >load.py <<'PYTHON'
import pathlib

import dlt
import duckdb

ANSWERS = {"Größe": "180 cm", "Grüße": "keine", "Wohnort": "Bonn", "WOHNORT": "Köln"}


def load(name, record):
    resource = dlt.resource(
        [record], name="answers", primary_key="id", write_disposition="merge",
        max_table_nesting=0,
    )
    pipeline = dlt.pipeline(
        name,
        destination=dlt.destinations.duckdb(f"{name}.duckdb"),
        dataset_name="hr",
        pipelines_dir=str(pathlib.Path.cwd() / "work"),
    )
    pipeline.run(resource).raise_on_failed_jobs()
    with duckdb.connect(f"{name}.duckdb") as database:
        rows = database.execute("select * exclude (_dlt_load_id, _dlt_id, id) from hr.answers")
        return dict(zip([column[0] for column in rows.description], rows.fetchone()))


print(load("plain", {"id": 1, **ANSWERS}), end=". ")
nested = load("nested", {"id": 1, "answers": ANSWERS})["answers"]
print(f"as JSON: {sum(value in nested for value in ANSWERS.values())} of 4", end=".")
PYTHON

expected="{'gr_e': 'keine', 'wohnort': 'Köln'}. as JSON: 4 of 4."
export RUNTIME__DLTHUB_TELEMETRY=false DLT_DATA_DIR=$work/data
seen=$(venv/bin/python load.py 2>log)
echo "dlt 1.31.0, four answers of one candidate: the columns, and how many arrive as JSON"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
