#!/usr/bin/env bash
# `__else__: null` in a stream map takes the key's columns away as well
#
# One would guess: keys stay. The log says so ("Unmapped, non-key properties will be excluded
#   from output"), and the code that maps a record starts with its keys.
# What happens: the SCHEMA starts empty, so the same map ends with an error one line later,
#   unless it also says `"id": "id"`.
# Versions: singer-sdk 0.54.9, Python 3.11; 2026-11-28.
# Why it matters: naming the columns that may leave, and no others, is the careful way to
#   move personal data. The error can also be silenced with `__key_properties__: null`: the
#   table then has no key, and a loader that appends to such tables adds everybody again.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check singer-sdk==0.54.9 || exit 2

cat >tap.py <<'PYTHON'
from singer_sdk import Stream, Tap
from singer_sdk import typing as th


class Candidates(Stream):
    name = "candidates"
    primary_keys = ("id",)
    schema = th.PropertiesList(
        th.Property("id", th.IntegerType),
        th.Property("status", th.StringType),
        th.Property("salary", th.IntegerType),
    ).to_dict()

    def get_records(self, context):
        yield {"id": 1, "status": "new", "salary": 2}


class TapOne(Tap):
    name = "tap-one"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self):
        return [Candidates(self)]


TapOne.cli()
PYTHON

# run MAP: what the log and the error say, and the records that are written
run() {
    printf '{"stream_maps": {"candidates": {%s, "__else__": null}}}' "$1" >config.json
    venv/bin/python tap.py --config config.json >messages 2>log || true
    grep -oE -m 1 'Unmapped, non-key properties will be excluded from output' log
    grep -oE -m 1 "Property 'id' was not detected in schema" log || true
    grep -oE '"record": ?\{[^}]*\}' messages | tr -d ' ' || true
}

expected="Unmapped, non-key properties will be excluded from output
Property 'id' was not detected in schema"
echo 'singer-sdk 0.54.9, the map {"status": "status", "__else__": null} of a stream whose key is `id`'
echo "with \"id\": \"id\": $(run '"id": "id", "status": "status"' | tail -n 1)"
seen=$(run '"status": "status"')
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
