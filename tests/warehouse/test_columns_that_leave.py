"""Columns that leave, in real databases: what keeps old values, what empties them, and the SQL."""

from __future__ import annotations

from pathlib import Path

from tap_compleetpersy.sandbox.state import Sandbox
from tests.catalog import deselect
from tests.singer import Message, discover
from tests.warehouse.guarantees import COMPLETE, Flow, statements
from tests.warehouse.loading import DuckWarehouse, Warehouse

SELDOM = {"full_sync_hours": 1000}
LEFT = ("email_addresses", "location", "company", "integration_fields")
HELD = " or ".join(f"coalesce(cast({name} as varchar), 'null') <> 'null'" for name in LEFT)
"""In PostgreSQL the null of a tombstone is that of JSON, where the column is."""


def held(warehouse: Warehouse, where: str = "true") -> int:
    """Count the rows that hold a value in a column that left."""
    query = f"select count(*) from candidates where ({HELD}) and {where}"  # noqa: S608 - our own
    return int(warehouse.rows(query)[0][0])


def test_erase_deselected_empties_the_columns_of_the_living_and_of_who_is_deleted_later(
    sandbox: Sandbox, config: Message, tmp_path: Path, warehouse: Warehouse
) -> None:
    catalog = discover(config, tmp_path)
    first = Flow(config | SELDOM, catalog, warehouse).run()
    kinds = warehouse.columns("candidates")
    assert held(warehouse) == len(sandbox.store.candidates())
    narrow = Flow(config | SELDOM, deselect(catalog, "candidates", *LEFT), warehouse)
    told = narrow.run(first.state)
    assert all(name in told.log for name in LEFT)
    sandbox.store.delete(sandbox.store.candidates()[0].remote_id)
    kept = narrow.run(told.state, **COMPLETE)
    assert held(warehouse, "remote_deleted_at is not null") == 1, "as the page says"
    narrow.run(kept.state, erase_deselected=True)
    assert held(warehouse, "remote_deleted_at is null") == 0
    assert warehouse.columns("candidates") == kinds


def test_who_is_deleted_while_columns_are_emptied_keeps_nothing(
    sandbox: Sandbox, config: Message, tmp_path: Path, warehouse: Warehouse
) -> None:
    catalog = discover(config, tmp_path)
    first = Flow(config | SELDOM, catalog, warehouse).run()
    sandbox.store.delete(sandbox.store.candidates()[0].remote_id)
    Flow(config | SELDOM, deselect(catalog, "candidates", *LEFT), warehouse).run(
        first.state, erase_deselected=True
    )
    assert held(warehouse) == 0
    assert len(warehouse.rows("select 1 from candidates where remote_deleted_at is not null")) == 1


def execute(warehouse: Warehouse, statement: str) -> None:
    if isinstance(warehouse, DuckWarehouse):
        import duckdb  # noqa: PLC0415 - only here for writing

        with duckdb.connect(str(warehouse.path)) as connection:
            connection.execute("use persy.persy")
            connection.execute(statement)
    else:
        warehouse.rows(f"{statement} returning 1")


def test_the_statement_of_the_page_empties_a_column(
    config: Message, tmp_path: Path, warehouse: Warehouse
) -> None:
    Flow(config, discover(config, tmp_path), warehouse).run()
    for statement in statements("columns"):
        execute(warehouse, statement)
    assert held(warehouse) == 0
