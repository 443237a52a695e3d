#!/usr/bin/env bash
# A name that was deleted from a Delta table, and vacuumed, is still in the table's log
#
# One would guess: after `delete` and a `vacuum` without any retention, with the log tidied by
#   a checkpoint and `cleanup_metadata`, nothing below the table's folder has the name.
# What happens: no Parquet file has it, but the log's entry of the removed file does: its
#   statistics quote the least and the greatest value of each text column, in plain text. That
#   entry stays until the log's own retention (30 days) has passed.
# Versions: deltalake 1.6.6, pyarrow 26.0.1, Python 3.11; 2026-11-29.
# Why it matters: the first and the last name of each file by alphabet can be kept
#   a month longer than the person who asked to be erased was told. Statistics can be left
#   out of columns with people: `delta.dataSkippingStatsColumns` = `id`.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check deltalake==1.6.6 pyarrow==26.0.1 || exit 2

cat >erase.py <<'PYTHON'
import pathlib

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

PEOPLE = pa.table({"id": ["1", "2"], "last_name": ["Aa-Muster", "Beispiel"]})
OPTIONS = {"all": {}, "id only": {"delta.dataSkippingStatsColumns": "id"}}

for name, configuration in OPTIONS.items():
    folder = pathlib.Path(name)
    write_deltalake(folder, PEOPLE, configuration=configuration)
    table = DeltaTable(folder)
    table.delete("id = '1'")
    table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    table.create_checkpoint()
    table.cleanup_metadata()
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = sorted(path.suffix for path in files if b"Aa-Muster" in path.read_bytes())
    print(f"{name}: {', '.join(found) or 'nowhere'}", end=". ")
PYTHON

expected="all: .json. id only: nowhere. "
seen=$(venv/bin/python erase.py)
echo "deltalake 1.6.6, one of two candidates deleted, vacuumed: files that have the name, by"
echo "the columns that have statistics"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
