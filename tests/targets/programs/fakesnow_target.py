"""target-snowflake into fakesnow, which has no user stage: rows are merged from a table instead.

Runs with the packages of both; the file is `WAREHOUSE.db` in the folder `SNOWFLAKE`. The statement
that merges is the target's own, cut in two: fakesnow does not take its inner part as a subquery.
"""

from __future__ import annotations

import gzip
import os
import re
import typing as t
import urllib.parse
from collections.abc import Sequence
from pathlib import Path

import fakesnow
import pyarrow as pa
from sqlalchemy import text
from target_snowflake.connector import SnowflakeConnector
from target_snowflake.target import TargetSnowflake

HOME = "WAREHOUSE.PERSY"
STAGE = re.compile(r"'@~/[^']*'\(file_format => .*?\) ")
MERGE = re.compile(r"(merge into \S+ d using )\((select .*? = 1)\) s (on .*)", re.DOTALL)
statement_of = SnowflakeConnector._get_merge_from_stage_statement  # noqa: SLF001 - what is tried
arrived: list[str] = []


def put(_: SnowflakeConnector, sync_id: str, files: Sequence[str]) -> None:  # noqa: ARG001
    """Remember the lines of the files that would go to the stage."""
    arrived.clear()
    for uri in files:
        content = Path(urllib.parse.urlsplit(uri).path).read_bytes()
        arrived.extend(gzip.decompress(content).decode().splitlines())


def merge(self: SnowflakeConnector, **given: t.Any) -> int:
    """Merge these lines with the target's own statement."""
    sql = str(statement_of(self, **given)[0])
    sql = STAGE.sub(f"{HOME}.STAGED ", sql).replace("$1:", "line:").replace("SEQ8()", "number")
    parts = MERGE.fullmatch(sql)
    assert parts is not None
    with self._connect() as connection, connection.begin():
        duck = connection.connection.dbapi_connection._duck_conn  # noqa: SLF001 - variants go in as JSON
        run = connection.execute
        run(text(f"use schema {HOME}"))
        run(text(f"create table {HOME}.STAGED (number integer, line variant)"))
        lines = pa.table({"number": range(len(arrived)), "line": arrived})
        duck.register("lines", lines)
        duck.execute(f"insert into {HOME}.STAGED select number, line::json from lines")  # noqa: S608
        duck.unregister("lines")
        run(text(f"create table {HOME}.ARRIVED as {parts[2]}"))
        run(text(f"{parts[1]}{HOME}.ARRIVED s {parts[3]}"))
        run(text(f"drop table {HOME}.ARRIVED"))
        run(text(f"drop table {HOME}.STAGED"))
    return len(arrived)


def nothing(*_: t.Any, **__: t.Any) -> None:
    """Do without what only a stage needs."""


SnowflakeConnector.put_batches_to_stage = put
SnowflakeConnector.merge_from_stage = merge
for name in ("create_file_format", "drop_file_format", "remove_staged_files"):
    setattr(SnowflakeConnector, name, nothing)
TargetSnowflake.max_parallelism = 1  # one DuckDB, one connection
with fakesnow.patch(db_path=os.environ["SNOWFLAKE"]):
    TargetSnowflake.cli()
