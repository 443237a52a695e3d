#!/usr/bin/env bash
# Reading `stream_maps` takes `__else__` out of the caller's settings
#
# One would guess: settings are read, not changed; two taps made from the same settings
#   write the same streams.
# What happens: making the first tap removes the top-level `"__else__": null` from the
#   dictionary that it was given. The second tap made from it writes the streams that were
#   to be left out. (Settings in a file are read anew each time and are not touched.)
# Versions: singer-sdk 0.54.9, Python 3.11; 2026-11-28.
# Why it matters: schedulers, services and test suites keep settings in memory and run a tap
#   more than once. Notes about candidates, left out of the first run, arrive in the second.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check singer-sdk==0.54.9 || exit 2

cat >runs.py <<'PYTHON'
import contextlib
import io
import json

from singer_sdk import Stream, Tap
from singer_sdk import typing as th


class Candidates(Stream):
    name = "candidates"
    primary_keys = ("id",)
    schema = th.PropertiesList(th.Property("id", th.IntegerType)).to_dict()

    def get_records(self, context):
        yield {"id": 1}


class Notes(Candidates):
    name = "notes"


class TapOne(Tap):
    name = "tap-one"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self):
        return [Candidates(self), Notes(self)]


def written(settings):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        TapOne(config=settings).sync_all()
    messages = [json.loads(line) for line in output.getvalue().splitlines()]
    return [m["stream"] for m in messages if m["type"] == "RECORD"]


settings = {"stream_maps": {"candidates": {}, "__else__": None}}
print(f"first run {written(settings)}, second run {written(settings)}, then {settings}")
PYTHON

expected="first run ['candidates'], second run ['candidates', 'notes'], then {'stream_maps': {'candidates': {}}}"
seen=$(venv/bin/python runs.py 2>log)
echo "singer-sdk 0.54.9, two taps of one dictionary {'stream_maps': {'candidates': {}, '__else__': None}}"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
