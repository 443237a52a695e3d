"""Warehouses by dlt: the recipe of docs/engines.md with other destinations, fed as a target is."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.targets import reading, stand_ins
from tests.targets.recipes import recipe
from tests.targets.singer_target import Spot, Target, no_server
from tests.targets.story import STREAMS, Tables

REQUIREMENTS = (
    "dlt[deltalake,duckdb,pyiceberg,sqlalchemy]==1.31.0",
    "pymysql",
)
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
import json, pathlib, sys
from deltalake import DeltaTable
def rows(name):
    return DeltaTable(pathlib.Path(sys.argv[1], "persy", name)).to_pyarrow_table().to_pylist()
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
        place: Where that finds them.
        notes: What to expect.
        server: What it is, if it is a server.
        table_format: Of files.
    """

    warehouse: str
    expression: Callable[[Spot], str]
    program: str
    place: Callable[[Spot], str]
    notes: str
    server: Callable[[Path], contextlib.AbstractContextManager[t.Any]] = no_server
    table_format: str = ""

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
            },
            label=f"dlt, {self.warehouse}",
            script=self._script,
        )

    def _read(self, spot: Spot) -> Tables:
        program = self.program + reading.PRINT
        return reading.by_program(spot.python, program, self.place(spot), *STREAMS)

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


DESTINATIONS = (
    Destination(
        "MariaDB",
        lambda spot: f'dlt.destinations.sqlalchemy("{_url(spot)}")',
        _SQL,
        _url,
        "`dlt.destinations.sqlalchemy(…)`. A deletion deletes the row",
        server=stand_ins.mariadb,
    ),
    Destination(
        "SQLite",
        lambda spot: f'dlt.destinations.sqlalchemy("sqlite:///{spot.output}/lite.db")',
        _SQL,
        lambda spot: f"sqlite:///{spot.output}/lite__persy.db",
        "`dlt.destinations.sqlalchemy(…)`; the tables are in a file of their own",
    ),
    Destination(
        "Delta",
        _files,
        _DELTA,
        lambda spot: str(spot.output),
        "`table_format`, `upsert`. Former files stay until a vacuum, names in the log for longer",
        table_format="delta",
    ),
    Destination(
        "Iceberg",
        _files,
        _ICEBERG,
        lambda spot: str(spot.output),
        "The same. Former snapshots and their files keep who was erased",
        table_format="iceberg",
    ),
)

BY_DLT = tuple(each.target for each in DESTINATIONS)
