#!/usr/bin/env bash
# Meltano drops a state that grew past its limit on the way through the target, with exit 0
#
# One would guess: a line that is too long is an error wherever it comes from. From a tap it is
#   one: exit 1, and the log names the limit and the setting `elt.buffer_size`.
# What happens: of a target, too long a line is dropped without a word, the run succeeds, and
#   no state is stored. Targets write JSON with blanks, which taps leave out, so a state that
#   passed on the way there is too long on the way back.
# Versions: meltano 4.4.1 (`elt.buffer_size` 100 MiB, half of it for a line), Python 3.11;
#   2026-11-29.
# Why it matters: the state of a tap that has to know who is still there grows with the tenant.
#   From some size on every run is green, loads everything again, and notices no deletion.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check meltano==4.4.1 || exit 2

cat >tap-one <<PYTHON
#!$work/venv/bin/python
import json
import os
import sys

STREAM = {"stream": "candidates"}


def say(**message):
    sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")


known = [str(number) for number in range(10_000_000, 10_000_000 + int(os.environ["KNOWN"]))]
say(type="SCHEMA", key_properties=["id"], schema={"type": "object", "properties": {"id": {}}}, **STREAM)
say(type="RECORD", record={"id": "1"}, **STREAM)
say(type="STATE", value={"bookmarks": {"candidates": {"known": known}}})
PYTHON
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

# run KNOWN: what becomes of a state that knows so many candidates
run() {
    local code=0
    KNOWN=$1 venv/bin/meltano run --full-refresh --state-id-suffix "$1" tap-one target-one >"log-$1" 2>&1 || code=$?
    local state
    state=$(venv/bin/meltano state get "dev:tap-one-to-target-one:$1" 2>/dev/null)
    printf '%s: exit %s, state %s. ' "$1" "$code" "$([[ $state == "{}" ]] && echo lost || echo kept)"
}

expected="4000000: exit 0, state kept. 4600000: exit 0, state lost. 4900000: exit 1, state lost. "
seen="$(run 4000000)$(run 4600000)$(run 4900000)"
echo "meltano 4.4.1, candidates in the state: the end of the run, and the state after it"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
