#!/usr/bin/env bash
# ClickHouse stores a date of birth before 1970 as 1970-01-01, without an error
#
# One would guess: a value that a type cannot hold is refused, or becomes null where the column
#   is nullable, or with a function whose name ends in OrNull.
# What happens: Date and DateTime clamp. 1965 is 1970-01-01, 2160 is 2149-06-06 or
#   2106-02-07 06:28:15, in inserts, in nullable columns and in `toDateOrNull`. Date32 has both.
# Versions: chdb 4.4.0 (ClickHouse 26.9.2.1), Python 3.11; 2026-11-29.
# Why it matters: shaped-target-clickhouse 0.2.5 makes Nullable(Date) of a date. Everybody born
#   before 1970 gets the same birthday, half of a workforce; so does a contract "until 2199".
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check chdb==4.4.0 chdb-core==26.9.0 || exit 2

cat >dates.py <<'PYTHON'
from chdb.session import Session

session = Session("base")
session.query("create database hr")
session.query(
    "create table hr.people (born Nullable(Date), wide Nullable(Date32), hired DateTime('UTC'))"
    " engine = MergeTree order by hired"
)
for day in ("1965-03-01", "2160-03-01"):
    session.query(f"insert into hr.people values ('{day}', '{day}', '{day} 12:00:00')")
rows = str(session.query("select * from hr.people order by wide", "CSV")).strip().splitlines()
guarded = str(session.query("select toDateOrNull('1965-03-01')", "CSV")).strip()
print(*(row.replace("\"", "") for row in rows), guarded.replace("\"", ""), sep="; ")
PYTHON

expected="1970-01-01,1965-03-01,1970-01-01 00:00:00; 2149-06-06,2160-03-01,2106-02-07 06:28:15; 1970-01-01"
seen=$(venv/bin/python dates.py)
echo "ClickHouse 26.9, 1965-03-01 and 2160-03-01 as Date, Date32 and DateTime; toDateOrNull"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
