#!/usr/bin/env bash
# target-duckdb loses the first row of a table whose columns are all text, whatever its duckdb pin
#
# One would guess: `duckdb<1.3`, which is the known remedy for target-duckdb's lost rows, loads
#   every row of every table.
# What happens: of a table that has a time or a number, yes. Of a table of text only the first
#   row of each batch is gone, exit 0: duckdb takes it for the head of the CSV file that the
#   target hands over. `add_metadata_columns: true`, which adds times, saves the row.
# Versions: target-duckdb 0.8.0, duckdb 1.2.2, Python 3.11; 2026-11-29.
# Why it matters: lists of a recruiting system are such tables: sources, tags, departments,
#   reasons for refusal. One entry is missing, and a join loses all applications that have it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    target-duckdb==0.8.0 duckdb==1.2.2 "setuptools<81" || exit 2

cat >messages.py <<'PYTHON'
import json

TEXT = {"type": ["string", "null"]}
TIME = TEXT | {"format": "date-time"}
for stream, extra in (("sources", {}), ("dated", {"at": TIME})):
    schema = {"type": "object", "properties": {"id": {"type": "string"}, "label": TEXT} | extra}
    head = {"type": "SCHEMA", "stream": stream, "key_properties": ["id"], "schema": schema}
    print(json.dumps(head))
    for label in ("website", "referral", "agency"):
        record = {"id": label[0], "label": label} | dict.fromkeys(extra, "2026-11-01T00:00:00Z")
        print(json.dumps({"type": "RECORD", "stream": stream, "record": record}))
PYTHON
venv/bin/python messages.py >messages.jsonl

# counts NAME METADATA: the rows of both tables, loaded with or without columns of metadata
counts() {
    printf '{"filepath": "%s.duckdb", "default_target_schema": "hr", "add_metadata_columns": %s}' \
        "$1" "$2" >config.json
    venv/bin/target-duckdb --config config.json <messages.jsonl >state 2>log
    venv/bin/python - "$1" <<'PYTHON'
import sys

import duckdb

with duckdb.connect(f"{sys.argv[1]}.duckdb") as base:
    for table in ("sources", "dated"):
        print(table, *base.execute(f"select count(*) from hr.{table}").fetchone(), end=" ")
PYTHON
}

expected="plain: sources 2 dated 3 with metadata: sources 3 dated 3 "
seen="plain: $(counts plain false)with metadata: $(counts more true)"
echo "target-duckdb 0.8.0 with duckdb 1.2.2, three rows each of a table of text and of one with"
echo "a time: how many arrive"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
