#!/usr/bin/env bash
# Two runs of Meltano with `--state-id-suffix` read each other's catalog
#
# One would guess: `meltano run --state-id-suffix TENANT`, which is there to load several
#   tenants with one extractor, keeps what belongs to a tenant apart, also when two run at once.
# What happens: the states are apart, but catalog and state are handed to the tap as files in
#   `.meltano/run/<plugin>`, the same for both. A tap that opens its catalog after the other
#   run has written its own gets that one; both end with exit 0.
# Versions: meltano 4.4.1, Python 3.11; 2026-11-29.
# Why it matters: agencies load many customers from one project, on one schedule. One customer's
#   custom fields and selection (or state: who was there) then rule what is read of another.
#   A plugin for each tenant, with `inherit_from`, has a folder of its own.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check meltano==4.4.1 || exit 2

# The first tap opens its files when the second has started: as if it took long to import.
cat >tap-one <<PYTHON
#!$work/venv/bin/python
import json
import os
import pathlib
import sys
import time

TENANT, FIRST = os.environ["TENANT"], "a"
SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}}}


def wait_for(name):
    for _ in range(600):
        if pathlib.Path(name).exists():
            return
        time.sleep(0.1)
    sys.exit("the other run did not come")


if "--discover" in sys.argv:
    stream = {"tap_stream_id": f"candidates of {TENANT}", "stream": "candidates"}
    print(json.dumps({"streams": [stream | {"schema": SCHEMA, "metadata": []}]}))
else:
    pathlib.Path(f"started-{TENANT}").touch()
    if TENANT == FIRST:
        wait_for("started-b")
    catalog = json.loads(pathlib.Path(sys.argv[sys.argv.index("--catalog") + 1]).read_text())
    pathlib.Path(f"read-{TENANT}").write_text(catalog["streams"][0]["tap_stream_id"])
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
venv/bin/meltano state list >log 2>&1 # makes the database, which two at once cannot

# run TENANT: the end of a run
run() {
    local code=0
    TENANT=$1 venv/bin/meltano run --state-id-suffix "$1" tap-one target-one >"log-$1" 2>&1 || code=$?
    echo "$code" >"code-$1"
}
run a &
for _ in $(seq 600); do [[ -e started-a ]] && break || sleep 0.1; done
run b
wait

expected="a: exit 0, candidates of b. b: exit 0, candidates of b."
seen="a: exit $(<code-a), $(<read-a). b: exit $(<code-b), $(<read-b)."
echo "meltano 4.4.1, two runs at once with --state-id-suffix a and b: the catalog that each tap read"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
