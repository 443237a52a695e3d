#!/usr/bin/env bash
# pipelinewise-transform-field masks nulls, too: who was erased becomes "hidden", whose pay is 0
#
# One would guess: a null stays null whatever the masking, as there is nothing to mask. HASH,
#   MASK-DATE and MASK-STRING-SKIP-ENDS keep it.
# What happens: MASK-HIDDEN makes the text "hidden" of a null, MASK-NUMBER makes 0. With
#   `when: [{column: last_name, regex_match: ".+"}]` the null stays.
# Versions: pipelinewise-transform-field 2.3.0, Python 3.11; 2026-11-29.
# Why it matters: nulls are how an extractor says that a person was erased, or that nobody
#   gave a figure. After the mask, a query for rows without a name finds no erased person, and
#   a mean of salaries counts everybody who gave none as earning 0.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pipelinewise-transform-field==2.3.0 || exit 2

cat >messages.jsonl <<'JSON'
{"type": "SCHEMA", "stream": "candidates", "key_properties": ["id"], "schema": {"type": "object", "properties": {"id": {"type": "string"}, "last_name": {"type": ["string", "null"]}, "salary": {"type": ["number", "null"]}, "email": {"type": ["string", "null"]}}}}
{"type": "RECORD", "stream": "candidates", "record": {"id": "1", "last_name": null, "salary": null, "email": null}}
JSON
cat >config.json <<'JSON'
{"transformations": [
  {"tap_stream_name": "candidates", "field_id": "last_name", "type": "MASK-HIDDEN"},
  {"tap_stream_name": "candidates", "field_id": "salary", "type": "MASK-NUMBER"},
  {"tap_stream_name": "candidates", "field_id": "email", "type": "HASH"}
]}
JSON

expected='{"id": "1", "last_name": "hidden", "salary": 0, "email": null}'
seen=$(venv/bin/transform-field --config config.json <messages.jsonl 2>log | venv/bin/python -c '
import json, sys
print(*(json.dumps(m["record"]) for m in map(json.loads, sys.stdin) if m["type"] == "RECORD"))')
echo "transform-field 2.3.0, a record of nulls: name MASK-HIDDEN, salary MASK-NUMBER, email HASH"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
