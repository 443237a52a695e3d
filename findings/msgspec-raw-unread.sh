#!/usr/bin/env bash
# `msgspec.Raw` lets through what a plain decode of the same bytes refuses
#
# One would guess: a field kept as `Raw` has been checked like the rest of the document, for
#   it too refuses `NaN`, `01`, control characters and half a surrogate pair.
# What happens: two things are not looked at, whether text is UTF-8 and whether a number has
#   a place in a double. `encode` copies both into the next document, which msgspec itself
#   then refuses to read.
# Versions: msgspec 0.22.0, Python 3.11; 2026-11-28.
# Why it matters: copying unread parts of a record is how a quick connector passes custom
#   fields on. One name in Latin-1 from an older system, or one number with a slip in its
#   exponent, passes the connector and stops the loader (or is infinity there), where nobody
#   looks for the cause.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check msgspec==0.22.0 || exit 2

cat >copies.py <<'PYTHON'
import msgspec


class Record(msgspec.Struct):
    field: msgspec.Raw


def read(document, kind):
    try:
        return msgspec.json.encode(msgspec.json.decode(document, type=kind))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return type(error).__name__


number = b'{"field":1e999}'  # JSON's grammar has no largest number
text = '{"field":"Z\u00fcrich"}'.encode("latin-1")
for document in (number, text):
    print(f"{document}: plain {read(document, dict)}, Raw {read(document, Record)}")
PYTHON

expected=$(
    cat <<'TEXT'
b'{"field":1e999}': plain ValidationError, Raw b'{"field":1e999}'
b'{"field":"Z\xfcrich"}': plain UnicodeDecodeError, Raw b'{"field":"Z\xfcrich"}'
TEXT
)
seen=$(venv/bin/python copies.py)
echo "msgspec 0.22.0, decoded and encoded again"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
