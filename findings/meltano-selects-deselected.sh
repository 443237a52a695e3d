#!/usr/bin/env bash
# Meltano selects what a tap's catalog deselects by default: columns, and whole streams
#
# One would guess: without any `select` in meltano.yml, the catalog's own word counts, and what
#   has `selected-by-default: false` stays out.
# What happens: Meltano's own default is `*.*`; it writes `selected: true` beside the tap's
#   `selected-by-default: false` for every column and every stream. The tap obeys.
# Versions: meltano 4.4.1, Python 3.11; 2026-11-29.
# Why it matters: `selected-by-default` is the means of the catalog to keep dates of birth,
#   salaries and notes on people out unless somebody asks for them. Whoever runs the tap by
#   hand does not get them; with Meltano, the same settings load them all. A connector needs
#   a setting of its own, or its project a `select` of `*.*` and `!candidates.birth_date`.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check meltano==4.4.1 || exit 2

cat >tap-one <<PYTHON
#!$work/venv/bin/python
import json
import pathlib
import sys

FIELDS = {"id": {"type": "string"}, "birth_date": {"type": ["string", "null"]}}


def entry(breadcrumb, **metadata):
    return {"breadcrumb": breadcrumb, "metadata": metadata}


def stream(name, wanted):
    return {
        "tap_stream_id": name,
        "stream": name,
        "key_properties": ["id"],
        "schema": {"type": "object", "properties": FIELDS},
        "metadata": [
            entry([], **{"inclusion": "available", "selected-by-default": wanted}),
            entry(["properties", "id"], inclusion="automatic"),
            entry(
                ["properties", "birth_date"],
                **{"inclusion": "available", "selected-by-default": False},
            ),
        ],
    }


if "--discover" in sys.argv:
    print(json.dumps({"streams": [stream("candidates", True), stream("notes", False)]}))
else:
    path = pathlib.Path(sys.argv[sys.argv.index("--catalog") + 1])
    pathlib.Path("catalog.json").write_bytes(path.read_bytes())
PYTHON
cat >target-one <<'SHELL'
#!/bin/sh
exec cat >/dev/null
SHELL
chmod +x tap-one target-one
cat >meltano.yml <<'YAML'
requires_meltano: ">=4"
project_id: one
send_anonymous_usage_stats: false
default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
  - {name: tap-one, namespace: tap_one, executable: ./tap-one, capabilities: [catalog, discover]}
  loaders:
  - {name: target-one, namespace: target_one, executable: ./target-one}
YAML

venv/bin/meltano run tap-one target-one >log 2>&1
expected="candidates: True, birth_date: True. notes: True, birth_date: True. "
seen=$(venv/bin/python -c '
import json
for stream in json.load(open("catalog.json"))["streams"]:
    own, _, birth = (entry["metadata"].get("selected") for entry in stream["metadata"])
    print(stream["stream"] + f": {own}, birth_date: {birth}", end=". ")')
echo "meltano 4.4.1, no \`select\`; a catalog with \`selected-by-default: false\` for notes and dates"
echo "of birth: what is selected in the catalog that the tap gets"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
