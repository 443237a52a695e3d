#!/usr/bin/env bash
# dlt makes the number 1067 of the text "01067" where the column began with a number
#
# One would guess: a text that comes where numbers came gets a column of its own (`zip__v_text`),
#   as dlt gives one to "48.000".
# What happens: a text that Python's `int` reads is made a number. Leading zeros, blanks and the
#   plus sign are gone, and `run` succeeds. In a column of booleans "0" becomes false.
# Versions: dlt 1.31.0, duckdb 2.0.1, Python 3.11; 2026-11-29.
# Why it matters: PHP and spreadsheets give postal codes, numbers of staff and phone numbers as
#   numbers where they look like one. If the first person lives in 10115, Dresden's 01067 is
#   lost for everybody who comes later; if Dresden comes first, nothing is. Say the type
#   (`columns={"zip": {"data_type": "text"}}`), or load fields that people fill as JSON.
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


def load(name, *values, **hints):
    pipeline = dlt.pipeline(
        name,
        destination=dlt.destinations.duckdb(f"{name}.duckdb"),
        dataset_name="hr",
        pipelines_dir=str(pathlib.Path.cwd() / "work"),
    )
    for number, value in enumerate(values):
        people = dlt.resource(
            [{"id": number, "zip": value}], name="people", primary_key="id",
            write_disposition="merge", **hints,
        )
        pipeline.run(people).raise_on_failed_jobs()
    with duckdb.connect(f"{name}.duckdb") as base:
        rows = base.execute("select * exclude (id, _dlt_load_id, _dlt_id) from hr.people order by id")
        print(f"{name}: {[column[0] for column in rows.description]}", rows.fetchall(), end=". ")


load("number_first", 10115, "01067")
load("text_first", "01067", 10115)
load("thousands", 52000, "48.000")
load("hinted", 10115, "01067", columns={"zip": {"data_type": "text"}})
PYTHON

expected="number_first: ['zip'] [(10115,), (1067,)]. text_first: ['zip'] [('01067',), ('10115',)]. \
thousands: ['zip', 'zip__v_text'] [(52000, None), (None, '48.000')]. hinted: ['zip'] [('10115',), ('01067',)]. "
export RUNTIME__DLTHUB_TELEMETRY=false DLT_DATA_DIR=$work/data
seen="$(venv/bin/python load.py 2>log) "
seen=${seen% }
echo "dlt 1.31.0, two people one after the other: the columns and the rows"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
