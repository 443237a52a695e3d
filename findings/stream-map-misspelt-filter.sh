#!/usr/bin/env bash
# A misspelt `__filter__` in a stream map filters nobody, and adds a column
#
# One would guess: an option between double underscores that the SDK does not know is
#   refused, as it is one level higher (`stream_maps: {__fliter__: ...}` ends with "Option
#   '__fliter__:...' is not expected").
# What happens: within a stream it becomes a new column of that name, worked out for each
#   record; every record is written, also those that the filter was to keep out. Exit 0.
# Versions: singer-sdk 0.54.9, Python 3.11; 2026-11-28.
# Why it matters: filters are how people without consent are kept out of a warehouse. One
#   swapped letter, and all of them are in it, with nothing in the log that says so.
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
        th.Property("id", th.IntegerType), th.Property("consent", th.BooleanType)
    ).to_dict()

    def get_records(self, context):
        yield {"id": 1, "consent": True}
        yield {"id": 2, "consent": False}


class TapOne(Tap):
    name = "tap-one"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self):
        return [Candidates(self)]


TapOne.cli()
PYTHON

# records OPTION: the records that are written when this option holds the filter
records() {
    printf '{"stream_maps": {"candidates": {"%s": "consent"}}}' "$1" >config.json
    venv/bin/python tap.py --config config.json >messages 2>log || true
    venv/bin/python -c '
import json
messages = [json.loads(line) for line in open("messages")]
print(json.dumps([m["record"] for m in messages if m["type"] == "RECORD"]))'
}

expected='[{"id": 1, "consent": true, "__fliter__": true}, {"id": 2, "consent": false, "__fliter__": false}]'
echo "singer-sdk 0.54.9, a stream map with a misspelt filter on \`consent\`"
echo "spelt well: $(records __filter__)"
seen=$(records __fliter__)
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
