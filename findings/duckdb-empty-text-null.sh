#!/usr/bin/env bash
# target-duckdb writes empty text as NULL
#
# One would guess: text arrives as it was sent. Line ends, quotes, backslashes and the word
#   NULL do, although the records go through a CSV file.
# What happens: the file has nothing between two commas for `""` and for null alike, and
#   duckdb reads both as NULL. Within a JSON column the empty text stays.
# Versions: target-duckdb 0.8.0, duckdb 1.0.0, Python 3.11; 2026-11-28.
#   meltanolabs-target-postgres 0.8.1 keeps empty text.
# Why it matters: in an applicant system a field that somebody emptied is not one that nobody
#   was asked for, and nulls are how an erasure is told. The same export then gives different
#   counts in two warehouses, and `first_name || ' ' || prefix || last_name` loses whole names.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    target-duckdb==0.8.0 duckdb==1.0.0 setuptools==80.9.0 || exit 2

cat >texts.py <<'PYTHON'
import json
import subprocess

import duckdb

SENT = ("", None, "NULL", 'a\r\n"b"\\N')
SCHEMA = {
    "id": {"type": "integer"},
    "text": {"type": ["string", "null"]},
    "inside": {"type": ["object", "null"]},
}
messages = [
    {
        "type": "SCHEMA",
        "stream": "candidates",
        "key_properties": ["id"],
        "schema": {"type": "object", "properties": SCHEMA},
    }
]
for number, text in enumerate(SENT):
    record = {"id": number, "text": text, "inside": {"text": text}}
    messages.append({"type": "RECORD", "stream": "candidates", "record": record})
with open("config.json", "w") as file:
    json.dump({"path": "one.duckdb", "default_target_schema": "main"}, file)
subprocess.run(
    ["venv/bin/target-duckdb", "--config", "config.json"],
    input="".join(json.dumps(message) + "\n" for message in messages),
    text=True, check=True, capture_output=True,
)
rows = duckdb.connect("one.duckdb").execute("select text, inside from candidates order by id")
for sent, (text, inside) in zip(SENT, rows.fetchall()):
    print(f"{sent!r}: {text!r}, in JSON {json.loads(inside)['text']!r}")
PYTHON

expected=$(
    cat <<'TEXT'
'': None, in JSON ''
None: None, in JSON None
'NULL': 'NULL', in JSON 'NULL'
'a\r\n"b"\\N': 'a\r\n"b"\\N', in JSON 'a\r\n"b"\\N'
TEXT
)
seen=$(venv/bin/python texts.py)
echo "target-duckdb 0.8.0 with duckdb 1.0.0, text as it was sent and as the table has it"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
