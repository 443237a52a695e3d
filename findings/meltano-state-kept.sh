#!/usr/bin/env bash
# `meltano state clear` leaves the state in Meltano's database, once for each run that there was
#
# One would guess: after `meltano state clear ID --force`, which says that there is no such
#   state any more, no copy of it is left.
# What happens: `meltano state list` and `get` find nothing, but the table `runs` holds the
#   whole state of every run in `payload`, in plain text, and no command removes it.
# Versions: meltano 4.4.1, Python 3.11; 2026-11-29.
# Why it matters: the state of a tap that notices deletions names people (their ids at least).
#   Whoever clears it because a person, or a customer, is to be forgotten has not; and hourly
#   runs of a large tenant fill the database with copies. `delete from runs where ...` does it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check meltano==4.4.1 || exit 2

cat >tap-one <<'SHELL'
#!/bin/sh
cat <<'JSON'
{"type": "SCHEMA", "stream": "candidates", "key_properties": ["id"], "schema": {"type": "object", "properties": {"id": {"type": "string"}}}}
{"type": "RECORD", "stream": "candidates", "record": {"id": "muster-4711"}}
{"type": "STATE", "value": {"bookmarks": {"candidates": {"known": ["muster-4711"]}}}}
JSON
SHELL
cat >target-one <<PYTHON
#!$work/venv/bin/python
import json
import sys

for message in map(json.loads, sys.stdin):
    if message["type"] == "STATE":
        print(json.dumps(message["value"]), flush=True)
PYTHON
chmod +x tap-one target-one
cat >meltano.yml <<'YAML'
requires_meltano: ">=4"
project_id: one
send_anonymous_usage_stats: false
default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
  - {name: tap-one, namespace: tap_one, executable: ./tap-one, capabilities: [state]}
  loaders:
  - {name: target-one, namespace: target_one, executable: ./target-one}
YAML

id=dev:tap-one-to-target-one
for _ in 1 2; do venv/bin/meltano run tap-one target-one >>log 2>&1; done
before=$(venv/bin/meltano state list 2>>log)
venv/bin/meltano state clear --force "$id" >>log 2>&1
after=$(venv/bin/meltano state get "$id" 2>>log)
kept=$(venv/bin/python -c '
import sqlite3
rows = sqlite3.connect(".meltano/meltano.db").execute("select payload from runs")
print(sum("muster-4711" in str(payload) for (payload,) in rows))')
expected="before: $id; after: {}; runs that keep it: 2"
seen="before: $before; after: $after; runs that keep it: $kept"
echo "meltano 4.4.1, two runs, then state clear: who is in the state"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
