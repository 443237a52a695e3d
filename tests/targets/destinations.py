"""Warehouses by dlt: the recipe of docs/engines.md with other destinations, fed as a target is."""

from __future__ import annotations

import contextlib
import json
import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.targets import reading, stand_ins
from tests.targets.recipes import recipe
from tests.targets.singer_target import Spot, Target, no_server
from tests.targets.story import STREAMS, Tables

REQUIREMENTS = (
    "dlt[deltalake,duckdb,pyiceberg,s3,sqlalchemy]==1.31.0",
    "pymysql",
)
S3_OPTIONS = {"AWS_ALLOW_HTTP": "true", "aws_conditional_put": "etag"}
"""An object store without TLS, for tests alone; two writers do not overwrite each other."""
PLAIN = 'write_disposition="merge",'
UPSERT = 'write_disposition={{"disposition": "merge", "strategy": "upsert"}}, table_format="{}",'
DUCKDB = 'dlt.destinations.duckdb("warehouse.duckdb")'
TAP = 'TAP = ["tap-compleetpersy", "--config", "config.json"]'
GIVEN = 'TAP = ["sh", "-c", "cat"]'
"""In place of the tap: what comes in, from the tap that the test runs."""

_SQL = """
import json, sys
import sqlalchemy
base = sqlalchemy.create_engine(sys.argv[1]).connect()
def rows(name):
    found = base.execute(sqlalchemy.text("select * from " + name))
    return [dict(row._mapping) for row in found]
"""
_DELTA = """
import json, sys
from deltalake import DeltaTable
place, *options = sys.argv[1:-3]
def rows(name):
    options_ = dict(each.split("=", 1) for each in options)
    table = DeltaTable(f"{place}/persy/{name}", storage_options=options_)
    return table.to_pyarrow_table().to_pylist()
"""
_ICEBERG = """
import json, pathlib, sys
from pyiceberg.table import StaticTable
def rows(name):
    newest = max(pathlib.Path(sys.argv[1], "persy", name, "metadata").glob("*.metadata.json"))
    return StaticTable.from_metadata(str(newest)).scan().to_arrow().to_pylist()
"""


@dataclass(frozen=True, slots=True)
class Destination:
    """A warehouse that dlt loads.

    Attributes:
        warehouse: Its name.
        expression: What the recipe has in place of DuckDB's destination.
        program: What reads its rows.
        place: Where that finds them, and options.
        notes: What to expect.
        server: What it is, if it is a server.
        table_format: Of files.
        variables: That it needs.
    """

    warehouse: str
    expression: Callable[[Spot], str]
    program: str
    place: Callable[[Spot], Sequence[str]]
    notes: str
    server: Callable[[Path], contextlib.AbstractContextManager[t.Any]] = no_server
    table_format: str = ""
    variables: Callable[[Spot], Mapping[str, str]] = lambda _: {}

    @property
    def target(self) -> Target:
        """The same as a target, which is given messages."""
        return Target(
            REQUIREMENTS,
            "python",
            lambda _: {},
            self._read,
            notes=self.notes,
            server=self.server,
            environment=lambda spot: {
                "RUNTIME__DLTHUB_TELEMETRY": "false",
                "DLT_DATA_DIR": str(spot.folder / "dlt"),
                **self.variables(spot),
            },
            label=f"dlt, {self.warehouse}",
            script=self._script,
        )

    def _read(self, spot: Spot) -> Tables:
        program = self.program + reading.PRINT
        return reading.by_program(spot.python, program, *self.place(spot), *STREAMS)

    def _script(self, spot: Spot) -> str:
        written = recipe("dlt")
        for before, after in (
            (TAP, GIVEN),
            (DUCKDB, self.expression(spot)),
            (PLAIN, UPSERT.format(self.table_format) if self.table_format else PLAIN),
        ):
            assert before in written
            written = written.replace(before, after)
        return written


def _url(spot: Spot) -> str:
    server = spot.server
    login = f"{server.user}:{server.password}@127.0.0.1:{server.port}"
    return f"mysql+pymysql://{login}/persy?charset=utf8mb4"


def _files(spot: Spot) -> str:
    return f'dlt.destinations.filesystem("file://{spot.output}")'


def _s3(spot: Spot) -> Sequence[str]:
    options = spot.server.variables | S3_OPTIONS
    return [f"s3://{spot.server.name}/lake", *map("=".join, options.items())]


def _s3_variables(spot: Spot) -> Mapping[str, str]:
    variables = spot.server.variables
    prefix = "DESTINATION__FILESYSTEM__CREDENTIALS__"
    names = {"AWS_ENDPOINT_URL": "ENDPOINT_URL", "AWS_DEFAULT_REGION": "REGION_NAME"}
    credentials = {f"{prefix}{names.get(name, name)}": variables[name] for name in variables}
    options = {"DESTINATION__FILESYSTEM__DELTALAKE_STORAGE_OPTIONS": json.dumps(S3_OPTIONS)}
    return credentials | options


DESTINATIONS = (
    Destination(
        "MariaDB",
        lambda spot: f'dlt.destinations.sqlalchemy("{_url(spot)}")',
        _SQL,
        lambda spot: [_url(spot)],
        "`dlt.destinations.sqlalchemy(…)`. A deletion deletes the row",
        server=stand_ins.mariadb,
    ),
    Destination(
        "SQLite",
        lambda spot: f'dlt.destinations.sqlalchemy("sqlite:///{spot.output}/lite.db")',
        _SQL,
        lambda spot: [f"sqlite:///{spot.output}/lite__persy.db"],
        "`dlt.destinations.sqlalchemy(…)`; the tables are in a file of their own",
    ),
    Destination(
        "Delta",
        _files,
        _DELTA,
        lambda spot: [str(spot.output)],
        "`table_format`, `upsert`. Former files stay until a vacuum, names in the log for longer",
        table_format="delta",
    ),
    Destination(
        "Delta on S3",
        lambda spot: f'dlt.destinations.filesystem("s3://{spot.server.name}/lake")',
        _DELTA,
        _s3,
        "The same with `dlt[deltalake,s3]`. Run against moto",
        server=stand_ins.moto,
        table_format="delta",
        variables=_s3_variables,
    ),
    Destination(
        "Iceberg",
        _files,
        _ICEBERG,
        lambda spot: [str(spot.output)],
        "The same. Former snapshots and their files keep who was erased",
        table_format="iceberg",
    ),
)

BY_DLT = tuple(each.target for each in DESTINATIONS)
