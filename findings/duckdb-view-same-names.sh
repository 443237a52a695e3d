#!/usr/bin/env bash
# DuckDB 2 refuses a view over a table whose file and schema have one name, and advises what was written
#
# One would guess: `persy.persy.candidates` names one table, in a view as in a select.
# What happens: where the file is `persy.duckdb` and the schema `persy`, `select`, `insert`,
#   `delete` and `create table … as` take the name; `create view` says that it is ambiguous and
#   asks for a fully qualified path "like 'persy.persy'". DuckDB 1.5.6 makes the view. After
#   `use persy.persy` the bare name of the table makes it in DuckDB 2, too.
# Versions: duckdb 2.0.1 and 1.5.6, Python 3.11; 2026-11-29.
# Why it matters: target-duckdb takes the schema from the same word as many take the file's name,
#   and dbt writes every name in full: after an upgrade each model that is a view fails, the
#   tables and the loads do not. A file that is named otherwise than its schema is well.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for version in 1.5.6 2.0.1; do
	python3 -m venv "v$version"
	"v$version/bin/pip" install -qq --disable-pip-version-check "duckdb==$version" || exit 2
done

cat >views.py <<'PYTHON'
import sys

import duckdb

said = []
for file in ("persy", "recruiting"):
    base = duckdb.connect(f"{sys.argv[1]}/{file}.duckdb")
    base.execute(f"create schema {file}.persy")
    base.execute(f"create table {file}.persy.candidates (id varchar)")
    base.execute(f"create schema {file}.models")
    for kind in ("table", "view"):
        try:
            base.execute(f"create {kind} {file}.models.{kind}_ as select id from {file}.persy.candidates")
            said.append(f"{file} {kind} made")
        except duckdb.BinderException as error:
            said.append(f"{file} {kind}: {str(error).partition(' - ')[0]}")
print(duckdb.__version__, *said, sep="; ", end=". ")
PYTHON

made="persy table made; persy view made; recruiting table made; recruiting view made"
refused='persy view: Binder Error: Ambiguous reference to catalog or schema "persy"'
expected="1.5.6; $made. 2.0.1; ${made/persy view made/$refused}. "
seen=""
for version in 1.5.6 2.0.1; do
	mkdir "f$version"
	seen+="$("v$version/bin/python" views.py "f$version" 2>/dev/null && echo .)"
	seen=${seen%.}
done
echo "a table and a view over persy.candidates, in a file of the same name and of another"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
