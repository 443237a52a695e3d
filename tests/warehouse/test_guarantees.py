"""The SQL on the page of guarantees does what the page says, in both warehouses."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest
from psycopg import sql

from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import Message, discover
from tests.warehouse.guarantees import COMPLETE, Flow, facts, statements
from tests.warehouse.loading import DuckWarehouse, PostgresWarehouse, Warehouse


def execute(warehouse: Warehouse, commands: Iterable[str]) -> None:
    """Run statements that change something."""
    if isinstance(warehouse, PostgresWarehouse):
        with warehouse.server.connect() as connection:
            schema = sql.Identifier(warehouse.schema)
            connection.execute(sql.SQL("set search_path to {}").format(schema))
            for command in commands:
                connection.execute(command)
        return
    assert isinstance(warehouse, DuckWarehouse)
    with duckdb.connect(str(warehouse.path)) as file:
        file.execute("use persy.persy")
        for command in commands:
            file.execute(command)


@pytest.fixture
def flow(config: Message, tmp_path: Path, warehouse: Warehouse) -> Flow:
    return Flow(config, discover(config, tmp_path), warehouse)


def test_orphans_of_a_full_refresh(sandbox: Sandbox, flow: Flow) -> None:
    someone, other = sandbox.store.candidates()[:2]
    sandbox.store.put_opening(someone.remote_id, "9999", title="Einzelstück")
    sandbox.store.put_opening(other.remote_id, "9998", title="Noch eins")
    flow.run()
    sandbox.store.delete(someone.remote_id)
    sandbox.store.remove_opening(other.remote_id, "9998")
    refreshed = flow.run()
    assert flow.rows() != facts(sandbox)
    sandbox.store.add(first_name="Neu")
    flow.run(refreshed.state)  # the SQL may come later than the next delta
    full_sync_at: str = refreshed.state["bookmarks"]["candidates"]["full_sync_at"]
    as_sql = full_sync_at.replace("T", " ").removesuffix("Z")
    execute(flow.warehouse, statements("orphans", as_sql))
    assert flow.rows() == facts(sandbox)


def test_expired_people_and_tombstones(sandbox: Sandbox, flow: Flow) -> None:
    people = sorted(sandbox.store.candidates(), key=lambda person: person.updated_at)
    cutoff = people[30].updated_at
    first = flow.run()
    sandbox.store.delete(people[50].remote_id)
    flow.run(first.state, cutoff_date=cutoff.isoformat(), **COMPLETE)
    execute(flow.warehouse, statements("expired", f"{cutoff:%Y-%m-%d %H:%M:%S}"))
    for person in people:
        if person.updated_at < cutoff:
            sandbox.store.delete(person.remote_id)
    assert flow.rows() == facts(sandbox)
    assert flow.rows("remote_deleted_at is not null")["candidates"] == {
        (people[50].remote_id, None)
    }
    execute(flow.warehouse, statements("tombstones"))
    assert flow.rows("true") == facts(sandbox)
