"""The SQL of docs/guarantees.md in further dialects: orphans and expired people leave."""

from __future__ import annotations

import json
import subprocess
import typing as t
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.targets.declared import TARGETS
from tests.targets.environments import environment
from tests.targets.singer_target import Spot
from tests.targets.story import STREAMS, Pipe
from tests.warehouse.guarantees import statements

pytestmark = pytest.mark.full

_SQLALCHEMY = """
import json, sys, sqlalchemy
with sqlalchemy.create_engine(sys.argv[1]).begin() as base:
    for each in json.load(sys.stdin):
        base.exec_driver_sql(each)
"""
_FAKESNOW = """
import json, sys, fakesnow, snowflake.connector
with fakesnow.patch(db_path=sys.argv[1]):
    cursor = snowflake.connector.connect(database="WAREHOUSE", schema="PERSY").cursor()
    for each in json.load(sys.stdin):
        cursor.execute(each)
"""


def by_program(program: str, place: str, spot: Spot, sql: Sequence[str]) -> None:
    """Run statements with the target's own packages."""
    words = [str(spot.python), "-c", program, place]
    subprocess.run(words, check=True, capture_output=True, text=True, input=json.dumps(sql))


def mariadb(spot: Spot, sql: Sequence[str]) -> None:
    server = spot.server
    url = f"mysql+pymysql://{server.user}:{server.password}@127.0.0.1:{server.port}/persy"
    by_program(_SQLALCHEMY, url, spot, sql)


def sqlite(spot: Spot, sql: Sequence[str]) -> None:
    plain = [each.replace("timestamp '", "'") for each in sql]
    by_program(_SQLALCHEMY, f"sqlite:///{spot.output}/lite__persy.db", spot, plain)


def snowflake(spot: Spot, sql: Sequence[str]) -> None:
    by_program(_FAKESNOW, str(spot.output), spot, sql)


def clickhouse(spot: Spot, sql: Sequence[str]) -> None:
    for each in sql:
        spot.server.ask(each.replace("timestamp '", "'"))


@pytest.mark.parametrize(
    ("title", "execute"),
    [
        ("dlt, MariaDB", mariadb),
        ("dlt, SQLite", sqlite),
        ("meltanolabs-target-snowflake", snowflake),
        ("shaped-target-clickhouse", clickhouse),
    ],
)
def test_orphans_and_expired_people_leave(
    title: str, execute: Callable[[Spot, Sequence[str]], None], tmp_path: Path
) -> None:
    target = next(each for each in TARGETS if each.title == title)
    (tmp_path / "server").mkdir()
    with (
        running(Options(candidates=12, seed=5)) as persy,
        target.server(tmp_path / "server") as server,
    ):
        spot = Spot(tmp_path, environment(target.name, target.python), server)

        def found() -> dict[str, set[str]]:
            tables = target.read(spot)
            return {name: {row["remote_id"] for row in tables[name]} for name in STREAMS}

        variables = target.environment(spot)
        pipe = Pipe(persy, target.tap, target.command(spot), variables, tmp_path)
        pipe.run()
        orphan = persy.store.candidates()[0].remote_id
        persy.store.delete(orphan)
        pipe.state = None  # nobody knows the orphan any more
        pipe.run()
        assert orphan in found()["candidates"]

        state = t.cast("dict[str, t.Any]", pipe.state)
        began = state["bookmarks"]["candidates"]["full_sync_at"]
        execute(spot, statements("orphans", began.replace("T", " ").removesuffix("Z")))
        people = {
            person.remote_id: [each.remote_id for each in person.openings]
            for person in persy.store.candidates()
        }
        assert found() == {
            "candidates": {*people},
            "jobs": {opening for openings in people.values() for opening in openings},
            "applications": {
                f"{person}/{opening}" for person, openings in people.items() for opening in openings
            },
        }

        execute(spot, statements("expired", "2100-01-01 00:00:00.000"))
        assert found() == {name: set() for name in STREAMS}
