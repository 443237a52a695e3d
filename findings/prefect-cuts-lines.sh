#!/usr/bin/env bash
# Prefect's ShellOperation, awaited, cuts a line of output at 65,536 characters
#
# One would guess: `await ShellOperation(...).run()` returns the lines that a command printed,
#   as the same call without `await` does.
# What happens: awaited, a long line comes back as several, and lines of stderr stand among
#   them. Without `await`, it is one line, and stderr is only logged.
# Versions: prefect 3.9.1, prefect-shell 0.3.7, Python 3.11; 2026-11-29.
# Why it matters: a flow that runs an extractor reads messages from those lines, one JSON object
#   each. A candidate with the text of a CV, or the state of a large tenant, passes 64 KiB, and
#   what the flow parses is neither an object nor the state.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check prefect==3.9.1 prefect-shell==0.3.7 || exit 2

cat >message.py <<'PYTHON'
import json
import sys

print(json.dumps({"type": "RECORD", "record": {"cv": "x" * 150_000}}))
sys.stdout.flush()
print("a note", file=sys.stderr)
PYTHON
cat >lines.py <<'PYTHON'
import asyncio
import sys

from prefect_shell import ShellOperation

COMMANDS = [f"{sys.executable} message.py"]


async def awaited():
    return await ShellOperation(commands=COMMANDS).run()


def sizes(lines):
    long = sorted((len(line) for line in lines if len(line) > 1000), reverse=True)
    return f"{' '.join(map(str, long))}, note {'a note' in map(str.strip, lines)}"


print(f"SIZES plain: {sizes(ShellOperation(commands=COMMANDS).run())}.", end=" ")
print(f"awaited: {sizes(asyncio.run(awaited()))}.")
PYTHON

expected="plain: 150040, note False. awaited: 65536 65536 18968, note True."
export PREFECT_HOME=$work/home PREFECT_SERVER_ANALYTICS_ENABLED=false DO_NOT_TRACK=1 PREFECT_LOGGING_LEVEL=ERROR
seen=$(venv/bin/python lines.py 2>log | sed -n 's/.*SIZES //p')
echo "prefect 3.9.1, prefect-shell 0.3.7, one message of 150,040 characters and a"
echo "note on stderr: the lengths of lines, and whether the note is one"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
